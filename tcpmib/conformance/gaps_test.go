package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/layout"
)

// A gap of old SDKs ends with the SDK that its reason names: the one before lacks the name, it does not.
func TestGapsEndWithTheirSDK(t *testing.T) {
	builds := map[string][2]string{ // the last without, the first with
		since1709:    {"10.0.15063", "10.0.16299"},
		rtoOfOldSDKs: {"10.0.15063", "10.0.16299"},
		since2022:    {"10.0.19041", "10.0.20348"},
	}
	seen := map[string]bool{}
	for _, g := range gaps() {
		if g.Set != layout.SetSDK {
			continue
		}
		build, ok := builds[g.Reason]
		assert.True(t, ok, "%s: %s", g.Name, g.Reason)
		assert.True(t, (&layout.Headers{SDKs: build[:1]}).Before(g.Before), g.Name)
		assert.False(t, (&layout.Headers{SDKs: build[1:]}).Before(g.Before), g.Name)
		seen[g.Reason] = true
	}
	assert.Len(t, seen, len(builds))
}

// Only newer versions of Wine have these, and nothing in its headers says the version.
func TestGapsOfOlderWines(t *testing.T) {
	var names []string
	for _, g := range gaps() {
		if g.Older {
			assert.Equal(t, layout.SetWine, g.Set)
			names = append(names, g.Name)
		}
	}
	assert.ElementsMatch(t, []string{"GetPerTcpConnectionEStats", "SetPerTcpConnectionEStats"}, names)
}
