package layout

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"structs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// byHand are headers of a few lines: "NAME size align: member offset TYPE; other offset
// TYPE:bits@bit", with "union" before the name of a union. Members that share bytes are those of a
// union without a name. "; union offset size first end" at the end is such a union, or a struct,
// as CUnnamed has it; "typedef NAME TYPE" is another name of a type.
func byHand(t *testing.T, goarch string, structs ...string) *Headers {
	t.Helper()
	h := &Headers{Set: SetMinGW, GOARCH: goarch, Structs: map[string]*CStruct{}, Typedefs: map[string]string{}, Scalars: map[string]CScalar{
		"BYTE": {1, unsigned}, "CHAR": {1, signed}, "WORD": {2, unsigned}, "SHORT": {2, signed}, "DWORD": {4, unsigned}, "LONG": {4, signed}, "UINT64": {8, unsigned},
		"INT64": {8, signed}, "float": {4, float}, "double": {8, float},
	}}
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		require.NoError(t, err)
		return n
	}
	for _, text := range structs {
		if name, ok := strings.CutPrefix(text, "typedef "); ok {
			name, typ, _ := strings.Cut(name, " ")
			h.Typedefs[name] = typ
			continue
		}
		head, members, _ := strings.Cut(text, ": ")
		head, isUnion := strings.CutPrefix(head, "union ")
		words := strings.Fields(head)
		s := &CStruct{Union: isUnion, Size: number(words[1]), Align: number(words[2])}
		for _, one := range strings.Split(members, "; ") {
			if w := strings.Fields(one); len(w) == 5 && (w[0] == "union" || w[0] == "struct") {
				s.Unnamed = append(s.Unnamed, CUnnamed{w[0] == "union", number(w[1]), number(w[2]), int(number(w[3])), int(number(w[4]))})
				continue
			}
			w := strings.SplitN(one, " ", 3)
			m := CMember{Name: w[0], Offset: number(w[1])}
			typ, bits, isBits := strings.Cut(w[2], ":")
			ct := h.typeOf(typ)
			if m.Type, m.Size, m.Sign = typ, ct.size, ct.sign; isBits {
				width, first, _ := strings.Cut(bits, "@")
				m.Bits, m.Bit = number(width), number(first)
			}
			s.Members = append(s.Members, m)
		}
		h.Structs[words[0]] = s
	}
	return h
}

// findingsOf compares a Go type with headers on amd64. Alignment that nothing shows is not among
// the findings.
func findingsOf(t *testing.T, typ Type, h *Headers) string {
	t.Helper()
	g, err := Spec{Types: []Type{typ}}.Go(h.GOARCH)
	require.NoError(t, err)
	var list []string
	for _, f := range Compare(g, h, Rules{}).Findings {
		if f.Kind != KindAlign {
			list = append(list, fmt.Sprintf("%s %s: %s", f.Kind, f.Item, f.Detail))
		}
	}
	return strings.Join(list, "\n")
}

