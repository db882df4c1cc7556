//go:build !windows

package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/layout"
)

func TestAgreesWithMinGW(t *testing.T) {
	var reports []*layout.Report
	for _, target := range mingw(t) {
		r := compared(t, Spec(), probed(t, target))
		assert.Equal(t, layout.SetMinGW, r.Set)
		assert.Equal(t, target.GOARCH, r.GOARCH)
		assert.True(t, r.OK(), r)
		assert.True(t, r.DebugInfo)
		assert.Zero(t, r.Unseen, "bytes of padding that nobody vouches for")
		reports = append(reports, r)
	}
	assert.Empty(t, layout.Across(Spec().Rules, reports))
}

func TestAgreesWithWine(t *testing.T) {
	targets := wine(t)
	for _, target := range targets {
		r := compared(t, Spec(), probed(t, target))
		assert.Equal(t, layout.SetWine, r.Set)
		assert.True(t, r.OK(), r)
	}
}

// Every omission is of something that some header set declares.
func TestOmissionsAreOfSomething(t *testing.T) {
	var reports []*layout.Report
	for _, target := range append(mingw(t), wine(t)...) {
		reports = append(reports, compared(t, Spec(), probed(t, target)))
	}
	assert.Empty(t, layout.UnusedOmissions(Spec().Rules, reports))
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
