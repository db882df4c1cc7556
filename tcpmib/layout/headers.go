package layout

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Headers are what a header set declares for one architecture. A compiled probe and its debug
// information yield them ([ReadHeaders]), or a record of an earlier run ([ReadRecord]); marshalled
// to JSON they are such a record. Types are written as C writes them: "DWORD", "struct tag", "T *",
// "T[4]".
type Headers struct {
	// Provenance: who said this.
	Compiler string   `json:"compiler,omitempty"`
	Method   string   `json:"method,omitempty"`
	Set      string   `json:"set,omitempty"`     // one of the Set constants
	Version  string   `json:"version,omitempty"` // of the header set, as far as the headers tell
	SDKs     []string `json:"sdks,omitempty"`    // the Windows SDKs that say the same, as "10.0.26100"
	GOARCH   string   `json:"goarch"`
	Headers  []string `json:"headers"` // what was included

	Structs   map[string]*CStruct `json:"structs"` // and unions
	Enums     map[string]*CEnum   `json:"enums"`
	Functions map[string]*CFunc   `json:"functions"`
	Macros    map[string]CValue   `json:"macros"`
	// Typedefs are other names of types: typedefs, and tags of types that have a typedef.
	Typedefs map[string]string `json:"typedefs,omitempty"`
	// Scalars are C's own types, such as "unsigned long".
	Scalars map[string]CScalar `json:"scalars,omitempty"`

	// Aliases are macros that stand for a struct or union, such as PROCESSENTRY32 for
	// PROCESSENTRY32W where UNICODE is defined. A name means that first.
	Aliases map[string]string `json:"aliases,omitempty"`

	// Notes are what was left out of the headers, and why, a sentence each.
	Notes []string `json:"-"`

	why         map[string]string // the compiler's words about names that are not here
	enumerators map[string]CValue // of all Enums, once these are complete
}

// CStruct is a C struct or union.
type CStruct struct {
	Union bool   `json:"union,omitempty"`
	File  string `json:"file,omitempty"` // base name of the header
	Size  int64  `json:"size"`
	Align int64  `json:"align"`
	// Members in the order of the declaration. Those of anonymous structs and unions are among
	// them.
	Members CMembers `json:"members"`
	// Unnamed are the structs and unions among the members that have no name, an outer one before
	// those in it.
	Unnamed []CUnnamed `json:"unnamed,omitempty"`
	// BitFields are the names of bit-fields whose place is not known.
	BitFields []string `json:"bitfields,omitempty"`
}

// CUnnamed is a struct or union without a name in another: the members from First to before End.
type CUnnamed struct {
	Union  bool  `json:"union,omitempty"`
	Offset int64 `json:"offset"`
	Size   int64 `json:"size"`
	First  int   `json:"first"`
	End    int   `json:"end"`
}

// CMember is a member of a struct or union. A member of an anonymous struct or union belongs to
// the type that contains it.
type CMember struct {
	Name   string `json:"-"`
	Offset int64  `json:"offset"` // of a bit-field: of the unit that it is in
	Size   int64  `json:"size"`   // of a bit-field: of that unit
	Sign   string `json:"sign"`   // signed, unsigned, float, or nothing for what is not a number
	Type   string `json:"type"`
	Bits   int64  `json:"bits,omitempty"` // the width of a bit-field
	Bit    int64  `json:"bit,omitempty"`  // its lowest bit in the unit
}

func (m *CMember) end() int64 { return m.Offset + m.Size }

// bits are the first bit of a bit-field, from the start of its struct, and the bit behind its last.
func (m *CMember) bits() (first, end int64) {
	first = 8*m.Offset + m.Bit
	return first, first + m.Bits
}

// CEnum is a C enum.
type CEnum struct {
	File   string            `json:"file,omitempty"`
	Size   int64             `json:"size"`
	Sign   string            `json:"sign"` // the compiler's choice
	Values map[string]CValue `json:"values"`
}

