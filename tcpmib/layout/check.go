package layout

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
)

// T is what Check needs of a *testing.T.
type T interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
}

// Check is a test: it fails where types and constants do not agree with the target's headers, and
// shows the structs that differ side by side. A compiler that is not installed fails the test in
// CI, where the environment has CI set, and skips it elsewhere.
func Check(t T, target Target, types []Type, constants []Constant) {
	t.Helper()
	report, err := Run(t.Context(), Spec{Types: types, Constants: constants}, target)
	Verdict(t, report, err)
}

// Verdict ends a test as Check does, for what Run returned.
func Verdict(t T, report *Report, err error) {
	t.Helper()
	switch {
	case notInstalled(err) && os.Getenv("CI") == "":
		t.Skipf("%v", err)
	case err != nil:
		t.Fatalf("%v", err)
	case !report.OK():
		t.Errorf("Go and the headers differ: %s\n%v", report.Name(), report)
	}
}

// notInstalled says that Run failed because the compiler is not there, by its name or by its path.
// One that is there and cannot run, for want of an interpreter say, is installed.
func notInstalled(err error) bool {
	var failed *CompilerError
	if !errors.As(err, &failed) {
		return false
	}
	_, err = exec.LookPath(failed.CC[0])
	return errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
}
