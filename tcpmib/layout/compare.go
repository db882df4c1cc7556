package layout

import (
	"fmt"
	"go/constant"
	"go/token"
	"math/big"
	"path"
	"reflect"
	"slices"
	"strings"
)

// Compare compares what Go claims with what a header set declares. It runs nothing, and it does not
// matter where either comes from.
func Compare(g *Go, h *Headers, rules Rules) *Report {
	c := &comparison{g: g, h: h, rules: rules, used: map[int]bool{}, slotsOf: map[*CStruct][]slot{}, nested: map[nesting]*problem{}, causes: map[nesting]*GoStruct{}, aligns: map[string]int64{}, report: &Report{
		Omitted: []Omission{}, Findings: []Finding{},
		Target: h.Name(), Set: h.Set, Version: h.Version, GOARCH: h.GOARCH,
	}}
	c.index()
	c.report.Structs = slices.Grow(c.report.Structs, len(g.Structs))
	c.report.Constants = slices.Grow(c.report.Constants, len(g.Consts))
	for i := range g.Structs {
		c.add(func() { c.report.Structs = append(c.report.Structs, c.compareStruct(&g.Structs[i])) })
	}
	for i := range g.Enums {
		c.add(func() { c.report.Enums = append(c.report.Enums, c.compareEnum(&g.Enums[i])) })
	}
	for i := range g.Consts {
		c.add(func() { c.report.Constants = append(c.report.Constants, c.compareConst(&g.Consts[i])) })
	}
	for i := range g.Funcs {
		c.add(func() { c.report.Functions = append(c.report.Functions, c.compareFunc(&g.Funcs[i])) })
	}
	c.completeness()
	c.unusedRules()
	return c.report
}

// comparison is one run of Compare.
type comparison struct {
	g         *Go
	h         *Headers
	rules     Rules
	report    *Report
	findings  []Finding    // of the struct, enum, constant or function at hand
	used      map[int]bool // which of rules.Accepted occurred
	slotsOf   map[*CStruct][]slot
	nested    map[nesting]*problem // what became of structs in structs
	causes    map[nesting]*GoStruct
	aligns    map[string]int64 // of the Go types for C types
	claimedAs map[declaration][]string
	goNames   map[*CStruct]string // of the first Go struct that is compared with it
}

// declaration identifies one Go type among several of its name.
type declaration struct {
	name, path string
	pos        token.Position
	typ        reflect.Type
}

func (s *GoStruct) declaration() declaration { return declaration{s.Name, s.Path, s.Pos, s.typ} }

// index notes what each Go struct is claimed to be.
func (c *comparison) index() {
	c.claimedAs, c.goNames = map[declaration][]string{}, map[*CStruct]string{}
	for i := range c.g.Structs {
		s := &c.g.Structs[i]
		if s.C == "" {
			continue
		}
		if s.Name != "struct" {
			c.claimedAs[s.declaration()] = append(c.claimedAs[s.declaration()], s.C)
		}
		if decl := c.h.Struct(c.nameHere(s.C)); decl != nil && c.goNames[decl] == "" {
			c.goNames[decl] = s.Name
		}
	}
}

// add runs a step, and moves its findings into the report.
func (c *comparison) add(step func()) {
	c.findings = nil
	step()
	c.report.Findings = append(c.report.Findings, c.findings...)
}

func (c *comparison) find(kind Kind, item, format string, args ...any) {
	c.findings = append(c.findings, Finding{Kind: kind, Item: item, Detail: fmt.Sprintf(format, args...)})
}

// gap is what is known of a name in this header set.
func (c *comparison) gap(name string) (Gap, bool) {
	for _, g := range c.rules.Gaps {
		if g.Set == c.h.Set && g.Name == name && c.h.Before(g.Before) {
			return g, true
		}
	}
	for _, x := range c.rules.Exclusive {
		if x.Set != c.h.Set && x.Name == name {
			return Gap{Set: c.h.Set, Name: name, Reason: x.Reason}, true
		}
	}
	return Gap{}, false
}

// nameHere is the name under which this header set declares a type.
func (c *comparison) nameHere(name string) string {
	if gap, ok := c.gap(name); ok && gap.As != "" && c.h.typeOf(name).kind == cUnknown {
		return gap.As
	}
	return name
}

// presence decides what the absence or presence of a name means in view of the gaps.
func (c *comparison) presence(name string, present bool) (status Status, reason string) {
	gap, known := c.gap(name)
	switch {
	case known && !present:
		return Absent, gap.Reason
	case known && !gap.Older:
		c.find(KindGap, name, closedGap, c.h.Set, gap.Reason)
		return Differs, gap.Reason
	case !present:
		return Differs, ""
	}
	return Agrees, ""
}

