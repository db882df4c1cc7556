package layout

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeHeaders makes a folder with these files, in which the targets find them.
func writeHeaders(t *testing.T, targets []Target, files map[string]string) []Target {
	t.Helper()
	dir := touch(t)
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for i := range targets {
		targets[i].CC = append(targets[i].CC[:len(targets[i].CC):len(targets[i].CC)], "-I", dir)
	}
	return targets
}

const someMacros = `
enum some { ONE = 1, HIDDEN = 1, ITSELF = 7, SAME = 5 };
extern int variable;
struct row { int a; };
#define HIDDEN 2
#define ITSELF ITSELF
#define OTHER ITSELF
#define SUM (ONE + 2)
#define MINUS (-1)
#define WIDE 0xFFFFFFFFFFFFFFFFull
#define LETTER 'a'
#define CAST ((unsigned char)0x1FF)
#define SIZE sizeof(struct row)
#define BROKEN (NOT_DECLARED + 1)
#define OPEN (
#define CLOSE )
#define CLOSED ) + (
#define INDEX [
#define TEXT "("
#define LONG_TEXT L"a"
#define STATEMENT 1;
#define BLOCK {1}
#define NOTHING
#define PRAGMA _Pragma("once") 1
#define CALL(x) x
#define VARIABLE variable
#define REAL 1.5
#define POINTER ((void *)-1)
#define VOID ((void)0)
#define TYPE struct row
#define WORD static
#define MANY 1, 2
`

// A macro that is no constant costs only itself, with every compiler.
func TestMacrosOfAllSorts(t *testing.T) {
	names := strings.Fields("ONE HIDDEN ITSELF SAME OTHER SUM MINUS WIDE LETTER CAST SIZE BROKEN OPEN CLOSE CLOSED INDEX TEXT LONG_TEXT STATEMENT " +
		"BLOCK NOTHING PRAGMA CALL VARIABLE REAL POINTER VOID TYPE WORD MANY NO_SUCH SUM")
	for _, target := range writeHeaders(t, compilers(t), map[string]string{"macros.h": someMacros}) {
		h, err := ReadHeaders(t.Context(), target, []string{"macros.h"}, names)
		require.NoError(t, err, target.CC)
		got := map[string]string{}
		for _, name := range names {
			if v, ok := h.Constant(name); ok {
				got[name] = v.String()
			}
		}
		assert.Equal(t, map[string]string{
			"ONE": "1", "HIDDEN": "2", "ITSELF": "7", "SAME": "5", "OTHER": "7", "SUM": "3", "MINUS": "-1", "PRAGMA": "1", "WIDE": "18446744073709551615",
			"LETTER": "97", "CAST": "255", "SIZE": "4",
		}, got, "%v", target.CC)
		assert.EqualValues(t, 4, h.Struct("struct row").Align)

		h, err = ReadHeaders(t.Context(), target, []string{"macros.h"}, []string{"BROKEN"}) // that alone
		require.NoError(t, err, target.CC)
		assert.NotContains(t, h.Macros, "BROKEN")
		assert.NotEmpty(t, h.why["BROKEN"])
	}
}

// UNICODE makes a name that a struct has a macro for another one.
func TestMacrosForStructs(t *testing.T) {
	const text = "typedef struct tagE { char a[4]; } E;\ntypedef struct tagEW { short a[4]; } EW;\n#define E EV\n#define EV EW\n#define INTERFACE EW\n" +
		"#define GONE EW\n#undef GONE\n#define NUMBER 3\n#define CALL(x) EW\n#define OTHER NOBODY\n"
	for _, target := range writeHeaders(t, compilers(t), map[string]string{"alias.h": text}) {
		h, err := ReadHeaders(t.Context(), target, []string{"alias.h"}, []string{"NUMBER"})
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"E": "EW"}, h.Aliases, "%v", target.CC)
		assert.Contains(t, h.Macros, "NUMBER")
	}
}

