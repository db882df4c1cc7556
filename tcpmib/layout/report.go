package layout

import (
	"fmt"
	"strings"
)

// Report is the verdict on one target. It agrees when it has no findings.
type Report struct {
	Target    string // the label, or the header set and its version
	Set       string // one of the Set constants
	Version   string // of the header set, as far as the headers tell
	GOARCH    string
	CC        []string
	Structs   []StructReport
	Enums     []EnumReport
	Constants []ConstantReport
	// Omitted are the declarations that Spec.Omitted excuses and that these headers have.
	Omitted []Omission
	// Findings are all differences, in the order of the types and constants.
	Findings []Finding
	// DebugInfo tells whether the members behind Go's padding, and completeness, could be checked.
	DebugInfo bool
	// Unseen is how many bytes of padding no debug information vouches for.
	Unseen int64
}

// Status is what became of one struct, enum or constant.
type Status string

const (
	Agrees  Status = "agrees"
	Absent  Status = "absent" // a known gap: not in this header set
	Other   Status = "other"  // a known gap: this header set gives another value
	Differs Status = "differs"
)

// StructReport is a struct on both sides.
type StructReport struct {
	C       string
	As      string `json:",omitempty"` // the name in this header set, if it is another
	Go      string
	Status  Status
	Reason  string `json:",omitempty"` // of a gap
	GoSize  int64
	GoAlign int64
	Size    int64 // sizeof
	Align   int64 // alignof
	// AlignHarmless says that C aligns the struct more than Go can and that nothing moves because of it.
	AlignHarmless bool `json:",omitempty"`
	Fields        []FieldReport
}

// FieldReport is a field on both sides. Padding has no Header.
type FieldReport struct {
	Name   string // Go's
	Type   string // Go's
	C      string `json:",omitempty"`
	Go     Place
	Header *Place `json:",omitempty"`
	OK     bool
	Note   string `json:",omitempty"`
}

// Place is where a field lies and how it reads.
type Place struct {
	Offset int64
	Size   int64
	Sign   string `json:",omitempty"` // signed, unsigned, float, or nothing for what is not a number
}

// EnumReport is a C enum and the Go type that mirrors it.
type EnumReport struct {
	C      string
	Go     string
	Status Status
	Reason string `json:",omitempty"`
	GoSize int64
	Size   int64
}

// ConstantReport is a constant's value on both sides, in decimal.
type ConstantReport struct {
	C       string
	GoType  string
	Status  Status
	Reason  string `json:",omitempty"`
	GoValue string
	Value   string `json:",omitempty"`
}

// Kind is the reason of a finding.
type Kind string

const (
	KindAbsent    Kind = "absent"    // the headers do not have it
	KindStruct    Kind = "sizeof"    // the struct has another size
	KindAlign     Kind = "alignment" // Go wants more alignment than C gives
	KindOffset    Kind = "offset"    // the field lies elsewhere
	KindSize      Kind = "size"      // the field has another size
	KindSign      Kind = "sign"      // the field has another signedness
	KindElem      Kind = "element"   // the field's elements have another size or signedness
	KindForgotten Kind = "forgotten" // a C member lies where Go has padding or nothing
	KindNotEnum   Kind = "not enum"  // the headers have the name, but not for an enum
	KindValue     Kind = "value"     // the constant has another value
	KindGap       Kind = "gap"       // a known gap is no longer true
	KindMissing   Kind = "missing"   // the headers declare it, Go does not
	KindUnproven  Kind = "unproven"  // absent from every header set of the run
)

// Finding is one difference.
type Finding struct {
	Kind   Kind
	Item   string // a C name, or STRUCT.member
	Detail string
}

func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.Item, f.Kind, f.Detail) }

// OK says that Go and the headers agree.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// Name is the target with its architecture.
func (r *Report) Name() string { return r.Target + " " + r.GOARCH }

// String is the findings and, for each struct that differs, its fields side by side.
func (r *Report) String() string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %v\n", r.Name(), f)
	}
	for _, s := range r.Structs {
		if s.Status == Differs {
			b.WriteString("\n" + s.Table())
		}
	}
	return b.String()
}

// Table is a struct's fields, Go's beside the header's, one line each.
func (s *StructReport) Table() string {
	rows := [][]string{{"", "Go field", "type", "offset", "size", "sign", "C member", "offset", "size", "sign", ""}}
	for _, f := range s.Fields {
		row := []string{" ", f.Name, f.Type, num(f.Go.Offset), num(f.Go.Size), f.Go.Sign, f.C, "", "", "", f.Note}
		if f.Header != nil {
			row[7], row[8], row[9] = num(f.Header.Offset), num(f.Header.Size), f.Header.Sign
		}
		if !f.OK {
			row[0] = "✗"
		}
		rows = append(rows, row)
	}
	title := fmt.Sprintf("%s  %s  sizeof %d, Go %d; alignof %d, Go %d\n", s.C, s.Go, s.Size, s.GoSize, s.Align, s.GoAlign)
	if s.As != "" {
		title = strings.Replace(title, s.C, s.C+" (here "+s.As+")", 1)
	}
	return title + Columns(rows, "llLrrllrrll")
}

func num(n int64) string { return fmt.Sprint(n) }

// Columns lines rows up in columns two blanks apart. align has a letter a column: l for left, r for right, L for left and at most
// 24 wide.
func Columns(rows [][]string, align string) string {
	const limit = 24
	cell := func(c int, s string) string {
		if align[c] == 'L' && len([]rune(s)) > limit {
			return string([]rune(s)[:limit-1]) + "…"
		}
		return s
	}
	width := make([]int, len(align))
	for _, row := range rows {
		for c, s := range row {
			width[c] = max(width[c], len([]rune(cell(c, s))))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for c, s := range row {
			s = cell(c, s)
			gap := strings.Repeat(" ", width[c]-len([]rune(s)))
			if align[c] == 'r' {
				line.WriteString("  " + gap + s)
			} else {
				line.WriteString("  " + s + gap)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
