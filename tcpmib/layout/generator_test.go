package layout

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cRandomMember is a member of a random C struct: a scalar, an array, a struct or union of its own,
// or bit-fields of one unit. Without a name its members belong to what it is in.
type cRandomMember struct {
	name  string
	typ   string // of a scalar; an earlier struct; "struct" or "union" with what is in it
	dims  []int
	bits  []int // the widths of bit-fields name_0, name_1, ...
	inner []cRandomMember
}

func (d *cRandomMember) write(b *strings.Builder, indent string) {
	switch {
	case d.bits != nil:
		for i, n := range d.bits {
			fmt.Fprintf(b, "%s%s %s_%d : %d;\n", indent, d.typ, d.name, i, n)
		}
		return
	case d.inner != nil:
		fmt.Fprintf(b, "%s%s {\n", indent, d.typ)
		for i := range d.inner {
			d.inner[i].write(b, indent+"\t")
		}
		fmt.Fprintf(b, "%s} %s", indent, d.name)
	default:
		fmt.Fprintf(b, "%s%s %s", indent, d.typ, d.name)
	}
	for _, n := range d.dims {
		fmt.Fprintf(b, "[%d]", n)
	}
	b.WriteString(";\n")
}

// cRandom is a random struct.
type cRandom struct {
	name    string
	pack    int
	members []cRandomMember
}

func (s *cRandom) write(b *strings.Builder) {
	if s.pack > 0 {
		fmt.Fprintf(b, "#pragma pack(push, %d)\n", s.pack)
	}
	fmt.Fprintf(b, "typedef struct _%s {\n", s.name)
	for i := range s.members {
		s.members[i].write(b, "\t")
	}
	fmt.Fprintf(b, "} %s;\n", s.name)
	if s.pack > 0 {
		b.WriteString("#pragma pack(pop)\n")
	}
}

var cScalars = map[string]GoType{
	"signed char": {Name: "int8", Kind: GoSigned, Size: 1}, "unsigned char": {Name: "uint8", Kind: GoUnsigned, Size: 1},
	"short": {Name: "int16", Kind: GoSigned, Size: 2}, "unsigned short": {Name: "uint16", Kind: GoUnsigned, Size: 2},
	"int": {Name: "int32", Kind: GoSigned, Size: 4}, "unsigned int": {Name: "uint32", Kind: GoUnsigned, Size: 4},
	"long long": {Name: "int64", Kind: GoSigned, Size: 8}, "unsigned long long": {Name: "uint64", Kind: GoUnsigned, Size: 8},
	"float": {Name: "float32", Kind: GoFloat, Size: 4}, "double": {Name: "float64", Kind: GoFloat, Size: 8},
	"void *": {Name: "uintptr", Kind: GoUintptr},
}