// A header that does not compile after those before it costs only itself.
func TestHeadersThatDoNotCompile(t *testing.T) {
	files := map[string]string{
		"good.h":   "struct good { int a; };\n",
		"twice.h":  "struct good { long long a; };\nstruct lost { int a; };\n",
		"inner.h":  "#include \"twice.h\"\nstruct lost2 { int a; };\n",
		"open.h":   "struct lost3 { int a; }\n",
		"error.h":  "#error no\n",
		"absent.h": "#include <no_such_header_of_this.h>\n",
		"after.h":  "struct after { short a; };\n",
	}
	for _, target := range writeHeaders(t, compilers(t), files) {
		h, err := ReadHeaders(t.Context(), target, []string{"good.h", "twice.h", "inner.h", "open.h", "error.h", "absent.h", "after.h"}, nil)
		require.NoError(t, err, target.CC)
		assert.NotNil(t, h.Struct("struct after"))
		assert.EqualValues(t, 4, h.Struct("struct good").Size)
		for _, name := range []string{"lost", "lost2", "lost3"} {
			assert.Nil(t, h.Struct("struct "+name), name)
		}
		var notes []string
		for _, note := range h.Notes {
			name, rest, _ := strings.Cut(note, " ")
			assert.Contains(t, rest, "is left out, because it does not compile after the headers before it: ")
			assert.NotContains(t, rest, "/layout_", "a file of ours")
			notes = append(notes, name)
		}
		assert.ElementsMatch(t, []string{"twice.h", "inner.h", "open.h", "error.h", "absent.h"}, notes, "%v", h.Notes)

		_, err = ReadHeaders(t.Context(), target, []string{"good.h", "no_such_header.h"}, nil)
		assert.ErrorContains(t, err, "no_such_header.h", "one that was asked for is not left out")
		_, err = ReadHeaders(t.Context(), target, []string{"error.h"}, nil)
		assert.ErrorContains(t, err, "error.h:1:2:", "nothing is left")
	}
}

// A header is found by its path from the current folder.
func TestHeadersByPath(t *testing.T) {
	target := compilers(t)[0]
	t.Chdir(touch(t, "sub/mine.h"))
	require.NoError(t, os.WriteFile("sub/mine.h", []byte("#include \"other.h\"\n"), 0o600))
	require.NoError(t, os.WriteFile("sub/other.h", []byte("struct mine { int a; };\n"), 0o600))
	for _, name := range []string{"./sub/mine.h", "../" + filepath.Base(must(os.Getwd())) + "/sub/mine.h"} {
		h, err := ReadHeaders(t.Context(), target, []string{name}, nil)
		require.NoError(t, err)
		assert.NotNil(t, h.Struct("struct mine"))
	}
	_, err := ReadHeaders(t.Context(), target, []string{"./mine.h"}, nil)
	assert.ErrorContains(t, err, "header ./mine.h: ")
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

// shell writes a program to be run in place of a compiler.
func shell(t *testing.T, name, text string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	path := filepath.Join(touch(t), name)
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700))
	return path
}

// The name of a compiler does not matter: its macros show which one it is.
func TestCompilersAreAsked(t *testing.T) {
	targets := compilers(t)
	clang, err := exec.LookPath("clang")
	if err != nil {
		t.Skip("needs clang")
	}
	testdata := targets[0].CC[len(targets[0].CC)-1]
	windows := []string{"--target=x86_64-w64-windows-gnu", "-I", testdata}
	for name, cc := range map[string][]string{
		"zig cc":             append([]string{shell(t, "zig", "shift; exec "+clang+` "$@"`), "cc"}, windows...),
		"a gcc that is none": append([]string{shell(t, "gcc", "exec "+clang+` "$@"`)}, windows...),
		"no name at all":     append([]string{shell(t, "cc", "exec "+clang+` "$@"`)}, windows...),
		"clang-cl":           {shell(t, "clang-cl", "exec "+clang+` --driver-mode=cl "$@"`), "--target=i686-pc-windows-msvc", "/I", testdata},
	} {
		h, err := ReadHeaders(t.Context(), Target{CC: cc}, []string{"thing.h"}, []string{"THING_LIMIT"})
		require.NoError(t, err, name)
		assert.NotNil(t, h.Struct("THING"), name)
		assert.Contains(t, h.Macros, "THING_LIMIT", name)
	}
	for name, text := range map[string]string{
		"cl":  `for a; do case $a in -E|/E) echo "layout_is cl";; esac; done`,
		"tcc": `echo layout_is unknown`,
	} {
		_, err := ReadHeaders(t.Context(), Target{CC: []string{shell(t, "cl", text)}}, []string{"thing.h"}, nil)
		assert.ErrorContains(t, err, "is not gcc or clang, which alone show what headers declare: install LLVM's clang", name)
	}
}