// Whole sentences about mistakes in one or two fields, and right structs that are close to them.
func TestSentences(t *testing.T) {
	const (
		row   = "S 16 4: dwState 0 DWORD; dwAddr 4 DWORD; dwPort 8 DWORD; dwPid 12 DWORD"
		words = "S 8 2: first 0 WORD; second 2 WORD; third 4 WORD; fourth 6 WORD"
		bits  = "S 8 4: low 0 DWORD:3@0; mid 0 DWORD:13@3; high 0 DWORD:16@16; after 4 DWORD"
		flex  = "S 4 4: dwLength 0 DWORD; Data 4 WORD[]"
		arms  = "S 12 4: kind 0 DWORD; x 4 WORD; y 6 WORD; whole 4 LONG; after 8 DWORD"
		sized = "S 16 8: kind 0 DWORD; value 8 U"
		union = "union U 8 8: large 0 UINT64; small 0 DWORD; flag 0 WORD:1@0"
	)
	type (
		xy    struct{ X, Y uint16 }
		yx    struct{ Y, X uint16 }
		names struct{ A, B uint16 }
		time  struct{ LowPart, HighPart uint32 }
	)
	for name, c := range map[string]struct {
		typ  any
		c    []string
		want string
	}{
		"right": {struct{ State, Addr, Port, Pid uint32 }{}, []string{row}, ""},
		"a member in two, the first of which has its name": {struct {
			State      uint32
			Addr, More uint16
			Port, Pid  uint32
		}{}, []string{row}, "size S.dwAddr: it is one integer (DWORD) in C, and Addr and More in Go: make them one uint32"},
		"a member in two, the second of which has its name": {struct {
			State      uint32
			More, Addr uint16
			Port, Pid  uint32
		}{}, []string{row}, "size S.dwAddr: it is one integer (DWORD) in C, and More and Addr in Go: make them one uint32"},
		"a member in three": {struct {
			State       uint32
			Addr        uint8
			More, Again uint8
			_           uint8
			Port, Pid   uint32
		}{}, []string{row}, "size S.dwAddr: size is 4 in C and 1 in Go: make it uint32\nabsent S.More: Go has More and Again from offset 5 on, and C has nothing to match them: remove them"},
		"the last two in one": {struct {
			State, Addr uint32
			Port        uint64
		}{}, []string{row}, "size S.dwPort: it covers dwPort and dwPid: one field stands for one member: write Port uint32 and Pid uint32"},
		"the first two in one, by the name of the second": {struct {
			Addr      uint64
			Port, Pid uint32
		}{}, []string{row}, "size S.dwState: it covers dwState and dwAddr: one field stands for one member: write State uint32 and Addr uint32"},
		"all in one, by no name":   {struct{ Everything uint64 }{}, []string{words}, "size S.first: it covers first, second, third and fourth: one field stands for one member: write First uint16, Second uint16, Third uint16 and Fourth uint16"},
		"integers for all members": {struct{ Data [4]uint32 }{}, []string{row}, "size S.dwState: it covers dwState, dwAddr, dwPort and dwPid: one field stands for one member: write State uint32, Addr uint32, Port uint32 and Pid uint32"},
		"integers in structs for all members": {struct {
			_ structs.HostLayout
			D struct{ Data [2]uint64 }
		}{}, []string{row}, "size S.dwState: it covers dwState, dwAddr, dwPort and dwPid: one field stands for one member: write State uint32, Addr uint32, Port uint32 and Pid uint32"},
		"integers for all members, too few":        {struct{ Data [3]uint32 }{}, []string{row}, "size S.dwState: it has 12 bytes for the 16 of dwState, dwAddr, dwPort and dwPid: write State uint32, Addr uint32, Port uint32 and Pid uint32"},
		"integers for all members, too many":       {struct{ Data [3]uint64 }{}, []string{row}, "size S.dwState: it has 24 bytes for the 16 of dwState, dwAddr, dwPort and dwPid: write State uint32, Addr uint32, Port uint32 and Pid uint32"},
		"bytes for all members":                    {struct{ Data [16]byte }{}, []string{row}, ""},
		"bytes for all members, too few":           {struct{ Data [15]byte }{}, []string{row}, "size S.dwState: it has 15 bytes for the 16 of dwState, dwAddr, dwPort and dwPid: write State uint32, Addr uint32, Port uint32 and Pid uint32"},
		"bytes for all members and the padding":    {struct{ Data [16]byte }{}, []string{"S 16 8: large 0 UINT64; small 8 DWORD"}, ""},
		"integers for all members and the padding": {struct{ Data [2]uint64 }{}, []string{"S 16 8: large 0 UINT64; small 8 DWORD"}, "size S.large: it covers large and small: one field stands for one member: write Large uint64 and Small uint32"},
		"integers for the last members": {struct {
			State uint32
			Rest  [3]uint32
		}{}, []string{row}, "size S.dwAddr: it covers dwAddr, dwPort and dwPid: one field stands for one member: write Addr uint32, Port uint32 and Pid uint32"},
		"integers for the first members": {struct {
			First [2]uint32
			Port  uint32
			Pid   uint32
		}{}, []string{row}, "size S.dwState: it covers dwState and dwAddr: one field stands for one member: write State uint32 and Addr uint32"},
		"integers for members and the padding between": {struct {
			Data [3]uint64
			Last uint32
		}{}, []string{"S 32 8: a 0 DWORD; b 8 UINT64; c 16 WORD; last 24 DWORD"}, "size S.a: it covers a, b and c: one field stands for one member: write A uint32, B uint64, C uint16 and _ [6]byte"},
		"integers named as the first of the members that they cover": {struct {
			State [2]uint32
			Port  uint32
			Pid   uint32
		}{}, []string{row}, "size S.dwState: it covers dwState and dwAddr: one field stands for one member: write State uint32 and Addr uint32"},
		"names that are alike without their prefixes": {struct{ Message uint32 }{}, []string{"S 24 8: message 0 DWORD; wParam 8 UINT64; lParam 16 INT64"}, "prefix S: Go has the first 4 of 24 bytes, and C goes on with wParam and lParam: add WParam uint64 and LParam int64 at the end"},
		"two in one, by no name": {struct {
			Both          uint32
			Third, Fourth uint16
		}{}, []string{words}, "size S.first: it covers first and second: one field stands for one member: write First uint16 and Second uint16"},
		"bytes for two members": {struct {
			Raw           [4]byte
			Third, Fourth uint16
		}{}, []string{words}, ""},
		"a blank field for two members": {struct {
			_             uint32
			Third, Fourth uint16
		}{}, []string{words}, ""},
		"a blank field for two members, too short": {struct {
			_             uint16
			Third, Fourth uint16
		}{}, []string{words}, "forgotten S.second: C has 2 bytes at offset 2 that no Go field names: add Second uint16 before Third"},
		"the first forgotten": {struct{ Addr, Port, Pid uint32 }{}, []string{row}, "forgotten S.dwState: C has 4 bytes at offset 0 that no Go field names: add State uint32 before Addr"},
		"two forgotten":       {struct{ State, Pid uint32 }{}, []string{row}, "forgotten S.dwAddr: C has 8 bytes at offset 4 that no Go field names (dwAddr and dwPort): add Addr uint32 and Port uint32 before Pid"},
		"the last forgotten, next to tags": {struct {
			State uint32 `c:"dwState"`
			Addr  uint32 `c:"dwAddr"`
			Port  uint32 `c:"dwPort"`
		}{}, []string{row}, "forgotten S.dwPid: C has 4 bytes at offset 12 that no Go field names: add Pid uint32 at the end"},
		"a prefix":         {struct{ State, Addr uint32 }{}, []string{row}, "prefix S: Go has the first 8 of 16 bytes, and C goes on with dwPort and dwPid: add Port uint32 and Pid uint32 at the end"},
		"one too many":     {struct{ State, Addr, Extra, Port, Pid uint32 }{}, []string{row}, "absent S.Extra: Go has uint32 at offset 8, and C has nothing to match it: remove it"},
		"two too many":     {struct{ State, Addr, Port, Pid, One, Two uint32 }{}, []string{row}, "absent S.One: Go has One and Two from offset 16 on, and C has nothing to match them: remove them"},
		"exchanged":        {struct{ State, Pid, Port, Addr uint32 }{}, []string{row}, "offset S.dwPid: offset is 12 in C and 4 in Go: exchange it with Addr"},
		"moved to the end": {struct{ Addr, Port, Pid, State uint32 }{}, []string{row}, "offset S.dwState: offset is 0 in C and 12 in Go: move it before Addr"},
		"two moved to the beginning": {struct{ Port, Pid, State, Addr, Spare uint32 }{}, []string{"S 20 4: dwState 0 DWORD; dwAddr 4 DWORD; dwSpare 8 DWORD; dwPort 12 DWORD; dwPid 16 DWORD"},
			"offset S.dwPid: offset is 16 in C and 4 in Go: move it to the end\noffset S.dwPort: offset is 12 in C and 0 in Go: move it before Pid"},
		"moved to the beginning": {struct{ Pid, State, Addr, Port uint32 }{}, []string{row}, "offset S.dwPid: offset is 12 in C and 0 in Go: move it to the end"},
		"narrowed": {struct {
			State     uint32
			Addr      uint16
			_         uint16
			Port, Pid uint32
		}{}, []string{row}, "size S.dwAddr: size is 4 in C and 2 in Go: make it uint32 and take 2 bytes out behind it"},
		"of another sign": {struct {
			State           int32
			Addr, Port, Pid uint32
		}{}, []string{row}, "sign S.dwState: it is unsigned in C and signed in Go: make it uint32"},
		"a float": {struct {
			State           float32
			Addr, Port, Pid uint32
		}{}, []string{row}, "type S.dwState: it is an integer (DWORD) in C and float32 in Go: make it uint32"},
		"a bit-field two bytes early": {struct {
			High  uint16 `c:"high"`
			_     uint16
			After uint32 `c:"after"`
		}{}, []string{bits}, "size S.high: it is bits 16 to 31 of the unit at offset 0 in C, and Go has 2 bytes at offset 0"},
		"bit-fields in one": {struct{ Flags, After uint32 }{}, []string{bits}, ""},
		"bit-fields in two": {struct {
			Low, High uint16
			After     uint32
		}{}, []string{bits}, ""},
		"bit-fields as bytes": {struct {
			Flags [4]byte
			After uint32
		}{}, []string{bits}, ""},
		"bit-fields in a struct around one": {struct {
			Flags struct{ Value uint32 }
			After uint32
		}{}, []string{bits}, ""},
		"an array without a length, left out": {struct{ Length uint32 }{}, []string{flex}, ""},
		"an array without a length, of one": {struct {
			Length uint32
			Data   [1]uint16
		}{}, []string{flex}, "size S.Data: C gives it no length, so that sizeof is one element more in Go: remove it"},
		"an array without a length, of one, by another name": {struct {
			Length uint32
			Rest   [1]uint16
		}{}, []string{flex}, "size S.Data: C gives it no length, so that sizeof is one element more in Go: remove it"},
		"an arm of a union as a struct": {struct {
			Kind  uint32
			Pos   xy
			After uint32
		}{}, []string{arms}, ""},
		"an arm of a union as a struct, turned": {struct {
			Kind  uint32
			Pos   yx
			After uint32
		}{}, []string{arms}, "offset S.y: offset is 6 in C and 4 in Go: exchange it with Pos.X"},
		"an arm of a union, by no name": {struct {
			Kind  uint32
			Pos   names
			After uint32
		}{}, []string{arms}, ""},
		"a union as one of its members": {struct {
			Kind  uint32
			Whole int32
			After uint32
		}{}, []string{arms}, ""},
		"a union as one of its members, by no name": {struct {
			Kind  uint32
			Value int32
			After uint32
		}{}, []string{arms}, ""},
		"a union as storage": {struct {
			Kind  uint32
			Value [2]uint16
			After uint32
		}{}, []string{arms}, ""},
		"a union as storage of two dimensions": {struct {
			Kind  uint32
			Value [2][1]uint16
			After uint32
		}{}, []string{arms}, ""},
		"a union as signed storage of two dimensions": {struct {
			Kind  uint32
			Value [2][1]int16
			After uint32
		}{}, []string{arms}, "element S.x: it is an array in Go and an integer (LONG) in C: make it [1]uint32"},
		"a named union as a struct of other integers": {struct {
			Kind  uint32
			_     uint32
			Value struct{ A, B int32 }
		}{}, []string{union, sized}, "sign S.value: within it, value.large: it is unsigned in C and signed in Go: make it [1]uint64"},
		"a struct as storage": {struct{ In struct{ Data [2]uint32 } }{}, []string{"R 8 4: a 0 LONG; b 4 LONG", "S 8 4: in 0 R"}, "size S.in: within it, in.a: it covers a and b: one field stands for one member: write A int32 and B int32"},
		"an array without a length, and one of one behind it": {struct {
			Length uint32
			Data   [0]uint16
			First  [1]uint16
		}{}, []string{flex}, "sizeof S.Data: C gives Data no length, so that sizeof is one element more in Go: remove it"},
		"a name that is another's without its prefix": {struct{ First, State, DwState uint32 }{}, []string{"S 12 4: state 0 DWORD; size 4 DWORD; dwState 8 DWORD"}, "offset S.size: offset is 4 in C and 0 in Go: exchange it with State"},
		"one too many, and the last word of a name":   {struct{ Other, Number uint32 }{}, []string{"S 4 4: remoteNumber 0 DWORD"}, "absent S.Other: Go has uint32 at offset 0, and C has nothing to match it: remove it"},
		"a union as signed storage": {struct {
			Kind  uint32
			Value [2]int16
			After uint32
		}{}, []string{arms}, "element S.x: it is an array in Go and an integer (LONG) in C: make it [1]uint32"},
		"a named union as its small member": {struct {
			Kind  uint32
			_     uint32
			Value uint32
			_     uint32
		}{}, []string{union, sized}, ""},
		"a named union as a bit-field of it": {struct {
			Kind  uint32
			_     uint32
			Value uint16
			_     [6]byte
		}{}, []string{union, sized}, "size S.value: size is 8 in C and 2 in Go: make it uint64 and take 6 bytes out behind it"},
		"a 64-bit integer as a pair":           {struct{ T time }{}, []string{"S 8 8: t 0 INT64"}, ""},
		"a pointer as a number of its size":    {struct{ P uint64 }{}, []string{"S 8 8: p 0 DWORD *"}, "type S.p: it is a pointer (DWORD *) in C and uint64 in Go: make it uintptr"},
		"a pointer as a number of another one": {struct{ P uint32 }{}, []string{"S 8 8: p 0 DWORD *"}, "size S.p: size is 8 in C and 4 in Go: make it uintptr"},
		"packed": {struct {
			A uint8
			B uint32
		}{}, []string{"S 5 1: a 0 BYTE; b 1 DWORD"}, "offset S.b: Go aligns it more than C does: offset is 1 in C and 4 in Go: make B [4]byte"},
		"packed, and its first field": {struct {
			A uint64
			B uint32
		}{}, []string{"S 12 4: a 0 UINT64; b 8 DWORD"}, "sizeof S.a: Go aligns it more than C does: sizeof is 12 in C and 16 in Go: make A [8]byte"},
		"packed, and its first field before another": {struct {
			A uint64
			B uint32
			C uint64
		}{}, []string{"S 20 4: a 0 UINT64; b 8 DWORD; c 12 UINT64"}, "offset S.c: Go aligns it more than C does: offset is 12 in C and 16 in Go: make A [8]byte and C [8]byte"},
		"packed, with a struct in C": {struct {
			A    uint32
			B, C uint64
			D    uint64
		}{}, []string{"FILETIME 8 4: dwLowDateTime 0 DWORD; dwHighDateTime 4 DWORD", "S 28 4: a 0 DWORD; b 4 FILETIME; c 12 FILETIME; d 20 UINT64"},
			"offset S.b: Go aligns it more than C does: offset is 4 in C and 8 in Go: make B FILETIME, C FILETIME and D [8]byte"},
		"padding too long": {struct {
			A uint32
			_ [8]byte
			B uint32
		}{}, []string{"S 12 4: a 0 DWORD; b 8 DWORD"}, "offset S.b: offset is 8 in C and 12 in Go: it is 4 bytes late on amd64, and so is every field after it: take 4 bytes out before it"},
		"padding too short": {struct {
			A uint32
			B uint32
		}{}, []string{"S 12 4: a 0 DWORD; b 8 DWORD"}, "offset S.b: offset is 8 in C and 4 in Go: it is 4 bytes early on amd64, and so is every field after it: pad 4 bytes before it"},
		"packed, and of another sign": {struct {
			A uint8
			B uint32
			C int8
		}{}, []string{"S 6 1: a 0 BYTE; b 1 DWORD; c 5 BYTE"}, "offset S.b: Go aligns it more than C does: offset is 1 in C and 4 in Go: make B [4]byte\nsign S.c: it is unsigned in C and signed in Go: make it uint8"},
		"the last byte forgotten, next to tags": {struct {
			A uint16 `c:"a"`
			B uint8  `c:"b"`
		}{}, []string{"S 4 2: a 0 WORD; b 2 BYTE; c 3 BYTE"}, "forgotten S.c: C has 1 byte at offset 3 that no Go field names: add C uint8 at the end"},
		"two runs forgotten": {struct {
			Addr uint32 `c:"dwAddr"`
			Pid  uint32 `c:"dwPid"`
		}{}, []string{row}, "forgotten S.dwState: C has 4 bytes at offset 0 that no Go field names: add State uint32 before Addr\nforgotten S.dwPort: C has 4 bytes at offset 8 that no Go field names: add Port uint32 before Pid"},
		"bytes where padding is, and a field behind": {struct {
			A uint8
			_ [3]byte
			B uint32
			C uint8
			_ [3]byte
		}{}, []string{"S 12 4: a 0 BYTE; b 4 DWORD; c 8 BYTE"}, ""},
		"reserved fields that C has not": {struct {
			A        uint32
			Reserved uint32
		}{}, []string{"S 4 4: a 0 DWORD"}, "sizeof S: sizeof is 4 in C and 8 in Go on amd64: take 4 bytes out at the end"},
		"an array of bytes for two of three members": {struct {
			Raw    [4]byte
			Fourth uint16
		}{}, []string{"S 6 2: first 0 WORD; second 2 WORD; fourth 4 WORD"}, ""},
		"a float for two members": {struct {
			Both  float32
			After uint32
		}{}, []string{"S 8 4: x 0 WORD; y 2 WORD; after 4 DWORD"}, "size S.x: it covers x and y: one field stands for one member: write X uint16 and Y uint16"},
		"exchanged, far apart":              {struct{ Pid, Addr, Port, State uint32 }{}, []string{row}, "offset S.dwPid: offset is 12 in C and 0 in Go: exchange it with State"},
		"two exchanges":                     {struct{ Addr, State, Pid, Port uint32 }{}, []string{row}, "offset S.dwAddr: offset is 4 in C and 0 in Go: exchange it with State\noffset S.dwPid: offset is 12 in C and 8 in Go: exchange it with Port"},
		"moved back by two":                 {struct{ State, Port, Pid, Addr uint32 }{}, []string{row}, "offset S.dwAddr: offset is 4 in C and 12 in Go: move it before Port"},
		"moved forward by two":              {struct{ Port, State, Addr, Pid uint32 }{}, []string{row}, "offset S.dwPort: offset is 8 in C and 0 in Go: move it before Pid"},
		"too much between exchanged fields": {struct{ State, Pid, Extra, Port, Addr uint32 }{}, []string{row}, "offset S.dwPid: offset is 12 in C and 4 in Go: exchange it with Addr\nabsent S.Extra: Go has uint32 at offset 8, and C has nothing to match it: remove it"},
		"too much before bytes that are padded": {struct {
			A     uint32
			_     [2]byte
			B     [2]byte
			Extra uint32
		}{}, []string{"S 8 4: a 0 DWORD; b 6 BYTE[2]"}, "absent S.Extra: Go has uint32 at offset 8, and C has nothing to match it: remove it"},
		"too much before a struct of bytes": {struct {
			Kind, Extra uint8
			In          struct{ A, B uint8 }
		}{}, []string{"S 3 1: kind 0 BYTE; a 1 BYTE; b 2 BYTE"}, "absent S.Extra: Go has uint8 at offset 1, and C has nothing to match it: remove it"},
		"too much behind bit-fields in two": {struct {
			Low, High    uint16
			Extra, After uint32
		}{}, []string{bits}, "absent S.Extra: Go has uint32 at offset 4, and C has nothing to match it: remove it"},
		"a bit-field at the end of a unit forgotten": {struct {
			Kind uint32 `c:"kind"`
			Low  uint8  `c:"low"`
			_    [3]byte
		}{}, []string{"S 8 4: kind 0 DWORD; low 4 DWORD:8@0; high 4 DWORD:8@24"}, "forgotten S.high: C has 1 byte at offset 7 that no Go field names: write _ [2]byte and High [1]byte in place of the blank field at the end"},
		"a struct that Go aligns less":         {struct{ In [8]byte }{}, []string{"S 8 8: in 0 UINT64"}, ""},
		"bytes in a struct for one of 64 bits": {struct{ In struct{ A [8]byte } }{}, []string{"R 8 8: a 0 UINT64", "S 8 8: in 0 R"}, ""},
		"integers for the last members, and padding before others": {struct {
			A      uint32
			_      [4]byte
			First  uint32
			Stored [8]uint16
		}{}, []string{"S 32 8: a 0 DWORD; b 8 DWORD; c 12 DWORD; d 16 UINT64; e 24 DWORD"}, "size S.c: it covers c, d and e: one field stands for one member: write C uint32, D uint64 and E uint32"},
		"a tag that is misspelt": {struct {
			State uint32 `c:"dwState"`
			Addr  uint32 `c:"dwAdr"`
			Port  uint32 `c:"dwPort"`
			Pid   uint32 `c:"dwPid"`
		}{}, []string{row}, "absent S.dwAdr: these headers do not have it"},
		"two tags that are misspelt": {struct {
			State uint32 `c:"dwStat"`
			Addr  uint32 `c:"dwAddr"`
			Port  uint32 `c:"dwPort"`
			Pid   uint32 `c:"dwPi"`
		}{}, []string{row}, "absent S.dwStat: these headers do not have it\nabsent S.dwPi: these headers do not have it"},
		"a tag of a bit-field that is misspelt": {struct {
			Flags uint32 `c:"low|mid|hihg"`
			After uint32 `c:"after"`
		}{}, []string{bits}, "absent S.hihg: these headers do not have it"},
		"one too many, by no name":       {struct{ P, Q, R uint16 }{}, []string{"S 4 2: first 0 WORD; second 2 WORD"}, "absent S.R: Go has uint16 at offset 4, and C has nothing to match it: remove it"},
		"an array of one as its element": {struct{ Count, X uint32 }{}, []string{"S 8 4: count 0 DWORD; x 4 DWORD[1]"}, ""},
		"an array of two as one number":  {struct{ Count, X uint64 }{}, []string{"S 16 8: count 0 UINT64; x 8 DWORD[2]"}, "type S.x: it is an array (DWORD[2]) in C and uint64 in Go: make it [2]uint32"},
		"no padding at the end":          {struct{ A uint32 }{}, []string{"S 8 4: a 0 DWORD"}, "sizeof S: sizeof is 8 in C and 4 in Go on amd64: pad 4 bytes at the end"},
		"padding at the end too long": {struct {
			A uint32
			_ [8]byte
		}{}, []string{"S 8 4: a 0 DWORD"}, "sizeof S: sizeof is 8 in C and 12 in Go on amd64: take 4 bytes out at the end"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, findingsOf(t, StructOf("S", reflect.TypeOf(c.typ)), byHand(t, "amd64", c.c...)))
		})
	}
}

