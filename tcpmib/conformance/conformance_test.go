//go:build !windows

package conformance

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// mingw returns the targets with MinGW-w64's headers, and wine those with Wine's. Without a compiler
// there is nothing to test: an error in CI, a note elsewhere.
func mingw(t *testing.T) []layout.Target {
	t.Helper()
	return discovered(t, false)
}

func wine(t *testing.T) []layout.Target {
	t.Helper()
	return discovered(t, true)
}

func discovered(t *testing.T, wine bool) []layout.Target {
	t.Helper()
	targets, missing := layout.Discover()
	targets = slices.DeleteFunc(targets, func(t layout.Target) bool {
		return wine != strings.Contains(strings.Join(t.CC, " "), "/wine")
	})
	if len(targets) < len(layout.Arches()) {
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return targets
}

// probed asks a target's headers about the claim, once for all tests.
func probed(t *testing.T, target layout.Target) *layout.Headers {
	t.Helper()
	key := strings.Join(target.CC, " ")
	if h, ok := probes[key]; ok {
		return h
	}
	h, err := Spec().Probe(t.Context(), target)
	require.NoError(t, err)
	probes[key] = h
	return h
}

var probes = map[string]*layout.Headers{}

// compared is what Run says, for headers that were asked before.
func compared(t *testing.T, spec layout.Spec, h *layout.Headers) *layout.Report {
	t.Helper()
	g, err := spec.Go(h.GOARCH)
	require.NoError(t, err)
	return layout.Compare(g, h, spec.Rules)
}

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
	assert.Empty(t, unprovenOf(reports))
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
	assert.Empty(t, layout.Across(Spec().Rules, reports))
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