const closedGap = "it is listed as a gap of %s (%s), but these headers have it: remove it from the list"

// why is what the compiler said of a name that it does not know.
func (c *comparison) why(name string) string {
	if text := c.h.why[name]; text != "" {
		return ": " + text
	}
	return ""
}

func (c *comparison) compareStruct(s *GoStruct) StructReport {
	r := StructReport{C: s.C, How: s.How, Go: s.Name, Pos: s.Pos, GoSize: s.Size, GoAlign: s.Align}
	name := c.nameHere(s.C)
	decl := c.h.Struct(name)
	if name != s.C {
		gap, _ := c.gap(s.C)
		r.As, r.Reason = name, gap.Reason
		r.Status = Agrees
		if decl == nil {
			r.Status = Differs
		}
	} else {
		r.Status, r.Reason = c.presence(name, decl != nil)
	}
	if decl == nil {
		if r.Status == Differs {
			c.find(KindAbsent, name, "these headers do not have it%s", c.why(name))
		}
		r.Fields = (&differences{pairing: &pairing{pairs: plainPairs(s)}, s: s}).reports()
		r.Findings = c.findings
		return r
	}
	r.Size, r.Align = decl.Size, decl.Align
	found := c.fields(s, decl, s.C)
	r.Fields, r.Forgotten = found.fields, found.forgotten
	c.findings = append(c.findings, found.findings...)
	for _, s := range found.causes {
		r.Status = Differs
		if cause := (Cause{s.Name, s.Path, s.Pos}); !slices.Contains(r.Causes, cause) {
			r.Causes = append(r.Causes, cause)
		}
	}
	if len(found.findings)+len(found.causes) == 0 || found.align != decl.Align {
		c.alignment(s, decl)
	}
	c.findings, r.Accepted = c.accept(c.findings)
	if r.Findings = c.findings; len(r.Findings) > 0 {
		r.Status = Differs
	}
	return r
}

// plainPairs are the fields of a struct that C does not have.
func plainPairs(s *GoStruct) []*pair {
	var list []*pair
	for i := range s.Fields {
		list = append(list, &pair{field: &s.Fields[i]})
	}
	return list
}

// alignment compares what no offset shows. A struct that C aligns more than Go does must not be
// passed to a function that relies on it.
func (c *comparison) alignment(s *GoStruct, decl *CStruct) {
	switch {
	case decl.Align == 0: // nobody asked
	case s.Align > decl.Align:
		c.find(KindAlign, s.C, "Go aligns it to %d bytes, C only to %d", s.Align, decl.Align)
	case s.Align < decl.Align:
		advice := ""
		if decl.Align <= pointerSize(c.g.GOARCH) {
			advice = fmt.Sprintf(": begin it with _ [0]uint%d", 8*decl.Align)
		}
		c.find(KindAlign, s.C, "C aligns it to %d bytes and Go to %d on %s: a Go variable of it may lie where Windows does not take it%s", decl.Align, s.Align, c.g.GOARCH, advice)
	}
}

// accept takes the findings out that are known.
func (c *comparison) accept(findings []Finding) (rest []Finding, accepted []AcceptedFinding) {
	for _, f := range findings {
		i := slices.IndexFunc(c.rules.Accepted, func(a Accepted) bool {
			ok, _ := path.Match(a.Name, f.Item)
			return ok && a.Kind == f.Kind && a.holds(c.h)
		})
		if i < 0 {
			rest = append(rest, f)
			continue
		}
		c.used[i] = true
		accepted = append(accepted, AcceptedFinding{f, c.rules.Accepted[i].Reason})
	}
	return rest, accepted
}

// mirrors are the C types that a Go struct is claimed to be.
func (c *comparison) mirrors(s *GoStruct) []string {
	if s.C == "" {
		return nil
	}
	list := []string{s.C}
	for _, name := range c.claimedAs[s.declaration()] {
		if name != s.C {
			list = append(list, name)
		}
	}
	return list
}

// claimed reports whether a nested struct is compared with decl on its own.
func (c *comparison) claimed(s *GoStruct, decl *CStruct) bool {
	return decl != nil && slices.ContainsFunc(c.claimedAs[s.declaration()], func(name string) bool { return c.h.Struct(c.nameHere(name)) == decl })
}

func (c *comparison) compareEnum(e *GoEnum) EnumReport {
	r := EnumReport{C: e.C, Go: e.Name, GoSize: e.Type.Size}
	t := c.h.typeOf(e.C)
	_, known := c.gap(e.C)
	present := t.enum != nil
	if t.kind != cUnknown && !present && !known {
		r.Status = Differs
		c.find(KindNotEnum, e.C, "these headers have the name, but not for an enum")
		return r
	}
	if r.Status, r.Reason = c.presence(e.C, present); !present {
		if r.Status == Differs {
			c.find(KindAbsent, e.C, "these headers do not have it%s", c.why(e.C))
		}
		return r
	}
	if r.Size = t.size; r.Size != e.Type.Size {
		c.find(KindStruct, e.C, "sizeof is %d in C and %d in Go", r.Size, e.Type.Size)
		r.Status = Differs
	}
	return r
}