// An enum has no sign of its own, but Go's mirror of one is not one of another.
func TestSentencesOfEnums(t *testing.T) {
	type (
		kind  int32
		other int32
	)
	for name, c := range map[string]struct {
		typ  any
		want string
	}{
		"unsigned":                {struct{ Kind uint32 }{}, ""},
		"signed":                  {struct{ Kind int32 }{}, ""},
		"its mirror":              {struct{ Kind kind }{}, ""},
		"another's mirror":        {struct{ Kind other }{}, "type S.kind: Go has layout.other there, which mirrors enum OTHER, and C has enum KIND: make it uint32"},
		"a floating-point number": {struct{ Kind float32 }{}, "type S.kind: it is an enum (KIND) in C and float32 in Go: make it uint32"},
	} {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, "amd64")
			h.Enums = map[string]*CEnum{"KIND": {Size: 4, Sign: unsigned}, "OTHER": {Size: 4, Sign: unsigned}}
			h.Structs["S"] = &CStruct{Size: 4, Align: 4, Members: []CMember{{Name: "kind", Size: 4, Sign: unsigned, Type: "KIND"}}}
			g, err := Spec{Types: []Type{StructOf("S", reflect.TypeOf(c.typ)), EnumOf[kind]("KIND"), EnumOf[other]("OTHER")}}.Go(h.GOARCH)
			require.NoError(t, err)
			var list []string
			for _, f := range Compare(g, h, Rules{}).Findings {
				list = append(list, fmt.Sprintf("%s %s: %s", f.Kind, f.Item, f.Detail))
			}
			assert.Equal(t, c.want, strings.Join(list, "\n"))
		})
	}
}

