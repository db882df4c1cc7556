package layout

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"structs"
	"sync"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type colour int32

type inner struct {
	_ structs.HostLayout `c:"INNER"`
	A uint16             `c:"a"`
	B [3]byte            `c:"b"`
}

type thing struct {
	_       structs.HostLayout `c:"THING"`
	Number  int32              `c:"number"`
	Colour  colour             `c:"flags|colour"`
	Big     uint64             `c:"big"`
	Inner   [2]inner           `c:"inner"`
	_       [4]byte            // on 386 the pointer would be 4 bytes further up without it, and ratio 8
	Pointer uintptr            `c:"pointer"`
	Ratio   float64            `c:"ratio"`
	Small   int8               `c:"small"`
	Last    uint8              `c:"last"`
	_       [6]byte
}

// thing as 386 has it: the pointer needs no padding before it.
type thing386 struct {
	_       structs.HostLayout `c:"THING"`
	Number  int32              `c:"number"`
	Colour  colour             `c:"flags|colour"`
	Big     uint64             `c:"big"`
	Inner   [2]inner           `c:"inner"`
	Pointer uintptr            `c:"pointer"`
	Ratio   float64            `c:"ratio"`
	Small   int8               `c:"small"`
	Last    uint8              `c:"last"`
	_       [6]byte
}

type plain struct {
	_       structs.HostLayout `c:"struct plain"`
	Address [16]byte           `c:"address"`
}

func thingSpec(goarch string) Spec {
	t := Struct[thing]("")
	if goarch == "386" {
		t = Struct[thing386]("")
	}
	return Spec{
		Headers: []string{"thing.h"},
		Types:   []Type{EnumOf[colour]("COLOUR"), Struct[inner](""), t, Struct[plain]("")},
		Constants: []Constant{
			{"COLOUR_RED", colour(0)}, {"COLOUR_BLUE", colour(7)}, {"COLOUR_NONE", colour(-1)},
			{"THING_LIMIT", uint32(0xFFFFFFFF)},
		},
		Rules: Rules{Complete: []string{"thing.h"}},
	}
}

// compilers are every way to compile thing.h that this machine has. Only clang targets MSVC on
// Linux.
func compilers(t *testing.T) []Target {
	t.Helper()
	if testing.Short() {
		t.Skip("runs every compiler; -short leaves that out")
	}
	testdata, err := filepath.Abs("testdata")
	require.NoError(t, err)
	var list []Target
	for _, arch := range arches {
		for _, cc := range [][]string{
			{triple[arch] + "-w64-mingw32-gcc"},
			{"clang", "--target=" + triple[arch] + "-w64-windows-gnu"},
			{"clang", "--target=" + triple[arch] + "-pc-windows-msvc"},
		} {
			if _, err := exec.LookPath(cc[0]); err == nil {
				list = append(list, Target{GOARCH: arch, CC: append(cc, "-I", testdata)})
			}
		}
	}
	if len(list) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("no compiler for Windows: install clang")
		}
		t.Skip("no compiler for Windows: install clang")
	}
	return list
}

// headersOf reads a header file of testdata once for each compiler and all tests.
func headersOf(t *testing.T, target Target, header string, constants ...string) *Headers {
	t.Helper()
	key := header + " " + strings.Join(target.CC, " ")
	if h, ok := headersRead.Load(key); ok {
		return h.(*Headers)
	}
	h, err := ReadHeaders(t.Context(), target, []string{header}, append(constants, "THING_LIMIT", "THING_TEXT"))
	require.NoError(t, err)
	headersRead.Store(key, h)
	return h
}

var headersRead sync.Map

func TestEveryCompiler(t *testing.T) {
	for _, target := range compilers(t) {
		r, err := Run(t.Context(), thingSpec(target.GOARCH), target)
		require.NoError(t, err)
		var want []Finding
		if target.GOARCH == "386" { // Go cannot align it as C does
			want = []Finding{{Kind: KindAlign, Item: "THING", Detail: "C aligns it to 8 bytes and Go to 4 on 386: a Go variable of it may lie where Windows does not take it"}}
		}
		assert.Empty(t, cmp.Diff(want, r.Findings, cmpopts.EquateEmpty()), "%v", target.CC)
		assert.Equal(t, target.GOARCH, r.GOARCH)
	}
}

