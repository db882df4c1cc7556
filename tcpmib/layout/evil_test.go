package layout

import (
	"path"
	"reflect"
	"slices"
	"strings"
	"structs"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// evilConstants are the macros of evil.h that have a value, and some that have none.
var evilConstants = []string{
	"MINUS_ONE", "ALL_ONES", "WIDE_ONES", "LOWEST", "SHIFTED", "CAST", "STATUS_BAD", "NEGATED",
	"POINTER", "REAL", "TEXT", "NOTHING", "CALL", "ANONYMOUS_VALUE", "E3_BELOW", "REDEFINED",
}

type e1 uint32
type e2 uint32

type filetime struct{ LowDateTime, HighDateTime uint32 }

type plainTime struct {
	Low  uint32
	High uint32
}

// Hidden members, wrong kinds and wrong places, each with the finding that says so, and what looks
// wrong and is right. A finding is written as "kind item: start of the detail". "386:" in front of
// it limits it to that architecture, and "64:" to the others.
func TestEvil(t *testing.T) {
	type (
		bits       struct{ Flags, After uint32 }
		bitsTagged struct {
			Flags uint32 `c:"low|mid|high"`
			After uint32 `c:"after"`
		}
		bitsHalves struct {
			Low   uint16 `c:"low|mid"`
			High  uint16 `c:"high"`
			After uint32 `c:"after"`
		}
		bitsForgotten struct {
			Low   uint16 `c:"low|mid"`
			_     uint16
			After uint32 `c:"after"`
		}
		bitsNarrow struct {
			Flags uint8 `c:"low|mid"`
			_     uint8
			High  uint16 `c:"high"`
			After uint32 `c:"after"`
		}
		bitsMoved struct {
			After uint32 `c:"after"`
			Flags uint32 `c:"low"`
		}
		bothTimes struct{ Both uint64 }
		bitsFloat struct {
			Flags float32 `c:"low|mid|high"`
			After uint32  `c:"after"`
		}
	)
	type (
		mixedSmall struct { // the small member only
			First uint32 `c:"first"`
			Small uint32 `c:"small"`
			_     [8]byte
			Last  uint32 `c:"last"`
		}
		mixedLarge struct {
			First uint32
			Large [12]byte
			Last  uint32
		}
		mixedBlank struct {
			First uint32 `c:"first"`
			_     [12]byte
			Last  uint32 `c:"last"`
		}
		mixedWithout struct {
			First uint32
			_     [12]byte
			Last  uint32
		}
		timed struct {
			Number uint32
			_      [4]byte
			Time   int64
		}
		timedUnsigned struct {
			Number uint32
			_      [4]byte
			Time   uint64 `c:"time"`
		}
		timedFloat struct {
			Number uint32
			_      [4]byte
			Time   float64 `c:"time"`
		}
		timedParts struct {
			Number   uint32
			_        [4]byte
			LowPart  uint32 `c:"time.LowPart"`
			HighPart int32  `c:"time.u.HighPart"`
		}
		timedPartsUntagged struct {
			Number, _, Low uint32
			High           int32
		}
		timedHalf struct {
			Number, _, Low uint32
			_              int32
		}
		timedEarly struct { // the idiom without its padding
			Number uint32
			Time   int64
		}
		holder struct {
			At plainTime
			ID uint64
		}
		holderNumber struct{ At, ID uint64 }
		holderFlat   struct {
			Low, High uint32
			ID        uint64
		}
		holderReal struct {
			At float64
			ID uint64
		}
	)
	type (
		packed struct {
			Tag   byte
			Value [4]byte
			Big   [8]byte
		}
		packedNot struct {
			Tag   byte
			Value uint32
			Big   uint64
		}
		flex     struct{ Count uint32 }
		flexZero struct {
			Count uint32
			Data  [0]uint32 `c:"data"`
		}
		flexOne struct {
			Count uint32
			Data  [1]uint32
		}
	)
	type (
		point  struct{ X, Y int16 }
		nested struct {
			Head   uint32
			At     point
			Inner  uint32
			Secret byte
			_      [3]byte
			Tail   uint32
		}
		nestedHidden struct {
			Head  uint32 `c:"head"`
			At    point  `c:"at"`
			Inner uint32 `c:"inner"`
			_     uint32
			Tail  uint32 `c:"tail"`
		}
		nestedFlat struct {
			Head   uint32
			X      int16 `c:"at.x"`
			Y      int16 `c:"at.y"`
			Inner  uint32
			Secret byte
			Tail   uint32
		}
		nestedSwapped struct {
			Head uint32
			At   struct {
				Y int16 `c:"y"`
				X int16 `c:"x"`
			} `c:"at"`
			Inner  uint32
			Secret byte
			Tail   uint32
		}
		around struct { // a struct around members that C has without one
			Head   uint32
			At     point
			Middle struct {
				Inner  uint32
				Secret byte
			}
			Tail uint32
		}
		hidden struct {
			A int8 `c:"a"`
			_ [3]byte
			B int32 `c:"b"`
		}
		hole struct {
			A int8
			B int32
		}
		whole struct {
			A, Hidden int8
			_         [2]byte
			B         int32
		}
	)
	type (
		enums struct {
			One    e1 `c:"one"`
			Two    e2 `c:"two"`
			Number e1 `c:"number"`
			Three  int32
		}
		enumsSwapped struct {
			One    e2 `c:"one"`
			Two    e1 `c:"two"`
			Number uint32
			Three  int32
		}
		enumsNumbers struct {
			One    int32
			Two    uint32
			Number uint32
			Three  uint32
		}
		enumsReal struct {
			One    float32 `c:"one"`
			Two    uint32
			Number uint32
			Three  int32
		}
	)
	type (
		kinds struct {
			Pointer   unsafe.Pointer
			Size      uintptr
			Small     float32
			Flag      uint8
			Byte      uint8
			Rest      [3]byte
			Truth     bool
			Character byte
			Below     int8
			Wide      uint16
			Text      [3]uint16
			Number    uint32
		}
		reals struct {
			Real  int64
			Small float32
			N     uint32
		}
		arrays struct {
			Grid     [2][3]int32
			Names    [4][8]byte
			Pointers [2]*byte
			Times    [2]plainTime
		}
		arraysTurned struct {
			Grid     [3][2]int32 `c:"grid"`
			Names    [4][8]byte
			Pointers [2]*byte
			Times    [2]plainTime
		}
		arraysOfNumbers struct {
			Grid     [2][3]int32
			Names    [4][8]int8
			Pointers [2]uintptr
			Times    [2]uint64
		}
		arraysWrong struct {
			Grid     [2][3]uint32
			Names    [4][8]byte
			Pointers [2]uint64
			Times    [2]float64
		}
		calls struct {
			Call, Direct uintptr
			Flags        uint32
		}
	)
	type (
		aligned struct {
			A uint32
			_ [4]byte
			B uint64
			C uint32
			D uint32
			E uint64
		}
		unaligned struct {
			A uint32
			B uint64
			C uint32
			D uint32
			E uint64
		}
		bytesFor64 struct {
			A uint32
			_ [4]byte
			B [8]byte
			C uint32
			D uint32
			E [8]byte
		}
		long struct {
			A                      uint32
			B                      uint64
			C, D, E, F, G, H, I, J uint32
		}
		longTagged struct {
			A uint32 `c:"a"`
			B uint64 `c:"b"`
			C uint32 `c:"c"`
			D uint32 `c:"d"`
			E uint32 `c:"e"`
			F uint32 `c:"f"`
			G uint32 `c:"g"`
			H uint32 `c:"h"`
			I uint32 `c:"i"`
			J uint32 `c:"j"`
		}
		longNarrow struct {
			A                      uint32
			B                      uint32
			C, D, E, F, G, H, I, J uint32
		}
		longPrefix struct {
			A uint32
			_ [4]byte
			B uint64
			C uint32
			D uint32
		}
		longWithoutD struct {
			A                   uint32
			_                   [4]byte
			B                   uint64
			C, E, F, G, H, I, J uint32
		}
		longMore struct {
			A                             uint32
			_                             [4]byte
			B                             uint64
			C, D, E, F, G, Extra, H, I, J uint32
		}
	)
	type (
		rowSwallowed struct {
			State     uint64
			LocalPort uint32
		}
		rowSplit struct {
			State             uint32
			AddrLow, AddrHigh uint16
			LocalPort         uint32
		}
		findMerged struct {
			FileSize uint64
			Reserved uint32
		}
		findSwapped struct{ FileSizeLow, FileSizeHigh, Reserved uint32 }
		times       struct {
			Created uint64
			Written filetime
		}
		timesSplit struct {
			CreatedLow, CreatedHigh uint32
			Written                 uint64
		}
		timesHalved struct {
			Created   filetime
			Low, High uint32
		}
		items struct {
			NumItems uint32
			Items    *int32
		}
		outerIn struct{ First, Second uint32 }
		outerSw struct{ Second, First uint32 }
		outer   struct {
			Kind uint32
			outerIn
		}
		outerSwapped struct {
			Kind uint32
			outerSw
		}
		variant struct {
			VT               uint16
			Res1, Res2, Res3 uint16
			Val              int64
			_                [8]byte
		}
		variantRest struct {
			VT               uint16
			Res1, Res2, Res3 uint16
			Val              int64
			Rest             [8]byte
		}
		variantIntegers struct {
			VT               uint16
			Res1, Res2, Res3 uint16
			Anonymous        struct{ Data [2]uint64 }
		}
		shapes struct {
			Corners [4]int32
			Grid    [6]int32
		}
		shapesWrong struct {
			Corners [4]uint32
			Grid    [6]int32
		}
		keyUnion struct{ Data [1]uintptr }
		keyChar  struct{ Data [1]uint16 }
		keyLong  struct{ Data [2]uint32 }
		key64    struct {
			Code  uint32
			UChar keyChar
			keyUnion
		}
		key32 struct {
			Code  uint32
			UChar keyChar
			keyLong
		}
		nestsSmall struct {
			Inner      plainTime
			A, B, C, D uint32
		}
	)
	keyOf := func(goarch string) Type {
		if goarch == "386" {
			return Struct[key32]("KEY")
		}
		return Struct[key64]("KEY")
	}
	const align386 = "386:alignment "
	kind := func(field string, typ reflect.Type) Type {
		base := reflect.TypeFor[kinds]()
		var fields []reflect.StructField
		for _, f := range reflect.VisibleFields(base) {
			if f.Name == field {
				f.Type = typ
			}
			fields = append(fields, f)
		}
		return StructOf("KINDS", reflect.StructOf(fields))
	}
	cases := map[string]struct {
		typ  Type
		want []string
	}{
		"bit-fields as their unit":                  {Struct[bits]("BITS"), nil},
		"bit-fields as their unit, tagged":          {Struct[bitsTagged]("BITS"), nil},
		"bit-fields in two halves":                  {Struct[bitsHalves]("BITS"), nil},
		"a bit-field that is padding in Go":         {Struct[bitsForgotten]("BITS"), []string{"forgotten BITS.high: C has"}},
		"bit-fields in a field that is too narrow":  {Struct[bitsNarrow]("BITS"), []string{"size BITS.mid: it is bits 3 to 15 of the unit at offset 0 in C, and Go has 1 byte at offset 0"}},
		"bit-fields elsewhere, by the name of one":  {Struct[bitsMoved]("BITS"), []string{"offset BITS.after: offset is 4 in C and 0 in Go: exchange it with Flags"}},
		"two members as one integer":                {Struct[bothTimes]("PLAIN_TIME"), []string{"size PLAIN_TIME.low: it covers low and high: one field stands for one member: write Low uint32 and High uint32"}},
		"a number that is none for bit-fields":      {Struct[bitsFloat]("BITS"), []string{"type BITS.low: it is a bit-field in C and float32"}},
		"a union as its small member":               {Struct[mixedSmall]("MIXED"), nil},
		"a union as its large member":               {Struct[mixedLarge]("MIXED"), nil},
		"a union left blank":                        {Struct[mixedWithout]("MIXED"), nil},
		"a union left blank next to tags":           {Struct[mixedBlank]("MIXED"), []string{"forgotten MIXED.small: C has 12 bytes at offset 4 that no Go field names (small and large): write"}},
		"a union as a number of its own":            {Struct[timed]("TIMED"), []string{align386 + "TIMED"}},
		"a union as a number of another sign":       {Struct[timedUnsigned]("TIMED"), []string{"sign TIMED.time: it is signed in C and unsigned", align386 + "TIMED"}},
		"a union as a float":                        {Struct[timedFloat]("TIMED"), []string{"type TIMED.time: it is a union (LARGE) in C and float64", align386 + "TIMED"}},
		"a union in parts":                          {Struct[timedParts]("TIMED"), []string{"alignment TIMED"}},
		"a union in parts, untagged":                {Struct[timedPartsUntagged]("TIMED"), []string{"alignment TIMED"}},
		"half a union, and the rest left blank":     {Struct[timedHalf]("TIMED"), []string{"alignment TIMED"}},
		"no padding before a union":                 {Struct[timedEarly]("TIMED"), []string{"386:offset TIMED.time: offset is 8 in C and 4 in Go: it is 4 bytes early on 386", align386 + "TIMED"}},
		"a nested struct without a name in Go":      {Struct[holder]("HOLDER"), []string{align386 + "HOLDER"}},
		"two integers as one":                       {Struct[holderNumber]("HOLDER"), []string{"type HOLDER.at: it is a struct (PLAIN_TIME) in C and uint64 in Go", align386 + "HOLDER"}},
		"a nested struct as its members":            {Struct[holderFlat]("HOLDER"), []string{align386 + "HOLDER"}},
		"two integers as a float":                   {Struct[holderReal]("HOLDER"), []string{"type HOLDER.at: ", align386 + "HOLDER"}},
		"packed, as bytes":                          {Struct[packed]("PACKED"), nil},
		"packed in C only":                          {Struct[packedNot]("PACKED"), []string{"offset PACKED.value: Go aligns it more than C does: offset is 1 in C and 4 in Go: make Value [4]byte and Big [8]byte"}},
		"a flexible array left out":                 {Struct[flex]("FLEX_C99"), nil},
		"a flexible array of nothing":               {Struct[flexZero]("FLEX_C99"), []string{"sizeof FLEX_C99: sizeof is 4 in C and 8 in Go"}},
		"a flexible array of one":                   {Struct[flexOne]("FLEX_C99"), []string{"size FLEX_C99.data: C gives it no length, so that sizeof is one element more in Go: remove it"}},
		"an array of one":                           {Struct[flexOne]("FLEX_ONE"), nil},
		"an array of one left out":                  {Struct[flex]("FLEX_ONE"), []string{"prefix FLEX_ONE: Go has the first 4 of 8 bytes, and C goes on with data"}},
		"nested and anonymous":                      {Struct[nested]("NESTED"), nil},
		"a member hidden in an anonymous struct":    {Struct[nestedHidden]("NESTED"), []string{"forgotten NESTED.secret: C has 1 byte at offset 12"}},
		"a nested struct in pieces":                 {Struct[nestedFlat]("NESTED"), nil},
		"a nested struct with its members swapped":  {Struct[nestedSwapped]("NESTED"), []string{"offset NESTED.at: within it, at.y: offset is 2 in C and 0 in Go"}},
		"a struct around members":                   {Struct[around]("NESTED"), nil},
		"a typedef behind const":                    {Struct[hidden]("QUALIFIED"), []string{"forgotten QUALIFIED.hidden: "}},
		"a typedef behind const, untagged":          {Struct[hole]("QUALIFIED"), []string{"forgotten QUALIFIED.hidden: "}},
		"a typedef behind const, whole":             {Struct[whole]("QUALIFIED"), nil},
		"a typedef that is a tag as well":           {Struct[hidden]("CLASH"), []string{"forgotten CLASH.hidden: "}},
		"a typedef that is a tag as well, whole":    {Struct[whole]("CLASH"), nil},
		"a tag that is a typedef as well":           {Struct[hidden]("struct CLASH"), nil},
		"a tag that is a typedef as well, too much": {Struct[whole]("struct CLASH"), []string{"absent struct CLASH.Hidden: Go has int8 at offset 1"}},
		"enums":                                      {Struct[enums]("ENUMS"), nil},
		"enums mixed up":                             {Struct[enumsSwapped]("ENUMS"), []string{"type ENUMS.one: Go has layout.e2 there, which mirrors enum E2, and C has enum E1", "type ENUMS.two: "}},
		"enums as numbers of any sign":               {Struct[enumsNumbers]("ENUMS"), nil},
		"an enum as a float":                         {Struct[enumsReal]("ENUMS"), []string{"type ENUMS.one: it is an enum (E1) in C and float32"}},
		"kinds":                                      {Struct[kinds]("KINDS"), nil},
		"a pointer as uintptr":                       {kind("Pointer", reflect.TypeFor[uintptr]()), nil},
		"a pointer as an integer":                    {kind("Pointer", reflect.TypeFor[uint64]()), []string{"64:type KINDS.pointer: it is a pointer (void *) in C and uint64 in Go: make it uintptr", "386:size KINDS.pointer: size is 4 in C and 8"}},
		"a pointer as a float":                       {kind("Pointer", reflect.TypeFor[float64]()), []string{"64:type KINDS.pointer: ", "386:size KINDS.pointer: "}},
		"an integer as a pointer":                    {kind("Size", reflect.TypeFor[*byte]()), []string{"type KINDS.size: it is an integer (size_t) in C and *uint8 in Go"}},
		"a float as an integer":                      {kind("Small", reflect.TypeFor[uint32]()), []string{"type KINDS.small: it is a floating-point number (float) in C and uint32"}},
		"a double as an integer":                     {Struct[reals]("REALS"), []string{"type REALS.real: it is a floating-point number (double) in C and int64", align386 + "REALS"}},
		"an integer as a float":                      {kind("Number", reflect.TypeFor[float32]()), []string{"type KINDS.number: it is an integer (U32) in C and float32"}},
		"an integer as a struct":                     {kind("Number", reflect.TypeFor[struct{ _ uint32 }]()), []string{"type KINDS.number: it is an integer (U32) in C and a struct"}},
		"an integer as a struct with a field":        {kind("Number", reflect.TypeFor[struct{ N uint32 }]()), []string{"type KINDS.number: it is an integer (U32) in C and a struct"}},
		"an integer as an array of one":              {kind("Number", reflect.TypeFor[[1]uint32]()), []string{"element KINDS.number: it is an array in Go and an integer"}},
		"an integer as bytes":                        {kind("Number", reflect.TypeFor[[4]byte]()), nil},
		"a bool that is a byte":                      {kind("Byte", reflect.TypeFor[bool]()), []string{"bool KINDS.byte: it is BYTE in C"}},
		"a bool for a BOOLEAN":                       {kind("Flag", reflect.TypeFor[bool]()), nil},
		"a bool for a C bool":                        {kind("Truth", reflect.TypeFor[uint8]()), nil},
		"a char of either sign":                      {kind("Character", reflect.TypeFor[int8]()), nil},
		"a signed char that is unsigned":             {kind("Below", reflect.TypeFor[uint8]()), []string{"sign KINDS.below: it is signed in C and unsigned in Go"}},
		"wide text of another sign":                  {kind("Text", reflect.TypeFor[[3]int16]()), []string{"element KINDS.text: its elements are unsigned in C and signed in Go"}},
		"wide text as bytes":                         {kind("Text", reflect.TypeFor[[6]byte]()), nil},
		"wide text that is longer":                   {kind("Text", reflect.TypeFor[[4]uint16]()), []string{"size KINDS.text: size is 6 in C and 8 in Go"}},
		"an array as a number":                       {StructOf("PLAIN", reflect.TypeFor[struct{ N [2]uint32 }]()), []string{"absent PLAIN: "}},
		"arrays of arrays":                           {Struct[arrays]("ARRAYS"), nil},
		"arrays of arrays, turned":                   {Struct[arraysTurned]("ARRAYS"), []string{"element ARRAYS.grid: its elements are 12 bytes in C and 8 in Go"}},
		"arrays of numbers for pointers and structs": {Struct[arraysOfNumbers]("ARRAYS"), []string{"type ARRAYS.times: it is a struct (PLAIN_TIME) in C and uint64 in Go: make it [2]PLAIN_TIME"}},
		"arrays of wrong elements": {Struct[arraysWrong]("ARRAYS"), []string{
			"element ARRAYS.grid: its elements are signed in C and unsigned", "64:type ARRAYS.pointers: ", "386:size ARRAYS.pointers: ", "type ARRAYS.times: "}},
		"function pointers":                            {Struct[calls]("CALLS"), nil},
		"64-bit integers":                              {Struct[aligned]("ALIGNED"), []string{align386 + "ALIGNED: C aligns it to 8 bytes and Go to 4 on 386"}},
		"64-bit integers as bytes":                     {Struct[bytesFor64]("ALIGNED"), []string{"alignment ALIGNED: C aligns it to 8 bytes and Go to 4"}},
		"64-bit integers, no padding":                  {Struct[unaligned]("ALIGNED"), []string{"386:offset ALIGNED.b: offset is 8 in C and 4 in Go: it is 4 bytes early on 386, and so is every field after it: pad 4 bytes before it", align386 + "ALIGNED"}},
		"one cause, ten fields":                        {Struct[long]("LONG_STRUCT"), []string{"386:offset LONG_STRUCT.b: offset is 8 in C and 4 in Go", align386 + "LONG_STRUCT"}},
		"one cause, ten tagged fields":                 {Struct[longTagged]("LONG_STRUCT"), []string{"386:offset LONG_STRUCT.b: offset is 8 in C and 4 in Go", align386 + "LONG_STRUCT"}},
		"one narrow field":                             {Struct[longNarrow]("LONG_STRUCT"), []string{"386:offset LONG_STRUCT.b: offset is 8", "size LONG_STRUCT.b: size is 8 in C and 4 in Go", "386:alignment LONG_STRUCT"}},
		"a prefix":                                     {Struct[longPrefix]("LONG_STRUCT"), []string{"prefix LONG_STRUCT: Go has the first 24 of 48 bytes, and C goes on with e, f, g, h and 2 more", align386 + "LONG_STRUCT"}},
		"one field forgotten":                          {Struct[longWithoutD]("LONG_STRUCT"), []string{"forgotten LONG_STRUCT.d: C has 4 bytes at offset 20", align386 + "LONG_STRUCT"}},
		"an integer that swallows another member":      {Struct[rowSwallowed]("ROW"), []string{"size ROW.dwState: it covers dwState and dwLocalAddr: one field stands for one member: write State uint32 and LocalAddr uint32"}},
		"a member in two":                              {Struct[rowSplit]("ROW"), []string{"size ROW.dwLocalAddr: it is one integer (U32) in C, and AddrLow and AddrHigh in Go: make them one uint32"}},
		"two members in one, which has them exchanged": {Struct[findMerged]("FIND"), []string{"size FIND.nFileSizeHigh: it covers nFileSizeHigh and nFileSizeLow"}},
		"two members exchanged":                        {Struct[findSwapped]("FIND"), []string{"offset FIND.nFileSizeLow: offset is 4 in C and 0 in Go: exchange it with FileSizeHigh"}},
		"a FILETIME as an integer, and the reverse":    {Struct[times]("TIMES"), []string{align386 + "TIMES"}},
		"a FILETIME in two":                            {Struct[timesSplit]("TIMES"), []string{align386 + "TIMES"}},
		"an integer in two, called low and high":       {Struct[timesHalved]("TIMES"), []string{"size TIMES.written: it is one integer (U64) in C, and Low and High in Go: make them one uint64", align386 + "TIMES"}},
		"num is no prefix":                             {Struct[items]("ITEMS"), nil},
		"an embedded struct for an unnamed one":        {Struct[outer]("OUTER"), nil},
		"an embedded struct, exchanged":                {Struct[outerSwapped]("OUTER"), []string{"offset OUTER.second: offset is 8 in C and 4 in Go: exchange it with outerSw.First"}},
		"a member of a union, and a blank rest":        {Struct[variant]("VARIANT16"), []string{align386 + "VARIANT16"}},
		"a member of a union, and the rest":            {Struct[variantRest]("VARIANT16"), []string{align386 + "VARIANT16"}},
		"a union as integers in a struct":              {Struct[variantIntegers]("VARIANT16"), []string{align386 + "VARIANT16"}},
		"arrays in one row":                            {Struct[shapes]("SHAPES"), nil},
		"arrays in one row, of another sign":           {Struct[shapesWrong]("SHAPES"), []string{"element SHAPES.corners: its elements are signed in C and unsigned in Go"}},
		"unions as integers, named and embedded":       {keyOf(""), []string{"386:"}},
		"a nested struct of another size":              {Struct[nestsSmall]("NESTS"), []string{"size NESTS.inner: size is 16 in C and 8 in Go: make it HOLDER", align386 + "NESTS"}},
		"one field too many":                           {Struct[longMore]("LONG_STRUCT"), []string{"absent LONG_STRUCT.Extra: Go has uint32 at offset 36", align386 + "LONG_STRUCT"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, target := range compilers(t) {
				h := headersOf(t, target, "evil.h", evilConstants...)
				typ, want := c.typ, wantedOn(h.GOARCH, c.want)
				if typ.C() == "KEY" {
					typ, want = keyOf(h.GOARCH), nil
				}
				spec := Spec{Types: []Type{EnumOf[e1]("E1"), EnumOf[e2]("E2"), typ}}
				g, err := spec.Go(h.GOARCH)
				require.NoError(t, err)
				got := Compare(g, h, Rules{}).Findings
				ok := len(got) == len(want)
				for i := range min(len(got), len(want)) {
					text := string(got[i].Kind) + " " + got[i].Item + ": " + got[i].Detail
					ok = ok && strings.HasPrefix(text, want[i])
				}
				assert.True(t, ok, "%s %v\nwant %q\ngot  %v", h.GOARCH, target.CC, want, got)
			}
		})
	}
}

// wantedOn are the findings that are wanted on an architecture.
func wantedOn(goarch string, all []string) []string {
	var list []string
	for _, w := range all {
		is64 := goarch != "386"
		if rest, ok := strings.CutPrefix(w, "386:"); ok {
			if !is64 {
				list = append(list, rest)
			}
			continue
		}
		if rest, ok := strings.CutPrefix(w, "64:"); ok {
			if is64 {
				list = append(list, rest)
			}
			continue
		}
		list = append(list, w)
	}
	return list
}

func TestEvilConstants(t *testing.T) {
	for name, c := range map[string]struct {
		goValue any
		want    string // what C has, or nothing if it is the same
	}{
		"MINUS_ONE":       {-1, ""},
		"ALL_ONES":        {uint32(0xFFFFFFFF), ""},
		"WIDE_ONES":       {uint64(0xFFFFFFFFFFFFFFFF), ""},
		"LOWEST":          {int64(-1 << 63), ""},
		"SHIFTED":         {24, ""},
		"CAST":            {uint32(0xFFFFFFFE), ""},
		"STATUS_BAD":      {int32(-0x3FFFFFFF), ""},
		"NEGATED":         {int64(-1), "4294967295"},
		"E3_BELOW":        {int64(0xFFFFFFFF), "-1"},
		"ANONYMOUS_VALUE": {8, "9"},
		"REDEFINED":       {2, ""},
		"E2_ONE":          {2, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, target := range compilers(t) {
				h := headersOf(t, target, "evil.h", evilConstants...)
				g, err := Spec{Constants: []Constant{{name, c.goValue}}}.Go(h.GOARCH)
				require.NoError(t, err)
				r := Compare(g, h, Rules{})
				if c.want == "" {
					assert.Empty(t, r.Findings, "%v", target.CC)
				} else if assert.Len(t, r.Findings, 1) {
					assert.Equal(t, KindValue, r.Findings[0].Kind)
					assert.Contains(t, r.Findings[0].Detail, "it is "+c.want+" in C")
				}
			}
		})
	}
}

