package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// clang makes objects for every architecture. Without it the test is skipped, or fails in CI.
func clang(t *testing.T, triple string) string {
	t.Helper()
	if _, err := exec.LookPath("clang"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no compiler for Windows: install clang")
		}
		t.Skip("no compiler for Windows: install clang")
	}
	return "clang --target=" + triple + "-w64-windows-gnu -I ."
}

// runRows runs the command in testdata/rows, against rows.h.
func runRows(t *testing.T, triple string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cc := clang(t, triple)
	t.Chdir(filepath.Join("testdata", "rows"))
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"-headers", "rows.h", "-cc", cc}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

func TestDifferences(t *testing.T) {
	code, out, errs := runRows(t, "i686", "-map", "rows.map", ".")
	assert.Empty(t, errs)
	assert.Equal(t, exitDiffer, code)
	for _, want := range []string{
		"rows.go:9: rows.BadRow is not BAD_ROW on 386\n",
		"it is 4 bytes early on 386, and so is every field after it: pad 4 bytes before it",
		"sizeof 24, Go 16",
		"rows.go:16: rows.ShortRow is not SHORT_ROW on 386\n",
		"Go has the first 4 of 16 bytes, and C goes on with more",
		"rows.go:34: rows.ROW_MAX is not ROW_MAX on 386\n  it is 7 in C and 8 in Go\n",
		"1 struct: field Name has a string: rows.NotC\n",
		"1 struct: no struct of C has its name: rows.Nothing\n",
		"1 constant: no integer constant of C has its name: rows.ROW_NONE\n",
		"structs: 4 checked, 2 right, 2 wrong; 2 not compared\n",
		"constants: 2 checked, 1 right, 1 wrong; 1 not compared\n",
	} {
		assert.Contains(t, out, want)
	}
}

// The same package on amd64, where Go pads by itself.
func TestRightOnAnotherArchitecture(t *testing.T) {
	code, out, _ := runRows(t, "x86_64", "-map", "rows.map", ".")
	assert.Equal(t, exitDiffer, code)
	assert.NotContains(t, out, "rows.BadRow is not")
	assert.Contains(t, out, "structs: 4 checked, 3 right, 1 wrong; 2 not compared\n")
}

func TestAcceptedDifferences(t *testing.T) {
	code, out, _ := runRows(t, "i686", "-map", "rows.map", "-allow", "rows.allow", ".")
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "Accepted differences:\n  rows.BadRow on 386: read by nobody on 386\n")
	assert.Contains(t, out, "structs: 4 checked, 2 right, 0 wrong, 2 accepted; 2 not compared\n")
}

// An -allow line that nothing needs, and a -map line whose name is not found, must go.
func TestStaleLines(t *testing.T) {
	dir := t.TempDir()
	allow, names := filepath.Join(dir, "allow"), filepath.Join(dir, "map")
	text, err := os.ReadFile(filepath.Join("testdata", "rows", "rows.allow"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(allow, append(text, "rows.GoodRow it was wrong once\n"...), 0o600))
	require.NoError(t, os.WriteFile(names, []byte("Gone GONE\n"), 0o600))
	code, out, _ := runRows(t, "i686", "-map", names, "-allow", allow, ".")
	assert.Equal(t, exitDiffer, code)
	assert.Contains(t, out, ":4: rows.GoodRow no longer occurs: remove the line\n")
	assert.Contains(t, out, ":1: Gone is not in these packages: remove the line\n")
}

func TestJSON(t *testing.T) {
	code, out, _ := runRows(t, "i686", "-format", "json", ".")
	assert.Equal(t, exitDiffer, code)
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	assert.Equal(t, counts{Checked: 3, Right: 1, Wrong: 2, Unmatched: 3}, r.Structs)
	require.Len(t, r.Differences, 3)
	assert.Equal(t, "rows.BadRow", r.Differences[0].Go)
	assert.Equal(t, []string{"example.com/rows"}, r.Modules)
	assert.Len(t, r.Unmatched, 4)
}

func TestGitHubAnnotation(t *testing.T) {
	code, out, _ := runRows(t, "i686", "-format", "github", ".")
	assert.Equal(t, exitDiffer, code)
	assert.Contains(t, out, "::error file=rows.go,line=9,title=rows.BadRow is not BAD_ROW on 386::")
	assert.Equal(t, 3, strings.Count(out, "::error "))
	assert.Contains(t, out, "\n::group::Compared, by folded name:\n  rows.GoodRow = GOOD_ROW, rows.BadRow = BAD_ROW, ")
}

func TestFailures(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"./nowhere"}, exitFailed, "nowhere"},
		{[]string{"-headers", "no_such_header.h", "."}, exitFailed, "no_such_header.h"},
		{[]string{"-cc", "no-such-compiler", "."}, exitFailed, "no-such-compiler"},
		{[]string{"-goarch", "arm64", "."}, exitUsage, "-cc makes objects for 386, -goarch asks for arm64"},
	} {
		t.Run(test.want, func(t *testing.T) {
			code, out, errs := runRows(t, "i686", test.args...)
			assert.Equal(t, test.code, code)
			assert.Empty(t, out)
			assert.Contains(t, errs, test.want)
		})
	}
}

// A record stands in for the compiler that made it.
func TestRecord(t *testing.T) {
	cc := strings.Fields(clang(t, "i686"))
	t.Chdir(filepath.Join("testdata", "rows"))
	h, err := layout.ReadHeaders(t.Context(), layout.Target{CC: cc}, []string{"rows.h"}, []string{"ROW_MAX", "ROW_ERROR"})
	require.NoError(t, err)
	text, err := json.Marshal(h)
	require.NoError(t, err)
	record := filepath.Join(t.TempDir(), "rows.json")
	require.NoError(t, os.WriteFile(record, text, 0o600))

	var live, recorded, errs bytes.Buffer
	assert.Equal(t, exitDiffer, run(t.Context(), []string{"-cc", strings.Join(cc, " "), "-headers", "rows.h", "."}, &live, &errs))
	assert.Equal(t, exitDiffer, run(t.Context(), []string{"-record", record, "."}, &recorded, &errs))
	assert.Empty(t, errs.String())
	assert.Equal(t, live.String(), recorded.String())
	assert.Equal(t, exitUsage, run(t.Context(), []string{"-record", record, "-goarch", "amd64", "."}, &live, &errs))
	assert.Contains(t, errs.String(), "is of 386, which -goarch leaves out")
	assert.Equal(t, exitFailed, run(t.Context(), []string{"-record", "rows.go", "."}, &live, &errs))
}

func TestGenerate(t *testing.T) {
	code, out, errs := runRows(t, "i686", "-gen", "BAD_ROW")
	assert.Empty(t, errs)
	assert.Equal(t, exitOK, code)
	assert.Equal(t, `package generated

import (
	"structs"
)

// BadRow is BAD_ROW of rows.h.
type BadRow struct {
	_      structs.HostLayout `+"`c:\"BAD_ROW\"`"+`
	Index  uint32             `+"`c:\"index\"`"+`
	_      [4]byte
	Octets uint64 `+"`c:\"octets\"`"+`
	Flags  uint32 `+"`c:\"flags\"`"+`
	_      [4]byte
}
`, out[:strings.Index(out, "\n// Compared by layoutcheck")])

}

func TestGenerateNothing(t *testing.T) {
	code, out, errs := runRows(t, "i686", "-gen", "NO_SUCH_ROW")
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, out)
	assert.Contains(t, errs, "the headers for 386 declare no struct NO_SUCH_ROW")
}
