package conformance

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// mingw returns the targets with MinGW-w64's headers, and wine those with Wine's. Without a
// compiler there is nothing to test: an error in CI, a note elsewhere.
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
	if runtime.GOOS == "windows" {
		t.Skip("on Windows, build.ps1 layout compares with every header set")
	}
	if testing.Short() {
		t.Skip("runs every compiler; -short leaves that out")
	}
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
