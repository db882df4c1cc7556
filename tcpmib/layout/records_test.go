package layout

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a record mentions and does not declare is taken from another one, as far as that is needed.
func TestExplain(t *testing.T) {
	record := func(text string) *Headers {
		h, err := ReadRecord(strings.NewReader(text))
		require.NoError(t, err)
		return h
	}
	const from = `{"goarch": "386",
		"structs": {"POINT": {"size": 8, "members": {"x": {"size": 4, "type": "LONG"}, "next": {"offset": 4, "size": 4, "type": "NODE *"}}},
			"NODE": {"size": 4, "members": {"kind": {"size": 4, "type": "KIND"}}}, "UNUSED": {"size": 4}},
		"enums": {"KIND": {"size": 4, "values": {}}},
		"typedefs": {"LONG": "long", "PPOINT": "POINT *", "DWORD": "unsigned long", "OTHER": "long"},
		"scalars": {"long": {"size": 4, "sign": "signed"}, "unsigned long": {"size": 4, "sign": "unsigned"}, "char": {"size": 1, "sign": ""}}}`
	for name, c := range map[string]struct {
		h                                 string
		structs, enums, typedefs, scalars string
	}{
		"a member's type":          {`{"goarch": "386", "structs": {"S": {"size": 4, "members": {"a": {"size": 4, "type": "DWORD"}}}}}`, "S", "", "DWORD", "unsigned long"},
		"behind a pointer":         {`{"goarch": "386", "structs": {"S": {"size": 4, "members": {"a": {"size": 4, "type": "DWORD *"}}}}}`, "S", "", "DWORD", "unsigned long"},
		"in an array":              {`{"goarch": "386", "structs": {"S": {"size": 8, "members": {"a": {"size": 8, "type": "DWORD[2]"}}}}}`, "S", "", "DWORD", "unsigned long"},
		"a struct and all in it":   {`{"goarch": "386", "structs": {"S": {"size": 8, "members": {"a": {"size": 8, "type": "POINT"}}}}}`, "NODE POINT S", "KIND", "LONG", "long"},
		"a function's parameters":  {`{"goarch": "386", "functions": {"f": {"type": "LONG (DWORD *, KIND)"}}}`, "", "KIND", "DWORD LONG", "long unsigned long"},
		"a typedef of a pointer":   {`{"goarch": "386", "typedefs": {"MINE": "DWORD *"}}`, "", "", "DWORD MINE", "unsigned long"},
		"a pointer to a function":  {`{"goarch": "386", "structs": {"S": {"size": 4, "members": {"f": {"size": 4, "type": "LONG (DWORD) *"}}}}}`, "S", "", "", ""},
		"nothing that it declares": {`{"goarch": "386", "typedefs": {"DWORD": "char"}, "structs": {"S": {"size": 4, "members": {"a": {"size": 4, "type": "DWORD"}}}}}`, "S", "", "DWORD", "char"},
		"nothing that is unknown":  {`{"goarch": "386", "structs": {"S": {"size": 4, "members": {"a": {"size": 4, "type": "WHAT"}}}}}`, "S", "", "", ""},
	} {
		h := record(c.h)
		h.Explain(record(from))
		assert.Equal(t, c.structs, names(h.Structs), name)
		assert.Equal(t, c.enums, names(h.Enums), name)
		assert.Equal(t, c.typedefs, names(h.Typedefs), name)
		assert.Equal(t, c.scalars, names(h.Scalars), name)
	}
}

// names are the keys of a map, in order.
func names[V any](m map[string]V) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// Record keeps what some header files declare, under all its names, with the types that it
// mentions.
func TestRecordKeeps(t *testing.T) {
	h, err := ReadRecord(strings.NewReader(`{"goarch": "386", "set": "Wine",
		"structs": {"A": {"file": "a.h", "size": 4, "members": {"k": {"size": 4, "type": "K"}}}, "B": {"file": "b.h", "size": 4}},
		"enums": {"K": {"file": "b.h", "size": 4, "values": {}}, "L": {"file": "A.h", "size": 4, "values": {}}, "M": {"file": "b.h", "size": 4, "values": {}}},
		"typedefs": {"struct _A": "A", "struct _B": "B", "enum _L": "L", "enum _M": "M"},
		"functions": {"f": {"type": "void (void)"}}, "macros": {"N": 1}}`))
	require.NoError(t, err)
	kept := h.Record([]string{"a.h"})
	assert.Equal(t, "A / K L / enum _L struct _A / f / N", strings.Join([]string{
		names(kept.Structs), names(kept.Enums), names(kept.Typedefs), names(kept.Functions), names(kept.Macros)}, " / "))
	assert.Equal(t, SetWine, kept.Set)
	assert.Equal(t, []string{"A", "struct _A"}, kept.StructNames())
	assert.Equal(t, []string{"K", "L", "enum _L"}, kept.EnumNames())
}

