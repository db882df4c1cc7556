package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

// checker collects what the architectures say.
type checker struct {
	o         *options
	structs   tally
	constants tally
	result    result
}

// check does what the command is for.
func check(ctx context.Context, o *options, sets []headerSet) (*result, error) {
	c := &checker{o: o, result: result{Differences: []difference{}, Unmatched: []unmatched{}, StaleAllows: []string{}, UnusedMaps: []string{}, Underaligned: []string{}}}
	var checked []*layout.Headers
	for _, m := range measureAll(ctx, o, sets) {
		if m.err != nil {
			return nil, m.err
		}
		c.add(m)
		checked = append(checked, m.headers)
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

// measured is the comparison on one architecture.
type measured struct {
	packages           *source.Packages
	structs, constants []source.Left // that were not compared
	headers            *layout.Headers
	report             *layout.Report
	err                error
}

// measureAll compares on two architectures at a time: more would take too much memory.
func measureAll(ctx context.Context, o *options, sets []headerSet) []measured {
	list := make([]measured, len(sets))
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for i, set := range sets {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			list[i] = measure(ctx, o, set)
		})
	}
	wg.Wait()
	return list
}

func measure(ctx context.Context, o *options, set headerSet) measured {
	p, err := source.Load(ctx, source.Config{GOARCH: set.goarch}, o.packages...)
	if err != nil {
		return measured{err: err}
	}
	if len(p.Problems) > 0 {
		return measured{err: fmt.Errorf("cannot load %v for windows/%s", p.Problems[0], set.goarch)}
	}
	if o.mapping != nil {
		o.mapping.Apply(&p.Go)
	}
	h, err := set.ask(ctx, constantNames(p))
	if err != nil {
		return measured{err: err}
	}
	m := measured{packages: p, headers: h}
	m.structs, m.constants = p.Match(h)
	m.report = layout.Compare(&p.Go, h, layout.Rules{Modulo32: true})
	return m
}

// add takes what one architecture says into the result.
func (c *checker) add(m measured) {
	p, goarch := m.packages, m.report.GOARCH
	c.result.Modules, c.result.Packages = union(c.result.Modules, p.Modules), union(c.result.Packages, p.Paths)
	c.result.Targets = append(c.result.Targets, target{goarch, m.report.Target})
	c.addLeft(m.structs, m.constants)
	for i, s := range m.report.Structs {
		c.addStruct(m.headers, p.Structs[i], s)
	}
	details := map[string][]string{}
	for _, f := range m.report.Findings {
		details[f.Item] = append(details[f.Item], f.Detail)
	}
	for i, k := range m.report.Constants {
		c.addConstant(m.headers, p.Consts[i], k, details[k.C])
	}
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
func (c *checker) addStruct(h *layout.Headers, s layout.GoStruct, r layout.StructReport) {
	goarch := h.GOARCH
	list := findings(goarch, r)
	if r.Status == layout.Differs && unavoidable(goarch, r) {
		c.result.Underaligned = union(c.result.Underaligned, []string{s.Name})
	}
	if len(list) == 0 {
		c.structs.add(s.Name, s.Pos, stateRight)
		return
	}
	d := difference{Go: s.Name, C: r.C, File: relative(s.Pos.Filename), Line: s.Pos.Line, GOARCH: []string{goarch}}
	if r.Size > 0 { // C has it
		d.Table = r.Table()
	}
	accepted := true
	for _, f := range list {
		d.Findings = append(d.Findings, f.String())
		reason, ok := c.o.allowed.find(h, s.Name+"."+f.Field, s.Name)
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

// findings are what is wrong with a struct. Alignment is not where Go has more of it than a packed struct needs, and
// sizes agree, nor where Go cannot have more.
func findings(goarch string, r layout.StructReport) []layout.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f layout.Finding) bool {
		return f.Kind == layout.KindAlign && (unavoidable(goarch, r) || r.GoAlign > r.Align)
	})
}

// unavoidable reports whether Go cannot align a struct as C does: on 386 it aligns nothing to 8 bytes.
func unavoidable(goarch string, r layout.StructReport) bool {
	return goarch == "386" && r.GoAlign == 4 && r.Align == 8
}

func (c *checker) addConstant(h *layout.Headers, k layout.GoConst, r layout.ConstantReport, details []string) {
	if r.Status != layout.Differs {
		c.constants.add(k.Name, k.Pos, stateRight)
		return
	}
	d := difference{Go: k.Name, C: r.C, File: relative(k.Pos.Filename), Line: k.Pos.Line, GOARCH: []string{h.GOARCH}, Findings: details}
	state := stateWrong
	if reason, ok := c.o.allowed.find(h, k.Name); ok {
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