var cScalarNames = []string{"signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "unsigned int", "long long", "unsigned long long", "float", "double", "void *"}

// randomStruct makes struct S<i>, which may contain those before it.
func randomStruct(r *rand.Rand, i int) cRandom {
	s := cRandom{name: fmt.Sprintf("S%d", i)}
	if r.IntN(6) == 0 {
		s.pack = 1 << r.IntN(3)
	}
	for m := range 1 + r.IntN(8) {
		s.members = append(s.members, randomMember(r, i, fmt.Sprintf("m%d", m), 0))
	}
	return s
}

func randomMember(r *rand.Rand, i int, name string, depth int) cRandomMember {
	d := cRandomMember{name: name, typ: cScalarNames[r.IntN(len(cScalarNames))]}
	if i > 3 && r.IntN(7) == 0 {
		d.typ = fmt.Sprintf("S%d", r.IntN(i))
	}
	if depth > 1 {
		return d
	}
	several := func(n int) []cRandomMember {
		var list []cRandomMember
		for k := range n {
			list = append(list, randomMember(r, i, name+string(rune('a'+k)), depth+1))
		}
		return list
	}
	switch r.IntN(10) {
	case 0:
		d.dims = []int{1 + r.IntN(4)}
	case 1:
		d.dims = []int{1 + r.IntN(3), 2 + r.IntN(2)}
	case 2:
		d.typ, d.name, d.inner = "union", "", several(2+r.IntN(2))
	case 3:
		d.typ, d.inner = "union", several(2)
	case 4:
		d.typ, d.inner = "struct", several(2)
	case 5:
		d.typ, d.name, d.inner = "struct", "", several(2)
	case 6:
		if depth == 0 {
			d.typ, d.bits = "unsigned int", []int{1 + r.IntN(8), 8 + r.IntN(5), 0}
			d.bits[2] = 32 - d.bits[0] - d.bits[1]
		}
	}
	return d
}

// goBuilder makes the Go structs that are right by construction. Only where C has a member is taken
// from the headers.
type goBuilder struct {
	r       *rand.Rand
	h       *Headers
	structs map[string]*cRandom
	plain   bool     // unions as integers, in no other way: what advice means by a struct
	own     *GoType  // the elements of the array that an advice is about
	inner   []gField // of the struct within the mutant that is wrong
}

// gField is a field of a Go struct before it is laid out.
type gField struct {
	name  string
	typ   GoType
	c     string // the C member
	kind  string // scalar, bits, union, other
	ctype string
	arms  [][]gField // of storage for a union: the fields for each of its members
}

func (b *goBuilder) scalar(c string) GoType {
	t := cScalars[c]
	if c == "void *" {
		t.Size = pointerSize(b.h.GOARCH)
	}
	t.Align = min(t.Size, pointerSize(b.h.GOARCH))
	return t
}

func arrayOf(n int64, e GoType) GoType {
	return GoType{Name: fmt.Sprintf("[%d]%s", n, e.Name), Kind: GoArray, Size: n * e.Size, Align: e.Align, Elem: &e, Len: n}
}

func (b *goBuilder) bytes(n int64) GoType { return arrayOf(n, b.scalar("unsigned char")) }

// lay lays fields out as the gc compiler does.
func lay(name string, fields []gField, tagged bool) GoStruct {
	s := GoStruct{Name: name, Align: 1}
	for _, f := range fields {
		at := alignUp(s.Size, f.typ.Align)
		field := GoField{Name: f.name, Offset: at, Type: f.typ}
		if tagged && f.c != "" {
			field.C = []string{f.c}
		}
		s.Fields = append(s.Fields, field)
		s.Size, s.Align = at+f.typ.Size, max(s.Align, f.typ.Align)
	}
	s.Size = alignUp(s.Size, s.Align)
	return s
}

func structType(s GoStruct) GoType {
	return GoType{Name: s.Name, Kind: GoStructKind, Size: s.Size, Align: s.Align, Struct: &s}
}

// fields are those of the Go struct for a C struct.
func (b *goBuilder) fields(s *cRandom) []gField {
	decl := b.h.Struct(s.name)
	return b.fit(b.sequence(s.members, decl), decl)
}

// placed is a field and where C has it.
type placed struct {
	gField
	offset int64
	size   int64 // of the member, or of the union that the field stands for
}

// sequence are the fields for the members of a struct.
func (b *goBuilder) sequence(members []cRandomMember, decl *CStruct) []placed {
	var list []placed
	for i := range members {
		d := &members[i]
		switch {
		case d.bits != nil:
			m := b.h.member(decl, d.name+"_0")
			list = append(list, placed{gField{goName(d.name), b.scalar("unsigned int"), "", "bits", d.typ, nil}, m.Offset, 4})
		case d.name == "" && d.typ == "struct":
			list = append(list, b.sequence(d.inner, decl)...)
		case d.name == "":
			list = append(list, b.union(d, decl)...)
		default:
			m := b.h.member(decl, d.name)
			kind := "other"
			t := b.typeOf(d, m)
			switch {
			case d.typ == "union" && d.dims == nil:
				kind = "storage" // of which a part may be right
			case d.dims == nil && d.inner == nil && !strings.HasPrefix(d.typ, "S"):
				kind = "scalar"
			}
			f := gField{goName(d.name), t, d.name, kind, d.typ, nil}
			if kind == "storage" {
				f.arms = b.arms(d, b.h.typeOf(m.Type).decl, d.name+".")
			}
			list = append(list, placed{f, m.Offset, m.Size})
		}
	}
	return list
}

// union are the ways in which Go may write a union without a name: one of its members, or storage.
func (b *goBuilder) union(d *cRandomMember, decl *CStruct) []placed {
	way := b.r.IntN(6)
	if b.plain {
		way = 2
	}
	if way == 0 {
		arm := d.inner[b.r.IntN(len(d.inner))]
		for arm.name == "" && arm.typ == "union" { // of which storage may be smaller than that of d
			arm = arm.inner[b.r.IntN(len(arm.inner))]
		}
		list := b.sequence([]cRandomMember{arm}, decl)
		for i := range list {
			list[i].kind = "union"
		}
		return list
	}
	u := decl.Unnamed[slices.IndexFunc(decl.Unnamed, func(u CUnnamed) bool {
		return u.Union && decl.Members[u.First].Name == firstName(d.inner) && decl.Members[u.End-1].Name == lastName(d.inner)
	})]
	name := "Anon" + goName(decl.Members[u.First].Name+"x")
	return []placed{{gField{name, b.storageIn(u.Size, b.alignOf(d), way, name), "", "union", "", b.arms(d, decl, "")}, u.Offset, u.Size}}
}

// arms are the fields for each member of a union, whose names in C begin with prefix. What has no name
// is left out.
func (b *goBuilder) arms(d *cRandomMember, decl *CStruct, prefix string) [][]gField {
	var arms [][]gField
	for i := range d.inner {
		var arm []gField
		for _, p := range b.sequence(d.inner[i:i+1], decl) {
			if p.c == "" || prefix != "" && p.typ.Kind == GoStructKind { // whose fields have the names of others
				arm = nil
				break
			}
			p.c = prefix + p.c
			arm = append(arm, p.gField)
		}
		if arm != nil {
			arms = append(arms, arm)
		}
	}
	return arms
}

func firstName(members []cRandomMember) string {
	if members[0].name == "" {
		return firstName(members[0].inner)
	}
	return members[0].name
}

func lastName(members []cRandomMember) string {
	last := members[len(members)-1]
	if last.name == "" {
		return lastName(last.inner)
	}
	return last.name
}

// alignOf is the alignment of the Go type for a member.
func (b *goBuilder) alignOf(d *cRandomMember) int64 {
	a := int64(1)
	for i := range d.inner {
		a = max(a, b.alignOf(&d.inner[i]))
	}
	switch {
	case d.inner != nil:
		return a
	case strings.HasPrefix(d.typ, "S"):
		return min(b.h.Struct(d.typ).Align, pointerSize(b.h.GOARCH))
	}
	return b.scalar(d.typ).Align
}

// storageIn is an array of a size: of bytes, of integers, or within a struct.
func (b *goBuilder) storageIn(size, align int64, way int, name string) GoType {
	e := b.scalar("unsigned char")
	if way != 1 && size%align == 0 {
		e = *b.unsignedOf(align)
	}
	t := arrayOf(size/e.Size, e)
	for range max(0, way-2) % 3 {
		t = structType(lay(name+"Data", []gField{{name: "Data", typ: t}}, false))
	}
	return t
}

// typeOf is the Go type of a named member.
func (b *goBuilder) typeOf(d *cRandomMember, m *CMember) GoType {
	var t GoType
	n := int64(1)
	for _, k := range d.dims {
		n *= int64(k)
	}
	size := m.Size / n
	switch {
	case d.typ == "union" && d.inner != nil:
		way := 1 + b.r.IntN(5)
		if b.plain {
			way = 2
		}
		t = b.storageIn(size, b.alignOf(&cRandomMember{inner: d.inner}), way, goName(d.name))
	case d.inner != nil:
		ct := b.h.typeOf(m.Type)
		for ct.kind == cArray {
			ct = b.h.typeOf(ct.elem)
		}
		decl := ct.decl
		t = structType(lay("struct", b.fit(b.sequence(d.inner, decl), decl), false))
	case strings.HasPrefix(d.typ, "S"):
		t = structType(lay("go"+d.typ, b.fields(b.structs[d.typ]), false))
	default:
		t = b.scalar(d.typ)
	}
	for i := len(d.dims) - 1; i >= 0; i-- {
		t = arrayOf(int64(d.dims[i]), t)
	}
	return t
}

// fit puts padding between fields, and bytes where C packs them.
func (b *goBuilder) fit(list []placed, decl *CStruct) []gField {
	size, limit := decl.Size, decl.Align
	var fields []gField
	at, align := int64(0), int64(1)
	for _, p := range list {
		if a := p.typ.Align; p.offset%a != 0 || size%a != 0 || b.plain && limit > 0 && a > limit {
			p.typ = b.bytes(p.typ.Size)
		}
		if a := p.typ.Align; alignUp(at, a) != p.offset {
			fields = append(fields, gField{name: "_", typ: b.bytes(p.offset - at)})
		}
		fields = append(fields, p.gField)
		fields[len(fields)-1].typ = p.typ
		at, align = p.offset+p.typ.Size, max(align, p.typ.Align)
	}
	if alignUp(at, align) != size {
		fields = append(fields, gField{name: "_", typ: b.bytes(size - at)})
	}
	return fields
}

// A gMutation spoils field i, or returns nil.
var gMutations = []struct {
	name  string
	spoil func(b *goBuilder, f []gField, i int) []gField
}{
	{"swap", func(b *goBuilder, f []gField, i int) []gField {
		k := i + 1 + b.r.IntN(3)
		if k >= len(f) || f[i].c == "" || f[k].c == "" { // what has no name in C is anywhere
			return nil
		}
		f = slices.Clone(f)
		f[i], f[k] = f[k], f[i]
		return f
	}},
	{"drop", func(b *goBuilder, f []gField, i int) []gField {
		if f[i].kind == "union" || len(f) == 1 {
			return nil
		}
		for _, k := range []int{i - 2, i - 1, i + 1, i + 2} { // what has no name in C may stand for it
			if k >= 0 && k < len(f) && f[k].c == "" && f[k].name != "_" {
				return nil
			}
		}
		if i+1 < len(f) && f[i+1].name == "_" && f[i+1].typ.Size == f[i].typ.Size { // which may stand for it
			return nil
		}
		return slices.Delete(slices.Clone(f), i, i+1)
	}},
	{"widen", func(b *goBuilder, f []gField, i int) []gField { return b.resize(f, i, +1) }},
	{"narrow", func(b *goBuilder, f []gField, i int) []gField { return b.resize(f, i, -1) }},
	{"shrink", func(b *goBuilder, f []gField, i int) []gField {
		narrow := b.resize(f, i, -1)
		if narrow == nil || narrow[i].kind == "other" { // of a struct, of which a blank field may stand for a part
			return nil
		}
		return slices.Insert(narrow, i+1, gField{name: "_", typ: b.bytes(f[i].typ.Size - narrow[i].typ.Size)})
	}},
	{"retype", func(b *goBuilder, f []gField, i int) []gField {
		if f[i].kind != "scalar" || f[i].typ.Kind == GoArray {
			return nil
		}
		var others []GoType
		for _, c := range cScalarNames {
			if t := b.scalar(c); t.Size == f[i].typ.Size && t.Kind != f[i].typ.Kind && t.Kind != GoUintptr {
				others = append(others, t)
			}
		}
		if len(others) == 0 {
			return nil
		}
		f = slices.Clone(f)
		f[i].typ = others[b.r.IntN(len(others))]
		return f
	}},
	{"merge", func(b *goBuilder, f []gField, i int) []gField {
		if i+1 == len(f) || f[i].kind != "scalar" || f[i+1].kind != "scalar" || f[i].typ.Size != f[i+1].typ.Size || f[i].typ.Kind == GoArray || f[i+1].typ.Kind == GoArray {
			return nil
		}
		wide := b.unsignedOf(2 * f[i].typ.Size)
		if wide == nil || lay("", f, false).Fields[i].Offset%wide.Align != 0 { // or there are two mistakes
			return nil
		}
		f = slices.Delete(slices.Clone(f), i+1, i+2)
		f[i].typ = *wide
		return f
	}},
	{"split", func(b *goBuilder, f []gField, i int) []gField {
		if f[i].kind != "scalar" || f[i].typ.Kind != GoSigned && f[i].typ.Kind != GoUnsigned {
			return nil
		}
		half := b.unsignedOf(f[i].typ.Size / 2)
		if half == nil {
			return nil
		}
		low, high := f[i], f[i]
		low.typ, high.typ, low.name, high.name = *half, *half, f[i].name+"Lo", f[i].name+"Hi"
		low.c, high.c = "", ""
		return slices.Replace(slices.Clone(f), i, i+1, low, high)
	}},
	{"both", (*goBuilder).both},
	{"store", (*goBuilder).store},
	{"bundle", (*goBuilder).bundle},
	{"nest", (*goBuilder).nest},
}

// nest makes a field wrong in the struct of field i, and with it all fields that have this struct.
func (b *goBuilder) nest(f []gField, i int) []gField {
	own := goBuilder{r: rand.New(rand.NewPCG(uint64(i), 2)), h: b.h, structs: b.structs}
	s := own.structs[strings.TrimPrefix(f[i].typ.Name, "go")]
	if s == nil || f[i].kind != "other" {
		return nil
	}
	right := own.fields(s)
	if lay("", right, false).Align != f[i].typ.Align { // it has unions in another way
		return nil
	}
	for k := range right {
		for _, by := range []int{-1, +1} {
			b.inner = own.resize(right, k, by)
			if right[k].kind == "scalar" && b.inner != nil && lay("", b.inner, false).Align <= f[i].typ.Align { // or C packs it
				return b.withInner(f, f[i].typ.Name)
			}
		}
	}
	return nil
}

// withInner gives all fields of the struct type name the fields of b.inner.
func (b *goBuilder) withInner(f []gField, name string) []gField {
	f = slices.Clone(f)
	for i := range f {
		if f[i].typ.Name == name {
			f[i].typ = structType(lay(name, b.inner, false))
		}
	}
	return f
}

// store puts integers, which would do for a union, in the place of all fields. They may be too few or too many.
func (b *goBuilder) store(f []gField, i int) []gField {
	s := lay("", f, false)
	e := b.unsignedOf(max(s.Align, 2))
	n := s.Size/e.Size + int64(b.r.IntN(3)) - 1
	if i > 0 || named(f) < 2 || n < 1 {
		return nil
	}
	return []gField{{name: "Stored", typ: arrayOf(n, *e)}}
}

// bundle puts integers in the place of some fields.
func (b *goBuilder) bundle(f []gField, i int) []gField {
	k := i + 2 + b.r.IntN(2)
	if k > len(f) || named(f[i:k]) < k-i || named(f) == k-i {
		return nil
	}
	if slices.ContainsFunc(f[i:k], func(x gField) bool { return x.kind == "union" }) { // of which this may be all, and right
		return nil
	}
	s := lay("", f, false)
	from, end := s.Fields[i].Offset, s.Fields[k-1].end()
	e := b.unsignedOf(int64(2) << b.r.IntN(2))
	if from%e.Align != 0 || (end-from)%e.Size != 0 || s.Size%e.Align != 0 {
		return nil
	}
	return slices.Replace(slices.Clone(f), i, k, gField{name: "Stored", typ: arrayOf((end-from)/e.Size, *e)})
}

// named is the number of fields that have names.
func named(f []gField) int {
	n := 0
	for i := range f {
		if f[i].name != "_" {
			n++
		}
	}
	return n
}

// both puts two members of a union one behind the other in place of its storage.
func (b *goBuilder) both(f []gField, i int) []gField {
	n := len(f[i].arms)
	if n < 2 {
		return nil
	}
	k := b.r.IntN(n - 1)
	return slices.Replace(slices.Clone(f), i, i+1, slices.Concat(f[i].arms[k], f[i].arms[k+1])...)
}

func (b *goBuilder) unsignedOf(size int64) *GoType {
	for _, c := range []string{"unsigned char", "unsigned short", "unsigned int", "unsigned long long"} {
		if t := b.scalar(c); t.Size == size {
			return &t
		}
	}
	return nil
}

// resize makes the type of a field wider or narrower.
func (b *goBuilder) resize(f []gField, i, by int) []gField {
	t := f[i].typ
	switch {
	case f[i].kind == "union" || f[i].kind == "bits" || f[i].kind == "storage" && by < 0:
		return nil
	case t.Kind == GoArray:
		if t.Len+int64(by) == 0 {
			return nil
		}
		t = arrayOf(t.Len+int64(by), *t.Elem)
	case t.Kind == GoSigned || t.Kind == GoUnsigned:
		size := 2 * t.Size
		if by < 0 {
			size = t.Size / 2
		}
		other := b.unsignedOf(size)
		if other == nil {
			return nil
		}
		t = *other
	default:
		return nil
	}
	f = slices.Clone(f)
	f[i].typ = t
	return f
}

// Random structs are right in every way in which Go may write them, and each mutant of them is
// wrong for one reason, whose advice, followed to the letter, makes it right. LAYOUT_SEED and
// LAYOUT_RUNS choose what to try.
func TestGenerator(t *testing.T) {
	const n = 40
	seed, runs := uint64(1), 1
	if s := os.Getenv("LAYOUT_SEED"); s != "" {
		v, err := strconv.ParseUint(s, 10, 64)
		require.NoError(t, err)
		seed = v
	}
	if s := os.Getenv("LAYOUT_RUNS"); s != "" {
		v, err := strconv.Atoi(s)
		require.NoError(t, err)
		runs = v
	}
	targets := compilers(t)
	counts := map[string]int{}
	right := 0
	for run := range runs {
		r := rand.New(rand.NewPCG(seed+uint64(run), 1))
		structs := map[string]*cRandom{}
		var text strings.Builder
		for i := range n {
			s := randomStruct(r, i)
			structs[s.name] = &s
			s.write(&text)
		}
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "random.h"), []byte(text.String()), 0o600))
		for _, target := range targets {
			target.CC = append(target.CC, "-I", dir)
			h, err := ReadHeaders(t.Context(), target, []string{"random.h"}, nil)
			require.NoError(t, err)
			b := &goBuilder{r: r, h: h, structs: structs}
			for i := range n {
				name := fmt.Sprintf("S%d", i)
				where := fmt.Sprintf("LAYOUT_SEED=%d %s %v", seed+uint64(run), h.GOARCH, target.CC[:2])
				for _, tagged := range []bool{false, true} {
					fields := b.fields(structs[name])
					if got := judge(b, name, fields, tagged); len(got) > 0 {
						t.Errorf("right, and found to be wrong: %v\n%s, tagged %v\n%sGo:\n%s", got, where, tagged, source(structs[name]), show(fields))
						return
					}
					right++
					if !b.mutants(t, name, fields, tagged, where, counts) {
						return
					}
				}
			}
		}
	}
	t.Logf("LAYOUT_SEED=%d: %d right structs; mutants: %v", seed, right, counts)
}

