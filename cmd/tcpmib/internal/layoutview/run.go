// Package layoutview shows what `tcpmib layout` found.
package layoutview

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib/layout"
)

// Run is one check of several targets.
type Run struct {
	Reports  []*layout.Report `json:"reports"`
	Unproven []layout.Finding `json:"unproven"` // absent from every header set of the run
	Failures []Failure        `json:"failures"`
	Missing  []string         `json:"missing"` // what this machine lacks to check more targets
	rules    layout.Rules
}

// NewRun returns a run without reports. It shares nothing with rules.
func NewRun(rules layout.Rules) *Run {
	return &Run{Reports: []*layout.Report{}, Unproven: []layout.Finding{}, Failures: []Failure{}, Missing: []string{}, rules: rules}
}

// Across looks at all reports together: what is in none of the header sets is unproven.
func (r *Run) Across() { r.Unproven = append(r.Unproven, layout.Across(r.rules, r.Reports)...) }

// UnusedOmissions adds the omissions that none of the header sets justifies.
func (r *Run) UnusedOmissions() {
	r.Unproven = append(r.Unproven, layout.UnusedOmissions(r.rules, r.Reports)...)
}

// only returns the header set that alone declares a name, if there is one.
func (r *Run) only(name string) string {
	for _, x := range r.rules.Exclusive {
		if x.Name == name {
			return x.Set
		}
	}
	return ""
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
	text, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(cli.EscapeUnprintable(text), '\n'))
	return err
}