// CFunc is a prototype.
type CFunc struct {
	File   string   `json:"file,omitempty"`   // base name of the header that declares it first, if known
	Params []string `json:"params,omitempty"` // their names, where the witness knows them
	// Type is written as in "ULONG (PVOID, DWORD) __attribute__((stdcall))".
	Type string `json:"type"`
}

// CScalar is one of C's own types.
type CScalar struct {
	Size int64  `json:"size"`
	Sign string `json:"sign"`
}

// The signs of CMember, CEnum and CScalar.
const (
	signed   = "signed"
	unsigned = "unsigned"
	float    = "float"
)

// Name is the header set and its version.
func (h *Headers) Name() string {
	switch n := len(h.SDKs); n {
	case 0:
		return strings.TrimSpace(h.Set + " " + h.Version)
	case 1:
		return h.Set + " " + h.SDKs[0]
	default:
		return h.Set + " " + h.SDKs[0] + " to " + strings.TrimPrefix(h.SDKs[n-1], "10.0.")
	}
}

// Before reports whether the header set is of Windows SDKs with build numbers below build. Every
// one is before 0.
func (h *Headers) Before(build int) bool {
	if build == 0 {
		return true
	}
	for _, sdk := range h.SDKs {
		n, err := strconv.Atoi(sdk[strings.LastIndexByte(sdk, '.')+1:])
		if err != nil || n >= build {
			return false
		}
	}
	return len(h.SDKs) > 0
}

// Struct finds a struct or union by any of its names, through typedefs. It returns nil if there is
// none.
func (h *Headers) Struct(name string) *CStruct { return h.typeOf(name).decl }

// Enum finds an enum by any of its names, through typedefs. It returns nil if there is none.
func (h *Headers) Enum(name string) *CEnum { return h.typeOf(name).enum }

// StructNames are all names of structs and unions, tags as "struct tag", sorted.
func (h *Headers) StructNames() []string {
	return h.names(slices.Collect(maps.Keys(h.Structs)), func(t cType) bool { return t.decl != nil })
}

// EnumNames are all names of enums, tags as "enum tag", sorted.
func (h *Headers) EnumNames() []string {
	return h.names(slices.Collect(maps.Keys(h.Enums)), func(t cType) bool { return t.enum != nil })
}