// A type whose layout depends on the architecture is not the same on all of them.
func TestLayoutOfAnotherArchitecture(t *testing.T) {
	for _, target := range compilers(t) {
		other := map[string]string{"386": "amd64", "amd64": "386", "arm64": "386"}[target.GOARCH]
		r, err := Run(t.Context(), thingSpec(other), target)
		require.NoError(t, err)
		switch target.GOARCH {
		case "386":
			assert.Contains(t, r.Findings, Finding{
				Kind: KindOffset, Item: "THING.pointer", Field: "Pointer",
				Detail: "offset is 28 in C and 32 in Go: it is 4 bytes late on 386, and so is every field after it: take 4 bytes out before it",
			})
		default: // the same padding, by Go itself
			assert.True(t, r.OK(), r)
		}
	}
}

func TestFindings(t *testing.T) {
	type noLast struct {
		_       structs.HostLayout `c:"THING"`
		Number  int32              `c:"number"`
		Colour  colour             `c:"flags|colour"`
		Big     uint64             `c:"big"`
		Inner   [2]inner           `c:"inner"`
		Pointer uintptr            `c:"pointer"`
		Ratio   float64            `c:"ratio"`
		Small   int8               `c:"small"`
		_       [7]byte
	}
	type tooAligned struct {
		_       structs.HostLayout `c:"struct plain"`
		Address [2]uint64          `c:"address"`
	}
	with := func(change func(*Spec)) Spec {
		s := thingSpec("amd64")
		change(&s)
		return s
	}
	gap := func(g Gap) Spec {
		return with(func(s *Spec) {
			for _, set := range []string{SetMinGW, SetWine, SetUnknown} {
				g.Set = set
				s.Gaps = append(s.Gaps, g)
			}
		})
	}
	targets := compilers(t)
	for name, c := range map[string]struct {
		spec Spec
		want []Finding // without detail
	}{
		"a forgotten member in the padding at the end": {
			with(func(s *Spec) { s.Types[2] = Struct[noLast]("") }), []Finding{{Kind: KindForgotten, Item: "THING.last"}}},
		"more alignment than C gives": {
			with(func(s *Spec) { s.Types[3] = Struct[tooAligned]("") }),
			[]Finding{{Kind: KindElem, Item: "struct plain.address"}}},
		"a type that is missing in Go": {
			with(func(s *Spec) { s.Types = s.Types[:3] }), []Finding{{Kind: KindMissing, Item: "struct plain"}}},
		"an enumerator that is missing in Go": {
			with(func(s *Spec) { s.Constants = s.Constants[1:] }), []Finding{{Kind: KindMissing, Item: "COLOUR_RED"}}},
		"what is missing may be left out": {
			with(func(s *Spec) {
				s.Constants, s.Omitted = s.Constants[3:], []Omission{{"COLOUR_*", "no need"}}
			}), nil},
		"a constant that is no number": {
			with(func(s *Spec) { s.Constants = append(s.Constants, Constant{"THING_TEXT", 1}) }), []Finding{{Kind: KindAbsent, Item: "THING_TEXT"}}},
		"a negative constant as a large one": {
			with(func(s *Spec) { s.Constants[2].Go = uint64(0xFFFFFFFFFFFFFFFF) }), []Finding{{Kind: KindValue, Item: "COLOUR_NONE"}}},
		"a gap that has closed: a struct":   {gap(Gap{Name: "INNER"}), []Finding{{Kind: KindGap, Item: "INNER"}}},
		"a gap that has closed: an enum":    {gap(Gap{Name: "COLOUR"}), []Finding{{Kind: KindGap, Item: "COLOUR"}}},
		"a gap that has closed: a member":   {gap(Gap{Name: "THING.colour"}), []Finding{{Kind: KindGap, Item: "THING.colour"}}},
		"a gap that has closed: a constant": {gap(Gap{Name: "THING_LIMIT"}), []Finding{{Kind: KindGap, Item: "THING_LIMIT"}}},
		"a gap that has closed: a name":     {gap(Gap{Name: "INNER", As: "THING"}), []Finding{{Kind: KindGap, Item: "INNER"}}},
		"a gap that has closed: a value":    {gap(Gap{Name: "THING_LIMIT", Gives: "5"}), []Finding{{Kind: KindGap, Item: "THING_LIMIT"}}},
		"what another set alone should have": {
			with(func(s *Spec) { s.Exclusive = []Exclusive{{Set: SetSDK, Name: "INNER"}} }), []Finding{{Kind: KindGap, Item: "INNER"}}},
		"a gap: another value": {
			with(func(s *Spec) {
				s.Constants[1].Go = colour(5)
				s.Gaps = gap(Gap{Name: "COLOUR_BLUE", Gives: "7"}).Gaps
			}), nil},
		"a gap: another name": {
			with(func(s *Spec) {
				s.Types[1] = Struct[inner]("INNER_LH")
				s.Gaps = gap(Gap{Name: "INNER_LH", As: "INNER"}).Gaps
			}), nil},
		"a gap: another name, which is not there either": {
			with(func(s *Spec) {
				s.Types = append(s.Types, Struct[inner]("INNER_LH"))
				s.Gaps = gap(Gap{Name: "INNER_LH", As: "INNER_W2K"}).Gaps
			}), []Finding{{Kind: KindAbsent, Item: "INNER_W2K"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, target := range targets {
				if target.GOARCH != "amd64" {
					continue
				}
				g, err := c.spec.Go("amd64")
				require.NoError(t, err)
				var got []Finding
				for _, f := range Compare(g, headersOf(t, target, "thing.h"), c.spec.Rules).Findings {
					got = append(got, Finding{Kind: f.Kind, Item: f.Item})
				}
				assert.Empty(t, cmp.Diff(c.want, got), "%v", target.CC)
			}
		})
	}
}

func TestAcross(t *testing.T) {
	rules := Rules{Exclusive: []Exclusive{{Set: SetSDK, Name: "NEW"}}}
	report := func(set, goarch string, old, recent Status) *Report {
		return &Report{Set: set, GOARCH: goarch, Structs: []StructReport{{C: "OLD", Status: old}, {C: "NEW", Status: recent}}}
	}
	for name, c := range map[string]struct {
		reports []*Report
		want    []string
	}{
		"all proven":                     {[]*Report{report(SetSDK, "amd64", Agrees, Agrees)}, nil},
		"new is excused without the SDK": {[]*Report{report(SetWine, "amd64", Agrees, Absent)}, nil},
		"new is not excused with it":     {[]*Report{report(SetSDK, "amd64", Agrees, Absent)}, []string{"NEW"}},
		"one set proves for the other":   {[]*Report{report(SetWine, "amd64", Absent, Absent), report(SetMinGW, "amd64", Agrees, Absent)}, nil},
		"old in neither":                 {[]*Report{report(SetWine, "amd64", Absent, Absent), report(SetMinGW, "amd64", Absent, Absent)}, []string{"OLD"}},
		"no architecture for another":    {[]*Report{report(SetWine, "386", Absent, Absent), report(SetMinGW, "amd64", Agrees, Absent)}, []string{"OLD"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range Across(rules, c.reports) {
				assert.Equal(t, KindUnproven, f.Kind)
				got = append(got, f.Item)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// What go/types says must be what the compiler of this program does.
func TestGoLayoutIsTheCompilers(t *testing.T) {
	type odd struct {
		_ structs.HostLayout `c:"ODD"`
		A bool
		B complexless
		C [3]uint16
		D uintptr
		E [0]uint64
		F float32
		G *int
		H unsafe.Pointer
		I [2]struct {
			X uint8
			Y uint64
		}
		J uint8
	}
	for _, v := range []Type{Struct[odd](""), Struct[thing](""), Struct[thing386](""), Struct[inner](""), Struct[plain]("")} {
		g, err := Spec{Types: []Type{v}}.Go(runtime.GOARCH)
		require.NoError(t, err)
		s, typ := g.Structs[0], v.Go()
		assert.EqualValues(t, typ.Size(), s.Size)
		assert.EqualValues(t, typ.Align(), s.Align)
		for _, f := range s.Fields {
			if sf, ok := typ.FieldByName(f.Name); ok && f.Name != "_" {
				assert.EqualValues(t, sf.Offset, f.Offset)
				assert.EqualValues(t, sf.Type.Size(), f.Type.Size)
				assert.EqualValues(t, sf.Type.Align(), f.Type.Align)
			}
		}
		end := int64(0)
		d := &differences{pairing: &pairing{pairs: plainPairs(&s)}, s: &s}
		for _, f := range d.reports() {
			assert.Equal(t, end, f.Go.Offset, "%v: fields and padding leave no byte out", typ)
			end += f.Go.Size
		}
		assert.Equal(t, s.Size, end)
	}
}

type complexless struct{ Small, Smaller int8 }

func TestBadSpecs(t *testing.T) {
	type text struct{ A string }
	type spaced struct {
		A int32 `c:"a b"`
	}
	type one struct{ A int32 }
	for want, spec := range map[string]Spec{
		"has no Go type":                   {Types: []Type{{}}},
		"int is not a struct":              {Types: []Type{Struct[int]("S")}},
		"does not say which C struct":      {Types: []Type{Struct[one]("")}},
		"is not the name of a C type":      {Types: []Type{Struct[one]("A); evil(")}},
		"layout.one has no field B":        {Types: []Type{Struct[one]("S", Field("B", "b"))}},
		"string has no counterpart":        {Types: []Type{Struct[text]("S")}},
		"\"a b\" is not the name of a C m": {Types: []Type{Struct[spaced]("S")}},
		"\"b b\" is not the name of a C m": {Types: []Type{Struct[one]("S", Field("A", "b b"))}},
		"is not the name of a C constant":  {Constants: []Constant{{"1", 1}}},
		"C is string, not an integer":      {Constants: []Constant{{"C", "x"}}},
		"C is <nil>, not an integer":       {Constants: []Constant{{"C", nil}}},
		"is not the name of a C function":  {Functions: []Function{FuncOf[func()]("f()")}},
		"int is not a func type":           {Functions: []Function{FuncOf[int]("f")}},
		"at most one result":               {Functions: []Function{FuncOf[func() (int, error)]("f")}},
	} {
		_, err := spec.Go("amd64")
		if assert.Error(t, err, want) {
			assert.ErrorContains(t, err, want)
		}
	}
	_, err := Spec{}.Go("vax")
	assert.ErrorContains(t, err, `Go has no architecture "vax"`)
}

func TestSplitCommand(t *testing.T) {
	for in, want := range map[string][]string{
		"gcc":                      {"gcc"},
		"  clang\t--target=x  -c ": {"clang", "--target=x", "-c"},
		`"C:\Program Files\clang.exe" -I"C:\a b" ''`: {`C:\Program Files\clang.exe`, `-IC:\a b`, ""},
	} {
		got, err := SplitCommand(in)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for in, want := range map[string]string{"": "is empty", "   ": "is empty", `cc "a`: `has an open "`} {
		_, err := SplitCommand(in)
		assert.ErrorContains(t, err, want)
	}
}

func TestErrorLines(t *testing.T) {
	for line, want := range map[string][2]string{
		`layout_probe.c:12:54: error: ‘X’ undeclared here`:                 {"12", "‘X’ undeclared here"},
		`layout_probe.c:4:10: fatal error: winsock2.h: No such file`:       {"4", "winsock2.h: No such file"},
		`C:\Temp\layout_probe.c:17:3: error: use of undeclared identifier`: {"17", "use of undeclared identifier"},
		`layout_probe.c:17: error: 'X' undeclared`:                         {"17", "'X' undeclared"},
	} {
		m := errorLine().FindStringSubmatch(line)
		if assert.NotNil(t, m, line) {
			assert.Equal(t, want, [2]string{m[2], m[3]}, line)
		}
	}
	for _, line := range []string{
		"layout_probe.c",
		"layout_probe.c:3:1: note: declared here",
		"layout_probe.c:3:1: warning: nonstandard extension",
	} {
		assert.Nil(t, errorLine().FindStringSubmatch(line), line)
	}
}

// Messages about the probe name it alone, whatever form of its path the compiler prints.
func TestErrorPaths(t *testing.T) {
	for _, folder := range []string{
		"", "./", "/tmp/layout1/", "/tmp/Jane Doe (1)/layout1/", "/container/drive_c/users/root/Temp/layout1/",
		`C:\Users\Jane Doe\AppData\Local\Temp\layout1\`, `C:\Users\JANEDO~1\AppData\Local\Temp\layout1\`,
		"C:/Users/jane doe/AppData/Local/Temp/layout1/", `c:\users\jane\Temp\layout1/`, `\\server\share\layout1\`, `Z:\söhne\`,
	} {
		for _, end := range []string{"\n", "\r\n"} {
			text := strings.Join([]string{
				"In file included from h/inner.h:1,",
				"                 from " + folder + "layout_probe.c:7:",
				"h/twice.h:1:8: error: redefinition of 'struct good'",
				folder + "layout_probe.c:9:10: fatal error: 'absent.h' file not found",
				folder + "layout_questions.c:3:4: error: 'X' undeclared",
				folder + "layout_probe.i:5: error: stray", "",
			}, end)
			errs, first := parseErrors(text)
			assert.Equal(t, []sourceError{
				{"twice.h", 1, 7, "h/twice.h:1:8: error: redefinition of 'struct good'", "redefinition of 'struct good'"},
				{"layout_probe.c", 9, 0, "layout_probe.c:9:10: fatal error: 'absent.h' file not found", "'absent.h' file not found"},
				{"layout_questions.c", 3, 0, "layout_questions.c:3:4: error: 'X' undeclared", "'X' undeclared"},
				{"layout_probe.i", 5, 0, "layout_probe.i:5: error: stray", "stray"},
			}, errs, folder)
			assert.Equal(t, "h/twice.h:1:8: error: redefinition of 'struct good'", first)
		}
	}
}

func TestCompilerErrors(t *testing.T) {
	clang := []string{"clang", "--target=x86_64-pc-windows-msvc"}
	compilers(t)
	for name, c := range map[string]struct {
		target   Target
		compiler bool // the compiler is to blame, not the target
		want     string
	}{
		"no command":         {Target{}, false, "has no compiler command"},
		"not installed":      {Target{CC: []string{"no-such-compiler"}}, true, "the compiler failed: no-such-compiler: exec: "},
		"header not found":   {Target{CC: clang, Headers: []string{"nosuch.h"}}, true, "layout_probe.c:4:10: fatal error: 'nosuch.h' file not found"},
		"unknown option":     {Target{CC: append(clang, "--no-such-option")}, true, "'--no-such-option'"},
		"not for Windows":    {Target{CC: []string{"clang", "--target=x86_64-linux-gnu"}, Headers: []string{"stddef.h"}}, false, "it needs a Windows target"},
		"another machine":    {Target{CC: []string{"clang", "--target=thumbv7-pc-windows-msvc"}, Headers: []string{"stddef.h"}}, false, "Go has Windows for amd64, 386 and arm64"},
		"other architecture": {Target{CC: clang, GOARCH: "arm64", Headers: []string{"stddef.h"}}, false, "the compiler makes objects for amd64, not for arm64"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Run(t.Context(), Spec{}, c.target)
			assert.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n", "one sentence, not a page")
			var compiler *CompilerError
			assert.Equal(t, c.compiler, errors.As(err, &compiler), "%T", err)
		})
	}
}

// Where there is no Windows SDK, the header sets are MinGW-w64's and Wine's.
func TestDiscoverElsewhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows the header sets are those of its SDKs")
	}
	gnu, noGNU := mingw()
	wine, noWine := wine()
	targets, missing := Discover()
	assert.Equal(t, slices.Concat(gnu, wine), targets)
	assert.Equal(t, slices.Concat(noGNU, noWine), missing)
}

// Callers may change the values that they get.
func TestChangedByCallers(t *testing.T) {
	found, missing := Discover()
	findings := Across(Rules{}, []*Report{{GOARCH: "amd64", Structs: []StructReport{{C: "OLD", Status: Absent}}}})
	require.Len(t, findings, 1)

	goarches := Arches()
	clear(Arches())
	assert.Equal(t, goarches, Arches())
	headers := DefaultHeaders()
	clear(DefaultHeaders())

	foundNow, missingNow := Discover()
	assert.Equal(t, found, foundNow)
	assert.Equal(t, missing, missingNow)
	assert.Equal(t, findings, Across(Rules{}, []*Report{{GOARCH: "amd64", Structs: []StructReport{{C: "OLD", Status: Absent}}}}))
	assert.Equal(t, headers, DefaultHeaders())
}
