// Package layoutview shows what `tcpmib layout` found.
package layoutview

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Run is one check of several targets.
type Run struct {
	Reports  []*layout.Report  `json:"reports"`
	Unproven []layout.Finding  `json:"unproven"` // absent from every header set of the run
	Failures []Failure         `json:"failures"`
	Missing  []string          `json:"missing"` // what this machine lacks to check more targets
	Only     map[string]string `json:"-"`
}

// Failure is a target without a verdict.
type Failure struct {
	CC     []string `json:"cc"`
	GOARCH string   `json:"goarch"`
	Error  string   `json:"error"`
}

// Differs reports whether a header set differs, or a name is in none of them.
func (r *Run) Differs() bool {
	return len(r.Unproven) > 0 || slices.ContainsFunc(r.Reports, func(r *layout.Report) bool { return !r.OK() })
}

// WriteJSON writes a run as one object.
func WriteJSON(w io.Writer, run *Run) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(run)
}
