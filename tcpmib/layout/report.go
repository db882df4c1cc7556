package layout

import (
	"fmt"
	"go/token"
	"math"
	"strings"
)

// Report is the verdict on one header set for one architecture. Go and the headers agree when it
// has no findings.
type Report struct {
	Target    string           `json:"target"`  // the label, or the header set and its version
	Set       string           `json:"set"`     // one of the Set constants
	Version   string           `json:"version"` // of the header set, as far as the headers tell
	GOARCH    string           `json:"goarch"`
	CC        []string         `json:"cc"` // empty for a record
	Structs   []StructReport   `json:"structs"`
	Enums     []EnumReport     `json:"enums"`
	Constants []ConstantReport `json:"constants"`
	Functions []FunctionReport `json:"functions"`
	// Omitted are the declarations that Rules.Omitted excuses and that these headers have.
	Omitted []Omission `json:"omitted"`
	// Findings are all differences, in the order of the types, constants and functions.
	Findings []Finding `json:"findings"`
}

// Status is what became of one struct, enum, constant or function.
type Status string

// The results of a comparison.
const (
	Agrees  Status = "agrees"
	Absent  Status = "absent" // a known gap: not in this header set
	Other   Status = "other"  // a known gap: this header set gives another value
	Differs Status = "differs"
)

// StructReport is a struct on both sides.
type StructReport struct {
	C       string         `json:"c"`
	How     string         `json:"how,omitempty"` // how C was found: one of the By constants
	As      string         `json:"as,omitempty"`  // the name in this header set, if it is another
	Go      string         `json:"go"`
	Pos     token.Position `json:"-"` // of the Go struct
	Status  Status         `json:"status"`
	Reason  string         `json:"reason,omitempty"` // of a gap
	GoSize  int64          `json:"goSize"`
	GoAlign int64          `json:"goAlign"`
	Size    int64          `json:"size"`  // sizeof
	Align   int64          `json:"align"` // alignof; 0 if it is not known
	// Accepted are the differences that Rules.Accepted allows.
	Accepted []AcceptedFinding `json:"accepted,omitempty"`
	Fields   []FieldReport     `json:"fields"`
	// Causes are the structs in its fields that have another size or alignment than in C. They have
	// the findings.
	Causes   []Cause   `json:"causes,omitempty"`
	Findings []Finding `json:"-"` // those of this struct, which are among the Report's
	// Forgotten are the members that no field stands for. They have C and Header, and nothing of Go.
	Forgotten []FieldReport `json:"-"` // in JSON a finding names them
}

// Cause is a Go struct that makes those wrong that have it in a field.
type Cause struct {
	Go   string         `json:"go"`
	Path string         `json:"path,omitempty"` // the import path of its package
	Pos  token.Position `json:"-"`              // where it is declared; zero without source
}

// AcceptedFinding is a difference that is known, and the reason why it is accepted.
type AcceptedFinding struct {
	Finding
	Reason string `json:"reason"`
}

// FieldReport is a field on both sides. Padding has no Header.
type FieldReport struct {
	Name   string `json:"name"` // Go's
	Type   string `json:"type"` // Go's
	C      string `json:"c,omitempty"`
	Go     Place  `json:"go"`
	Header *Place `json:"header,omitempty"`
	OK     bool   `json:"ok"`
	Note   string `json:"note,omitempty"`
	// Absent are the members that this header set is known to lack, with the reason.
	Absent []Omission `json:"absent,omitempty"`
}

// Place is where a field lies and how it reads.
type Place struct {
	Offset int64  `json:"offset"`
	Size   int64  `json:"size"`
	Sign   string `json:"sign,omitempty"` // signed, unsigned, float, or nothing for what is not a number
}

// EnumReport is a C enum and the Go type that mirrors it.
type EnumReport struct {
	C      string `json:"c"`
	Go     string `json:"go"`
	Status Status `json:"status"`
	Reason string `json:"reason,omitempty"`
	GoSize int64  `json:"goSize"`
	Size   int64  `json:"size"`
}

// ConstantReport is a constant's value on both sides, in decimal.
type ConstantReport struct {
	C       string `json:"c"`
	GoType  string `json:"goType"`
	Status  Status `json:"status"`
	Reason  string `json:"reason,omitempty"`
	GoValue string `json:"goValue"`
	Value   string `json:"value,omitempty"`
}

