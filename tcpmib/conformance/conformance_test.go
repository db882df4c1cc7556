//go:build !windows

package conformance

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// mingw are the targets with MinGW-w64's headers. Without a compiler there is nothing to test: an error in CI, a note
// elsewhere.
func mingw(t *testing.T) []layout.Target {
	t.Helper()
	if testing.Short() {
		t.Skip("runs every compiler; -short leaves that out")
	}
	targets, missing := layout.Discover()
	targets = slices.DeleteFunc(targets, func(t layout.Target) bool {
		return slices.Contains(t.CC, "/usr/include/wine/wine/windows")
	})
	if len(targets) < len(layout.Arches()) {
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return targets
}

func TestAgreesWithMinGW(t *testing.T) {
	spec := Spec()
	var reports []*layout.Report
	for _, r := range layout.RunAll(t.Context(), spec, mingw(t)) {
		require.NoError(t, r.Err)
		assert.Equal(t, layout.SetMinGW, r.Report.Set)
		assert.Equal(t, r.Target.GOARCH, r.Report.GOARCH)
		assert.True(t, r.Report.OK(), r.Report)
		assert.True(t, r.Report.DebugInfo)
		assert.Zero(t, r.Report.Unseen, "bytes of padding that nobody vouches for")
		reports = append(reports, r.Report)
	}
	assert.Empty(t, layout.Across(spec.Rules, reports))
}

// Nothing is left out of the two headers in silence.
func TestOmissionsAreOfIprtrmib(t *testing.T) {
	spec := Spec()
	spec.Omitted = nil
	spec.Complete = []string{"tcpmib.h", "tcpestats.h"}
	for _, r := range layout.RunAll(t.Context(), spec, mingw(t)[:1]) {
		require.NoError(t, r.Err)
		assert.Empty(t, r.Report.Findings)
	}
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
