package layout

import (
	"context"
	"debug/dwarf"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"structs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each header set is recognised by its macros; others are unknown. SDKs before 10.0.15063 do not
// say their version.
func TestHeaderSets(t *testing.T) {
	target := compilers(t)[0]
	for name, c := range map[string]struct {
		defines string
		want    Headers
	}{
		"MinGW-w64":        {"#define __MINGW64_VERSION_MAJOR 10\n#define __MINGW64_VERSION_MINOR 2", Headers{Set: SetMinGW, Version: "10.2"}},
		"Wine's winsock":   {"#define __WINE_WINSOCKAPI_STDLIB_H", Headers{Set: SetWine}},
		"Wine's stddef":    {"#define __WINE_STDDEF_H", Headers{Set: SetWine}},
		"Wine's winnt":     {"#define WINELIB_NAME_AW(x) x", Headers{Set: SetWine}},
		"a new SDK":        {"#define WDK_NTDDI_VERSION 0x0A000010", Headers{Set: SetSDK, Version: "NTDDI 0x0a000010", SDKs: []string{"10.0.26100"}}},
		"an SDK to come":   {"#define WDK_NTDDI_VERSION 0x0A000099", Headers{Set: SetSDK, Version: "NTDDI 0x0a000099"}},
		"10.0.14393":       {"#define _INC_SDKDDKVER\n#define NTDDI_WINTHRESHOLD 0x0A000000\n#define NTDDI_WIN10_TH2 0x0A000001\n#define NTDDI_WIN10_RS1 0x0A000002", Headers{Set: SetSDK, Version: "NTDDI 0x0a000002", SDKs: []string{"10.0.14393"}}},
		"10.0.10586":       {"#define _INC_SDKDDKVER\n#define NTDDI_WINTHRESHOLD 0x0A000000\n#define NTDDI_WIN10_TH2 0x0A000001", Headers{Set: SetSDK, Version: "NTDDI 0x0a000001", SDKs: []string{"10.0.10586"}}},
		"10.0.10240":       {"#define _INC_SDKDDKVER\n#define NTDDI_WINTHRESHOLD 0x0A000000", Headers{Set: SetSDK, Version: "NTDDI 0x0a000000", SDKs: []string{"10.0.10240"}}},
		"none of these":    {"#define NTDDI_WINTHRESHOLD 0x0A000000", Headers{Set: SetUnknown}},
		"nothing":          {"", Headers{Set: SetUnknown}},
		"Wine with NTDDI":  {"#define __WINE_STDDEF_H\n#define _INC_SDKDDKVER\n#define NTDDI_WINTHRESHOLD 0x0A000000", Headers{Set: SetWine}},
		"MinGW with NTDDI": {"#define __MINGW64_VERSION_MAJOR 9\n#define __MINGW64_VERSION_MINOR 0\n#define WDK_NTDDI_VERSION 1", Headers{Set: SetMinGW, Version: "9.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			undo := "#include <stddef.h>\n#undef __MINGW64_VERSION_MAJOR\n#undef __MINGW64_VERSION_MINOR\n#undef WDK_NTDDI_VERSION\n"
			require.NoError(t, os.WriteFile(filepath.Join(dir, "set.h"), []byte(undo+c.defines+"\n"), 0o600))
			target := target
			target.CC = append(append([]string{}, target.CC...), "-I", dir)
			h, err := Spec{Headers: []string{"set.h"}}.Probe(t.Context(), target)
			require.NoError(t, err)
			got := Headers{Set: h.Set, Version: h.Version, SDKs: h.SDKs}
			assert.Empty(t, cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(Headers{})))
		})
	}
}

// A gap may hold for Windows SDKs before a build.
func TestGapBefore(t *testing.T) {
	for name, c := range map[string]struct {
		sdks   []string
		before int
		want   bool
	}{
		"all before":       {[]string{"10.0.10240", "10.0.15063"}, 16299, true},
		"one not":          {[]string{"10.0.15063", "10.0.16299"}, 16299, false},
		"none before":      {[]string{"10.0.16299"}, 16299, false},
		"of no version":    {nil, 16299, false},
		"without a limit":  {[]string{"10.0.26100"}, 0, true},
		"without anything": {nil, 0, true},
		"not a number":     {[]string{"10.0.x"}, 16299, false},
	} {
		assert.Equal(t, c.want, (&Headers{SDKs: c.sdks}).Before(c.before), name)
	}
}

