package ports

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout/source"
)

// On 386 C aligns the rows of OWNER_MODULE tables to 8 bytes and Go to 4, so tailscale reads them 4
// bytes before their start.
func TestLayoutOfTailscaleOn386(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs go, to find tailscale")
	}
	for goarch, want := range map[string]int64{"amd64": 8, "arm64": 8, "386": 4} {
		offsets := map[string]int64{}
		packages, err := source.Load(t.Context(), source.Config{GOARCH: goarch},
			"tailscale.com/net/netstat", "github.com/winmib/winmib/tcpmib")
		require.NoError(t, err)
		for _, s := range packages.Structs {
			for _, f := range s.Fields {
				offsets[s.Name+"."+f.Name] = f.Offset
			}
		}
		for _, family := range []string{"TCP", "TCP6"} {
			assert.EqualValues(t, want, offsets["netstat._MIB_"+family+"TABLE_OWNER_MODULE.table"], goarch)
			assert.EqualValues(t, 8, offsets["tcpmib."+family+"TableOwnerModule.Table"], goarch)
		}
	}
}
