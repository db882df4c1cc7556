package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

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
	if a > 6 { // by its operator alone
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
		assert.Equal(t, 15, strings.Count(string(text), "\n"), "lines stay where they are")
	}
	assert.Empty(t, cmp.Diff([]string{
		"a.go:3: 4 -> 5", "a.go:6: ok -> !(ok)", "a.go:7: ++ -> --", "a.go:9: > -> >=", "a.go:9: 6 -> 7",
		"a.go:11: && -> ||", "a.go:11: < -> <=", "a.go:11: 10 -> 11", "a.go:11: != -> ==", "a.go:11: 0x1F -> 32",
		"a.go:12: += -> -=", "a.go:12: << -> >>", "a.go:12: 2 -> 3",
		"a.go:14: || -> &&", "a.go:14: true -> false", "a.go:14: == -> !=", "a.go:14: 1 -> 2",
	}, got))
}

// tested is a module whose tests notice two of four changes, and one more has no effect.
func tested(t *testing.T) (dir string) {
	return module(t, map[string]string{
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
	if !Noticed(2) {
		t.Fail()
	}
}

func TestSlow(t *testing.T) {
	if !testing.Short() && Noticed(3) {
		t.Fail()
	}
}
`,
	})
}

// What tests notice, what they do not, and what changes nothing.
func TestRun(t *testing.T) {
	dir := tested(t)
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

	// The first changes of the same order, until enough have an effect.
	out.Reset()
	o.n = 3
	require.NoError(t, run(o, []string{"./a module"}))
	changed, table, _ := strings.Cut(out.String(), "\n\n")
	assert.True(t, strings.HasPrefix(first, changed), out.String())
	assert.Len(t, regexp.MustCompile(`(?m)^(not )?noticed `).FindAllString(changed, -1), 3)
	assert.NotRegexp(t, ` 50\n`, table)
}

// one is a module with one change, which its tests notice.
func one(t *testing.T) (dir string) {
	return module(t, map[string]string{
		"go.mod":    "module example.com/a\n\ngo 1.24\n",
		"a.go":      "package a\n\nfunc Less(a, b int) bool { return a < b }\n",
		"a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestLess(t *testing.T) {\n\tif Less(0, 0) {\n\t\tt.Fail()\n\t}\n}\n\nfunc TestNothing(t *testing.T) {}\n",
	})
}

// Each package has a line in the table, and a pattern chooses among its tests.
func TestPackages(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(options{n: 1, dir: one(t), tests: "Nothing", writer: &out}, []string{"./a module", "a module"}))
	assert.Regexp(t, `\n\./a module +0 +1 +0 +0\na module +0 +1 +0 +0\n$`, out.String())
}

// TestMain is the program itself for tests that run it.
func TestMain(m *testing.M) {
	if os.Getenv("WINMIB_RUN_MUTATE") != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestProgram(t *testing.T) {
	t.Setenv("WINMIB_RUN_MUTATE", "1")
	out, err := exec.Command(os.Args[0], "-h").CombinedOutput()
	assert.NoError(t, err)
	assert.Equal(t, usage, string(out))
}

func TestCommand(t *testing.T) {
	dir := one(t)
	for _, test := range []struct {
		args []string
		want int
		text string // of stderr
	}{
		{nil, 2, usage},
		{[]string{"-nonsense"}, 2, usage},
		{[]string{"-n", "many", "."}, 2, usage},
		{[]string{"-h"}, 0, usage},
		{[]string{"-dir", dir, "none"}, 1, "mutate: go list none: "},
		{[]string{"-dir", dir, "-least", "100", "a module"}, 0, ""},
		{[]string{"-dir", dir, "-least", "1", "-test", "Nothing", "a module"}, 1, "mutate: fewer than 1 of 100 changes were noticed\n"},
		{[]string{"-dir", dir, "-test", "Nothing", "a module"}, 0, ""},
	} {
		var out, errs strings.Builder
		assert.Equal(t, test.want, command(test.args, &out, &errs), test.args)
		assert.Contains(t, errs.String(), test.text, test.args)
		assert.Equal(t, test.text == "", errs.Len() == 0, test.args)
	}
	assert.Contains(t, usage, "[-n 25]")
}

func TestPercent(t *testing.T) {
	assert.Equal(t, 100, score{}.percent(), "nothing to notice")
	assert.Equal(t, 66, score{noticed: 2, missed: 1, same: 5}.percent())
	assert.Equal(t, 0, score{missed: 1}.percent())
}

func TestLimit(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{0: 10 * time.Second, time.Second: 15 * time.Second, time.Minute: 310 * time.Second} {
		assert.Equal(t, want, limit(took), took)
	}
}

// Tests that a change makes endless end, and their program with them.
func TestEndless(t *testing.T) {
	dir := module(t, map[string]string{
		"go.mod":    "module example.com/a\n\ngo 1.24\n",
		"a.go":      "package a\n\nconst A = 1\n",
		"a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tfor {\n\t}\n}\n",
	})
	pass, out := (&pkg{dir: filepath.Join(dir, "a module")}).test("", "", modes[0], time.Second)
	assert.False(t, pass)
	assert.Contains(t, string(out), "panic: test timed out after 1s")
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