// A constant of 32 bits may be written with either sign, if the Rules say so, and only within 32
// bits.
func TestModulo32(t *testing.T) {
	for name, c := range map[string]struct {
		constant Constant
		same     bool
	}{
		"an unsigned one below zero":   {Constant{"ALL_ONES", -1}, true},
		"a signed one above":           {Constant{"STATUS_BAD", uint32(0xC0000001)}, true},
		"another":                      {Constant{"STATUS_BAD", uint32(0xC0000002)}, false},
		"more than 32 bits in Go":      {Constant{"ALL_ONES", uint64(0xFFFFFFFFFFFFFFFF)}, false},
		"more than 32 bits in C":       {Constant{"WIDE_ONES", -1}, false},
		"a negative one of 33 bits":    {Constant{"ALL_ONES", int64(-1 - 1<<32)}, false},
		"the largest of 32 bits and 1": {Constant{"MINUS_ONE", int64(1 << 32)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			target := compilers(t)[0]
			h := headersOf(t, target, "evil.h", evilConstants...)
			g, err := Spec{Constants: []Constant{c.constant}}.Go(h.GOARCH)
			require.NoError(t, err)
			assert.Equal(t, c.same, Compare(g, h, Rules{Modulo32: true}).OK())
			assert.False(t, Compare(g, h, Rules{}).OK())
		})
	}
}

