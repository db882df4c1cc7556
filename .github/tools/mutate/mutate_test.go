package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// module makes a module in the folder "a module" of the one that it returns.
func module(t *testing.T, files map[string]string) string {
	above := t.TempDir()
	dir := filepath.Join(above, "a module")
	require.NoError(t, os.Mkdir(dir, 0o700))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return above
}

func TestChangesOf(t *testing.T) {
	dir := module(t, map[string]string{"a.go": `package a

type T struct{ n [4]int ` + "`c:\"7\"`" + ` }

func f(a, b int, ok bool) bool {
	if ok {
		a++
	}
	for a < 10 && b != 0x1F {
		a += b << 2
	}
	return true || a == -1
}
`})
	changes, err := changesOf(filepath.Join(dir, "a module", "a.go"))
	require.NoError(t, err)
	var got []string
	for _, c := range changes {
		got = append(got, c.String())
		text, err := c.apply()
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(c.String(), ": "))
		assert.Equal(t, 13, strings.Count(string(text), "\n"), "lines stay where they are")
	}
	assert.Empty(t, cmp.Diff([]string{
		"a.go:3: 4 -> 5", "a.go:6: ok -> !(ok)", "a.go:7: ++ -> --", "a.go:9: && -> ||", "a.go:9: < -> <=", "a.go:9: 10 -> 11",
		"a.go:9: != -> ==", "a.go:9: 0x1F -> 32", "a.go:10: += -> -=", "a.go:10: << -> >>", "a.go:10: 2 -> 3",
		"a.go:12: || -> &&", "a.go:12: true -> false", "a.go:12: == -> !=", "a.go:12: 1 -> 2",
	}, got))
}

// What tests notice, what they do not, and what changes nothing.
func TestRun(t *testing.T) {
	dir := module(t, map[string]string{
		"go.mod": "module example.com/a\n\ngo 1.24\n",
		"a.go": `package a

func Noticed(n int) bool { return n < 3 }

func Missed(n int) int { return n * 5 }

//go:noinline
func same() { _ = 8 }
`,
		"a_test.go": `package a

import "testing"

func TestNoticed(t *testing.T) {
	if !Noticed(2) || Noticed(3) {
		t.Fail()
	}
}
`,
	})
	var out strings.Builder
	o := options{n: 100, seed: 1, dir: dir, writer: &out}
	require.NoError(t, run(o, []string{"./a module"}))
	first := out.String()
	for _, line := range []string{
		"seed 1\n", "noticed         a.go:3: < -> <=\n", "noticed         a.go:3: 3 -> 4\n", "not noticed     a.go:5: * -> /\n", "not noticed     a.go:5: 5 -> 6\n",
		"without effect  a.go:8: 8 -> 9\n",
	} {
		assert.Contains(t, first, line)
	}
	assert.Regexp(t, `\n\./a module +2 +2 +1 +50\n`, first)

	out.Reset()
	o.n, o.least = 1, 100
	err := run(o, []string{"./a module"})
	assert.Equal(t, strings.Contains(out.String(), "\nnot noticed "), err != nil, out.String())
	lines := strings.Split(first, "\n")
	assert.Equal(t, lines[:2], strings.Split(out.String(), "\n")[:2], "the seed decides the order")
}

// Tests that fail by themselves would notice everything.
func TestBaseline(t *testing.T) {
	dir := module(t, map[string]string{
		"go.mod":    "module example.com/a\n\ngo 1.24\n",
		"a.go":      "package a\n\nconst A = 1\n",
		"a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { t.Fail() }\n",
	})
	var out strings.Builder
	assert.ErrorIs(t, run(options{n: 1, dir: dir, writer: &out}, []string{"a module"}), errBaseline)
	assert.Error(t, run(options{n: 1, dir: dir, writer: &out}, []string{"./none"}))
}
