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

// headerSets are all that this machine has. Without any there is nothing to test: an error in CI,
// a note elsewhere.
func headerSets(t *testing.T) []layout.Target {
	t.Helper()
	if testing.Short() {
		t.Skip("runs every compiler; -short leaves that out")
	}
	targets, missing := layout.Discover()
	lacks := len(targets) == 0 || runtime.GOOS != "windows" && len(missing) > 0
	switch {
	case lacks && os.Getenv("CI") != "":
		t.Fatal(strings.Join(missing, "; "))
	case lacks:
		t.Skip(strings.Join(missing, "; "))
	}
	return targets
}

// mingw are those with MinGW-w64's headers for every architecture.
func mingw(t *testing.T) []layout.Target {
	t.Helper()
	targets := slices.DeleteFunc(headerSets(t), func(target layout.Target) bool {
		return strings.HasPrefix(target.Label, layout.SetSDK) || strings.Contains(strings.Join(target.CC, " "), "/wine")
	})
	if len(targets) < len(layout.Arches()) {
		t.Skip("MinGW-w64's headers are not here for every architecture")
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