func (c *comparison) compareConst(k *GoConst) ConstantReport {
	r := ConstantReport{C: k.C, GoType: k.Type, GoValue: k.Value.ExactString()}
	value, present := c.h.Constant(k.C)
	if present {
		r.Value = value.String()
	}
	gap, known := c.gap(k.C)
	switch {
	case known && gap.Gives != "" && present && r.Value == gap.Gives:
		r.Status, r.Reason = Other, gap.Reason
		return r
	case known && gap.Gives != "" && !present:
		r.Status = Differs
		c.find(KindGap, k.C, "it is listed as %s in %s (%s), but these headers do not have it", gap.Gives, c.h.Set, gap.Reason)
		return r
	}
	r.Status, r.Reason = c.presence(k.C, present)
	switch {
	case !present && r.Status == Differs:
		c.find(KindAbsent, k.C, "these headers have no integer constant of that name%s", c.why(k.C))
	case present && r.Value != r.GoValue && !(c.rules.Modulo32 && value.equalModulo32(k.Value)) && !value.equalPointer(k, c.h.GOARCH):
		r.Status = Differs
		c.find(KindValue, k.C, "it is %s in C and %s in Go", r.Value, r.GoValue)
	}
	return r
}

// equalModulo32 reports whether a Go constant has the same 32 bits as a C constant of 32 bits.
func (v CValue) equalModulo32(k constant.Value) bool {
	n, ok := new(big.Int).SetString(k.ExactString(), 10)
	if !ok || v.Size > 4 || !n.IsInt64() || n.Int64() < -1<<31 || n.Int64() >= 1<<32 {
		return false
	}
	return uint32(n.Int64()) == uint32(v.Bits)
}

// equalPointer reports whether a Go constant of type uintptr has the bits of a C constant below
// zero, as ^uintptr(0) has those of -1.
func (v CValue) equalPointer(k *GoConst, goarch string) bool {
	n, ok := constant.Uint64Val(k.Value)
	if pointerSize(goarch) == 4 {
		return ok && k.Kind == GoUintptr && v.Negative && n == uint64(uint32(v.Bits))
	}
	return ok && k.Kind == GoUintptr && v.Negative && n == v.Bits
}

// unusedRules finds gaps and accepted differences that name nothing.
func (c *comparison) unusedRules() {
	c.add(func() {
		for _, g := range c.rules.Gaps {
			if !c.claims(g.Name) {
				c.find(KindGap, g.Name, "it is listed as a gap of %s (%s), but nothing of that name is claimed", g.Set, g.Reason)
			}
		}
		for _, x := range c.rules.Exclusive {
			if !c.claims(x.Name) {
				c.find(KindGap, x.Name, "it is listed as exclusive to %s (%s), but nothing of that name is claimed", x.Set, x.Reason)
			}
		}
		for i, a := range c.rules.Accepted {
			if !c.used[i] && a.holds(c.h) && c.declares(a.Name) {
				c.find(KindGap, a.Name, "its difference (%s) is accepted (%s), but does not occur: remove it from the list", a.Kind, a.Reason)
			}
		}
	})
}

// claims reports whether a name is that of a type, constant, function or member that Go claims.
func (c *comparison) claims(name string) bool {
	typ, member, isMember := strings.Cut(name, ".")
	return slices.ContainsFunc(c.g.Structs, func(s GoStruct) bool {
		return s.C == typ && (!isMember || slices.ContainsFunc(s.Fields, func(f GoField) bool { return slices.Contains(f.C, member) }))
	}) || !isMember && (slices.ContainsFunc(c.g.Enums, func(e GoEnum) bool { return e.C == name }) ||
		slices.ContainsFunc(c.g.Consts, func(k GoConst) bool { return k.C == name }) ||
		slices.ContainsFunc(c.g.Funcs, func(f GoFunc) bool { return f.C == name }))
}

// declares reports whether these headers have a struct whose name, or that of a member, a pattern
// matches. A struct that they lack cannot differ.
func (c *comparison) declares(pattern string) bool {
	typ, _, _ := strings.Cut(pattern, ".")
	matches := 0
	for _, s := range c.report.Structs {
		if ok, _ := path.Match(typ, s.C); ok {
			if s.Status != Absent {
				return true
			}
			matches++
		}
	}
	return matches == 0 // it matches nothing at all
}