// The compiler's own words, for what is no integer constant and for what is misspelled, also where
// nothing else is asked.
func TestCompilersWords(t *testing.T) {
	targets := slices.DeleteFunc(compilers(t), func(t Target) bool { return t.GOARCH != "amd64" })
	for _, name := range []string{"POINTER", "REAL", "TEXT", "NOTHING", "CALL", "MINUS_ONEE"} {
		t.Run(name, func(t *testing.T) {
			for _, target := range targets {
				r, err := Run(t.Context(), Spec{Headers: []string{"evil.h"}, Constants: []Constant{{name, 1}}}, target)
				require.NoError(t, err)
				if assert.Len(t, r.Findings, 1) {
					assert.Equal(t, KindAbsent, r.Findings[0].Kind)
					assert.Regexp(t, `have no integer constant of that name: .*(undeclared|invalid operands|expected expression)`, r.Findings[0].Detail, "%v", target.CC)
				}
			}
		})
	}
	for _, target := range targets {
		type one struct{ A int32 }
		r, err := Run(t.Context(), Spec{Headers: []string{"evil.h"}, Types: []Type{Struct[one]("NESTEDD")}}, target)
		require.NoError(t, err)
		require.Len(t, r.Findings, 1)
		assert.Regexp(t, `these headers do not have it: .*NESTEDD.* undeclared|undeclared .*NESTEDD`, r.Findings[0].Detail)
	}
}