// judge returns the findings of a struct, without those of its alignment.
func judge(b *goBuilder, name string, fields []gField, tagged bool) []Finding {
	s := lay("go"+name, fields, tagged)
	s.C = name
	r := Compare(&Go{GOARCH: b.h.GOARCH, Structs: []GoStruct{s}}, b.h, Rules{})
	return slices.DeleteFunc(r.Findings, func(f Finding) bool { return f.Kind == KindAlign })
}

func source(s *cRandom) string {
	var b strings.Builder
	s.write(&b)
	return b.String()
}

func show(fields []gField) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "\t%s %s\n", f.name, f.typ.Name)
	}
	return b.String()
}

// mutants tries every mutation of every field.
func (b *goBuilder) mutants(t *testing.T, name string, fields []gField, tagged bool, where string, counts map[string]int) bool {
	for i := range fields {
		for _, m := range gMutations {
			if fields[i].name == "_" || tagged && (m.name == "merge" || m.name == "split") {
				continue
			}
			corrupted := m.spoil(b, fields, i)
			if corrupted == nil {
				continue
			}
			counts[m.name]++
			what := fmt.Sprintf("%s: %s of %s, tagged %v\n%sGo:\n%s", where, m.name, fields[i].name, tagged, source(b.structs[name]), show(corrupted))
			got := judge(b, name, corrupted, tagged)
			if len(got) != 1 {
				t.Errorf("want one finding, got %d: %v\n%s", len(got), got, what)
				return false
			}
			mended, err := b.follow(corrupted, got[0])
			if !assert.NoError(t, err, "%s\n%v", what, got[0]) {
				return false
			}
			if after := judge(b, name, mended, tagged); len(after) > 0 {
				t.Errorf("%v\nfollowed, gives %v\n%sthat is:\n%s", got[0], after, what, show(mended))
				return false
			}
		}
	}
	return true
}