// What is wrong in a struct that is compared on its own is said there alone, however many have it
// in a field, an element or a struct of a struct.
func TestWrongWithAnother(t *testing.T) {
	h := byHand(t, "amd64", "P 8 4: x 0 LONG; y 4 LONG", "R 16 4: from 0 P; to 8 P",
		"S 20 4: dwState 0 DWORD; where 4 R", "A 28 4: dwState 0 DWORD; points 4 P[3]", "F 12 4: dwState 0 DWORD; points 4 P[1]")
	type (
		p struct{ X, Y int64 }
		r struct{ From, To p }
		s struct {
			State uint32
			Where r
		}
		s2 struct {
			State uint32
			Where struct{ From, To p }
		}
		a struct {
			State  uint32
			Points [3]p
		}
		a4 struct {
			State  uint32
			Points [4]p
		}
		f struct {
			State  uint32
			Points p
		}
		one struct{ Number int64 } // aligned more, and of the same size
		or  struct{ From, To one }
		os  struct {
			State uint32
			Where or
		}
		yx   struct{ Y, X int32 }
		ryx  struct{ From, To yx }
		alse struct {
			State  uint64
			Points [3]p
		}
	)
	const size, number = "size P.x: size is 4 in C and 8 in Go: make it int32\nsize P.y: size is 4 in C and 8 in Go: make it int32", "size P.x: "
	for name, c := range map[string]struct {
		types  []Type
		want   string // how the findings begin
		causes map[string]string
	}{
		"in a field":               {[]Type{Struct[p]("P"), Struct[r]("R")}, size, map[string]string{"R": "p"}},
		"before it is compared":    {[]Type{Struct[r]("R"), Struct[p]("P")}, size, map[string]string{"R": "p"}},
		"in a struct of a struct":  {[]Type{Struct[p]("P"), Struct[r]("R"), Struct[s]("S")}, size, map[string]string{"R": "p", "S": "r"}},
		"in a struct without name": {[]Type{Struct[p]("P"), Struct[s2]("S")}, size, map[string]string{"S": "p"}},
		"in an array":              {[]Type{Struct[p]("P"), Struct[a]("A")}, size, map[string]string{"A": "p"}},
		"for an array of one":      {[]Type{Struct[p]("P"), Struct[f]("F")}, size, map[string]string{"F": "p"}},
		"aligned more":             {[]Type{Struct[one]("P"), Struct[or]("R"), Struct[os]("S")}, number, map[string]string{"R": "one", "S": "or"}},
		"exchanged":                {[]Type{Struct[yx]("P"), Struct[ryx]("R")}, "offset P.y: offset is 4 in C and 0 in Go: exchange it with X", nil},
		"not compared":             {[]Type{Struct[r]("R")}, "size R.from: size is 8 in C and 16 in Go: make From P and To P", nil},
		"and a mistake of its own": {[]Type{Struct[p]("P"), Struct[alse]("A")}, size + "\nsize A.dwState: size is 4 in C and 8 in Go: make it uint32", map[string]string{"A": "p"}},
		"and another length":       {[]Type{Struct[p]("P"), Struct[a4]("A")}, size + "\nsize A.points: ", nil},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := Spec{Types: c.types}.Go(h.GOARCH)
			require.NoError(t, err)
			report := Compare(g, h, Rules{})
			causes := map[string]string{}
			for _, s := range report.Structs {
				for _, cause := range s.Causes {
					causes[s.C] = strings.TrimPrefix(cause.Go, "layout.")
					assert.Equal(t, Differs, s.Status)
					assert.Contains(t, report.String(), s.C+": it is wrong with "+cause.Go)
				}
			}
			assert.Empty(t, cmp.Diff(c.causes, causes, cmpopts.EquateEmpty()))
			var list []string
			for _, f := range report.Findings {
				list = append(list, fmt.Sprintf("%s %s: %s", f.Kind, f.Item, f.Detail))
			}
			assert.Regexp(t, "^"+regexp.QuoteMeta(c.want), strings.Join(list, "\n"))
			if !strings.HasSuffix(c.want, ": ") {
				assert.Equal(t, c.want, strings.Join(list, "\n"))
			}
		})
	}

	accepted := Rules{Accepted: []Accepted{{Name: "P.*", Kind: KindSize, Reason: "it is so"}}}
	g, err := Spec{Types: []Type{Struct[p]("P"), Struct[r]("R")}}.Go(h.GOARCH)
	require.NoError(t, err)
	if report := Compare(g, h, accepted); assert.NotEmpty(t, report.Findings, "what is accepted of one struct is not of another") {
		assert.Equal(t, "R.from", report.Findings[0].Item)
		assert.Empty(t, report.Structs[1].Causes)
	}
}