// The headers are preprocessed once and compiled once, however many names are read, and again only
// without a header that does not compile.
func TestHeadersAreReadOnce(t *testing.T) {
	target := compilers(t)[0]
	log := filepath.Join(touch(t), "log")
	target.CC = append([]string{shell(t, "counts", `for a; do case $a in -E|-c) echo $a >>`+log+`;; esac; done; exec "$@"`)}, target.CC...)
	_, err := ReadHeaders(t.Context(), target, []string{"thing.h"}, []string{"THING_LIMIT", "THING_TEXT", "COLOUR_RED", "NO_SUCH"})
	require.NoError(t, err)
	runs, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Equal(t, []string{"-E", "-E", "-c"}, strings.Fields(string(runs)), "which compiler it is, and what it makes of the headers")

	require.NoError(t, os.Remove(log))
	target = writeHeaders(t, []Target{target}, map[string]string{"broken.h": "struct broken { struct nobody a; };\n"})[0]
	_, err = ReadHeaders(t.Context(), target, []string{"thing.h", "broken.h"}, nil)
	require.NoError(t, err)
	runs, err = os.ReadFile(log)
	require.NoError(t, err)
	assert.Equal(t, []string{"-E", "-E", "-c", "-E", "-c"}, strings.Fields(string(runs)), "and once more without a header that does not compile")
}

func TestDefinedTypes(t *testing.T) {
	for text, want := range map[string]string{
		"struct a { int x; };":                                                               "struct a",
		"struct z09 { int a1; }; struct Z9_$ { int x; };":                                    "struct z09,struct Z9_$",
		"typedef struct _A { int x; } A, *PA;":                                               "struct _A",
		"typedef struct { int x; } A, *PA;":                                                  "A",
		"typedef struct { int x; } *PA, A;":                                                  "A",
		"typedef struct { int x; } *PA;":                                                     "",
		"typedef union { struct in { int x; } in; struct { int y; } z; } U;":                 "struct in,U",
		"struct a;\nstruct b *f(struct c *x);":                                               "",
		"struct a f(void) { struct local { int x; } l; return l; } struct b { int x; };":     "struct b",
		"typedef struct __attribute__((packed)) a { int x; } __attribute__((aligned(8))) A;": "struct a",
		"typedef struct { int x; } __attribute__((aligned(8))) A;":                           "A",
		"struct __declspec(align(16)) a { char t[2]; };":                                     "struct a",
		"typedef struct { int (*f)(struct { int y; } *p); } A;":                              "A",
		"# 1 \"struct b { int x; };\"\nstruct a { int x; };\n#pragma pack(push, 1)\n":        "struct a",
		"static const char *s = \"struct b { int x; };\"; struct a { int x; };":              "struct a",
		"enum e { A = '{', B }; struct a { int x[B]; };":                                     "struct a",
		"extern const struct { int x; } v;":                                                  "",
		"int v[] = { 1, 2 }; struct a { int x; };":                                           "struct a",
		"struct a { int x;":                                                 "struct a",
		"union U { int a; };":                                               "union U",
		"struct A;":                                                         "",
		"struct A *f(struct B *b);":                                         "",
		"typedef struct { int a; } A;":                                      "A",
		"typedef struct { int a; } A, B;":                                   "A",
		"typedef struct A { int a; } B;":                                    "struct A",
		"typedef struct A { union C { int c; } c; } B;":                     "union C,struct A",
		"struct __attribute__((packed)) A { int a; };":                      "struct A",
		"struct __declspec(align(8)) A { int a; } a, b;":                    "struct A",
		"struct A { int a; } __attribute__((aligned(8)));":                  "struct A",
		"enum E { E1, E2 = 'x' }; struct A { int a; };":                     "struct A",
		"int f(void) { struct L { int a; } l; } struct A { int a; };":       "struct A",
		"int f(void) { if (1) { return 1; } } struct A { int a; };":         "struct A",
		"int a[] = { 1, { 2 } }; struct A { int a; };":                      "struct A",
		"char *s = \"struct X { \\\" };\"; struct A { int a; };":            "struct A",
		"char c = '{'; struct A { int a; };":                                "struct A",
		"char c = '\\''; struct A { int a; };":                              "struct A",
		"# 1 \"struct X { int a; };\"\nstruct A { int a; };":                "struct A",
		"struct A { int a; };\n# end":                                       "struct A",
		"struct A1 { int a; }; struct $B { int b; };":                       "struct A1,struct $B",
		"int n = 0x1fstruct; struct A { int a; };":                          "struct A",
		"__extension__ struct A { int a; };":                                "struct A",
		"extern int f(int (*g)(struct X *)); struct A { int a; };":          "struct A",
		"struct A { struct { int b; } b; };":                                "struct A",
		"struct __extension__ A { int a; };":                                "struct A",
		"struct __unaligned A { int a; };":                                  "struct A",
		"int f(void) { { { } } struct L { int a; }; } struct A { int a; };": "struct A",
		"int a[] = { 1, { 2 }, 3 }, b; struct A { int a; };":                "struct A",
		"struct A { enum { X, Y } e; int f[2]; }; union B { int b; }":       "struct A,union B",
	} {
		assert.Equal(t, want, strings.Join(definedTypes(text), ","), text)
	}
}

