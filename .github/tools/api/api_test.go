package api

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../../.."

var update = flag.Bool("update", false, "regenerate the files in testdata")

func TestExported(t *testing.T) {
	got, err := exported(root, "windows", "amd64", os.Environ())
	require.NoError(t, err)
	require.NotEmpty(t, got)
	want := golden(t, "exported.txt", got)
	for _, verdict := range verdicts(want, got) {
		t.Error(verdict)
	}
	if t.Failed() {
		t.Log("if this is intended, say so in CHANGELOG.md and run: go -C .github/tools test ./api -update")
	}
}

// TestExportedEverywhere holds the other targets to the names and types of windows/amd64: a program
// that compiles for one compiles for all. Values may differ, as the limits of 32-bit programs do.
func TestExportedEverywhere(t *testing.T) {
	want, err := exported(root, "windows", "amd64", os.Environ())
	require.NoError(t, err)
	for _, target := range []string{"windows/386", "windows/arm64", "linux/amd64", "darwin/arm64"} {
		goos, goarch, _ := strings.Cut(target, "/")
		got, err := exported(root, goos, goarch, os.Environ())
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(withoutValues(want), withoutValues(got)), target)
	}
}

func withoutValues(lines []string) []string {
	var out []string
	for _, line := range lines {
		if strings.Contains(line, ", const ") {
			line, _, _ = strings.Cut(line, " = ")
		}
		out = append(out, line)
	}
	return out
}

func TestVerdicts(t *testing.T) {
	tests := []struct {
		name          string
		before, after string
		want          []string
	}{
		{"nothing", "p, func F: func()", "p, func F: func()", nil},
		{"added", "", "p, func F: func()", []string{"p, func F: added: no program breaks"}},
		{"removed", "p, func F: func()", "", []string{"p, func F: removed: programs that use it no longer compile"}},
		{
			"signature", "p, func F: func()", "p, func F: func() error",
			[]string{`p, func F: was "func()", is "func() error": programs that use it may no longer compile`},
		},
		{
			"value", "p, const C: int = 1", "p, const C: int = 2",
			[]string{`p, const C: was "int = 1", is "int = 2": programs get another value when they are built again; ` +
				`those that store or compare the old one break`},
		},
		{
			"interface", "p, type I: interface{A()}", "p, type I: interface{A(); B()}",
			[]string{`p, type I: was "interface{A()}", is "interface{A(); B()}": ` +
				`types that implement it, or programs that call it, may no longer compile`},
		},
		{
			"type", "p, type E: uint32", "p, type E: uint64",
			[]string{`p, type E: was "uint32", is "uint64": programs that use it may no longer compile`},
		},
		{
			"variable of an interface", "p, var V: interface{A()}", "p, var V: interface{B()}",
			[]string{`p, var V: was "interface{A()}", is "interface{B()}": programs that use it may no longer compile`},
		},
		{
			"type of a field", "p, field T.F: int", "p, field T.F: uint",
			[]string{`p, field T.F: was "int", is "uint": programs that use it may no longer compile`},
		},
		{
			"field of an old struct", "p, type T: struct", "p, type T: struct\np, field T.F: int",
			[]string{"p, field T.F: added: composite literals without field names no longer compile; all else does"},
		},
		{
			"field of a new struct", "", "p, type T: struct\np, field T.F: int",
			[]string{"p, field T.F: added: no program breaks", "p, type T: added: no program breaks"},
		},
		{
			"JSON key", `p, field T.F: int json:"f"`, `p, field T.F: int json:"g"`,
			[]string{`p, field T.F: was "int json:\"f\"", is "int json:\"g\"": what is read and written as JSON changes`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.Empty(t, cmp.Diff(test.want, verdicts(lines(test.before), lines(test.after))))
		})
	}
}

func TestExportedLines(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("go.mod", "module example.org/m\n\ngo 1.26.0\n")
	write("internal/hidden/hidden.go", "package hidden\n\nfunc F() {}\n")
	write("cmd/c/main.go", "package main\n\nfunc main() {}\n")
	write("p/p.go", `package p

import "io"

const C uint8 = 1
const c = 2

var V io.Reader

type S struct {
	F int `+"`json:\"f\"`"+`
	_ [4]byte
	g int
}

func (S) Value()          {}
func (*S) Pointer(n int)  {}
func (S) unexported()     {}

type I interface{ M() error }
type A = S
type E uint32

func F(s *S) (E, error) { return 0, nil }
`)
	got, err := exported(dir, "windows", "386", os.Environ())
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff([]string{
		"p, const C: uint8 = 1",
		`p, field S.F: int json:"f"`,
		"p, func F: func(*S) (E, error)",
		"p, method S.Pointer: * func(int)",
		"p, method S.Value: func()",
		"p, type A: = S",
		"p, type E: uint32",
		"p, type I: interface{M() error}",
		"p, type S: struct",
		"p, var V: io.Reader",
	}, got))
}

// A package that does not compile has no list.
func TestExportedOfErrors(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.org/m\n\ngo 1.26.0\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "m.go"), []byte("package m\n\nvar V = missing\n"), 0o644))
	_, err := exported(dir, "windows", "arm64", os.Environ())
	assert.ErrorContains(t, err, "example.org/m, windows/arm64: ")
}

// golden returns the lines of a file in testdata, after writing them where -update is given.
func golden(t *testing.T, name string, got []string) []string {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(got, "\n")+"\n"), 0o644))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return lines(string(text))
}

func lines(text string) []string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