// Members whose names begin with their type, or with the prefix of their struct, are found by the
// rest of the name: two that were exchanged have the same layout.
func TestPrefixes(t *testing.T) {
	type named struct {
		First, Second uint32
	}
	for name, members := range map[string]string{
		"dw":             "dwSecond 0 DWORD; dwFirst 4 DWORD",
		"pt":             "ptSecond 0 DWORD; ptFirst 4 DWORD",
		"rc and hwnd":    "rcSecond 0 DWORD; hwndFirst 4 DWORD",
		"lpwsz and guid": "lpwszSecond 0 DWORD; guidFirst 4 DWORD",
		"of the struct":  "otmSecond 0 DWORD; otmFirst 4 DWORD",
		"sin_":           "sin_second 0 DWORD; sin_first 4 DWORD",
	} {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, "amd64", "S 8 4: "+members)
			first := h.Structs["S"].Members[1].Name
			assert.Equal(t, "offset S."+first+": offset is 4 in C and 0 in Go: exchange it with Second", findingsOf(t, StructOf("S", reflect.TypeFor[named]()), h))
		})
	}
	for name, c := range map[string]struct {
		typ     any
		members string
	}{
		"the whole name of one comes first": {struct{ NumItems, Items uint32 }{}, "numItems 0 DWORD; item 4 DWORD"},
		"a word is no prefix":               {struct{ Count, Items uint32 }{}, "numItems 0 DWORD; item 4 DWORD"},
		"of one member of three alone":      {struct{ Size, More, Last uint32 }{}, "cb 0 DWORD; totalSize 4 DWORD; flags 8 DWORD"},
		"two with one rest":                 {struct{ Data, More uint32 }{}, "ptData 0 DWORD; hwndData 4 DWORD"},
	} {
		t.Run(name, func(t *testing.T) {
			size := int64(4 * reflect.TypeOf(c.typ).NumField())
			h := byHand(t, "amd64", fmt.Sprintf("S %d 4: %s", size, c.members))
			assert.Empty(t, findingsOf(t, StructOf("S", reflect.TypeOf(c.typ)), h))
		})
	}
}
