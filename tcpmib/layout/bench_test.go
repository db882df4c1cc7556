package layout

import (
	"fmt"
	"go/constant"
	"testing"
)

// The time of a comparison grows with what is compared: eight times as many structs and constants
// take eight times as long.
func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{1_000, 8_000} {
		b.Run(fmt.Sprintf("%d structs", n), func(b *testing.B) { benchmark(b, n, 0) })
	}
	for _, n := range []int{10_000, 80_000} {
		b.Run(fmt.Sprintf("%d constants", n), func(b *testing.B) { benchmark(b, 0, n) })
	}
}

func benchmark(b *testing.B, structs, constants int) {
	h := &Headers{GOARCH: "amd64"}
	h.makeMaps()
	h.Scalars["unsigned int"] = CScalar{Size: 4, Sign: unsigned}
	h.Typedefs["DWORD"] = "unsigned int"
	g := &Go{GOARCH: "amd64"}
	word := GoType{Name: "uint32", Kind: GoUnsigned, Size: 4, Align: 4}
	for i := range structs {
		c := fmt.Sprintf("S%d", i)
		decl, s := &CStruct{Size: 40, Align: 4}, GoStruct{Name: "p." + c, C: c, Size: 40, Align: 4}
		for k := range int64(10) {
			decl.Members = append(decl.Members, CMember{Name: fmt.Sprintf("dwField%d", k), Offset: 4 * k, Size: 4, Sign: unsigned, Type: "DWORD"})
			s.Fields = append(s.Fields, GoField{Name: fmt.Sprintf("Field%d", k), Offset: 4 * k, Type: word})
		}
		h.Structs[c] = decl
		g.Structs = append(g.Structs, s)
	}
	for i := range constants {
		c := fmt.Sprintf("K%d", i)
		if i%2 == 0 {
			h.Macros[c] = CValue{Bits: uint64(i), Size: 4}
		} else {
			h.Enums[fmt.Sprintf("E%d", i)] = &CEnum{Size: 4, Values: map[string]CValue{c: {Bits: uint64(i), Size: 4}}}
		}
		g.Consts = append(g.Consts, GoConst{Name: "p." + c, C: c, Value: constant.MakeInt64(int64(i))})
	}
	h.indexEnumerators()
	for b.Loop() {
		if r := Compare(g, h, Rules{}); !r.OK() {
			b.Fatal(r.Findings[0])
		}
	}
}