func (h *Headers) names(list []string, is func(cType) bool) []string {
	for name := range h.Typedefs {
		if is(h.typeOf(name)) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Constant finds the value of an enumerator or a macro.
func (h *Headers) Constant(name string) (CValue, bool) {
	if v, ok := h.Macros[name]; ok {
		return v, true
	}
	if h.enumerators != nil {
		v, ok := h.enumerators[name]
		return v, ok
	}
	for _, e := range h.Enums {
		if v, ok := e.Values[name]; ok {
			return v, true
		}
	}
	return CValue{}, false
}

// indexEnumerators makes Constant fast for as long as Enums stay as they are.
func (h *Headers) indexEnumerators() {
	h.enumerators = map[string]CValue{}
	for _, e := range h.Enums {
		for name, v := range e.Values {
			h.enumerators[name] = v
		}
	}
}

// cKind is what a C type is.
type cKind int

const (
	cUnknown cKind = iota // a name that the headers do not explain
	cInteger
	cFloat
	cPointer
	cArray
	cStruct
	cUnion
	cEnum
	cVoid
)

func (k cKind) String() string {
	return [...]string{"type of unknown kind", "integer", "floating-point number", "pointer", "array", "struct", "union", "enum", "void"}[k]
}

// cType is a C type that was looked up.
type cType struct {
	kind cKind
	name string // as it was asked for
	base string // behind all typedefs
	size int64
	sign string
	elem string // of an array; of a pointer what it points to
	len  int64  // of an array; 0 for a flexible one
	decl *CStruct
	enum *CEnum
}

// typeOf looks a type up. Qualifiers are not part of types here: dwarf.go drops them.
func (h *Headers) typeOf(name string) cType {
	t := h.lookUp(name, 0)
	t.name = name
	return t
}

func (h *Headers) lookUp(name string, depth int) cType {
	size := pointerSize(h.GOARCH)
	if pointer, ok := strings.CutSuffix(name, " __ptr32"); ok {
		name, size = pointer, 4
	} else if pointer, ok := strings.CutSuffix(name, " __ptr64"); ok {
		name, size = pointer, 8
	}
	switch {
	case strings.HasSuffix(name, "*"):
		return cType{kind: cPointer, base: name, size: size, elem: strings.TrimSpace(strings.TrimSuffix(name, "*"))}
	case strings.HasSuffix(name, "]"):
		return h.arrayType(name)
	case name == "void":
		return cType{kind: cVoid, base: name}
	}
	if s := h.Structs[name]; s != nil {
		kind := cStruct
		if s.Union {
			kind = cUnion
		}
		return cType{kind: kind, base: name, size: s.Size, decl: s}
	}
	if e := h.Enums[name]; e != nil {
		return cType{kind: cEnum, base: name, size: e.Size, sign: e.Sign, enum: e}
	}
	if s, ok := h.Scalars[name]; ok {
		kind := cInteger
		if s.Sign == float {
			kind = cFloat
		}
		return cType{kind: kind, base: name, size: s.Size, sign: s.Sign}
	}
	if to, ok := h.Typedefs[name]; ok && depth < 100 { // a record may name a type after itself
		return h.lookUp(to, depth+1)
	}
	return cType{base: name}
}

// arrayType reads "T[2][3]", an array of 2 arrays of 3 T.
func (h *Headers) arrayType(name string) cType {
	open := len(name)
	for strings.HasSuffix(name[:open], "]") {
		i := strings.LastIndexByte(name[:open], '[')
		if i < 0 {
			return cType{base: name}
		}
		open = i
	}
	length, rest, _ := strings.Cut(name[open+1:], "]")
	n, _ := strconv.ParseInt(length, 10, 64)
	elem := strings.TrimSpace(name[:open]) + rest
	return cType{kind: cArray, base: name, elem: elem, len: n, size: n * h.typeOf(elem).size}
}

func pointerSize(goarch string) int64 {
	if goarch == "386" {
		return 4
	}
	return 8
}

// member finds a member by its path: "a", "a.b", "a[0].b".
func (h *Headers) member(s *CStruct, path string) *CMember {
	name, rest, index := path, "", false
	if i := strings.IndexAny(path, ".["); i >= 0 {
		name, rest, index = path[:i], path[i+1:], path[i] == '['
	}
	i := slices.IndexFunc(s.Members, func(m CMember) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	m := s.Members[i]
	if rest == "" {
		return &m
	}
	if index {
		return h.element(m, rest)
	}
	return h.inner(m, rest)
}

// inner finds a member within the member m.
func (h *Headers) inner(m CMember, path string) *CMember {
	t := h.typeOf(m.Type)
	if t.decl == nil {
		return nil
	}
	in := h.member(t.decl, path)
	if in != nil {
		in.Offset += m.Offset
		in.Name = m.Name + "." + in.Name
	}
	return in
}

// element finds an element of the member m: path is "0]", "0][1]" or "0].name".
func (h *Headers) element(m CMember, path string) *CMember {
	digits, rest, _ := strings.Cut(path, "]")
	i, err := strconv.ParseUint(digits, 10, 32) // no sign
	n, t := int64(i), h.typeOf(m.Type)
	if err != nil || t.kind != cArray || n >= max(t.len, 1) {
		return nil
	}
	e := h.typeOf(t.elem)
	in := CMember{Name: m.Name + "[" + digits + "]", Offset: m.Offset + n*e.size, Size: e.size, Sign: e.sign, Type: t.elem}
	switch {
	case rest == "":
		return &in
	case rest[0] == '[':
		return h.element(in, rest[1:])
	}
	return h.inner(in, rest[1:])
}