// FunctionReport is a C function and how Go calls it.
type FunctionReport struct {
	C         string `json:"c"`
	Go        string `json:"go"`
	Status    Status `json:"status"`
	Reason    string `json:"reason,omitempty"`
	Prototype string `json:"prototype,omitempty"`
	GoParams  int    `json:"goParams"`
	Params    int    `json:"params"`
}

// Kind is the reason of a finding.
type Kind string

// The reasons.
const (
	KindAbsent    Kind = "absent"    // the headers do not have it
	KindStruct    Kind = "sizeof"    // the struct has another size
	KindPrefix    Kind = "prefix"    // Go has the start of the struct only
	KindAlign     Kind = "alignment" // Go aligns the struct more or less than C does
	KindOffset    Kind = "offset"    // the field lies elsewhere
	KindSize      Kind = "size"      // the field has another size
	KindSign      Kind = "sign"      // the field has another signedness
	KindElem      Kind = "element"   // the field's elements differ
	KindType      Kind = "type"      // the field is another kind of thing, or mirrors another C type
	KindBool      Kind = "bool"      // a Go bool for a C integer
	KindInherited Kind = "inherited" // methods that a COM interface inherits, and C's table leaves out
	KindForgotten Kind = "forgotten" // a C member that no Go field names
	KindNotEnum   Kind = "not enum"  // the headers have the name, but not for an enum
	KindValue     Kind = "value"     // the constant has another value
	KindPrototype Kind = "prototype" // the function has other parameters or another result
	KindGap       Kind = "gap"       // a gap or an accepted difference that is not true, or of nothing
	KindMissing   Kind = "missing"   // the headers declare it, Go does not
	KindComplete  Kind = "complete"  // completeness that names nothing
	KindUnproven  Kind = "unproven"  // absent from every header set of the run
)

// Finding is one difference.
type Finding struct {
	Kind   Kind           `json:"kind"`
	Item   string         `json:"item"` // a C name, or STRUCT.member
	Detail string         `json:"detail"`
	Field  string         `json:"field,omitempty"` // the Go field
	Pos    token.Position `json:"-"`               // of the Go field
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
		fmt.Fprintf(&b, "  %v\n", f)
	}
	for _, s := range r.Structs {
		for _, cause := range s.Causes {
			fmt.Fprintf(&b, "  %s: it is wrong with %s\n", s.C, cause.Go)
		}
		if len(s.Findings) > 0 {
			b.WriteString("\n" + s.Table())
		}
	}
	return b.String()
}

// Table is a struct's fields, Go's next to the header's, one line each. A member that no field stands for
// has a line, too, with "-" for the field.
func (s *StructReport) Table() string {
	rows := [][]string{{"", "Go field", "type", "offset", "size", "sign", "C member", "offset", "size", "sign", ""}}
	forgotten := s.Forgotten
	missing := func(before int64) {
		for len(forgotten) > 0 && forgotten[0].Header.Offset < before {
			h := forgotten[0].Header
			rows = append(rows, []string{"✗", "-", "", "", "", "", forgotten[0].C, num(h.Offset), num(h.Size), h.Sign, string(KindForgotten)})
			forgotten = forgotten[1:]
		}
	}
	for _, f := range s.Fields {
		if f.Header != nil {
			missing(f.Header.Offset)
		}
		row := []string{" ", f.Name, f.Type, num(f.Go.Offset), num(f.Go.Size), f.Go.Sign, f.C, "", "", "", f.Note}
		if f.Header != nil {
			row[7], row[8], row[9] = num(f.Header.Offset), num(f.Header.Size), f.Header.Sign
		}
		if !f.OK {
			row[0] = "✗"
		}
		rows = append(rows, row)
	}
	missing(math.MaxInt64)
	title := fmt.Sprintf("%s  %s  sizeof %d, Go %d; alignof %d, Go %d\n", s.C, s.Go, s.Size, s.GoSize, s.Align, s.GoAlign)
	if s.As != "" {
		title = strings.Replace(title, s.C, s.C+" (here "+s.As+")", 1)
	}
	return title + columns(rows, "llLrrllrrll")
}

func num(n int64) string { return fmt.Sprint(n) }

// columns lines rows up in columns two blanks apart. align has a letter a column: l for left, r for
// right, L for left and at most 24 wide.
func columns(rows [][]string, align string) string {
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