var (
	adviceOf   = regexp.MustCompile(`: ([^:]*)$`)
	padBefore  = regexp.MustCompile(`^pad (\d+) bytes? (before it|at the end)$`)
	takeBefore = regexp.MustCompile(`^take (\d+) bytes? out (before it|at the end)$`)
	makeIt     = regexp.MustCompile(`^make it (.+?)(?: and take (\d+) bytes? out behind it)?$`)
	makeThem   = regexp.MustCompile(`^make them one (\S+?)( without a tag)?(?: and take (\d+) bytes? out behind it)?$`)
	makeEach   = regexp.MustCompile(`^make (\w+ \S+(?:, \w+ \S+)*(?: and \w+ \S+)?)$`)
	addFields  = regexp.MustCompile(`^(add|write) (.+?)( in place of the blank field)? (before (\w+)|at the end|before the blank field at offset (\d+))(?:, and _ \[(\d+)\]byte at the end)?$`)
	writeThem  = regexp.MustCompile(`^write (.+?)(?:, and _ \[(\d+)\]byte at the end)?$`)
	bytesAt    = regexp.MustCompile(`^C has (\d+) bytes? at offset (\d+) that`)
	andMore    = regexp.MustCompile(`(\w+(?:, \w+)*) and (\d+) more: `)
	exchange   = regexp.MustCompile(`^exchange it with (\w+)$`)
	moveIt     = regexp.MustCompile(`^move it (before (\w+)|to the end)$`)
	splitNames = regexp.MustCompile(`in C, and (.+?)(?: follow each other)? in Go: `)
)

