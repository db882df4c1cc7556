package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

// checker compares packages with header sets, one architecture after the other.
type checker struct {
	o         *options
	structs   tally
	constants tally
	result    result
}

// check does what the command is for, one architecture after the other: two at a time would take twice the memory.
func check(ctx context.Context, o *options, sets []headerSet) (*result, error) {
	c := &checker{o: o, result: result{Differences: []difference{}, Unmatched: []unmatched{}, StaleAllows: []string{}, UnusedMaps: []string{}, Underaligned: []string{}}}
	var checked []string
	for _, set := range sets {
		if err := c.checkOne(ctx, set); err != nil {
			return nil, err
		}
		checked = append(checked, set.goarch)
	}
	c.result.Structs, c.result.Constants = c.structs.counts(), c.constants.counts()
	for _, a := range o.allowed.unused(checked) {
		c.result.StaleAllows = append(c.result.StaleAllows, a.where+": "+a.name)
	}
	if o.mapping != nil {
		c.result.UnusedMaps = append(c.result.UnusedMaps, o.mapping.Unused()...)
	}
	c.result.sort()
	return &c.result, nil
}

func (c *checker) checkOne(ctx context.Context, set headerSet) error {
	p, err := source.Load(ctx, source.Config{GOARCH: set.goarch}, c.o.packages...)
	if err != nil {
		return err
	}
	if c.o.mapping != nil {
		c.o.mapping.Apply(&p.Go)
	}
	c.result.Modules, c.result.Packages = union(c.result.Modules, p.Modules), union(c.result.Packages, p.Paths)
	h, err := set.ask(ctx, constantNames(p))
	if err != nil {
		return err
	}
	structs, constants := p.Match(h)
	c.addLeft(structs, constants)
	report := layout.Compare(&p.Go, h, layout.Rules{Modulo32: true})
	c.result.Targets = append(c.result.Targets, target{set.goarch, report.Target})
	for i, s := range report.Structs {
		c.addStruct(set.goarch, p.Structs[i], s)
	}
	details := map[string][]string{}
	for _, f := range report.Findings {
		details[f.Item] = append(details[f.Item], f.Detail)
	}
	for i, k := range report.Constants {
		c.addConstant(set.goarch, p.Consts[i], k, details[k.C])
	}
	return nil
}

func constantNames(p *source.Packages) []string {
	var names []string
	for _, c := range p.Consts {
		name := c.C
		if name == "" {
			_, name, _ = strings.Cut(c.Name, ".")
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c *checker) addLeft(structs, constants []source.Left) {
	for _, l := range structs {
		c.structs.add(l.Name, l.Pos, stateUnmatched)
	}
	for _, l := range constants {
		c.constants.add(l.Name, l.Pos, stateUnmatched)
	}
	c.result.addUnmatched(structs, false)
	c.result.addUnmatched(constants, true)
}

// addStruct adds what one architecture says about a struct. A difference is accepted by the name of the struct, or if
// each of its findings is by the name of the field.
func (c *checker) addStruct(goarch string, s layout.GoStruct, r layout.StructReport) {
	findings := slices.DeleteFunc(slices.Clone(r.Findings), func(f layout.Finding) bool {
		return f.Kind == layout.KindAlign && (unavoidable(goarch, r) || r.GoAlign > r.Align)
	})
	if len(findings) < len(r.Findings) && unavoidable(goarch, r) {
		c.result.Underaligned = union(c.result.Underaligned, []string{s.Name})
	}
	if len(findings) == 0 {
		c.structs.add(s.Name, s.Pos, stateRight)
		return
	}
	d := difference{Go: s.Name, C: r.C, File: relative(s.Pos.Filename), Line: s.Pos.Line, GOARCH: []string{goarch}, Table: r.Table()}
	accepted := true
	for _, f := range findings {
		d.Findings = append(d.Findings, f.String())
		reason, ok := c.o.allowed.find(goarch, s.Name+"."+f.Field, s.Name)
		if accepted = accepted && ok; ok {
			d.Allowed = reason
		}
	}
	state := stateAllowed
	if !accepted {
		state, d.Allowed = stateWrong, ""
	}
	c.structs.add(s.Name, s.Pos, state)
	c.result.addDifference(d)
}

// unavoidable reports whether Go cannot align a struct as C does: on 386 it aligns nothing to 8 bytes.
func unavoidable(goarch string, r layout.StructReport) bool {
	return goarch == "386" && r.GoAlign == 4 && r.Align == 8
}

func (c *checker) addConstant(goarch string, k layout.GoConst, r layout.ConstantReport, findings []string) {
	if r.Status != layout.Differs {
		c.constants.add(k.Name, k.Pos, stateRight)
		return
	}
	d := difference{Go: k.Name, C: r.C, File: relative(k.Pos.Filename), Line: k.Pos.Line, GOARCH: []string{goarch}, Findings: findings}
	state := stateWrong
	if reason, ok := c.o.allowed.find(goarch, k.Name); ok {
		state, d.Allowed = stateAllowed, reason
	}
	c.constants.add(k.Name, k.Pos, state)
	c.result.addDifference(d)
}

// relative shortens a path to what is below the current directory, as GitHub wants it for annotations.
func relative(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	short, err := filepath.Rel(dir, path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return filepath.ToSlash(short)
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
