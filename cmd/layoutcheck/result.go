package main

import (
	"cmp"
	"go/token"
	"slices"

	"github.com/winmib/winmib/tcpmib/layout/source"
)

// result is what a run found on all architectures.
type result struct {
	Modules     []string     `json:"modules"`
	Packages    []string     `json:"packages"`
	Targets     []target     `json:"targets"`
	Structs     counts       `json:"structs"`
	Constants   counts       `json:"constants"`
	Differences []difference `json:"differences"`
	Compared    []compared   `json:"compared"` // every struct, right or wrong, with its C type
	Unmatched   []unmatched  `json:"unmatched"`
	// Underaligned are right except for their alignment on 386, where C aligns 64-bit integers to 8
	// bytes and Go to 4.
	Underaligned []string `json:"underaligned"`
	StaleAllows  []string `json:"staleAllows"` // accepted differences that do not occur
	UnusedMaps   []string `json:"unusedMaps"`  // mappings of names that are not there
	Ambiguous    []string `json:"ambiguous"`   // lines of either file that several declarations have the name of
	Unread       []string `json:"unread"`      // packages, or parts of them, and architectures that could not be read
	Notes        []string `json:"notes"`       // what was left out without being an error
}

// target is a header set on one architecture.
type target struct {
	GOARCH  string `json:"goarch"`
	Headers string `json:"headers"`
}

// counts are of structs or constants, each counted once however many architectures have it.
type counts struct {
	Checked   int `json:"checked"` // Right, Wrong and Allowed
	Right     int `json:"right"`
	Wrong     int `json:"wrong"`
	Allowed   int `json:"allowed"`
	Unmatched int `json:"unmatched"` // with nothing in C to compare with
}

// difference is a struct or a constant that is wrong, in one way, on these architectures.
type difference struct {
	Go       string   `json:"go"`
	Path     string   `json:"path"` // the import path of its package
	C        string   `json:"c"`
	How      string   `json:"how,omitempty"` // how C was found: tag, map, name or folded name
	File     string   `json:"file"`
	Line     int      `json:"line"`
	GOARCH   []string `json:"goarch"`
	Findings []string `json:"findings"` // what is wrong and what to do, a sentence each
	Table    string   `json:"table,omitempty" text:"lines"`
	Allowed  string   `json:"allowed,omitempty"` // the reason why it is accepted
	With     []string `json:"with,omitempty"`    // the Go structs that have this one in a field, and are wrong for that
	Accept   string   `json:"accept,omitempty"`  // the -allow line for methods that C leaves out and Go must have
}

// compared is a struct and the C type that it was compared with.
type compared struct {
	Go     string   `json:"go"`
	Path   string   `json:"path"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	C      string   `json:"c"`
	How    string   `json:"how"`
	GOARCH []string `json:"goarch"`
}

// unmatched is a struct or a constant that was not compared.
type unmatched struct {
	Go       string `json:"go"`
	Path     string `json:"path"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Constant bool   `json:"constant,omitempty"`
	Reason   string `json:"reason"`
}

// ok reports whether there is nothing to do.
func (r *result) ok() bool {
	return r.Structs.Wrong == 0 && r.Constants.Wrong == 0 && len(r.StaleAllows)+len(r.UnusedMaps)+len(r.Ambiguous) == 0
}

// place identifies one declaration among several of its name.
type place struct {
	path, name string
	pos        token.Position
}

// tally counts each declaration once: it is wrong if it is on any architecture.
type tally struct {
	state map[place]int
}

const (
	stateUnmatched = iota
	stateRight
	stateAllowed
	stateWrong
)

func (t *tally) add(p place, state int) {
	if t.state == nil {
		t.state = map[place]int{}
	}
	t.state[p] = max(t.state[p], state)
}

func (t *tally) counts() counts {
	var c counts
	for _, state := range t.state {
		switch state {
		case stateUnmatched:
			c.Unmatched++
			continue
		case stateRight:
			c.Right++
		case stateAllowed:
			c.Allowed++
		case stateWrong:
			c.Wrong++
		}
		c.Checked++
	}
	return c
}

// merger adds what one architecture says to what another has said in the same words.
type merger struct {
	differences map[place][]int // where they are in the result
	compared    map[compareKey]int
	unmatched   map[unmatched]bool
}

type compareKey struct {
	place
	c, how string
}

func (m *merger) addDifference(r *result, at place, d difference) {
	for _, i := range m.differences[at] {
		e := &r.Differences[i]
		if e.C == d.C && e.Table == d.Table && e.Allowed == d.Allowed && slices.Equal(e.Findings, d.Findings) {
			e.GOARCH = append(e.GOARCH, d.GOARCH...)
			return
		}
	}
	m.differences[at] = append(m.differences[at], len(r.Differences))
	r.Differences = append(r.Differences, d)
}

func (m *merger) addCompared(r *result, at place, c compared) {
	key := compareKey{at, c.C, c.How}
	if i, ok := m.compared[key]; ok {
		r.Compared[i].GOARCH = append(r.Compared[i].GOARCH, c.GOARCH...)
		return
	}
	m.compared[key] = len(r.Compared)
	r.Compared = append(r.Compared, c)
}

func (m *merger) addUnmatched(r *result, list []source.Left, constants bool) {
	for _, l := range list {
		u := unmatched{l.Name, l.Path, relative(l.Pos.Filename), l.Pos.Line, constants, l.Reason}
		if !m.unmatched[u] {
			m.unmatched[u] = true
			r.Unmatched = append(r.Unmatched, u)
		}
	}
}

// sort puts everything in the order of the source.
func (r *result) sort() {
	slices.SortStableFunc(r.Differences, func(a, b difference) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	slices.SortStableFunc(r.Compared, func(a, b compared) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	slices.SortStableFunc(r.Unmatched, func(a, b unmatched) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