// follow does what a finding says.
func (b *goBuilder) follow(fields []gField, f Finding) ([]gField, error) {
	fields = slices.Clone(fields)
	at := func(name string) int { return slices.IndexFunc(fields, func(x gField) bool { return x.name == name }) }
	i := at(f.Field)
	if text, ok := strings.CutPrefix(f.Detail, "within it, "); ok {
		item, detail, _ := strings.Cut(text, ": ")
		path := strings.Split(item, ".")
		member := path[len(path)-1]
		inner, err := b.follow(b.inner, Finding{Kind: f.Kind, Item: strings.TrimPrefix(fields[i].typ.Name, "go") + "." + member, Field: goName(member), Detail: detail})
		b.inner = inner
		return b.withInner(fields, fields[i].typ.Name), err
	}
	found := adviceOf.FindStringSubmatch(f.Detail)
	if found == nil {
		return nil, fmt.Errorf("no advice in %q", f.Detail)
	}
	advice := found[1]
	end := func(where string) int {
		if where == "at the end" || where == "to the end" {
			return len(fields)
		}
		return i
	}
	switch {
	case padBefore.MatchString(advice):
		m := padBefore.FindStringSubmatch(advice)
		n, _ := strconv.ParseInt(m[1], 10, 64)
		return slices.Insert(fields, end(m[2]), gField{name: "_", typ: b.bytes(n)}), nil
	case takeBefore.MatchString(advice):
		m := takeBefore.FindStringSubmatch(advice)
		n, _ := strconv.ParseInt(m[1], 10, 64)
		for k := end(m[2]) - 1; k >= 0 && n > 0 && fields[k].name == "_"; k-- {
			cut := min(n, fields[k].typ.Size)
			n -= cut
			if fields[k].typ.Size == cut {
				fields = slices.Delete(fields, k, k+1)
			} else {
				fields[k].typ = b.bytes(fields[k].typ.Size - cut)
			}
		}
		return fields, nil
	case makeThem.MatchString(advice):
		names := words(splitNames.FindStringSubmatch(f.Detail)[1])
		typ, err := b.parse(makeThem.FindStringSubmatch(advice)[1])
		k := at(names[0])
		fields[k].typ = typ
		if makeThem.FindStringSubmatch(advice)[2] != "" {
			fields[k].c = ""
		}
		fields = slices.Delete(fields, k+1, k+len(names))
		return cutBehind(fields, k, makeThem.FindStringSubmatch(advice)[3]), err
	case makeIt.MatchString(advice):
		for b.own = &fields[i].typ; b.own.Kind == GoArray; b.own = b.own.Elem { // which stay as they are
		}
		typ, err := b.parse(makeIt.FindStringSubmatch(advice)[1])
		b.own, fields[i].typ = nil, typ
		return cutBehind(fields, i, makeIt.FindStringSubmatch(advice)[2]), err
	case makeEach.MatchString(advice):
		for _, w := range words(makeEach.FindStringSubmatch(advice)[1]) {
			name, text, _ := strings.Cut(w, " ")
			typ, err := b.parse(text)
			if err != nil {
				return nil, err
			}
			fields[at(name)].typ = typ
		}
		return fields, nil
	case exchange.MatchString(advice):
		k := at(exchange.FindStringSubmatch(advice)[1])
		fields[i], fields[k] = fields[k], fields[i]
		return fields, nil
	case moveIt.MatchString(advice):
		m := moveIt.FindStringSubmatch(advice)
		moved := fields[i]
		fields = slices.Delete(fields, i, i+1)
		k := len(fields)
		if m[2] != "" {
			k = at(m[2])
		}
		return slices.Insert(fields, k, moved), nil
	case advice == "remove it":
		return slices.Delete(fields, i, i+1), nil
	case f.Kind == KindSize && writeThem.MatchString(advice):
		m := writeThem.FindStringSubmatch(advice)
		added, err := b.named(m[1], f)
		fields = slices.Replace(fields, i, i+1, added...)
		if m[2] != "" {
			n, _ := strconv.ParseInt(m[2], 10, 64)
			fields = append(fields, gField{name: "_", typ: b.bytes(n)})
		}
		return fields, err
	case addFields.MatchString(advice):
		m := addFields.FindStringSubmatch(advice)
		k := len(fields)
		switch {
		case m[5] != "":
			k = at(m[5])
		case m[6] != "":
			offset, _ := strconv.ParseInt(m[6], 10, 64)
			k = slices.IndexFunc(lay("", fields, false).Fields, func(x GoField) bool { return x.Offset == offset && x.Name == "_" })
		}
		if m[3] != "" {
			for k > 0 && fields[k-1].name == "_" {
				fields = slices.Delete(fields, k-1, k)
				k--
			}
		}
		added, err := b.named(m[2], f)
		fields = slices.Insert(fields, k, added...)
		if m[7] != "" {
			n, _ := strconv.ParseInt(m[7], 10, 64)
			fields = append(fields, gField{name: "_", typ: b.bytes(n)})
		}
		return fields, err
	}
	return nil, fmt.Errorf("cannot follow %q", advice)
}

