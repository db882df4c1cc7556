package layout

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Run checks a Spec against one target's headers. Differences are in the report; an error means that there is no
// verdict: the Spec makes no sense, or a *CompilerError.
func Run(ctx context.Context, spec Spec, t Target) (*Report, error) {
	g, err := parseSpec(spec)
	if err != nil {
		return nil, err
	}
	headers := spec.Headers
	if len(t.Headers) > 0 {
		headers = t.Headers
	}
	if len(headers) == 0 {
		headers = DefaultHeaders()
	}
	f, err := probe(ctx, t, headers, g.questions(spec))
	if err != nil {
		return nil, err
	}
	return compare(spec, g, f, t)
}

// questions asks about every type and constant, and about a type also under the names that gaps give it.
func (g *goTypes) questions(spec Spec) []question {
	var list []question
	seen := map[question]bool{}
	ask := func(q question) {
		if !seen[q] {
			seen[q] = true
			list = append(list, q)
		}
	}
	for _, n := range g.structs {
		for _, c := range append([]string{n.c}, otherNames(spec, n.c)...) {
			ask(question{kind: askType, name: c})
			for i := range n.typ.NumField() {
				f := n.typ.Field(i)
				if f.Name == "_" {
					continue
				}
				members, _ := memberNames(f) // layouts reports the error
				for _, m := range members {
					ask(question{kind: askMember, name: c, member: m})
					for _, q := range g.nestedQuestions(spec, c, m, f.Type) {
						ask(q)
					}
				}
			}
		}
	}
	for _, n := range g.enums {
		ask(question{kind: askEnum, name: n.c})
	}
	for _, c := range g.consts {
		ask(question{kind: askConst, name: c.c})
	}
	return list
}

func otherNames(spec Spec, c string) []string {
	var names []string
	for _, gap := range spec.Gaps {
		if gap.Name == c && gap.As != "" {
			names = append(names, gap.As)
		}
	}
	return names
}

// comparison is one Run's second half: Go's layouts against the facts.
type comparison struct {
	spec   Spec
	facts  *facts
	report *Report
}

func compare(spec Spec, g *goTypes, f *facts, t Target) (*Report, error) {
	structs, enums, err := g.layouts(f.goarch)
	if err != nil {
		return nil, err
	}
	c := &comparison{spec, f, &Report{
		Omitted: []Omission{}, Findings: []Finding{},
		Target: t.Label, Set: f.set, Version: f.version, GOARCH: f.goarch, CC: t.CC, DebugInfo: f.decls != nil,
	}}
	if t.Label == "" {
		c.report.Target = strings.TrimSpace(f.set + " " + f.version)
	}
	for _, s := range structs {
		c.report.Structs = append(c.report.Structs, c.compareStruct(s))
	}
	for _, e := range enums {
		c.report.Enums = append(c.report.Enums, c.compareEnum(e))
	}
	for _, k := range g.consts {
		c.report.Constants = append(c.report.Constants, c.compareConst(k))
	}
	c.completeness()
	return c.report, nil
}

func (c *comparison) find(kind Kind, item, format string, args ...any) {
	c.report.Findings = append(c.report.Findings, Finding{kind, item, fmt.Sprintf(format, args...)})
}

// gap is the known gap of this header set under a name.
func (c *comparison) gap(name string) (Gap, bool) {
	for _, g := range c.spec.Gaps {
		if g.Set == c.facts.set && g.Name == name {
			return g, true
		}
	}
	for _, g := range c.spec.Only {
		if g.Set != c.facts.set && g.Name == name {
			return g, true
		}
	}
	return Gap{}, false
}

// renamed is the gap that gives the struct its name in this header set, if it has another one there.
func (c *comparison) renamed(name string) (Gap, bool) {
	gap, ok := c.gap(name)
	return gap, ok && gap.As != "" && c.facts.answers[question{kind: askType, name: name}].absent
}

// presence decides what a name's absence or presence means in view of the gaps. ok says that there is something to
// compare.
func (c *comparison) presence(name string, a answer) (status Status, reason string, ok bool) {
	gap, known := c.gap(name)
	switch {
	case known && a.absent:
		return Absent, gap.Reason, false
	case known:
		c.find(KindGap, name, "it is listed as a gap of %s (%s), but these headers have it: take it off the list", c.facts.set, gap.Reason)
		return Differs, gap.Reason, true
	case a.absent:
		c.find(KindAbsent, name, "these headers do not have it: %s", a.why)
		return Differs, "", false
	}
	return Agrees, "", true
}

