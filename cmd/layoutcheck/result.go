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
	Unmatched   []unmatched  `json:"unmatched"`
	// Underaligned are right but for their alignment on 386, where C aligns 64-bit integers to 8 bytes and Go to 4.
	Underaligned []string `json:"underaligned"`
	StaleAllows  []string `json:"staleAllows"` // accepted differences that do not occur
	UnusedMaps   []string `json:"unusedMaps"`  // mappings of names that are not there
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
	C        string   `json:"c"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	GOARCH   []string `json:"goarch"`
	Findings []string `json:"findings"` // what is wrong and what to do, a sentence each
	Table    string   `json:"table,omitempty"`
	Allowed  string   `json:"allowed,omitempty"` // the reason why it is accepted
}

// unmatched is a struct or a constant that was not compared.
type unmatched struct {
	Go       string `json:"go"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Constant bool   `json:"constant,omitempty"`
	Reason   string `json:"reason"`
}

// ok reports whether there is nothing to do.
func (r *result) ok() bool {
	return r.Structs.Wrong == 0 && r.Constants.Wrong == 0 && len(r.StaleAllows) == 0 && len(r.UnusedMaps) == 0
}

// tally counts each name once: it is wrong if it is on any architecture.
type tally struct {
	state map[string]int
}

const (
	stateUnmatched = iota + 1
	stateRight
	stateAllowed
	stateWrong
)

func (t *tally) add(name string, pos token.Position, state int) {
	if t.state == nil {
		t.state = map[string]int{}
	}
	key := pos.String() + " " + name
	t.state[key] = max(t.state[key], state)
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

// addDifference adds what one architecture says to what another has said in the same words.
func (r *result) addDifference(d difference) {
	for i := range r.Differences {
		e := &r.Differences[i]
		if e.Go == d.Go && e.File == d.File && e.Line == d.Line && e.C == d.C && e.Table == d.Table &&
			e.Allowed == d.Allowed && slices.Equal(e.Findings, d.Findings) {
			e.GOARCH = append(e.GOARCH, d.GOARCH...)
			return
		}
	}
	r.Differences = append(r.Differences, d)
}

func (r *result) addUnmatched(list []source.Left, constants bool) {
	for _, l := range list {
		u := unmatched{l.Name, l.Pos.Filename, l.Pos.Line, constants, l.Reason}
		if !slices.Contains(r.Unmatched, u) {
			r.Unmatched = append(r.Unmatched, u)
		}
	}
}

// sort puts everything in the order of the source.
func (r *result) sort() {
	slices.SortStableFunc(r.Differences, func(a, b difference) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	slices.SortStableFunc(r.Unmatched, func(a, b unmatched) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
