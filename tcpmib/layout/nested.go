package layout

// structIn is the Go struct of a field or of its elements, and the C type in its place.
func (d *differences) structIn(q *pair) (s *GoStruct, in cType) {
	if q.relation != relOne || len(q.members) != 1 || q.members[0].Bits > 0 {
		return nil, in
	}
	t, in := &q.field.Type, d.c.h.typeOf(q.members[0].Type)
	for in.kind == cArray && (t.Kind == GoArray && t.Len == in.len || t.Kind != GoArray && in.len == 1) {
		if t.Kind == GoArray {
			t = t.Elem
		}
		in = d.c.h.typeOf(in.elem)
	}
	if t.Kind != GoStructKind || in.decl == nil {
		return nil, in
	}
	return t.Struct, in
}

// nestedWrong finds fields whose Go struct is compared on its own, and has its findings there.
func (d *differences) nestedWrong() {
	for _, q := range d.pairs {
		s, in := d.structIn(q)
		if s == nil || s.Size == in.size && s.Align == d.c.goAlign(in.name) {
			continue
		}
		if q.cause = d.c.cause(s, in.decl); q.cause != nil && q.problem == nil {
			q.problem = problemf(KindAlign, "")
		}
	}
}

// wrongTogether finds fields that are wrong because of one Go struct, which is compared nowhere but
// in them: one mistake, and a finding for the first of them.
func (d *differences) wrongTogether() {
	first := map[any]*pair{}
	for _, q := range d.pairs {
		s, in := d.structIn(q)
		if s == nil || s.Name == "struct" || q.problem == nil || q.cause != nil || !d.c.mayBe(s, in.decl) {
			continue
		}
		key := struct {
			declaration
			*CStruct
			filled int64
		}{s.declaration(), in.decl, q.filled}
		if first[key] == nil {
			first[key] = q
			continue
		}
		first[key].others, q.follows = append(first[key].others, q), true
	}
}

// cause is the Go struct with the findings that make another than decl of a nested struct, if they
// are all there.
func (c *comparison) cause(s *GoStruct, decl *CStruct) *GoStruct {
	key := nesting{s, decl}
	if cause, ok := c.causes[key]; ok {
		return cause
	}
	found := c.fields(s, decl, s.C)
	rest, _ := c.accept(found.findings)
	var cause *GoStruct
	switch {
	case c.claimed(s, decl) && len(rest)+len(found.causes) > 0:
		cause = s
	case len(rest) == 0 && len(found.causes) > 0:
		cause = found.causes[0]
	}
	c.causes[key] = cause
	return cause
}