// Debug information gives the first bit of a bit-field and not the unit that it is in, which a
// packed struct may have anywhere.
func TestUnitsOfBitFields(t *testing.T) {
	const text = `
#pragma pack(push, 1)
struct packed { char a; unsigned b0 : 5, b1 : 20, b2 : 7; unsigned b3 : 9; short c; unsigned short d0 : 12, d1 : 5; };
struct shifted { char a; unsigned : 3; unsigned b : 20; };
struct either { char a; union { unsigned x : 5; unsigned short y : 9; struct { char z; unsigned w : 8; }; }; unsigned v : 31; };
#pragma pack(pop)
#pragma pack(push, 2)
struct two { char a; unsigned b : 31; unsigned long long c : 40; };
#pragma pack(pop)
struct whole { char a; unsigned b0 : 5, b1 : 20, b2 : 8; unsigned char c : 3; unsigned short d : 15; };
`
	type place struct{ Offset, Size, Bit int64 }
	want := map[string]map[string]place{
		"packed":  {"b0": {1, 4, 0}, "b1": {1, 4, 5}, "b2": {1, 4, 25}, "b3": {5, 4, 0}, "d0": {11, 2, 0}, "d1": {13, 2, 0}},
		"shifted": {"b": {1, 4, 3}},
		"either":  {"x": {1, 4, 0}, "y": {1, 2, 0}, "w": {2, 4, 0}, "v": {6, 4, 0}},
		"two":     {"b": {2, 4, 0}, "c": {6, 8, 0}},
		"whole":   {"b0": {4, 4, 0}, "b1": {4, 4, 5}, "b2": {8, 4, 0}, "c": {12, 1, 0}, "d": {14, 2, 0}},
	}
	for _, target := range writeHeaders(t, compilers(t), map[string]string{"bits.h": text}) {
		h, err := ReadHeaders(t.Context(), target, []string{"bits.h"}, nil)
		require.NoError(t, err)
		got := map[string]map[string]place{}
		for name := range want {
			got[name] = map[string]place{}
			for _, m := range h.Struct("struct " + name).Members {
				if m.Bits > 0 {
					got[name][m.Name] = place{m.Offset, m.Size, m.Bit}
				}
			}
		}
		assert.Equal(t, want, got, "%v", target.CC)
	}
}

// A pointer of 32 bits has its size on every architecture, whether the compiler writes it down or
// not.
func TestPointersOf32Bits(t *testing.T) {
	if _, err := exec.LookPath("clang"); err != nil || testing.Short() {
		t.Skip("runs clang")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pointers.h"), []byte(`
typedef struct SHORT_LAST { char c; unsigned char * __ptr32 p; } SHORT_LAST;
typedef struct SHORT_FIRST { void * __ptr32 p; int after; } SHORT_FIRST;
typedef struct SHORT_UNION { int kind; union { char * __ptr32 p; int number; }; } SHORT_UNION;
typedef struct WHOLE { char *p; char *q; } WHOLE;
`), 0o600))
	for _, triple := range []string{"x86_64", "i686"} { // on arm64 not every clang has such pointers
		h, err := ReadHeaders(t.Context(), Target{CC: []string{"clang", "--target=" + triple + "-pc-windows-msvc", "-fms-extensions", "-I", dir}}, []string{"pointers.h"}, nil)
		require.NoError(t, err)
		for _, name := range []string{"SHORT_LAST", "SHORT_FIRST", "SHORT_UNION"} {
			assert.EqualValues(t, 4, h.member(h.Struct(name), "p").Size, "%s, %s", triple, name)
		}
		assert.Equal(t, pointerSize(h.GOARCH), h.member(h.Struct("WHOLE"), "p").Size)
		assert.Equal(t, pointerSize(h.GOARCH), h.member(h.Struct("WHOLE"), "q").Size)
	}
}
