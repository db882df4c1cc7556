package source

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

const foreignModule = `module example.com/foreign

go 1.25.0

require github.com/winmib/winmib v0.0.0

replace github.com/winmib/winmib => `

const foreignCode = `package foreign

type udpRow struct {
	LocalAddr, LocalPort, OwningPID uint32
}

type tcpRow struct {
	State, LocalAddr, LocalPort, RemoteAddr, RemotePort, PID, Offload uint32
}

type wrongRow struct {
	State, LocalAddr, LocalPort, RemoteAddr, RemotePort, PID uint32
	Offload                                                  uint16
}
`

const foreignTest = `package foreign

import (
	"testing"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

func TestRight(t *testing.T) {
	targets, _ := layout.Discover()
	types := []layout.Type{layout.Struct[udpRow]("MIB_UDPROW_OWNER_PID"), layout.Struct[tcpRow]("MIB_TCPROW2")}
	for _, target := range targets[:min(len(targets), 3)] { // one header set
		source.Check(t, target, layout.Spec{Types: types})
	}
}

func TestWrong(t *testing.T) {
	targets, _ := layout.Discover()
	source.Check(t, targets[0], layout.Spec{Types: []layout.Type{layout.Struct[wrongRow]("MIB_TCPROW2")}})
}
`

// Another module checks its own structs, which have no tags, in five lines, and its wrong one is found.
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
	write("go.mod", foreignModule+strconv.Quote(filepath.ToSlash(repository))+"\n")
	write("go.sum", string(sums))
	write("foreign.go", foreignCode)
	write("foreign_test.go", foreignTest)
	cmd := exec.Command("go", "test", "-mod=mod", "-v", ".")
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	out := string(text)
	require.Error(t, err, out)
	assert.Contains(t, out, "--- PASS: TestRight")
	assert.Contains(t, out, "--- FAIL: TestWrong")
	assert.Contains(t, out, "MIB_TCPROW2.dwOffloadState: size")
}
