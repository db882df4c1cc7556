//go:build cgo

package synthetic_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The shim and its twin without cgo make the same of every case, byte for byte.
// The twin is this program, built with CGO_ENABLED=0; WINMIB_SYNTHETIC_TWIN names
// it.
func TestTwinsAgree(t *testing.T) {
	twin := os.Getenv("WINMIB_SYNTHETIC_TWIN")
	require.NotEmpty(t, twin, "build.sh sets it")
	cmd := exec.Command(twin)
	cmd.Env = append(os.Environ(), printOutcomes+"=1")
	theirs, err := cmd.Output()
	require.NoError(t, err)
	ours := outcomes()
	require.Equal(t, len(outcomeQueries)*len(cases), strings.Count(ours, "\n"))
	assert.Equal(t, ours, string(theirs))
}
