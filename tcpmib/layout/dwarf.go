package layout

import (
	"debug/dwarf"
	"fmt"
	"path"
	"slices"
	"strings"
)

// readDeclarations puts every type that the debug information declares into h. The types of the
// probe's variables that functions names are pointers to these functions.
func (h *Headers) readDeclarations(d *dwarf.Data, functions map[string]string) error {
	r := &dwarfReader{data: d, h: h, dies: map[dwarf.Offset]*die{}, keys: map[dwarf.Offset]string{}, unnamed: map[dwarf.Offset]bool{}}
	if err := r.readDIEs(); err != nil {
		return err
	}
	r.nameTypes()
	for _, e := range r.order {
		switch {
		case r.unnamed[e.Offset]:
		case e.isStruct():
			h.Structs[r.keys[e.Offset]] = r.structOf(e)
		case e.Tag == dwarf.TagEnumerationType:
			h.Enums[r.keys[e.Offset]] = r.enumOf(e)
		}
	}
	for _, e := range r.order {
		name := functions[e.name]
		if name == "" || e.Tag != dwarf.TagVariable {
			continue
		}
		pointer := r.dies[r.unqualified(e.typ)]
		if f := r.dies[r.behindTypedefs(pointer.typ)]; f != nil && f.Tag == dwarf.TagSubroutineType {
			h.Functions[name] = &CFunc{Type: r.spellFunction(f)}
		}
	}
	return nil
}

// dwarfReader turns debug information into types written as C writes them.
type dwarfReader struct {
	data  *dwarf.Data
	h     *Headers
	dies  map[dwarf.Offset]*die
	order []*die                  // types and variables, as declared
	keys  map[dwarf.Offset]string // the names of structs, unions and enums
	// unnamed are the types of anonymous members, whose own members belong to what they are in.
	unnamed map[dwarf.Offset]bool
}

// die is an entry of the debug information and what is in it.
type die struct {
	*dwarf.Entry
	name     string
	typ      dwarf.Offset // 0 for void
	file     string
	children []*die
}

func (e *die) isStruct() bool {
	return e.Tag == dwarf.TagStructType || e.Tag == dwarf.TagUnionType
}

// number is an attribute that is one.
func (e *die) number(attr dwarf.Attr) (n int64, ok bool) {
	n, ok = e.Val(attr).(int64)
	return n, ok
}

// readDIEs reads all entries, except what is in functions.
func (r *dwarfReader) readDIEs() error {
	reader := r.data.Reader()
	var files []*dwarf.LineFile
	var open []*die // the entries that what comes next is in
	for {
		entry, err := reader.Next()
		if err != nil || entry == nil {
			return err
		}
		if entry.Tag == 0 { // the end of the children of the last
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			continue
		}
		e := &die{Entry: entry}
		switch entry.Tag {
		case dwarf.TagCompileUnit:
			if files, err = r.files(entry); err != nil {
				return err
			}
		case dwarf.TagSubprogram:
			reader.SkipChildren()
			continue
		default:
			e.name, _ = entry.Val(dwarf.AttrName).(string)
			e.typ, _ = entry.Val(dwarf.AttrType).(dwarf.Offset)
			if n, ok := e.number(dwarf.AttrDeclFile); ok {
				e.file = fileName(files, n)
			}
			r.dies[entry.Offset] = e
			r.order = append(r.order, e)
			if len(open) > 0 {
				in := open[len(open)-1]
				in.children = append(in.children, e)
			}
		}
		if entry.Children {
			open = append(open, e)
		}
	}
}

func (r *dwarfReader) files(unit *dwarf.Entry) ([]*dwarf.LineFile, error) {
	lines, err := r.data.LineReader(unit)
	if err != nil || lines == nil {
		return nil, err
	}
	return lines.Files(), nil
}

// fileName is the base name of a file, or nothing for an index that there is not.
func fileName(files []*dwarf.LineFile, n int64) string {
	if n < 0 || n >= int64(len(files)) || files[n] == nil {
		return ""
	}
	return baseName(files[n].Name)
}

