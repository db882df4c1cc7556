package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

// inModule writes the module example.com/p and makes its folder the current directory.
func inModule(t *testing.T, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("go.mod", []byte("module example.com/p\n\ngo 1.24\n"), 0o600))
	require.NoError(t, os.WriteFile("p.go", []byte("package p\n\n"+text), 0o600))
}

// recorded returns a header set for each record.
func recorded(records ...*layout.Headers) []headerSet {
	var sets []headerSet
	for _, h := range records {
		sets = append(sets, headerSet{goarch: h.GOARCH, record: h})
	}
	return sets
}

// A struct may be aligned less than in C only on 386, and more only if its size is right.
func TestAlignment(t *testing.T) {
	inModule(t, `
type Wide struct{ A uint64 }    // aligned as in C, except on 386
type Pair struct{ A, B uint32 } // C aligns it to 8 bytes
type Loose struct{ A uint32 }   // C aligns it to 1 byte
type Long struct{ A uint64 }    // C has only 32 bits
`)
	structs := []string{"Wide: a UINT64", "Pair: a DWORD; b DWORD", "Loose: a DWORD", "Long: a DWORD"}
	for goarch, want := range map[string]struct{ wrong, underaligned []string }{
		"amd64": {[]string{"p.Pair", "p.Long"}, nil},
		"386":   {[]string{"p.Long"}, []string{"p.Wide", "p.Pair"}},
	} {
		h := small(goarch, 8, structs...)
		h.Structs["Pair"].Align, h.Structs["Loose"].Align = 8, 1
		r, err := check(t.Context(), &options{packages: []string{"."}}, recorded(h), nil)
		require.NoError(t, err)
		var wrong []string
		for _, d := range r.Differences {
			wrong = append(wrong, d.Go)
		}
		assert.Equal(t, want.wrong, wrong, goarch)
		assert.ElementsMatch(t, want.underaligned, r.Underaligned, goarch)
	}
}

// A struct that is wrong only because of one in its fields is listed with that one. A table is
// shown if C has the struct.
func TestWrongBecauseOfAnother(t *testing.T) {
	inModule(t, "type Inner struct{ A uint32 }\n\ntype Outer struct{ In Inner }\n\ntype Gone struct {\n\t_ [0]byte `c:\"GONE\"`\n\tA uint32\n}\n")
	r, err := check(t.Context(), &options{packages: []string{"."}}, recorded(small("amd64", 8, "Inner: a DWORD; b DWORD", "Outer: in Inner")), nil)
	require.NoError(t, err)
	require.Len(t, r.Differences, 2)
	assert.Equal(t, "p.Inner", r.Differences[0].Go)
	assert.Equal(t, []string{"p.Outer"}, r.Differences[0].With)
	assert.Contains(t, r.Differences[0].Table, "uint32")
	assert.Equal(t, "p.Gone", r.Differences[1].Go)
	assert.Empty(t, r.Differences[1].Table)
}

// A constant is wrong if C has a different value, unless the difference is accepted.
func TestConstants(t *testing.T) {
	inModule(t, "const (\n\tRIGHT = 3\n\tWRONG = 4\n\tACCEPTED = 5\n\tMISSING = 6\n)\n")
	amd64, i386 := small("amd64", 8), small("386", 8)
	for _, h := range []*layout.Headers{amd64, i386} {
		h.Macros = map[string]layout.CValue{"RIGHT": {Bits: 3, Size: 4}, "WRONG": {Bits: 3, Size: 4}, "ACCEPTED": {Bits: 3, Size: 4}}
	}
	list, err := parseAllowed("allow", "p.ACCEPTED counts from 1\n")
	require.NoError(t, err)
	r, err := check(t.Context(), &options{packages: []string{"."}, allowed: list}, recorded(amd64, i386), nil)
	require.NoError(t, err)
	assert.Equal(t, counts{Checked: 3, Right: 1, Wrong: 1, Allowed: 1, Unmatched: 1}, r.Constants)
	require.Len(t, r.Differences, 2)
	for i, want := range []difference{
		{Go: "p.WRONG", Line: 5, Findings: []string{"it is 3 in C and 4 in Go"}},
		{Go: "p.ACCEPTED", Line: 6, Findings: []string{"it is 3 in C and 5 in Go"}, Allowed: "counts from 1"},
	} {
		want.Path, want.File, want.GOARCH = "example.com/p", "p.go", []string{"amd64", "386"}
		want.C = strings.TrimPrefix(want.Go, "p.")
		assert.Equal(t, want, r.Differences[i])
	}
	require.Len(t, r.Unmatched, 1, "once for both architectures")
	assert.Equal(t, "p.MISSING", r.Unmatched[0].Go)
}