func (c *comparison) compareStruct(s goStruct) StructReport {
	r := StructReport{C: s.c, Go: s.name, GoSize: s.size, GoAlign: s.align}
	before := len(c.report.Findings)
	name := s.c
	if gap, ok := c.renamed(name); ok {
		name, r.As, r.Reason = gap.As, gap.As, gap.Reason
	}
	a := c.facts.answers[question{kind: askType, name: name}]
	status, reason, ok := c.presence(name, a)
	if r.Status = status; reason != "" {
		r.Reason = reason
	}
	if !ok {
		for _, f := range s.fields {
			r.Fields = append(r.Fields, f.report())
		}
		r.Findings = c.report.Findings[before:]
		return r
	}
	r.Size, r.Align = a.numbers[0], a.numbers[1]
	for _, f := range s.fields {
		r.Fields = append(r.Fields, c.compareField(name, s, f))
	}
	if r.Size != s.size {
		c.find(KindStruct, s.c, "sizeof is %d in C and %d in Go", r.Size, s.size)
	}
	if s.align > r.Align {
		c.find(KindAlign, s.c, "Go aligns it to %d bytes, C only to %d", s.align, r.Align)
	}
	c.forgotten(name, s)
	if r.Findings = c.report.Findings[before:]; len(r.Findings) > 0 {
		r.Status = Differs
	}
	r.AlignHarmless = s.align < r.Align && r.Status == Agrees
	return r
}

func (f goField) report() FieldReport {
	return FieldReport{
		Name: f.name, Type: f.typ, C: strings.Join(f.c, "|"), OK: true,
		Go: Place{f.offset, f.size, f.sign.String()},
	}
}

func (c *comparison) compareField(name string, s goStruct, f goField) FieldReport {
	r := f.report()
	var notes []string
	for _, m := range f.c {
		item := s.c + "." + m
		a := c.facts.answers[question{kind: askMember, name: name, member: m}]
		status, reason, ok := c.presence(item, a)
		switch {
		case !ok && status == Absent:
			notes = append(notes, m+" absent: "+reason)
		case !ok:
			notes = append(notes, "no "+m)
			r.OK = false
		}
		if !ok {
			continue
		}
		differ := func(kind Kind, format string, args ...any) {
			c.find(kind, item, format, args...)
			notes = append(notes, string(kind))
			r.OK = false
		}
		offset, size, sgn := a.numbers[0], a.numbers[1], sign(a.numbers[2])
		if r.Header == nil {
			r.Header = &Place{offset, size, sgn.String()}
		}
		if offset != f.offset {
			differ(KindOffset, "offset is %d in C and %d in Go", offset, f.offset)
		}
		if size != f.size {
			differ(KindSize, "size is %d in C and %d in Go", size, f.size)
		}
		if !c.signAgrees(sgn, f.sign, f.enum) {
			differ(KindSign, "it is %v in C and %v in Go", sgn, f.sign)
		}
		c.compareNested(name, m, f, differ)
	}
	r.Note = strings.Join(notes, ", ")
	return r
}

// signAgrees compares signedness where both sides are numbers. A Go type that mirrors an enum may also read as the
// compiler reads the enum.
func (c *comparison) signAgrees(header, ours sign, enum string) bool {
	if header == signNone || ours == signNone || header == ours {
		return true
	}
	a, ok := c.facts.answers[question{kind: askEnum, name: enum}]
	return ok && !a.absent && sign(a.numbers[2]) == header
}

// forgotten looks for C members that no Go field names, not even by another member of the same union.
func (c *comparison) forgotten(name string, s goStruct) {
	decl := c.facts.decls.find(name)
	if decl == nil {
		for _, f := range s.fields {
			if f.padding() {
				c.report.Unseen += f.size
			}
		}
		return
	}
	var named []member // where C has them, wherever Go does
	for _, f := range s.fields {
		for _, m := range f.c {
			if a := c.facts.answers[question{kind: askMember, name: name, member: m}]; !a.absent {
				named = append(named, member{m, a.numbers[0], a.numbers[1]})
			}
		}
	}
	for _, m := range decl.members {
		if !slices.ContainsFunc(named, func(n member) bool { return n.offset <= m.offset && m.offset+m.size <= n.offset+n.size }) {
			c.find(KindForgotten, s.c+"."+m.name, "C has %d bytes at offset %d that no Go field names", m.size, m.offset)
		}
	}
}

func (c *comparison) compareEnum(e goEnum) EnumReport {
	r := EnumReport{C: e.c, Go: e.name, GoSize: e.size}
	a := c.facts.answers[question{kind: askEnum, name: e.c}]
	decl := c.facts.decls.find(e.c)
	isEnum := !a.absent && (c.facts.decls == nil || decl != nil && decl.kind == "enum")
	if !a.absent && !isEnum {
		if _, known := c.gap(e.c); !known {
			r.Status = Differs
			c.find(KindNotEnum, e.c, "these headers have the name, but not for an enum")
			return r
		}
		a = answer{absent: true}
	}
	var ok bool
	if r.Status, r.Reason, ok = c.presence(e.c, a); !ok {
		return r
	}
	if r.Size = a.numbers[0]; r.Size != e.size {
		c.find(KindStruct, e.c, "sizeof is %d in C and %d in Go", r.Size, e.size)
		r.Status = Differs
	}
	return r
}

