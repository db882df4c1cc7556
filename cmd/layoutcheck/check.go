package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/winmib/winmib/cmd/internal/safe"
	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

// checker collects what the architectures say.
type checker struct {
	o         *options
	structs   tally
	constants tally
	merger    merger
	caused    []caused
	result    result
}

// caused is a struct that is wrong on one architecture with those in its fields.
type caused struct {
	place
	causes []layout.Cause
}

// check compares everything on every architecture. A failure on one costs only that one.
func check(ctx context.Context, o *options, sets []headerSet, notes []string) (*result, error) {
	c := &checker{o: o, merger: merger{map[place][]int{}, map[compareKey]int{}, map[unmatched]bool{}}, result: result{
		Differences: []difference{}, Compared: []compared{}, Unmatched: []unmatched{}, StaleAllows: []string{}, UnusedMaps: []string{},
		Ambiguous: []string{}, Unread: []string{}, Underaligned: []string{}, Notes: append([]string{}, notes...),
	}}
	var checked []*layout.Headers
	var failures []error
	for i, m := range measureAll(ctx, o, sets) {
		if m.err != nil {
			failures = append(failures, m.err)
			c.result.Unread = append(c.result.Unread, sets[i].goarch+": "+m.err.Error())
			continue
		}
		c.add(m)
		checked = append(checked, m.headers)
	}
	if len(checked) == 0 {
		return nil, errors.Join(slices.CompactFunc(failures, func(a, b error) bool { return a.Error() == b.Error() })...)
	}
	c.addCaused()
	c.result.Structs, c.result.Constants = c.structs.counts(), c.constants.counts()
	if len(failures) == 0 { // or what is missing is no longer needed
		for _, a := range o.allowed.unused(checked) {
			c.result.StaleAllows = append(c.result.StaleAllows, a.where+": "+a.name)
		}
	}
	c.result.Ambiguous = append(c.result.Ambiguous, o.allowed.ambiguous()...)
	if o.mapping != nil {
		if len(failures) == 0 {
			c.result.UnusedMaps = append(c.result.UnusedMaps, o.mapping.Unused()...)
		}
		c.result.Ambiguous = append(c.result.Ambiguous, o.mapping.Ambiguous()...)
	}
	c.result.sort()
	safe.Value(&c.result)
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
	for _, problem := range p.Problems {
		problem.Pos.Filename = relative(problem.Pos.Filename)
		c.result.Unread = union(c.result.Unread, []string{fmt.Sprintf("%s: %v", goarch, problem)})
	}
	for _, path := range p.Cgo {
		c.result.Notes = union(c.result.Notes, []string{path + " is left out: all its Go files use cgo"})
	}
	for _, note := range m.headers.Notes {
		c.result.Notes = union(c.result.Notes, []string{goarch + ": " + note})
	}
	c.o.allowed.declare(&p.Go)
	c.addLeft(m.structs, m.constants)
	for i, s := range m.report.Structs {
		c.addStruct(m.headers, p.Structs[i], s)
	}
	for i, k := range m.report.Constants {
		c.addConstant(m.headers, p.Consts[i], k)
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
		c.structs.add(place{l.Path, l.Name, l.Pos}, stateUnmatched)
	}
	for _, l := range constants {
		c.constants.add(place{l.Path, l.Name, l.Pos}, stateUnmatched)
	}
	c.merger.addUnmatched(&c.result, structs, false)
	c.merger.addUnmatched(&c.result, constants, true)
}

// addStruct adds the result for a struct on one architecture. A difference is accepted by the name
// of the struct, or if each of its findings is accepted by the name of the field.
func (c *checker) addStruct(h *layout.Headers, s layout.GoStruct, r layout.StructReport) {
	goarch, at, file := h.GOARCH, place{s.Path, s.Name, s.Pos}, relative(s.Pos.Filename)
	c.merger.addCompared(&c.result, at, compared{s.Name, s.Path, file, s.Pos.Line, r.C, s.How, []string{goarch}})
	list := findings(goarch, r)
	if r.Status == layout.Differs && unavoidable(goarch, r) {
		c.result.Underaligned = union(c.result.Underaligned, []string{s.Name})
	}
	if len(r.Causes) > 0 {
		c.caused = append(c.caused, caused{at, r.Causes})
	}
	if len(list) == 0 {
		c.structs.add(at, stateRight)
		return
	}
	d := difference{Go: s.Name, Path: s.Path, C: r.C, How: s.How, File: file, Line: s.Pos.Line, GOARCH: []string{goarch}}
	if r.Size > 0 { // C has it
		d.Table = r.Table()
	}
	accepted := true
	for _, f := range list {
		d.Findings = append(d.Findings, f.String())
		if f.Kind == layout.KindInherited {
			_, short, _ := strings.Cut(s.Name, ".")
			d.Accept = fmt.Sprintf("%s.%s.%s C leaves out what the interface inherits", s.Path, short, f.Field)
		}
		reason, ok := c.o.allowed.find(h, at, f.Field)
		if accepted = accepted && ok; ok {
			d.Allowed = reason
		}
	}
	state := stateAllowed
	if !accepted {
		state, d.Allowed = stateWrong, ""
	}
	c.structs.add(at, state)
	c.merger.addDifference(&c.result, at, d)
}

// addCaused lists the structs that are wrong, or accepted, because of another one with the findings
// of that one.
func (c *checker) addCaused() {
	for _, s := range c.caused {
		for i := 0; i < len(s.causes); i++ {
			at := place{s.causes[i].Path, s.causes[i].Go, s.causes[i].Pos}
			c.structs.add(s.place, c.structs.state[at])
			for _, k := range c.merger.differences[at] {
				d := &c.result.Differences[k]
				d.With = union(d.With, []string{s.name})
			}
			for _, deeper := range c.caused { // those of the cause itself
				if deeper.place == at {
					s.causes = append(s.causes, deeper.causes...)
				}
			}
		}
	}
}

// findings returns what is wrong with a struct. Its alignment is not wrong if Go aligns more than C
// (then C packs the struct), or if Go cannot align more.
func findings(goarch string, r layout.StructReport) []layout.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f layout.Finding) bool {
		return f.Kind == layout.KindAlign && (unavoidable(goarch, r) || r.GoAlign > r.Align)
	})
}

// unavoidable reports whether Go cannot align a struct as C does: on 386 Go aligns nothing to 8
// bytes.
func unavoidable(goarch string, r layout.StructReport) bool {
	return goarch == "386" && r.GoAlign == 4 && r.Align == 8
}

func (c *checker) addConstant(h *layout.Headers, k layout.GoConst, r layout.ConstantReport) {
	at := place{k.Path, k.Name, k.Pos}
	if r.Status != layout.Differs {
		c.constants.add(at, stateRight)
		return
	}
	finding := fmt.Sprintf("it is %s in C and %s in Go", r.Value, r.GoValue)
	if r.Value == "" {
		finding = "these headers have no integer constant of that name"
	}
	d := difference{Go: k.Name, Path: k.Path, C: r.C, File: relative(k.Pos.Filename), Line: k.Pos.Line, GOARCH: []string{h.GOARCH}, Findings: []string{finding}}
	state := stateWrong
	if reason, ok := c.o.allowed.find(h, at, ""); ok {
		state, d.Allowed = stateAllowed, reason
	}
	c.constants.add(at, state)
	c.merger.addDifference(&c.result, at, d)
}

// relative makes a path relative if it is below the current directory: GitHub needs that for
// annotations.
func relative(path string) string {
	dir, err := os.Getwd() // as the go command sees it
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
