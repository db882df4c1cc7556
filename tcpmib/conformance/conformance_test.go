//go:build !windows

package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Every header set of the machine agrees, and what one lacks another has.
func TestAgreesWithTheHeaders(t *testing.T) {
	var reports []*layout.Report
	for _, target := range headerSets(t) {
		r := compared(t, Spec(), probed(t, target))
		assert.Equal(t, target.GOARCH, r.GOARCH)
		assert.True(t, r.OK(), "%s\n%v", r.Name(), r)
		reports = append(reports, r)
	}
	assert.Empty(t, layout.Across(Spec().Rules, reports))
	sets := map[string]bool{}
	for _, r := range reports {
		sets[r.Set] = true
	}
	if sets[layout.SetMinGW] && sets[layout.SetWine] {
		assert.Empty(t, layout.UnusedOmissions(Spec().Rules, reports), "omitted, and nowhere declared")
	}
}

// Nothing is left out of the three headers in silence.
func TestOmissionsAreOfIprtrmib(t *testing.T) {
	spec := Spec()
	spec.Omitted, spec.CompleteFunctions = nil, nil
	spec.Complete = []string{"tcpmib.h", "udpmib.h", "tcpestats.h"}
	assert.Empty(t, compared(t, spec, probed(t, mingw(t)[0])).Findings)
}

// A caller that changes its Spec does not change another's.
func TestSpecIsTheCallers(t *testing.T) {
	want := fmt.Sprintf("%+v", Spec()) // a copy of what it refers to, too
	spec := Spec()
	clear(spec.Headers)
	clear(spec.Types)
	clear(spec.Constants)
	clear(spec.Gaps)
	clear(spec.Exclusive)
	clear(spec.Accepted)
	clear(spec.Complete)
	clear(spec.Omitted)
	assert.Equal(t, want, fmt.Sprintf("%+v", Spec()))
}
