package layout

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Fields that are wrong because of one Go struct, which is compared nowhere else, are one mistake. The advice,
// followed, makes all of them right.
func TestWrongTogether(t *testing.T) {
	type (
		mine   struct{ Left, Top, Right, Bottom int64 }
		turned struct{ Top, Left, Right, Bottom int32 }
		short  struct{ Left, Top int32 }
		rect   struct{ Left, Top, Right, Bottom int32 }
		other  struct{ Left, Top, Right, Bottom int64 }
		info   struct {
			Size          uint32
			Monitor, Work mine
			Flags         uint32
		}
		infoMended struct {
			Size          uint32
			Monitor, Work rect
			Flags         uint32
		}
	)
	const monitor = "M 40 4: cbSize 0 DWORD; rcMonitor 4 RECT; rcWork 20 RECT; dwFlags 36 DWORD"
	for name, c := range map[string]struct {
		typ    any
		c      string
		want   string
		mended any
	}{
		"two fields": {info{}, monitor, "size M.rcMonitor: size is 16 in C and 32 in Go: make Monitor RECT and Work RECT", infoMended{}},
		"two fields, tagged": {struct {
			Size    uint32 `c:"cbSize"`
			Monitor mine   `c:"rcMonitor"`
			Work    mine   `c:"rcWork"`
			Flags   uint32 `c:"dwFlags"`
		}{}, monitor, "size M.rcMonitor: size is 16 in C and 32 in Go: make Monitor RECT and Work RECT", infoMended{}},
		"three": {struct{ A, B, C mine }{}, "M 48 4: a 0 RECT; b 16 RECT; c 32 RECT",
			"size M.a: size is 16 in C and 32 in Go: make A RECT, B RECT and C RECT", struct{ A, B, C rect }{}},
		"a field and an array": {struct {
			A mine
			B [2]mine
		}{}, "M 48 4: a 0 RECT; b 16 RECT[2]", "size M.a: size is 16 in C and 32 in Go: make A RECT and B [2]RECT", struct {
			A rect
			B [2]rect
		}{}},
		"an array of another length is a mistake of its own": {struct {
			A mine
			B [3]mine
		}{}, "M 48 4: a 0 RECT; b 16 RECT[2]", "size M.a: size is 16 in C and 32 in Go: make it RECT\nsize M.b: size is 32 in C and 96 in Go: make it [2]RECT", struct {
			A rect
			B [2]rect
		}{}},
		"fields of the same size": {struct {
			Size          uint32
			Monitor, Work turned
			Flags         uint32
		}{}, monitor, "offset M.rcMonitor: within it, rcMonitor.top: offset is 4 in C and 0 in Go: exchange it with Left", infoMended{}},
		"too small, with padding behind each": {struct {
			Size    uint32
			Monitor short
			_       [8]byte
			Work    short
			_       [8]byte
			Flags   uint32
		}{}, monitor, "size M.rcMonitor: size is 16 in C and 8 in Go: make Monitor RECT and Work RECT and take 8 bytes out behind each", infoMended{}},
		"two types are two mistakes": {struct {
			Size    uint32
			Monitor mine
			Work    other
			Flags   uint32
		}{}, monitor, "size M.rcMonitor: size is 16 in C and 32 in Go: make it RECT\nsize M.rcWork: size is 16 in C and 32 in Go: make it RECT", infoMended{}},
		"so are two without a name": {struct {
			Size    uint32
			Monitor struct{ Left, Top, Right, Bottom int64 }
			Work    struct{ Left, Top, Right, Bottom int64 }
			Flags   uint32
		}{}, monitor, "size M.rcMonitor: size is 16 in C and 32 in Go: make it RECT\nsize M.rcWork: size is 16 in C and 32 in Go: make it RECT", infoMended{}},
		"so are two C types": {struct{ A, B short }{}, "M 20 4: a 0 RECT; b 16 DWORD",
			"size M.a: size is 16 in C and 8 in Go: make it RECT\nsize M.b: size is 4 in C and 8 in Go: make it uint32", struct {
				A rect
				B uint32
			}{}},
		"one is right": {struct{ A, B short }{}, "M 24 4: a 0 RECT; b 16 POINT", "size M.a: size is 16 in C and 8 in Go: make it RECT", struct {
			A rect
			B short
		}{}},
		"in a struct that was opened": {struct {
			Size uint32
			In   struct{ Monitor, Work mine }
			Last uint32
		}{}, strings.ReplaceAll(monitor, "dwFlags", "dwLast"), "size M.rcMonitor: size is 16 in C and 32 in Go: make In.Monitor RECT and In.Work RECT", struct {
			Size uint32
			In   struct{ Monitor, Work rect }
			Last uint32
		}{}},
	} {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, "amd64", "RECT 16 4: left 0 LONG; top 4 LONG; right 8 LONG; bottom 12 LONG", "POINT 8 4: left 0 LONG; top 4 LONG", c.c)
			assert.Equal(t, c.want, findingsOf(t, StructOf("M", reflect.TypeOf(c.typ)), h))
			assert.Empty(t, findingsOf(t, StructOf("M", reflect.TypeOf(c.mended)), h), "the advice, followed")
		})
	}
}