func (c *comparison) compareConst(k goConst) ConstantReport {
	r := ConstantReport{C: k.c, GoType: k.name, GoValue: decimal(k.bits, k.below)}
	a := c.facts.answers[question{kind: askConst, name: k.c}]
	gap, known := c.gap(k.c)
	if !a.absent {
		r.Value = decimal(uint64(a.numbers[0]), a.numbers[1] != 0)
	}
	if known && gap.Gives != "" && !a.absent && r.Value == gap.Gives {
		r.Status, r.Reason = Other, gap.Reason
		return r
	}
	var ok bool
	if known && gap.Gives != "" && a.absent {
		r.Status = Differs
		c.find(KindGap, k.c, "it is listed as %s in %s (%s), but these headers do not have it", gap.Gives, c.facts.set, gap.Reason)
		return r
	}
	if r.Status, r.Reason, ok = c.presence(k.c, a); ok && r.Value != r.GoValue {
		r.Status = Differs
		c.find(KindValue, k.c, "it is %s in C and %s in Go", r.Value, r.GoValue)
	}
	return r
}

func decimal(bits uint64, below bool) string {
	if below {
		return strconv.FormatInt(int64(bits), 10)
	}
	return strconv.FormatUint(bits, 10)
}

// completeness looks for what the named header files declare and Go does not have.
func (c *comparison) completeness() {
	if c.facts.decls == nil || len(c.spec.Complete) == 0 {
		return
	}
	have := map[string]bool{}
	for _, s := range c.report.Structs {
		have[untagged(s.C)], have[untagged(s.As)] = true, true
	}
	for _, e := range c.report.Enums {
		have[untagged(e.C)] = true
	}
	for _, k := range c.report.Constants {
		have[k.C] = true
	}
	isOmitted := func(name string) bool {
		for _, o := range c.spec.Omitted {
			if ok, _ := path.Match(o.Name, name); ok {
				c.report.Omitted = append(c.report.Omitted, Omission{name, o.Reason})
				return true
			}
		}
		return false
	}
	for _, d := range c.facts.decls.types {
		if !slices.ContainsFunc(c.spec.Complete, func(h string) bool { return strings.EqualFold(h, d.file) }) {
			continue
		}
		if !slices.ContainsFunc(d.names, func(n string) bool { return have[n] }) && len(d.names) > 0 {
			if slices.ContainsFunc(d.names, isOmitted) {
				continue
			}
			name := d.names[len(d.names)-1]
			c.find(KindMissing, name, "%s declares this %s and Go does not have it", d.file, d.kind)
		}
		for _, v := range d.values {
			if !have[v] && !isOmitted(v) {
				c.find(KindMissing, v, "%s declares this enumerator and Go does not have it", d.file)
			}
		}
	}
}

// Unproven looks at the reports of one run together, architecture by architecture: nothing may be absent from all
// header sets, except what [Spec.Only] gives to a set that the run does not have. An enum whose constants are there,
// if only as macros, is there.
func Unproven(spec Spec, reports []*Report) []Finding {
	var findings []Finding
	byArch := map[string][]*Report{}
	for _, r := range reports {
		byArch[r.GOARCH] = append(byArch[r.GOARCH], r)
	}
	for _, arch := range arches {
		if len(byArch[arch]) == 0 {
			continue
		}
		proven, sets := map[string]bool{}, map[string]bool{}
		var names []string
		note := func(name string, s Status) {
			if _, seen := proven[name]; !seen {
				names = append(names, name)
			}
			proven[name] = proven[name] || s == Agrees || s == Differs
		}
		for _, r := range byArch[arch] {
			sets[r.Set] = true
			for _, s := range r.Structs {
				note(s.C, s.Status)
			}
			enums := map[string]string{}
			for _, e := range r.Enums {
				note(e.C, e.Status)
				enums[e.Go] = e.C
			}
			for _, k := range r.Constants {
				note(k.C, k.Status)
				if c := enums[k.GoType]; c != "" { // macros prove an enum as well
					note(c, k.Status)
				}
			}
		}
		for _, name := range names {
			excused := slices.ContainsFunc(spec.Only, func(g Gap) bool { return g.Name == name && !sets[g.Set] })
			if !proven[name] && !excused {
				findings = append(findings, Finding{KindUnproven, name, "no header set of this run for " + arch + " has it"})
			}
		}
	}
	return findings
}