// cutBehind takes bytes of padding out behind field i, if any are named.
func cutBehind(fields []gField, i int, n string) []gField {
	cut, _ := strconv.ParseInt(n, 10, 64)
	for cut > 0 {
		cut -= fields[i+1].typ.Size
		fields = slices.Delete(fields, i+1, i+2)
	}
	return fields
}

func words(list string) []string {
	return strings.Split(strings.ReplaceAll(list, " and ", ", "), ", ")
}

// named makes fields of "Name type, Name type and Name type".
func (b *goBuilder) named(list string, f Finding) ([]gField, error) {
	var fields []gField
	structName, member, _ := strings.Cut(f.Item, ".")
	if list == "fields for them" {
		return b.fieldsFor(structName, member, f.Detail), nil
	}
	for _, w := range words(list) {
		name, text, _ := strings.Cut(w, " ")
		typ, err := b.parse(text)
		if err != nil {
			return nil, err
		}
		f := gField{name: name, typ: typ}
		for _, m := range b.h.Struct(structName).Members {
			if goName(m.Name) == name {
				f.c = m.Name
			}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// fieldsFor are the fields for more members than an advice lists.
func (b *goBuilder) fieldsFor(structName, member, detail string) []gField {
	b.plain = true
	defer func() { b.plain = false }()
	decl := b.h.Struct(structName)
	var from, end int64
	if m := bytesAt.FindStringSubmatch(detail); m != nil {
		size, _ := strconv.ParseInt(m[1], 10, 64)
		from, _ = strconv.ParseInt(m[2], 10, 64)
		end = from + size
	} else {
		m := andMore.FindStringSubmatch(detail)
		more, _ := strconv.Atoi(m[2])
		first := slices.IndexFunc(decl.Members, func(m CMember) bool { return m.Name == member })
		from = decl.Members[first].Offset
		for _, m := range decl.Members[first : first+1+strings.Count(m[1], ",")+more] {
			end = max(end, m.end())
		}
	}
	list := slices.DeleteFunc(b.sequence(b.structs[structName].members, decl), func(p placed) bool { return p.offset < from || p.offset >= end })
	part := &CStruct{Size: decl.Size, Align: decl.Align}
	fields := b.fit(list, part)
	if from > 0 && fields[0].name == "_" { // what is before them
		fields = fields[1:]
	}
	behind := slices.ContainsFunc(decl.Members, func(m CMember) bool { return m.Offset >= end })
	if last := len(fields) - 1; fields[last].name == "_" && behind {
		fields = fields[:last]
	}
	return fields
}

// parse makes a type of its name in an advice: a Go type, or a C struct.
func (b *goBuilder) parse(text string) (GoType, error) {
	if b.own != nil && b.own.Name == text {
		return *b.own, nil
	}
	b.plain = true
	defer func() { b.plain = false }()
	if rest, ok := strings.CutPrefix(text, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		length, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return GoType{}, err
		}
		e, err := b.parse(elem)
		return arrayOf(length, e), err
	}
	for c, t := range cScalars {
		if t.Name == text {
			return b.scalar(c), nil
		}
	}
	if text == "byte" {
		return b.scalar("unsigned char"), nil
	}
	if s := b.structs[strings.TrimPrefix(text, "go")]; s != nil {
		return structType(lay("go"+s.name, b.fields(s), false)), nil
	}
	if decl := b.h.Struct(text); decl != nil { // of a member: a struct without a name of its own
		return b.mirror(text, decl), nil
	}
	return GoType{}, fmt.Errorf("no type is called %q", text)
}

// mirror is a Go struct for a C struct that is known by its declaration alone.
func (b *goBuilder) mirror(name string, decl *CStruct) GoType {
	owner, path, _ := strings.Cut(name, ".")
	members := b.structs[owner].members
	for _, step := range strings.Split(path, ".") {
		members = innerOf(members, step)
	}
	return structType(lay("struct", b.fit(b.sequence(members, decl), decl), false))
}

// innerOf are the members of the member of that name.
func innerOf(members []cRandomMember, name string) []cRandomMember {
	for i := range members {
		if members[i].name == name {
			return members[i].inner
		}
		if members[i].name == "" {
			if found := innerOf(members[i].inner, name); found != nil {
				return found
			}
		}
	}
	return nil
}