// A value is written so that it is read again as it was, its size included.
func TestValuesGoThroughJSON(t *testing.T) {
	for want, v := range map[string]CValue{
		"0":                                {0, false, 4},
		"4294967295":                       {1<<32 - 1, false, 4},
		"4294967296":                       {1 << 32, false, 8},
		"-1":                               {1<<64 - 1, true, 4},
		"-2147483648":                      {1<<64 - 1<<31, true, 4},
		"-2147483649":                      {1<<64 - 1<<31 - 1, true, 8},
		`{"value": 1, "size": 8}`:          {1, false, 8},
		`{"value": -1, "size": 8}`:         {1<<64 - 1, true, 8},
		`{"value": 4294967295, "size": 8}`: {1<<32 - 1, false, 8},
		"18446744073709551615":             {1<<64 - 1, false, 8},
	} {
		text, err := v.MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
		var back CValue
		require.NoError(t, back.UnmarshalJSON(text))
		assert.Equal(t, v, back)
	}
}

// A prototype is taken apart at the commas that are not in a parameter's own prototype.
func TestSplitPrototype(t *testing.T) {
	for proto, want := range map[string]string{
		"void (void)": "void",
		"int ()":      "int",
		"ULONG (PVOID, DWORD) __attribute__((stdcall))": "ULONG|PVOID|DWORD",
		"void * (int (int, char) *, T[2])":              "void *|int (int, char) *|T[2]",
		"int (int)":                                     "int|int",
		"(int)":                                         "|int",
	} {
		result, params, ok := splitPrototype(proto)
		assert.True(t, ok, proto)
		assert.Equal(t, want, strings.Join(append([]string{result}, params...), "|"))
	}
	for _, bad := range []string{"int", "int (int", "", "int) ("} {
		_, _, ok := splitPrototype(bad)
		assert.False(t, ok, bad)
	}
}

// What a header file declares and Go lacks is missing, whatever kind it is, unless it is omitted
// under one of its names.
func TestCompleteByHand(t *testing.T) {
	h, err := ReadRecord(strings.NewReader(`{"goarch": "amd64",
		"structs": {"S": {"file": "a.h", "size": 4, "align": 4, "members": {"n": {"size": 4, "sign": "unsigned", "type": "DWORD"}}}, "U": {"file": "a.h", "union": true, "size": 4},
			"S.in": {"file": "a.h", "size": 4}, "OTHER": {"file": "b.h", "size": 4}},
		"enums": {"E": {"file": "a.h", "size": 4, "values": {"E_ONE": 1, "E_TWO": 2}}, "enum:a.h:7": {"file": "a.h", "size": 4, "values": {"LONE": 1}}, "F": {"file": "b.h", "size": 4, "values": {"F_ONE": 1}}},
		"functions": {"GetA": {"file": "a.h", "type": "void (void)"}, "SetA": {"file": "a.h", "type": "void (void)"}, "GetB": {"file": "b.h", "type": "void (void)"}, "GetC": {"type": "void (void)"}},
		"typedefs": {"struct _U": "U", "enum _E": "E"}, "scalars": {"DWORD": {"size": 4, "sign": "unsigned"}}}`))
	require.NoError(t, err)
	type s struct{ N uint32 }
	for name, c := range map[string]struct {
		spec Spec
		want string
	}{
		"nothing is demanded": {Spec{}, ""},
		"nothing is there":    {Spec{Rules: Rules{Complete: []string{"A.H"}}}, "missing S; missing U; missing E; missing E_ONE; missing E_TWO; missing LONE"},
		"some is there": {Spec{Types: []Type{Struct[s]("S"), EnumOf[uint32]("E")}, Constants: []Constant{{"E_ONE", 1}, {"LONE", 1}}, Rules: Rules{Complete: []string{"a.h"}}},
			"missing U; missing E_TWO"},
		"omitted under another name": {Spec{Types: []Type{Struct[s]("S")}, Rules: Rules{Complete: []string{"a.h"}, Omitted: []Omission{{"struct _U", "x"}, {"enum _E", "x"}, {"LO*", "x"}}}}, ""},
		"another file":               {Spec{Rules: Rules{Complete: []string{"b.h"}}}, "missing OTHER; missing F; missing F_ONE"},
		"no such file":               {Spec{Rules: Rules{Complete: []string{"c.h"}}}, "complete c.h"},
		"functions of a file":        {Spec{Rules: Rules{CompleteFunctions: []Prototypes{{"a.h", "Get*"}}}}, "missing GetA; missing GetC"},
		"functions that are claimed": {Spec{Functions: []Function{FuncOf[func()]("GetA")}, Rules: Rules{CompleteFunctions: []Prototypes{{"A.H", "*"}}, Omitted: []Omission{{"GetC", "x"}}}}, "missing SetA"},
	} {
		g, err := c.spec.Go("amd64")
		require.NoError(t, err)
		var got []string
		for _, f := range Compare(g, h, c.spec.Rules).Findings {
			got = append(got, string(f.Kind)+" "+f.Item)
		}
		assert.Equal(t, c.want, strings.Join(got, "; "), name)
	}
}

