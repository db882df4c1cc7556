package layout

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// CValue is the value of a C constant.
type CValue struct {
	Bits     uint64 // in two's complement, extended to 64 bits
	Negative bool
	Size     int64 // of the type of the C expression, in bytes
}

// String is the value in decimal.
func (v CValue) String() string {
	if v.Negative {
		return strconv.FormatInt(int64(v.Bits), 10)
	}
	return strconv.FormatUint(v.Bits, 10)
}

// MarshalJSON writes a number, which is that of a type of 32 bits if it fits into one, or else an
// object with the size as well.
func (v CValue) MarshalJSON() ([]byte, error) {
	if v.Size == v.leastSize() {
		return []byte(v.String()), nil
	}
	return fmt.Appendf(nil, `{"value": %v, "size": %d}`, v, v.Size), nil
}

// leastSize is 4, or 8 for a number that needs it.
func (v CValue) leastSize() int64 {
	if v.Negative && int64(v.Bits) >= -1<<31 || !v.Negative && v.Bits < 1<<32 {
		return 4
	}
	return 8
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *CValue) UnmarshalJSON(b []byte) error {
	var sized struct {
		Value json.Number `json:"value"`
		Size  int64       `json:"size"`
	}
	if b[0] == '{' {
		if err := json.Unmarshal(b, &sized); err != nil {
			return err
		}
	} else {
		sized.Value = json.Number(b)
	}
	n, err := strconv.ParseUint(string(sized.Value), 10, 64)
	if err != nil {
		below, err := strconv.ParseInt(string(sized.Value), 10, 64)
		if err != nil {
			return fmt.Errorf("the value of a constant is %s, not an integer of 64 bits", b)
		}
		n = uint64(below)
	}
	*v = CValue{Bits: n, Negative: err != nil, Size: sized.Size}
	if v.Size == 0 {
		v.Size = v.leastSize()
	}
	return nil
}

// CMembers are the members of a struct. In JSON they are an object with a key a member.
type CMembers []CMember

// MarshalJSON writes the members in their order.
func (list CMembers) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range list {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads the members.
func (list *CMembers) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var m CMember
		if err := d.Decode(&m); err != nil {
			return fmt.Errorf("member %v: %w", name, err)
		}
		m.Name = name.(string)
		*list = append(*list, m)
	}
	return nil
}

// ReadRecord reads what a header set said, as JSON.
func ReadRecord(r io.Reader) (*Headers, error) {
	h := new(Headers)
	if err := json.NewDecoder(r).Decode(h); err != nil {
		return nil, fmt.Errorf("layout: not a record of a header set: %w", err)
	}
	if !slices.Contains(arches[:], h.GOARCH) {
		return nil, fmt.Errorf("layout: the record is for architecture %q; want amd64, 386 or arm64", h.GOARCH)
	}
	for name, s := range h.Structs {
		if s == nil {
			return nil, fmt.Errorf("layout: the record says nothing of struct %s", name)
		}
		if len(s.Unnamed) == 0 { // another witness may write them in any order
			slices.SortStableFunc(s.Members, func(a, b CMember) int { return cmp.Compare(a.Offset, b.Offset) })
		}
		for _, u := range s.Unnamed {
			if u.First < 0 || u.First > u.End || u.End > len(s.Members) {
				return nil, fmt.Errorf("layout: the record gives struct %s an unnamed member of members %d to %d, and it has %d", name, u.First, u.End, len(s.Members))
			}
		}
	}
	if len(h.SDKs) > 0 && h.Set == "" {
		h.Set = SetSDK
	}
	h.makeMaps()
	inside := map[*CStruct]int{}
	for _, name := range slices.Sorted(maps.Keys(h.Structs)) {
		if h.endless(h.Structs[name], inside) {
			return nil, fmt.Errorf("layout: the record puts struct %s into itself", name)
		}
	}
	return h, nil
}

// endless reports whether a struct contains itself. inside is 1 for the structs that it is in, and
// 2 for those that were looked at.
func (h *Headers) endless(s *CStruct, inside map[*CStruct]int) bool {
	if inside[s] > 0 {
		return inside[s] == 1
	}
	inside[s] = 1
	for _, m := range s.Members {
		t := h.typeOf(m.Type)
		for t.kind == cArray {
			t = h.typeOf(t.elem)
		}
		if t.decl != nil && h.endless(t.decl, inside) {
			return true
		}
	}
	inside[s] = 2
	return false
}

