package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// The files that are read depend on the architecture asked for, not on a user's environment.
func TestTheCallersEnvironmentChangesNothing(t *testing.T) {
	want := map[string]*Packages{}
	for _, goarch := range arches {
		want[goarch] = loadThing(t, goarch)
	}
	kept := filepath.Join(t.TempDir(), "env") // what go env -w keeps
	require.NoError(t, os.WriteFile(kept, []byte("CGO_ENABLED=1\nGOOS=js\nGOARCH=wasm\nGOAMD64=v4\n"), 0o600))
	for name, env := range map[string][]string{
		"cgo on":          {"CGO_ENABLED=1"},
		"another system":  {"GOOS=plan9", "GOARCH=arm", "CGO_ENABLED=1"},
		"Windows, cgo":    {"GOOS=windows", "GOARCH=386", "CGO_ENABLED=1", "CC=no-such-compiler"},
		"micro-processor": {"GO386=softfloat", "GOAMD64=v3", "GOARM64=v9.0"},
		"all of it kept":  {"GOENV=" + kept},
	} {
		t.Run(name, func(t *testing.T) {
			for _, e := range env {
				key, value, _ := strings.Cut(e, "=")
				t.Setenv(key, value)
			}
			for _, goarch := range arches {
				assert.Equal(t, want[goarch], loadThing(t, goarch), goarch)
			}
		})
	}
}

// How the user's module is built holds: its tags, and its workspace.
func TestHowTheModuleIsBuiltHolds(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("a/go.mod", "module example.com/a\n\ngo 1.24\n")
	write("a/a.go", "package a\n\nimport \"example.com/b\"\n\ntype Row = b.Row\n")
	write("a/special.go", "//go:build special\n\npackage a\n\ntype Special struct{ A uint32 }\n")
	write("b/go.mod", "module example.com/b\n\ngo 1.24\n")
	write("b/b.go", "package b\n\ntype Row struct{ A uint32 }\n")
	write("my.work", "go 1.24\n\nuse (\n\t./a\n\t./b\n)\n")
	t.Setenv("GOWORK", filepath.Join(dir, "my.work"))
	t.Setenv("GOFLAGS", "-tags=special")
	p, err := Load(t.Context(), Config{Dir: filepath.Join(dir, "a"), GOARCH: "386"}, ".")
	require.NoError(t, err)
	assert.Empty(t, p.Problems)
	structNamed(t, p, "a.Row")
	structNamed(t, p, "a.Special")
}

func loadMany(t *testing.T, goarch string, patterns ...string) *Packages {
	t.Helper()
	p, err := Load(t.Context(), Config{Dir: filepath.Join("testdata", "many"), GOARCH: goarch}, patterns...)
	require.NoError(t, err)
	return p
}

func structsOf(p *Packages) []string {
	var list []string
	for _, s := range p.Structs {
		list = append(list, strings.TrimPrefix(s.Path, "example.com/many/")+" "+s.Name)
	}
	return list
}

// A package that cannot be read costs only itself, and is reported as go build reports it.
func TestPartsThatCannotBeRead(t *testing.T) {
	always := []string{
		"example.com/many/cycle: import cycle not allowed: import stack: [example.com/many/cycle example.com/many/cycle]",
		"half.go:6:2: no required module provides package example.com/nowhere; to add it:\n\tgo get example.com/nowhere",
		"half.go:11:20: undefined: nothing",
		"half.go:19:24: undefined array length unknown or missing type constraint",
		"half.go:23:23: undefined: missing",
		"half.go:15:6: invalid recursive type: Endless refers to itself",
		"half.go:27:2: undefined: undefined",
	}
	sound := []string{
		"sound sound.Row", "half half.Good", "half half.Row", "half half.Local", "on386 on386.Fine",
		"other/win win.Row", "other/win win.Row", "other/win win.Row", "win win.Row", "withcgo withcgo.Pure",
	}
	for goarch, more := range map[string]struct{ problems, structs []string }{
		"amd64": {nil, []string{"on386 on386.Row", "on386 on386.Word"}},
		"386":   {[]string{"on386.go:6:5: undefined array length Words or missing type constraint", "on386.go:6:11: undefined: Word"}, nil},
	} {
		p := loadMany(t, goarch, "./...")
		var problems []string
		for _, x := range p.Problems {
			assert.Contains(t, x.Path, "example.com/many/")
			x.Pos.Filename = filepath.Base(x.Pos.Filename)
			line := x.Reason
			if x.Pos.IsValid() {
				line = x.Pos.String() + ": " + line
			} else {
				line = x.String()
			}
			problems = append(problems, line)
		}
		assert.ElementsMatch(t, append(more.problems, always...), problems, goarch)
		assert.ElementsMatch(t, append(more.structs, sound...), structsOf(p), goarch)
		assert.Equal(t, []string{"example.com/many/allcgo"}, p.Cgo)
		for _, l := range p.Left {
			assert.Contains(t, l.Reason, "has a type that could not be read", l.Name)
		}
	}
}

