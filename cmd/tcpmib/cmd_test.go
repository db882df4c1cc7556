package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib/owner"
)

const serverName = "日本語サーバ.exe"

// cmd redirects JSON, and takes it apart, in each code page of a console.
func TestCmd(t *testing.T) {
	if runtime.GOOS != "windows" {
		t.Skip("left out: this is not Windows")
	}
	if testing.Short() {
		t.Skip("left out: -short; what cmd makes of the output does not depend on cgo")
	}
	for _, page := range []int{437, 932, 65001} {
		folder := exampleFolder(t)
		writeServerCapture(t, folder)
		putPrograms(t, folder, "tcpmib")
		const list = "tcpmib list --from japan.zip --port 139 --format jsonl"
		lines := []string{fmt.Sprintf("chcp %d", page), list + " > redirected", `for /f "delims=" %i in ('` + list + `') do @echo %i> taken`}
		typed := filepath.Join(folder, "typed")
		require.NoError(t, os.WriteFile(typed, []byte(strings.Join(lines, "\r\n")+"\r\n"), 0o644))
		stdin, err := os.Open(typed)
		require.NoError(t, err)
		defer stdin.Close()
		cmd := hidden(exec.Command("cmd", "/d", "/q"))
		cmd.Dir, cmd.Stdin = folder, stdin
		cmd.Env = append(os.Environ(), variableMain+"=1")
		said, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", said)
		for _, name := range []string{"redirected", "taken"} {
			text, err := os.ReadFile(filepath.Join(folder, name))
			require.NoError(t, err, "%s", said)
			var row struct{ Process string }
			require.NoError(t, json.Unmarshal(text, &row), "%s in code page %d: %s", name, page, text)
			assert.Equal(t, serverName, row.Process, "%s in code page %d", name, page)
			t.Logf("%s in code page %d: %s", name, page, text)
		}
	}
}

// writeServerCapture writes japan.zip, in which a process of another alphabet listens on port 139.
func writeServerCapture(t *testing.T, folder string) {
	writeCapture(t, filepath.Join(folder, "japan.zip"), fixture.Now, func() (*fixture.Machine, owner.Processes) {
		m, processes := fixture.Office()
		system := processes[owner.SystemPID]
		system.Name = serverName
		processes[owner.SystemPID] = system
		return m, processes
	})
}