// The padding at the end of a struct that C has without a struct around it goes with the mistake that it
// comes from.
func TestOpenedStructs(t *testing.T) {
	type (
		token struct { // IMAGE_AUX_SYMBOL_TOKEN_DEF, which C packs
			AuxType, Reserved uint8
			SymbolTableIndex  uint32
			RgbReserved       [12]uint8
		}
		tokenMended struct {
			AuxType, Reserved uint8
			SymbolTableIndex  [4]uint8
			RgbReserved       [12]uint8
		}
		inner struct {
			TokenDef token
			Rest     [2]uint8
		}
		innerMended struct {
			TokenDef tokenMended
			Rest     [2]uint8
		}
	)
	const symbol, packed = "S 20 2: TokenDef 0 TOKEN; rest 18 BYTE[2]", "offset TOKEN.SymbolTableIndex: Go aligns it more than C does: offset is 2 in C and 4 in Go: make SymbolTableIndex [4]byte"
	for name, c := range map[string]struct {
		types  []Type
		c      string
		want   string
		mended any
	}{
		"a struct in it is packed in C": {[]Type{Struct[struct{ Inner inner }]("S")}, symbol, "size S.TokenDef: size is 18 in C and 20 in Go: make it TOKEN", struct{ Inner innerMended }{}},
		"the same, compared on its own": {[]Type{Struct[token]("TOKEN"), Struct[struct{ Inner inner }]("S")}, symbol, packed, struct{ Inner innerMended }{}},
		"in two structs": {[]Type{Struct[struct{ Outer struct{ Inner inner } }]("S")}, symbol,
			"size S.TokenDef: size is 18 in C and 20 in Go: make it TOKEN", struct{ Outer struct{ Inner innerMended } }{}},
		"with a field behind it": {[]Type{Struct[struct {
			Inner inner
			After uint16
		}]("S")}, "S 22 2: TokenDef 0 TOKEN; rest 18 BYTE[2]; after 20 WORD", "size S.TokenDef: size is 18 in C and 20 in Go: make it TOKEN", struct {
			Inner innerMended
			After uint16
		}{}},
		"a field in it is too wide": {[]Type{Struct[struct {
			Inner struct {
				A uint64
				B uint32
			}
		}]("S")}, "S 8 4: a 0 DWORD; b 4 DWORD", "size S.a: size is 4 in C and 8 in Go: make it uint32", struct{ Inner struct{ A, B uint32 } }{}},
		"a field in it is packed": {[]Type{Struct[struct {
			Inner struct {
				A uint8
				B uint32
				C uint8
			}
		}]("S")}, "S 6 1: a 0 BYTE; b 1 DWORD; c 5 BYTE", "offset S.b: Go aligns it more than C does: offset is 1 in C and 4 in Go: make Inner.B [4]byte", struct {
			Inner struct {
				A uint8
				B [4]byte
				C uint8
			}
		}{}},
		"its last field is forgotten": {[]Type{Struct[struct {
			Inner struct {
				A uint64
				B uint32
			}
			After uint64
		}]("S")}, "S 24 8: a 0 UINT64; b 8 DWORD; c 12 DWORD; after 16 UINT64", "forgotten S.c: C has 4 bytes at offset 12 that no Go field names: add C uint32 at the end of Inner", struct {
			Inner struct {
				A    uint64
				B, C uint32
			}
			After uint64
		}{}},
		"a field in it is too much": {[]Type{Struct[struct {
			Inner struct {
				A     uint32
				Extra uint64
				B     uint32
			}
		}]("S")}, "S 8 4: a 0 DWORD; b 4 DWORD", "absent S.Inner.Extra: Go has uint64 at offset 8, and C has nothing to match it: remove it", struct{ Inner struct{ A, B uint32 } }{}},
		"nothing is wrong": {[]Type{Struct[struct {
			Inner struct {
				A uint64
				B uint32
			}
			After uint64
		}]("S")}, "S 24 8: a 0 UINT64; b 8 DWORD; after 16 UINT64", "", struct{}{}},
		"its padding is too much": {[]Type{Struct[struct {
			Inner struct {
				A uint64
				B uint32
			}
			After uint32
		}]("S")}, "S 16 8: a 0 UINT64; b 8 DWORD; after 12 DWORD", "offset S.after: offset is 12 in C and 16 in Go: it is 4 bytes late on amd64, and so is every field after it", struct{}{}},
	} {
		t.Run(name, func(t *testing.T) {
			h := byHand(t, "amd64", "TOKEN 18 2: AuxType 0 BYTE; Reserved 1 BYTE; SymbolTableIndex 2 DWORD; RgbReserved 6 BYTE[12]", c.c)
			g, err := Spec{Types: c.types}.Go(h.GOARCH)
			require.NoError(t, err)
			var list []string
			for _, f := range Compare(g, h, Rules{}).Findings {
				if f.Kind != KindAlign {
					list = append(list, string(f.Kind)+" "+f.Item+": "+f.Detail)
				}
			}
			assert.Equal(t, c.want, strings.Join(list, "\n"))
			if mended := reflect.TypeOf(c.mended); mended.NumField() > 0 {
				assert.Empty(t, findingsOf(t, StructOf("S", mended), h), "the advice, followed")
			}
		})
	}
}

