package main

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// Names of two columns a character, of joined characters and of combined ones take
// the columns that they take on a screen: all lines end in the same one.
func TestWideNames(t *testing.T) {
	for name, want := range map[string]string{ // in 90 columns
		"データベース接続クライアント管理.exe":              "データベース接続ク…",
		"family 👨‍👩‍👧‍👦.exe":                "family 👨‍👩‍👧‍👦.exe",
		"cafe\u0301 re\u0301sume\u0301.exe": "cafe\u0301 re\u0301sume\u0301.exe",
		strings.Repeat("e\u0301", 40):       strings.Repeat("e\u0301", 19) + "…",
		strings.Repeat("long", 10):          "longlonglonglonglon…",
		`C:\` + strings.Repeat("long", 10):  `C:\longlonglonglong…`,
	} {
		t.Run(name, func(t *testing.T) {
			m, processes := fixture.Office()
			process := processes[1288]
			process.Name = name
			processes[1288] = process
			a := testApp(m, processes)
			a.Environ = []string{"CLICOLOR_FORCE=1", "COLUMNS=90", "NO_COLOR=1"}
			got := runApp(a, "-4", "--pid=1288,4", "--columns=remote,state,pid,process,offload,local")
			require.Equal(t, cli.ExitOK, got.code, got.stderr)
			lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
			require.Len(t, lines, 6)
			assert.Contains(t, got.stdout, "  "+want+"  ")
			local, _, _ := strings.Cut(lines[0], "LOCAL") // where the last column starts
			for _, line := range lines[1:] {
				at := strings.LastIndex(line, "  ") + len("  ")
				assert.Equal(t, ansi.StringWidth(local), ansi.StringWidth(line[:at]), line)
				assert.LessOrEqual(t, ansi.StringWidth(line), 90)
			}
		})
	}
}