// A file that is not Go costs what is wrong in it.
func TestSyntaxErrors(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/syntax\n\ngo 1.24\n"), 0o600))
	const text = "package syntax\n\ntype Row struct{ A uint32 }\n\ntype Bad struct{ A,, }\n\ntype After struct{ A uint32 }\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "syntax.go"), []byte(text), 0o600))
	p, err := Load(t.Context(), Config{Dir: dir, GOARCH: "386"}, ".")
	require.NoError(t, err)
	require.Len(t, p.Problems, 1)
	assert.Equal(t, "expected 'IDENT', found ','", p.Problems[0].Reason)
	assert.Equal(t, []string{"example.com/syntax syntax.Row", "example.com/syntax syntax.After"}, structsOf(p))
}

// An import without a file to read is an error; one with an error and files still has its types.
func TestImportsWithErrors(t *testing.T) {
	for _, test := range []struct {
		name, text string // of the file of the imported package
		problems   []string
		structs    []string
	}{
		{"sound", "package b\n\ntype Row struct{ A uint32 }\n", nil, []string{"a a.Uses", "a a.Own"}},
		{
			"an error and a file", "package b\n\nimport _ \"example.com/e/c/internal/d\"\n\ntype Row struct{ A uint32 }\n",
			nil, []string{"a a.Uses", "a a.Own"},
		},
		{
			"an error and no file", "//go:build !windows\n\npackage b\n\ntype Row struct{ A uint32 }\n",
			[]string{"a.go:3:8: build constraints exclude all Go files"}, []string{"a a.Own"},
		},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"go.mod":            "module example.com/e\n\ngo 1.24\n",
			"a/a.go":            "package a\n\nimport \"example.com/e/b\"\n\ntype Uses struct{ In b.Row }\n\ntype Own struct{ A uint32 }\n",
			"b/b.go":            test.text,
			"c/internal/d/d.go": "package d\n",
		} {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		p, err := Load(t.Context(), Config{Dir: dir, GOARCH: "386"}, "./a")
		require.NoError(t, err, test.name)
		var problems []string
		for _, x := range p.Problems {
			x.Pos.Filename = filepath.Base(x.Pos.Filename)
			reason, _, _ := strings.Cut(x.Reason, " in ") // a directory
			problems = append(problems, x.Pos.String()+": "+reason)
		}
		assert.Equal(t, test.problems, problems, test.name)
		var structs []string
		for _, s := range structsOf(p) {
			structs = append(structs, strings.TrimPrefix(s, "example.com/e/"))
		}
		assert.Equal(t, test.structs, structs, test.name)
	}
}

// At most ten errors of a package are reported, and then that there are too many, as go build does.
func TestTooManyErrors(t *testing.T) {
	for _, test := range []struct{ wrong, errors, more int }{{1, 1, 0}, {9, 9, 0}, {10, 10, 0}, {11, 10, 1}, {12, 10, 1}, {30, 10, 1}} {
		dir := t.TempDir()
		text := "package many\n\ntype Row struct{ A uint32 }\n" + strings.Repeat("\nvar _ = missing\n", test.wrong)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/many\n\ngo 1.24\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "many.go"), []byte(text), 0o600))
		p, err := Load(t.Context(), Config{Dir: dir, GOARCH: "386"}, ".")
		require.NoError(t, err)
		require.Len(t, p.Problems, test.errors+test.more, "%d wrong", test.wrong)
		for i, x := range p.Problems[:test.errors] {
			assert.Equal(t, "undefined: missing", x.Reason)
			assert.Equal(t, 5+2*i, x.Pos.Line)
		}
		for _, x := range p.Problems[test.errors:] {
			assert.Equal(t, "example.com/many: too many errors", x.String())
		}
	}
}