func baseName(file string) string { return path.Base(strings.ReplaceAll(file, `\`, "/")) }

// nameTypes gives each struct, union and enum the name that it has in h: the first typedef of it,
// or its tag, or the member that it is the type of. Other names of it become typedefs.
func (r *dwarfReader) nameTypes() {
	// C keeps tags and typedefs apart, so that both may be CLASH, for different types.
	for _, e := range r.order {
		if e.Tag != dwarf.TagTypedef {
			continue
		}
		if to := r.dies[r.unqualified(e.typ)]; to != nil && r.keyed(to) && r.keys[to.Offset] == "" {
			r.keys[to.Offset] = e.name
		}
	}
	for _, e := range r.order {
		if !r.keyed(e) || e.name == "" {
			continue
		}
		tag := tagWord[e.Tag] + " " + e.name
		if key := r.keys[e.Offset]; key == "" {
			r.keys[e.Offset] = tag
		} else {
			r.h.Typedefs[tag] = key
		}
	}
	for _, e := range r.order {
		if e.isStruct() && r.keys[e.Offset] != "" {
			r.nameMembers(e, r.keys[e.Offset])
		}
	}
	for _, e := range r.order {
		if r.keyed(e) && r.keys[e.Offset] == "" {
			r.keys[e.Offset] = fmt.Sprintf("%s %s:%x", tagWord[e.Tag], e.file, e.Offset)
			r.nameMembers(e, r.keys[e.Offset])
		}
	}
	for _, e := range r.order {
		if e.Tag != dwarf.TagTypedef || r.h.Typedefs[e.name] != "" {
			continue
		}
		if to := r.spell(e.typ); to != e.name {
			r.h.Typedefs[e.name] = to
		}
	}
}

var tagWord = map[dwarf.Tag]string{
	dwarf.TagStructType:      "struct",
	dwarf.TagUnionType:       "union",
	dwarf.TagEnumerationType: "enum",
}

// keyed reports whether e is a struct, union or enum with its contents.
func (r *dwarfReader) keyed(e *die) bool {
	return tagWord[e.Tag] != "" && e.Val(dwarf.AttrDeclaration) == nil
}

// nameMembers names the types in a struct that have no name: "OUTER.member".
func (r *dwarfReader) nameMembers(e *die, key string) {
	for _, m := range e.children {
		if m.Tag != dwarf.TagMember {
			continue
		}
		to := r.dies[r.unqualified(m.typ)]
		for to != nil && (to.Tag == dwarf.TagArrayType || to.Tag == dwarf.TagPointerType) {
			to = r.dies[r.unqualified(to.typ)]
		}
		switch {
		case to == nil || !r.keyed(to) || r.keys[to.Offset] != "":
		case m.name == "" && to.isStruct(): // its members belong to what it is in
			r.keys[to.Offset] = key // nothing else refers to it
			r.unnamed[to.Offset] = true
			r.nameMembers(to, key)
		default:
			r.keys[to.Offset] = key + "." + m.name
			r.nameMembers(to, r.keys[to.Offset])
		}
	}
}

// unqualified is the type behind const, volatile and the like.
func (r *dwarfReader) unqualified(o dwarf.Offset) dwarf.Offset {
	for {
		e := r.dies[o]
		if e == nil || !slices.Contains(qualifiers, e.Tag) {
			return o
		}
		o = e.typ
	}
}

// behindTypedefs is the type behind typedefs and qualifiers.
func (r *dwarfReader) behindTypedefs(o dwarf.Offset) dwarf.Offset {
	for {
		o = r.unqualified(o)
		e := r.dies[o]
		if e == nil || e.Tag != dwarf.TagTypedef {
			return o
		}
		o = e.typ
	}
}

var qualifiers = []dwarf.Tag{dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, tagAtomicType}

const tagAtomicType dwarf.Tag = 0x47 // DWARF 5, which compilers use in DWARF 4, too

// spell writes a type as C does, without qualifiers.
func (r *dwarfReader) spell(o dwarf.Offset) string {
	e := r.dies[r.unqualified(o)]
	if e == nil {
		return "void"
	}
	switch e.Tag {
	case dwarf.TagBaseType:
		return r.scalar(e)
	case dwarf.TagPointerType:
		star := " *"
		if size, ok := e.number(dwarf.AttrByteSize); ok && size != pointerSize(r.h.GOARCH) {
			star = fmt.Sprintf(" * __ptr%d", 8*size)
		}
		return r.spell(e.typ) + star
	case dwarf.TagArrayType:
		return r.spellArray(e)
	case dwarf.TagSubroutineType:
		return r.spellFunction(e)
	}
	if key := r.keys[e.Offset]; key != "" {
		return key
	}
	if word := tagWord[e.Tag]; word != "" { // declared, and nowhere defined
		return word + " " + e.name
	}
	return e.name
}

// spellArray writes the dimensions, the outermost first.
func (r *dwarfReader) spellArray(e *die) string {
	dims := ""
	for _, c := range e.children {
		if c.Tag != dwarf.TagSubrangeType {
			continue
		}
		n, ok := c.number(dwarf.AttrCount)
		if upper, isUpper := c.number(dwarf.AttrUpperBound); !ok && isUpper {
			n, ok = upper+1, true
		}
		if !ok {
			dims += "[]"
		} else {
			dims += fmt.Sprintf("[%d]", n)
		}
	}
	elem := r.spell(e.typ)
	base := elem
	for strings.HasSuffix(base, "]") {
		base = base[:strings.LastIndexByte(base, '[')]
	}
	return base + dims + elem[len(base):]
}

func (r *dwarfReader) spellFunction(e *die) string {
	var params []string
	for _, c := range e.children {
		switch c.Tag {
		case dwarf.TagFormalParameter:
			params = append(params, r.spell(c.typ))
		case dwarf.TagUnspecifiedParameters:
			params = append(params, "...")
		}
	}
	if params == nil {
		params = []string{"void"}
	}
	return r.spell(e.typ) + " (" + strings.Join(params, ", ") + ")"
}

// scalar is the name of one of C's own types, and puts it into h. gcc and clang name them
// differently.
func (r *dwarfReader) scalar(e *die) string {
	words := strings.Fields(e.name)
	if len(words) > 1 && !slices.Equal(words, []string{"unsigned", "int"}) {
		words = slices.DeleteFunc(words, func(w string) bool { return w == "int" })
	}
	if i := slices.Index(words, "unsigned"); i > 0 {
		words = append([]string{"unsigned"}, slices.Delete(words, i, i+1)...)
	}
	name := strings.Join(words, " ")
	size, _ := e.number(dwarf.AttrByteSize)
	encoding, _ := e.number(dwarf.AttrEncoding)
	r.h.Scalars[name] = CScalar{Size: size, Sign: encodings[encoding]}
	return name
}

// encodings are DW_ATE_*.
var encodings = map[int64]string{
	2: unsigned, // boolean
	4: float,
	5: signed,
	6: signed, // signed char
	7: unsigned,
	8: unsigned, // unsigned char
}

func (r *dwarfReader) structOf(e *die) *CStruct {
	size, _ := e.number(dwarf.AttrByteSize)
	s := &CStruct{Union: e.Tag == dwarf.TagUnionType, File: e.file, Size: size}
	r.members(s, e, 0)
	return s
}

// members puts the members of e into s. Those of anonymous structs and unions belong to what they
// are in.
func (r *dwarfReader) members(s *CStruct, e *die, base int64) {
	u := unit{end: base}
	for k, m := range e.children {
		if m.Tag != dwarf.TagMember {
			continue
		}
		if e.Tag == dwarf.TagUnionType {
			u = unit{end: base}
		}
		offset, _ := m.number(dwarf.AttrDataMemberLoc)
		in := r.dies[r.unqualified(m.typ)]
		if m.name == "" && in != nil && in.isStruct() {
			size, _ := in.number(dwarf.AttrByteSize)
			i := len(s.Unnamed)
			s.Unnamed = append(s.Unnamed, CUnnamed{in.Tag == dwarf.TagUnionType, base + offset, size, len(s.Members), 0})
			r.members(s, in, base+offset)
			s.Unnamed[i].End = len(s.Members)
			u = unit{end: base + offset + size}
			continue
		}
		c := CMember{Name: m.name, Offset: base + offset, Type: r.spell(m.typ)}
		t := r.sized(m.typ)
		c.Size, c.Sign = t.size, t.sign
		if in != nil && in.Tag == dwarf.TagPointerType && c.Size == 8 && room(e, k, offset) < 8 { // some versions of clang do not say it of __ptr32
			c.Size, c.Type = 4, strings.TrimSuffix(c.Type, " *")+" * __ptr32"
		}
		if bits, ok := m.number(dwarf.AttrBitSize); ok {
			c.Bits = bits
			u.take(8*base+firstBit(m, c.Size), bits, 8*base, max(c.Size, 1))
			c.Offset, c.Bit = u.from, 8*base+firstBit(m, c.Size)-8*u.from
		} else {
			u = unit{end: c.end()}
		}
		s.Members = append(s.Members, c)
	}
}

// room is how many bytes there are for child k of a struct or union, which begins at an offset.
func room(e *die, k int, offset int64) int64 {
	end, _ := e.number(dwarf.AttrByteSize)
	if e.Tag == dwarf.TagStructType {
		for _, m := range e.children[k+1:] {
			if next, ok := m.number(dwarf.AttrDataMemberLoc); ok && m.Tag == dwarf.TagMember && next > offset {
				end = min(end, next)
			}
		}
	}
	return end - offset
}

// firstBit is the lowest bit of a bit-field of a type of size bytes, from the start of its struct.
func firstBit(m *die, size int64) int64 {
	if first, ok := m.number(dwarf.AttrDataBitOffset); ok {
		return first
	}
	// DWARF 2 and 3 count from the highest bit of the unit.
	offset, _ := m.number(dwarf.AttrDataMemberLoc)
	if unit, ok := m.number(dwarf.AttrByteSize); ok {
		size = unit
	}
	high, _ := m.number(dwarf.AttrBitOffset)
	bits, _ := m.number(dwarf.AttrBitSize)
	return 8*offset + 8*size - high - bits
}

// unit is the unit that the last bit-field is in, from one byte to before another. Without a
// bit-field it is empty, and ends where the last member does.
type unit struct{ from, end int64 }

// take finds the unit of the next bit-field, which begins at the bit first of the outermost struct;
// that which it is in, at the bit base. Debug information does not name units. A bit-field of the
// same size as those before it is in their unit if it fits. Otherwise its unit is aligned to its
// size, unless that is packed away: then it begins at the byte of the bit-field.
func (u *unit) take(first, bits, base, size int64) {
	if u.end-u.from == size && first >= 8*u.from && first+bits <= 8*u.end {
		return
	}
	from := base/8 + (first-base)/(8*size)*size
	if from < u.end || first+bits > 8*(from+size) {
		from = first / 8
	}
	*u = unit{from, from + size}
}

// sized is the size and the sign of a type.
func (r *dwarfReader) sized(o dwarf.Offset) cType {
	e := r.dies[r.unqualified(o)]
	if e == nil {
		return cType{}
	}
	size, _ := e.number(dwarf.AttrByteSize)
	switch e.Tag {
	case dwarf.TagBaseType:
		return cType{size: size, sign: r.h.Scalars[r.scalar(e)].Sign}
	case dwarf.TagTypedef:
		return r.sized(e.typ)
	case dwarf.TagPointerType:
		if size == 0 { // clang says it of __ptr32 and __ptr64 alone
			size = pointerSize(r.h.GOARCH)
		}
		return cType{size: size}
	case dwarf.TagArrayType:
		n := int64(1)
		for _, c := range e.children {
			if c.Tag != dwarf.TagSubrangeType {
				continue
			}
			count, ok := c.number(dwarf.AttrCount)
			if upper, isUpper := c.number(dwarf.AttrUpperBound); !ok && isUpper {
				count = upper + 1
			}
			n *= count
		}
		return cType{size: n * r.sized(e.typ).size}
	case dwarf.TagEnumerationType:
		return cType{size: size, sign: r.enumSign(e)}
	}
	return cType{size: size}
}

func (r *dwarfReader) enumOf(e *die) *CEnum {
	size, _ := e.number(dwarf.AttrByteSize)
	c := &CEnum{File: e.file, Size: size, Sign: r.enumSign(e), Values: map[string]CValue{}}
	for _, v := range e.children {
		if n, ok := v.number(dwarf.AttrConstValue); ok && v.Tag == dwarf.TagEnumerator {
			c.Values[v.name] = CValue{Bits: uint64(n), Negative: n < 0 && c.Sign == signed, Size: size}
		}
	}
	return c
}

// enumSign is the sign of the integer type behind an enum.
func (r *dwarfReader) enumSign(e *die) string {
	if e.typ != 0 {
		return r.sized(e.typ).sign
	}
	for _, v := range e.children {
		if n, _ := v.number(dwarf.AttrConstValue); n < 0 {
			return signed
		}
	}
	return unsigned
}