type functionTime struct {
	_    structs.HostLayout `c:"PLAIN_TIME"`
	Low  uint32             `c:"low"`
	High uint32             `c:"high"`
}

func TestEvilFunctions(t *testing.T) {
	base := Spec{
		Headers: []string{"evil.h"},
		Types:   []Type{EnumOf[e1]("E1"), EnumOf[e2]("E2"), Struct[functionTime](""), Struct[hold]("HOLDER")},
	}
	asked := base
	for _, name := range []string{"evil_call", "evil_void", "evil_voi", "CALL", "BITS"} {
		asked.Functions = append(asked.Functions, FuncOf[func()](name))
	}
	headers := map[string]*Headers{}
	targets := compilers(t)
	for _, target := range targets {
		h, err := asked.Probe(t.Context(), target)
		require.NoError(t, err)
		headers[strings.Join(target.CC, " ")] = h
	}
	for name, c := range map[string]struct {
		f    Function
		want []string
	}{
		"the same":         {FuncOf[func(*functionTime, uint32, int16, uint64, e1, *byte) uint32]("evil_call"), nil},
		"any pointer":      {FuncOf[func(uintptr, uint32, int16, uint64, int32, unsafe.Pointer) uint32]("evil_call"), nil},
		"one fewer":        {FuncOf[func(*functionTime, uint32, int16, uint64, e1) uint32]("evil_call"), []string{"it has 6 parameters in C and 5 in Go: U32 (PLAIN_TIME *, U32, short, U64, E1, BYTE *)"}},
		"one more":         {FuncOf[func(*functionTime, uint32, int16, uint64, e1, *byte, uint32) uint32]("evil_call"), []string{"it has 6 parameters in C and 7 in Go"}},
		"a wider one":      {FuncOf[func(*functionTime, uint64, int16, uint64, e1, *byte) uint32]("evil_call"), []string{"parameter 2: size is 4 in C and 8 in Go"}},
		"a narrower one":   {FuncOf[func(*functionTime, uint32, int16, uint32, e1, *byte) uint32]("evil_call"), []string{"parameter 4: size is 8 in C and 4 in Go"}},
		"another sign":     {FuncOf[func(*functionTime, int32, int16, uint64, e1, *byte) uint32]("evil_call"), []string{"parameter 2: it is unsigned in C and signed in Go"}},
		"another enum":     {FuncOf[func(*functionTime, uint32, int16, uint64, e2, *byte) uint32]("evil_call"), []string{"parameter 5: Go has layout.e2 there, which mirrors enum E2"}},
		"another struct":   {FuncOf[func(*hold, uint32, int16, uint64, e1, *byte) uint32]("evil_call"), []string{"parameter 1: it points to PLAIN_TIME in C and to layout.hold in Go, which mirrors HOLDER"}},
		"another result":   {FuncOf[func(*functionTime, uint32, int16, uint64, e1, *byte) int32]("evil_call"), []string{"result: it is unsigned in C and signed in Go"}},
		"no result":        {FuncOf[func(*functionTime, uint32, int16, uint64, e1, *byte)]("evil_call"), []string{"it returns U32 in C and nothing in Go"}},
		"void":             {FuncOf[func()]("evil_void"), nil},
		"a result of void": {FuncOf[func() uint32]("evil_void"), []string{"result: "}},
		"misspelled":       {FuncOf[func()]("evil_voi"), []string{"these headers do not declare it: "}},
		"a macro":          {FuncOf[func()]("CALL"), []string{"these headers do not declare it: "}},
		"a type":           {FuncOf[func()]("BITS"), []string{"these headers do not declare it"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, target := range targets {
				spec := base
				spec.Functions = []Function{c.f}
				g, err := spec.Go(target.GOARCH)
				require.NoError(t, err)
				r := Compare(g, headers[strings.Join(target.CC, " ")], Rules{})
				var got []string
				for _, f := range r.Findings {
					if f.Item == c.f.C() {
						got = append(got, f.Detail)
					}
				}
				if assert.Len(t, got, len(c.want), "%v: %v", target.CC, got) {
					for i, want := range c.want {
						assert.True(t, strings.HasPrefix(got[i], want), "%v: %s", target.CC, got[i])
					}
				}
			}
		})
	}
}

