package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	cobra.MousetrapHelpText = "" // else each command looks whether Explorer started it, which takes Wine up to a second
	if log := os.Getenv(variableLog); log != "" {
		os.Exit(actAsProgram(log))
	}
	if os.Getenv(variableMain) != "" {
		main()
	}
	if onWine() {
		os.Exit(m.Run())
	}
	testscript.Main(m, map[string]func(){"tcpmib": main, "bombs": writeBombs})
}

// onWine reports whether wine.sh runs the tests. Wine 8 cannot remove
// the folders that testscript makes, and testscript insists.
func onWine() bool { return os.Getenv("WINMIB_WINE") != "" }

// TestScripts runs the commands as a person does: arguments in, both streams and
// the exit code out. The captures of testdata are in each script's folder.
func TestScripts(t *testing.T) {
	if onWine() {
		t.Skip("Wine 8 cannot remove testscript's folders; the scripts run on Linux and on Windows")
	}
	captures, err := filepath.Glob(filepath.Join("testdata", "*.zip"))
	require.NoError(t, err)
	require.NotEmpty(t, captures)
	// Scripts that watch this machine want something to see.
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() }) // when the scripts, which run in parallel, are done
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *fixture.Update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // a raced command would wait a second when it ends
			for name, content := range map[string]string{
				"utf16.zip":    "\xff\xfeP\x00K\x00\x03\x00",
				"replaced.zip": "PK\x03\x04\xef\xbf\xbd",
			} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(content), 0o666); err != nil {
					return err
				}
			}
			for _, path := range captures {
				b, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.WorkDir, filepath.Base(path)), b, 0o666); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
	})
}

// exits runs the program, which must exit with the code that comes first.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits code [argument...]")
	}
	code := 0
	err := ts.Exec("tcpmib", args[1:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}