// If one architecture fails, the others are still checked, and no line of -allow or -map is
// reported as stale. If all fail with the same error, it is printed once.
func TestArchitecturesThatFail(t *testing.T) {
	inModule(t, "type Point struct{ X, Y int32 }\n")
	sets := recorded(small("amd64", 8, "Point: x LONG; y LONG"), small("386", 8, "Point: x LONG; y LONG"))
	do := func(sets ...headerSet) (*result, error) {
		list, err := parseAllowed("allow", "p.Gone nobody knows\n")
		require.NoError(t, err)
		mapping, err := source.ParseMapping("map", "Gone GONE\n")
		require.NoError(t, err)
		return check(t.Context(), &options{packages: []string{"."}, allowed: list, mapping: mapping}, sets, nil)
	}
	r, err := do(sets...)
	require.NoError(t, err)
	assert.Empty(t, r.Unread)
	assert.Equal(t, []string{"allow:1: p.Gone"}, r.StaleAllows)
	assert.Equal(t, []string{"map:1: Gone"}, r.UnusedMaps)

	broken := headerSet{goarch: "arm64", target: layout.Target{CC: []string{"no-such-compiler"}}}
	r, err = do(append(sets, broken)...)
	require.NoError(t, err)
	assert.Equal(t, counts{Checked: 1, Right: 1}, r.Structs)
	assert.Len(t, r.Targets, 2)
	if assert.Len(t, r.Unread, 1) {
		assert.Contains(t, r.Unread[0], "arm64: ")
	}
	assert.Empty(t, r.StaleAllows)
	assert.Empty(t, r.UnusedMaps)

	_, once := do(broken)
	_, twice := do(broken, broken)
	assert.EqualError(t, twice, once.Error())
	_, err = do(broken, headerSet{goarch: "386", target: layout.Target{CC: []string{"no-other-compiler"}}})
	assert.ErrorContains(t, err, "no-such-compiler")
	assert.ErrorContains(t, err, "no-other-compiler")
}

// The exit code is 0 only if there is nothing to fix.
func TestOK(t *testing.T) {
	one := []string{"a"}
	assert.True(t, (&result{Structs: counts{Checked: 2, Right: 1, Allowed: 1, Unmatched: 1}, Notes: one}).ok())
	for _, r := range []result{
		{Structs: counts{Wrong: 1}}, {Constants: counts{Wrong: 1}}, {Structs: counts{Wrong: 1}, Constants: counts{Wrong: 1}},
		{StaleAllows: one}, {UnusedMaps: one}, {Ambiguous: one}, {StaleAllows: one, UnusedMaps: one}, {StaleAllows: one, Ambiguous: one}, {UnusedMaps: one, Ambiguous: one},
	} {
		assert.False(t, r.ok(), "%+v", r)
	}
}

// The program passes on its arguments, and exits with the codes that its help lists.
func TestExitCodes(t *testing.T) {
	if args := os.Getenv("LAYOUTCHECK_TEST_ARGS"); args != "" { // this process is the program
		os.Args = append([]string{"layoutcheck"}, strings.Fields(args)...)
		main()
	}
	program, err := os.Executable()
	require.NoError(t, err)
	inModule(t, "type Right struct{ A uint32 }\n\ntype Wrong struct{ A uint64 }\n")
	for name, record := range map[string]string{"right.json": "Right: a DWORD", "wrong.json": "Wrong: a DWORD"} {
		text, err := json.Marshal(small("amd64", 8, record))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(name, text, 0o600))
	}
	require.NoError(t, os.Mkdir("partly", 0o700))
	require.NoError(t, os.WriteFile("partly/p.go", []byte("package p\n\ntype Right struct{ A uint32 }\n\ntype Unread struct{ A [nowhere]byte }\n"), 0o600))
	for args, want := range map[string]int{
		"-h": 0, "-record right.json .": 0, "-record right.json ./partly": 3, "-record wrong.json .": 1, "-nosuch": 2, "-record nowhere.json .": 3,
	} {
		cmd := exec.Command(program, "-test.run", "^TestExitCodes$")
		cmd.Env = append(os.Environ(), "LAYOUTCHECK_TEST_ARGS="+args)
		out, err := cmd.CombinedOutput()
		require.NotNil(t, cmd.ProcessState, "%v", err)
		assert.Equal(t, want, cmd.ProcessState.ExitCode(), "%s: %s", args, out)
	}
}

// A path is relative only if it is below the current directory.
func TestRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	dir, err := os.Getwd()
	require.NoError(t, err)
	assert.Equal(t, "sub/a.go", relative(filepath.Join(dir, "sub", "a.go")))
	outside := filepath.Join(filepath.Dir(dir), "a.go")
	assert.Equal(t, outside, relative(outside))
	assert.Equal(t, "a.go", relative("a.go"), "a path that cannot be made relative")
}