type hold struct {
	At functionTime `c:"at"`
	ID uint64       `c:"id"`
}

// Rules that name nothing are findings.
func TestEvilRules(t *testing.T) {
	type one struct {
		Low  uint32 `c:"low"`
		High uint32 `c:"high"`
	}
	h := headersOf(t, compilers(t)[0], "evil.h", evilConstants...)
	g, err := Spec{Types: []Type{Struct[one]("PLAIN_TIME")}}.Go(h.GOARCH)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		rules Rules
		want  string
	}{
		"complete, of no file":     {Rules{Complete: []string{"nope.h"}}, "nope.h: complete: these headers have no such file"},
		"a gap of nothing":         {Rules{Gaps: []Gap{{Set: SetWine, Name: "PLAIN_TIM", Reason: "x"}}}, "PLAIN_TIM: gap: it is listed as a gap of Wine (x), but nothing of that name is claimed"},
		"a gap of no member":       {Rules{Gaps: []Gap{{Set: SetWine, Name: "PLAIN_TIME.middle", Reason: "x"}}}, "PLAIN_TIME.middle: gap: "},
		"exclusive of nothing":     {Rules{Exclusive: []Exclusive{{Set: SetUnknown, Name: "E9"}}}, "E9: gap: it is listed as exclusive to unknown headers"},
		"accepted, and not so":     {Rules{Accepted: []Accepted{{Kind: KindAlign, Name: "PLAIN_*", Reason: "x"}}}, "PLAIN_*: gap: its difference (alignment) is accepted (x), but does not occur"},
		"accepted, of no struct":   {Rules{Accepted: []Accepted{{Kind: KindAlign, Name: "PAIN_TIME", Reason: "x"}}}, "PAIN_TIME: gap: "},
		"accepted, elsewhere":      {Rules{Accepted: []Accepted{{Kind: KindAlign, Name: "PLAIN_TIME", GOARCH: "none"}}}, ""},
		"a gap of a known member":  {Rules{Gaps: []Gap{{Set: SetWine, Name: "PLAIN_TIME.low"}}}, ""},
		"a gap of what is there":   {Rules{Gaps: []Gap{{Set: h.Set, Name: "PLAIN_TIME", Reason: "x"}}}, "PLAIN_TIME: gap: it is listed as a gap of " + h.Set + " (x), but these headers have it"},
		"and of a member":          {Rules{Gaps: []Gap{{Set: h.Set, Name: "PLAIN_TIME.low", Reason: "x"}}}, "PLAIN_TIME.low: gap: "},
		"a gap of older headers":   {Rules{Gaps: []Gap{{Set: h.Set, Older: true, Name: "PLAIN_TIME", Reason: "x"}}}, ""},
		"and of a member of them":  {Rules{Gaps: []Gap{{Set: h.Set, Older: true, Name: "PLAIN_TIME.low", Reason: "x"}}}, ""},
		"an SDK before a build":    {Rules{Gaps: []Gap{{Set: SetUnknown, Before: 1, Name: "PLAIN_TIME.low"}}}, ""},
		"a function that is there": {Rules{CompleteFunctions: []Prototypes{{Header: "evil.h", Name: "evil_*"}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Compare(g, h, c.rules).Findings
			if c.want == "" {
				assert.Empty(t, got)
			} else if assert.Len(t, got, 1) {
				assert.True(t, strings.HasPrefix(got[0].String(), c.want), got[0])
			}
		})
	}
	reports := []*Report{{GOARCH: "amd64", Omitted: []Omission{{Name: "MIB_UDPROW"}}}}
	omitted := Rules{Complete: []string{"evil.h"}, Omitted: []Omission{{"MIB_UDP*", "UDP"}, {"MIB_TPC*", "misspelled"}}}
	got := UnusedOmissions(omitted, reports)
	want := []Finding{{Kind: KindComplete, Item: "MIB_TPC*", Detail: "it is omitted (misspelled), but none of the headers declares it: remove it from the list"}}
	assert.Empty(t, cmp.Diff(want, got, cmpopts.EquateEmpty()))
	_, err = path.Match("MIB_UDP*", "")
	require.NoError(t, err)
}

// Functions that the headers declare and Go does not call are found, if that is asked for.
func TestCompleteFunctions(t *testing.T) {
	for _, target := range compilers(t) {
		missing := []Finding{{Kind: KindMissing, Item: "evil_call", Detail: "evil.h declares this function and Go does not call it"}}
		for _, c := range []struct {
			demanded Prototypes
			want     []Finding
		}{
			{Prototypes{"evil.h", "evil_*"}, missing},
			{Prototypes{"EVIL.h", "*_call"}, missing},
			{Prototypes{"thing.h", "evil_*"}, nil}, // which declares none
			{Prototypes{"evil.h", "*Tcp*"}, nil},
		} {
			spec := Spec{
				Headers:   []string{"thing.h", "evil.h"},
				Functions: []Function{FuncOf[func()]("evil_void")},
				Rules:     Rules{CompleteFunctions: []Prototypes{c.demanded}},
			}
			r, err := Run(t.Context(), spec, target)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(c.want, r.Findings, cmpopts.EquateEmpty()), "%v %v", target.CC, c.demanded)
		}
	}
}