// Record takes out of h what is worth keeping: what the named header files declare, all functions
// and macros, and the types that these mention.
func (h *Headers) Record(files []string) *Headers {
	kept := &Headers{
		Compiler: h.Compiler, Method: h.Method, Set: h.Set, Version: h.Version, SDKs: h.SDKs, GOARCH: h.GOARCH,
		Headers: h.Headers, Functions: h.Functions, Macros: h.Macros,
	}
	kept.makeMaps()
	wanted := func(file string) bool {
		return slices.ContainsFunc(files, func(f string) bool { return strings.EqualFold(f, file) })
	}
	for name, s := range h.Structs {
		if wanted(s.File) {
			kept.Structs[name] = s
		}
	}
	for name, e := range h.Enums {
		if wanted(e.File) {
			kept.Enums[name] = e
		}
	}
	for name := range h.Typedefs { // other names of what is kept
		if t := h.typeOf(name); kept.Structs[t.base] != nil || kept.Enums[t.base] != nil {
			kept.Typedefs[name] = h.Typedefs[name]
		}
	}
	kept.Explain(h)
	return kept
}

// Explain adds to h the types that it mentions and does not declare, as another header set declares
// them. Records of other witnesses leave out what DWORD is.
func (h *Headers) Explain(from *Headers) {
	var explain func(name string)
	explain = func(name string) {
		t := h.lookUp(name, 0)
		switch {
		case t.kind == cPointer || t.kind == cArray:
			if !strings.HasSuffix(t.elem, ")") { // not a function
				explain(t.elem)
			}
			return
		case t.kind != cUnknown:
			return
		}
		name = t.base // what the typedefs of h end in
		if s, ok := from.Structs[name]; ok {
			h.Structs[name] = s
			for _, m := range s.Members {
				explain(m.Type)
			}
		} else if e, ok := from.Enums[name]; ok {
			h.Enums[name] = e
		} else if s, ok := from.Scalars[name]; ok {
			h.Scalars[name] = s
		} else if to, ok := from.Typedefs[name]; ok {
			h.Typedefs[name] = to
			explain(to)
		}
	}
	for _, s := range slices.Collect(maps.Values(h.Structs)) {
		for _, m := range s.Members {
			explain(m.Type)
		}
	}
	for _, to := range slices.Collect(maps.Values(h.Typedefs)) {
		explain(to)
	}
	for _, f := range h.Functions {
		result, params, _ := splitPrototype(f.Type)
		for _, name := range append(params, result) {
			explain(name)
		}
	}
}

// Check finds what cannot be true: a member outside its struct, or of another size than its type.
func (h *Headers) Check() error {
	for _, name := range slices.Sorted(maps.Keys(h.Structs)) {
		s := h.Structs[name]
		for _, m := range s.Members {
			t := h.typeOf(m.Type)
			switch {
			case m.Offset < 0 || m.Size < 0 || m.end() > s.Size && m.Bits == 0:
				return fmt.Errorf("layout: %s has %d bytes, but %s is at offset %d with %d bytes", name, s.Size, m.Name, m.Offset, m.Size)
			case t.kind != cUnknown && t.kind != cVoid && t.size != m.Size:
				return fmt.Errorf("layout: %s.%s has %d bytes, but its type %s has %d", name, m.Name, m.Size, m.Type, t.size)
			}
		}
	}
	return nil
}

func (h *Headers) makeMaps() {
	if h.Structs == nil {
		h.Structs = map[string]*CStruct{}
	}
	if h.Enums == nil {
		h.Enums = map[string]*CEnum{}
	}
	if h.Functions == nil {
		h.Functions = map[string]*CFunc{}
	}
	if h.Macros == nil {
		h.Macros = map[string]CValue{}
	}
	if h.Typedefs == nil {
		h.Typedefs = map[string]string{}
	}
	if h.Scalars == nil {
		h.Scalars = map[string]CScalar{}
	}
}