// An error is the one of its own file, and is put down to the #include that led there.
func TestParseErrorsOfChains(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		want  []sourceError
		first string
	}{
		"none": {"layout_probe.c:3:1: warning: odd\n", nil, ""},
		"of the probe itself": {"layout_probe.c:12:3: error: unknown type\n",
			[]sourceError{{file: "layout_probe.c", line: 12, text: "layout_probe.c:12:3: error: unknown type", message: "unknown type"}}, "layout_probe.c:12:3: error: unknown type"},
		"of a header": {"In file included from /x/a.h:2:\n                 from layout_probe.c:7:\n/x/b.h:1:2: error: bad\n/x/b.h:2: fatal error: worse\n",
			[]sourceError{{file: "b.h", line: 1, include: 7, text: "/x/b.h:1:2: error: bad", message: "bad"}, {file: "b.h", line: 2, include: 7, text: "/x/b.h:2: fatal error: worse", message: "worse"}}, "/x/b.h:1:2: error: bad"},
		"of a header, then of the probe": {"In file included from layout_probe.c:7:\nb.h:1:2: error: bad\nlayout_probe.c:9:1: error: own\n",
			[]sourceError{{file: "b.h", line: 1, include: 7, text: "b.h:1:2: error: bad", message: "bad"}, {file: "layout_probe.c", line: 9, text: "layout_probe.c:9:1: error: own", message: "own"}}, "b.h:1:2: error: bad"},
		"of two headers": {"In file included from layout_probe.c:7:\nb.h:1:2: error: bad\nIn file included from layout_probe.c:9:\nc.h:4:1: error: too\n",
			[]sourceError{{file: "b.h", line: 1, include: 7, text: "b.h:1:2: error: bad", message: "bad"}, {file: "c.h", line: 4, include: 9, text: "c.h:4:1: error: too", message: "too"}}, "b.h:1:2: error: bad"},
		"in no file": {"cc1: error: bad option\r\n", nil, "cc1: error: bad option"},
	} {
		errs, first := parseErrors(c.text)
		assert.Empty(t, cmp.Diff(c.want, errs, cmp.AllowUnexported(sourceError{}), cmpopts.EquateEmpty()), name)
		assert.Equal(t, c.first, first, name)
	}
}

// A record of SDKs that names no header set is of Windows's.
func TestSetOfARecord(t *testing.T) {
	for text, want := range map[string]string{
		`{"goarch": "amd64"}`:                                        "",
		`{"goarch": "amd64", "sdks": ["10.0.26100"]}`:                SetSDK,
		`{"goarch": "amd64", "set": "Wine", "sdks": ["10.0.26100"]}`: SetWine,
		`{"goarch": "amd64", "set": "Wine"}`:                         SetWine,
	} {
		h, err := ReadRecord(strings.NewReader(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, h.Set, text)
	}
}
