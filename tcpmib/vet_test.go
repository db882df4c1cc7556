package tcpmib_test

import (
	"os/exec"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
)

// vet complains about a copied Reader or Tracker, which would share its buffers.
func TestVetFindsCopies(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil || runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("one system is enough, and it needs the go command")
	}
	out, err := exec.Command("go", "vet", "./testdata/copies").CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(out), "copies lock value to second: github.com/winmib/winmib/tcpmib.Reader")
	assert.Contains(t, string(out), "copies lock value to second: github.com/winmib/winmib/tcpmib.Tracker")
}