func TestNothingCanBeRead(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{"./nowhere", "cannot load ./nowhere for windows/386: ./nowhere: stat "},
		{"./allcgo", "all Go files of example.com/many/allcgo use cgo"},
		{"./allcgo/...", "all Go files of example.com/many/allcgo use cgo"}, // once, though it has tests
		{"./cycle", "import cycle not allowed"},
		{"example.com/nowhere", "no required module provides package example.com/nowhere"},
		{"./win/x...", "no package matches ./win/x... for windows/386"},
	} {
		_, err := Load(t.Context(), Config{Dir: filepath.Join("testdata", "many"), GOARCH: "386"}, test.pattern)
		require.ErrorContains(t, err, test.want)
		assert.NotContains(t, err.Error(), "-: ", "an error without a place")
	}
}

// A package with little in it is read, and so is one with an error and something that is sound.
func TestLittleCanBeRead(t *testing.T) {
	const row, number, wrong = "type Row struct{ A uint32 }", "const A = 1", "var _ = missing"
	for _, test := range []struct {
		text                      string
		problems, structs, consts int
	}{
		{"func F() {}", 0, 0, 0},
		{number + "; " + row + "; " + wrong, 1, 1, 1},
		{row + "; " + wrong, 1, 1, 0},
		{number + "; " + wrong, 1, 0, 1},
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/little\n\ngo 1.24\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "little.go"), []byte("package little\n\n"+test.text+"\n"), 0o600))
		p, err := Load(t.Context(), Config{Dir: dir, GOARCH: "386"}, ".")
		require.NoError(t, err, test.text)
		assert.Equal(t, []int{test.problems, test.structs, test.consts}, []int{len(p.Problems), len(p.Structs), len(p.Consts)}, test.text)
	}
}

// Packages of tests are not read unless they are asked for, and one sentence says so.
func TestPackagesOfTests(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module example.com/tests\n\ngo 1.24\n",
		"rows_test.go":    "package tests\n\ntype Row struct{ A uint32 }\n",
		"out/out_test.go": "package out_test\n\ntype Row struct{ A uint32 }\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for pattern, paths := range map[string]string{".": "example.com/tests", "./...": "example.com/tests, example.com/tests/out"} {
		_, err := Load(t.Context(), Config{Dir: dir, GOARCH: "386"}, pattern)
		assert.EqualError(t, err, "all Go files of "+paths+" are tests, which are left out: a test checks its own types with layout/source.Check")
	}
	p, err := Load(t.Context(), Config{Dir: dir, GOARCH: "386", Tests: true}, "./...")
	require.NoError(t, err)
	assert.Equal(t, []string{"example.com/tests tests.Row", "example.com/tests/out_test out_test.Row"}, structsOf(p))
}

// What a package and the same with its tests have in common is read once, and so is what is wrong
// in it.
func TestPackageWithTests(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":       "module example.com/both\n\ngo 1.24\n",
		"both.go":      "package both\n\ntype Row struct{ A uint32 }\n\nvar _ = missing\n",
		"both_test.go": "package both\n\ntype Own struct{ A Row }\n",
		"out_test.go":  "package both_test\n\ntype Row struct{ A uint32 }\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for tests, want := range map[bool][]string{
		false: {"example.com/both both.Row"},
		true:  {"example.com/both both.Row", "example.com/both both.Own", "example.com/both_test both_test.Row"},
	} {
		p, err := Load(t.Context(), Config{Dir: dir, GOARCH: "386", Tests: tests}, ".")
		require.NoError(t, err)
		assert.Equal(t, want, structsOf(p))
		require.Len(t, p.Problems, 1, tests)
		assert.Equal(t, "undefined: missing", p.Problems[0].Reason)
	}
}

