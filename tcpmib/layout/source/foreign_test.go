package source

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

const foreignModule = `module example.com/foreign

go 1.26.0

require github.com/winmib/winmib v0.0.0

replace github.com/winmib/winmib => `

const foreignCode = `package foreign

type udpRow struct {
	LocalAddr, LocalPort, OwningPID uint32
}

type tcpRow struct {
	State, LocalAddr, LocalPort, RemoteAddr, RemotePort, PID, Offload uint32
}
`

const foreignTest = `package foreign

import (
	"testing"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

func TestLayouts(t *testing.T) {
	targets, _ := layout.Discover()
	types := []layout.Type{layout.Struct[udpRow]("MIB_UDPROW_OWNER_PID"), layout.Struct[tcpRow]("MIB_TCPROW2")}
	for _, target := range targets {
		source.Check(t, target, layout.Spec{Types: types})
	}
}
`

// A module of somebody else checks two of its own structs, which carry no tags, in five lines.
func TestForeignModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module of its own")
	}
	if targets, _ := layout.Discover(); len(targets) == 0 {
		t.Skip("no compiler with Windows headers")
	}
	repository, err := filepath.Abs(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
	sums, err := os.ReadFile(filepath.Join(repository, "go.sum"))
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("go.mod", foreignModule+filepath.ToSlash(repository)+"\n")
	write("go.sum", string(sums))
	write("foreign.go", foreignCode)
	write("foreign_test.go", foreignTest)
	test := func() (string, error) {
		cmd := exec.Command("go", "test", "-mod=mod", ".")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := test()
	require.NoError(t, err, out)

	write("foreign.go", foreignCode[:len(foreignCode)-len("PID, Offload uint32\n}\n")]+"PID, Offload uint16\n}\n")
	out, err = test()
	require.Error(t, err, out)
	assert.Contains(t, out, "MIB_TCPROW2")
}