// An integer that has the size of a pointer is one Go type on every architecture, as -gen writes it.
func TestIntegersOfAPointersSize(t *testing.T) {
	names := map[string]string{
		"UINT_PTR": "uintptr", "WPARAM": "uintptr", "SIZE_T": "uintptr", "size_t": "uintptr", "LPARAM": "int", "LONG_PTR": "int",
	}
	for goarch, same := range map[string][2]string{"amd64": {"UINT64", "INT64"}, "386": {"DWORD", "LONG"}} {
		h := byHand(t, goarch)
		h.Typedefs = map[string]string{
			"UINT_PTR": same[0], "WPARAM": "UINT_PTR", "SIZE_T": "ULONG_PTR", "ULONG_PTR": same[0], "size_t": same[0], "LPARAM": "LONG_PTR", "LONG_PTR": same[1],
			"HALF_PTR": "SHORT", "ALIAS": same[0],
		}
		names["HALF_PTR"], names["ALIAS"] = "int16", map[string]string{"amd64": "uint64", "386": "uint32"}[goarch]
		names["WPARAM[2]"] = "[2]uintptr"
		for c, want := range names {
			ct := h.typeOf(c)
			h.Structs["S"] = &CStruct{Size: ct.size, Align: pointerSize(goarch), Members: CMembers{{Name: "value", Size: ct.size, Sign: ct.sign, Type: c}}}
			got := findingsOf(t, StructOf("S", reflect.TypeFor[struct{ Value [3]float32 }]()), h)
			assert.Regexp(t, `: make it `+strings.NewReplacer("[", `\[`, "]", `\]`).Replace(want)+`$`, got, "%s %s", goarch, c)
		}
		for c, typ := range map[string]reflect.Type{"WPARAM": reflect.TypeFor[struct{ Value uintptr }](), "LPARAM": reflect.TypeFor[struct{ Value int }]()} {
			ct := h.typeOf(c)
			h.Structs["S"] = &CStruct{Size: ct.size, Align: pointerSize(goarch), Members: CMembers{{Name: "value", Size: ct.size, Sign: ct.sign, Type: c}}}
			assert.Empty(t, findingsOf(t, StructOf("S", typ), h), "the advice, followed")
		}
	}
}