// Two packages of one name, and two functions, have types of one name: a mapping names one of them.
func TestMappingNamesADeclaration(t *testing.T) {
	for _, test := range []struct {
		text      string
		want      []string // the C names of win.Row, other/win.Row, and of the two in its functions
		ambiguous string
	}{
		{"example.com/many/win.Row A", []string{"A", "", "", ""}, ""},
		{"example.com/many/other/win.Row@win.go:3 B\nwin.Row@win.go:6 C\nRow@win.go:10 D", []string{"", "B", "C", "D"}, ""},
		{"win.Row A", []string{"", "", "", ""}, "map:1: win.Row is declared more than once: write example.com/many/win.Row or " +
			"example.com/many/other/win.Row@win.go:3 or example.com/many/other/win.Row@win.go:6 or example.com/many/other/win.Row@win.go:10"},
		{"example.com/many/win.Row.A x\nRow.B y", []string{"", "", "", ""}, "map:2: Row.B is declared more than once: write example.com/many/win.Row.B or example.com/many/other/win.Row.B"},
	} {
		p := loadMany(t, "386", "./win", "./other/win")
		m, err := ParseMapping("map", test.text)
		require.NoError(t, err)
		m.Apply(&p.Go)
		got := map[string]string{}
		for _, s := range p.Structs {
			got[s.Path+":"+s.Pos.String()[len(s.Pos.Filename):]] = s.C
		}
		var list []string
		for _, key := range []string{"example.com/many/win::3:6", "example.com/many/other/win::3:6", "example.com/many/other/win::6:7", "example.com/many/other/win::10:7"} {
			list = append(list, got[key])
		}
		assert.Equal(t, test.want, list, test.text)
		assert.Equal(t, test.ambiguous, strings.Join(m.Ambiguous(), "\n"))
		assert.Empty(t, m.Unused())
	}
	_, err := ParseMapping("map", "win.Row@win.go A")
	assert.EqualError(t, err, `map:1: "win.Row@win.go": want a file and a line behind the @, such as win.Row@rows.go:12`)
}

// A name asks, and no layout answers: two C types that it finds equally well are a question to the
// user.
func TestNamesAsk(t *testing.T) {
	h := &layout.Headers{GOARCH: "386", Structs: map[string]*layout.CStruct{
		"ROW": {Size: 4}, "struct Row": {Size: 8}, "OLD_ROW_XP": {Size: 4}, "OLD_ROW_W2K": {Size: 8},
		"TEXTA": {Size: 4}, "TEXTW": {Size: 8}, "R_OW2": {Size: 4}, "RO_W2": {Size: 8}, "SAME_ROW": {Size: 4},
	}, Typedefs: map[string]string{"struct _ROW": "ROW", "SAMEROW": "SAME_ROW", "struct tagTEXT": "TEXTA", "TextOnly": "TEXTA"}, Aliases: map[string]string{"TEXTA": "TEXTW", "ENTRY": "ROW"}}
	for _, test := range []struct{ goName, c, how, why string }{
		{"ROW", "ROW", layout.ByName, ""},
		{"_ROW", "struct _ROW", layout.ByName, ""},
		{"Row", "struct Row", layout.ByName, ""},
		{"row", "ROW", layout.ByFoldedName, ""},
		{"OldRow", "", "", `its name finds OLD_ROW_W2K and OLD_ROW_XP alike: say which in the -map file, such as "example.com/p.OldRow OLD_ROW_W2K"`},
		{"Text", "struct tagTEXT", layout.ByFoldedName, ""},
		{"TextW", "TEXTW", layout.ByFoldedName, ""},
		{"TEXTA", "TEXTW", layout.ByName, ""}, // what the macro makes of it
		{"Entry", "ROW", layout.ByFoldedName, ""},
		{"ROW2", "", "", `its name finds RO_W2 and R_OW2 alike: say which in the -map file, such as "example.com/p.ROW2 RO_W2"`},
		{"SameRow", "SAMEROW", layout.ByFoldedName, ""}, // two names of one type
		{"Nothing", "", "", "no struct of C has its name"},
	} {
		p := &Packages{Go: layout.Go{GOARCH: "386", Structs: []layout.GoStruct{{Name: "p." + test.goName, Path: "example.com/p", Size: 8}}}}
		left, _ := p.Match(h)
		if test.why != "" {
			require.Len(t, left, 1, test.goName)
			assert.Equal(t, test.why, left[0].Reason)
			continue
		}
		require.Len(t, p.Structs, 1, test.goName)
		assert.Equal(t, test.c+" by "+test.how, p.Structs[0].C+" by "+p.Structs[0].How)
	}
}