// A compiler that takes too long ends with the context's error.
func TestTimeout(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no scripts by their first line")
	}
	sleeps := filepath.Join(t.TempDir(), "gcc")
	require.NoError(t, os.WriteFile(sleeps, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := Run(ctx, Spec{}, Target{CC: []string{sleeps}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Contains(t, err.Error(), "the compiler failed: "+sleeps+": context deadline exceeded")

	_, err = ReadHeaders(ctx, Target{CC: []string{sleeps}}, nil, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// A macro proves an enum whose constants it gives, and nothing else does.
func TestMacrosProveAnEnum(t *testing.T) {
	report := func(goType string, status Status) *Report {
		return &Report{
			Set: SetMinGW, GOARCH: "amd64",
			Enums:     []EnumReport{{C: "STATE", Go: "p.State", Status: Absent}},
			Constants: []ConstantReport{{C: "STATE_ONE", GoType: goType, Status: status}},
		}
	}
	assert.Empty(t, Across(Rules{}, []*Report{report("p.State", Agrees)}))
	got := Across(Rules{}, []*Report{report("int", Agrees)})
	require.Len(t, got, 1)
	assert.Equal(t, "STATE", got[0].Item)
	assert.Len(t, Across(Rules{}, []*Report{report("p.State", Absent)}), 2)
}

// The C name of a struct is in the tag of a blank field of size zero only.
func TestStructTag(t *testing.T) {
	type named struct {
		_ structs.HostLayout `c:"NAME"`
		A uint32
	}
	type late struct {
		A uint32
		_ [0]byte `c:"LATE"`
	}
	type padding struct {
		_ [4]byte `c:"NOT_A_NAME"`
		A uint32
	}
	type field struct {
		A struct{} `c:"a"`
		B uint32   `c:"b"`
	}
	for want, typ := range map[string]Type{
		"NAME": Struct[named](""), "LATE": Struct[late](""), "GIVEN": Struct[padding]("GIVEN"), "OTHER": Struct[named]("OTHER"),
	} {
		assert.Equal(t, want, typ.C())
	}
	assert.Empty(t, Struct[padding]("").C())
	assert.Empty(t, Struct[field]("").C())
}

// A file index that the debug information does not have is no file.
func TestFileIndex(t *testing.T) {
	files := []*dwarf.LineFile{nil, {Name: `C:\sdk\tcpmib.h`}, {Name: "/usr/include/udpmib.h"}}
	for n, want := range map[int64]string{-1: "", 0: "", 1: "tcpmib.h", 2: "udpmib.h", 3: "", 1 << 40: ""} {
		assert.Equal(t, want, fileName(files, n), n)
	}
	assert.Equal(t, "first.h", fileName([]*dwarf.LineFile{{Name: "/first.h"}}, 0), "DWARF 5 counts from 0")
}

// A slot without a name is called by its first member that is not a bit-field, or by its first.
func TestLabel(t *testing.T) {
	bit, whole, last := CMember{Name: "bit", Bits: 3}, CMember{Name: "whole"}, CMember{Name: "last"}
	union := func(members ...CMember) *slot {
		var arms [][]slot
		for _, m := range members {
			arms = append(arms, []slot{{CMember: m}})
		}
		return &slot{arms: arms}
	}
	for want, s := range map[string]*slot{
		"named": {CMember: CMember{Name: "named"}, arms: union(whole).arms}, "last": union(last), "whole": union(bit, whole, last), "bit": union(bit),
		"": {tail: true},
	} {
		assert.Equal(t, want, s.label())
	}
}

// Records that cannot be true are refused, and so are files that are not records. Unusual ones are
// read.
func TestBadRecords(t *testing.T) {
	for want, text := range map[string]string{
		"not a record of a header set":                      `[]`,
		`architecture "mips"; want amd64`:                   `{"goarch": "mips"}`,
		`architecture ""`:                                   `{}`,
		"member a: json: cannot unmarshal string":           `{"goarch": "386", "structs": {"S": {"members": {"a": {"offset": "x"}}}}}`,
		"the value of a constant is 1.5":                    `{"goarch": "386", "macros": {"M": 1.5}}`,
		"the value of a constant is 18446744073709551616":   `{"goarch": "386", "macros": {"M": 18446744073709551616}}`,
		"S has 4 bytes, but a is at offset 4 with 4 bytes":  `{"goarch": "386", "structs": {"S": {"size": 4, "members": {"a": {"offset": 4, "size": 4}}}}}`,
		"S.a has 4 bytes, but its type T * [2] has":         `{"goarch": "386", "structs": {"S": {"size": 8, "members": {"a": {"size": 4, "type": "T * [2]"}}}}}`,
		"S.a has 8 bytes, but its type T * has 4":           `{"goarch": "386", "structs": {"S": {"size": 8, "members": {"a": {"size": 8, "type": "T *"}}}}}`,
		"S.a has 4 bytes, but its type LOOP has 8":          `{"goarch": "386", "typedefs": {"LOOP": "L2", "L2": "double"}, "scalars": {"double": {"size": 8, "sign": "float"}}, "structs": {"S": {"size": 4, "members": {"a": {"size": 4, "type": "LOOP"}}}}}`,
		"puts struct S into itself":                         `{"goarch": "386", "structs": {"S": {"size": 4, "members": {"a": {"size": 4, "type": "S"}}}}}`,
		"puts struct A into itself":                         `{"goarch": "386", "typedefs": {"T": "A"}, "structs": {"A": {"size": 4, "members": {"b": {"size": 4, "type": "B[1]"}}}, "B": {"size": 4, "members": {"a": {"size": 4, "type": "T[1][1]"}}}}}`,
		"an unnamed member of members 1 to 9, and it has 1": `{"goarch": "386", "structs": {"S": {"size": 4, "unnamed": [{"first": 1, "end": 9}], "members": {"a": {"size": 4, "type": "int"}}}}}`,
		"says nothing of struct S":                          `{"goarch": "386", "structs": {"S": null}}`,
		"S has 0 bytes, but a is at offset -4 with 4 bytes": `{"goarch": "386", "structs": {"S": {"members": {"a": {"offset": -4, "size": 4}}}}}`,
	} {
		h, err := ReadRecord(strings.NewReader(text))
		if err == nil {
			err = h.Check()
		}
		if assert.Error(t, err, want) {
			assert.ErrorContains(t, err, want)
		}
	}
	for name, text := range map[string]string{
		"an array without a length":             `{"size": 4, "align": 4, "members": {"n": {"size": 4, "type": "int"}, "rest": {"offset": 4, "type": "int[]"}}}`,
		"the last member is in an unnamed one":  `{"size": 4, "align": 4, "unnamed": [{"size": 4, "end": 1}], "members": {"n": {"size": 4, "type": "int"}}}`,
		"an unnamed member that has no members": `{"size": 4, "align": 4, "unnamed": [{"first": 1, "end": 1}], "members": {"n": {"size": 4, "type": "int"}}}`,
	} {
		h, err := ReadRecord(strings.NewReader(`{"goarch": "386", "scalars": {"int": {"size": 4, "sign": "signed"}}, "structs": {"S": ` + text + `}}`))
		require.NoError(t, err, name)
		assert.NoError(t, h.Check(), name)
	}
	// A typedef of itself ends.
	h, err := ReadRecord(strings.NewReader(`{"goarch": "386", "typedefs": {"A": "B", "B": "A"}, "structs": {"S": {"size": 4, "members": {"a": {"size": 4, "type": "A"}}}}}`))
	require.NoError(t, err)
	require.NoError(t, h.Check())
	assert.Nil(t, h.Struct("A"))
}

// The engine's record of a header is one made by hand: the header is so small that every number can
// be checked by eye.
func TestRecordByHand(t *testing.T) {
	const want = `{
 "set": "unknown headers",
 "goarch": "386",
 "headers": ["small.h"],
 "structs": {
  "SMALL": {"file": "small.h", "size": 16, "align": 8, "members": {
   "flag": {"offset": 0, "size": 1, "sign": "unsigned", "type": "BYTE"},
   "kind": {"offset": 4, "size": 4, "sign": "unsigned", "type": "KIND"},
   "when": {"offset": 8, "size": 8, "sign": "signed", "type": "long long"}}}
 },
 "enums": {
  "KIND": {"file": "small.h", "size": 4, "sign": "unsigned", "values": {"KIND_NONE": 0, "KIND_ONE": 1}}
 },
 "functions": {"small": {"type": "int (SMALL *, KIND)"}},
 "macros": {"SMALL_MAX": 255, "SMALL_LONG": {"value": 1, "size": 8}},
 "typedefs": {"BYTE": "unsigned char", "struct _SMALL": "SMALL", "enum _KIND": "KIND"},
 "scalars": {"int": {"size": 4, "sign": "signed"}, "long long": {"size": 8, "sign": "signed"}, "unsigned char": {"size": 1, "sign": "unsigned"}}
}`
	const header = `typedef unsigned char BYTE;
typedef enum _KIND { KIND_NONE, KIND_ONE } KIND;
typedef struct _SMALL { BYTE flag; KIND kind; long long when; } SMALL;
#define SMALL_MAX 255
#define SMALL_LONG 1ll
int small(SMALL *s, KIND kind);
typedef struct _UNUSED { int nothing; } UNUSED;
`
	targets := compilers(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "small.h"), []byte(header), 0o600))
	type small struct {
		Flag byte
		_    [3]byte
		Kind uint32
		When int64
	}
	byHand, err := ReadRecord(strings.NewReader(want))
	require.NoError(t, err)
	for _, target := range targets {
		if target.GOARCH != "386" || strings.Contains(strings.Join(target.CC, " "), "msvc") { // whose enums are signed
			continue
		}
		target.CC = append(target.CC, "-I", dir)
		spec := Spec{
			Headers:   []string{"small.h"},
			Types:     []Type{Struct[small]("SMALL")},
			Constants: []Constant{{"SMALL_MAX", 255}, {"SMALL_LONG", 1}},
			Functions: []Function{FuncOf[func(uintptr, uint32) int32]("small")},
		}
		h, err := spec.Probe(t.Context(), target)
		require.NoError(t, err)
		text, err := json.Marshal(h.Record([]string{"small.h"}))
		require.NoError(t, err)
		got, err := ReadRecord(strings.NewReader(string(text)))
		require.NoError(t, err)
		got.Compiler, got.Set, got.Version = "", byHand.Set, "" // stddef.h is MinGW-w64's
		delete(got.Structs, "UNUSED")                           // it is in the file
		delete(got.Typedefs, "struct _UNUSED")
		assert.Empty(t, cmp.Diff(byHand, got, cmpopts.IgnoreUnexported(Headers{})), "%v", target.CC)
	}
}
