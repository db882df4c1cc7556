package layout

import "strings"

// compareFunc compares a prototype with how Go calls the function: the number of the parameters,
// and of each, and of the result, what it is, its size and its sign.
func (c *comparison) compareFunc(f *GoFunc) FunctionReport {
	r := FunctionReport{C: f.C, Go: f.Name, GoParams: len(f.Params)}
	proto := c.h.Functions[f.C]
	if r.Status, r.Reason = c.presence(f.C, proto != nil); proto == nil {
		if r.Status == Differs {
			c.find(KindAbsent, f.C, "these headers do not declare it%s", c.why(f.C))
		}
		return r
	}
	r.Prototype = proto.Type
	result, params, ok := splitPrototype(proto.Type)
	if !ok {
		c.find(KindPrototype, f.C, "its prototype %q cannot be read", proto.Type)
		r.Status = Differs
		return r
	}
	r.Params = len(params)
	if len(params) != len(f.Params) {
		c.find(KindPrototype, f.C, "it has %d parameters in C and %d in Go: %s", len(params), len(f.Params), proto.Type)
	}
	for i := range min(len(params), len(f.Params)) {
		if p := c.passes(&f.Params[i], params[i]); p != nil {
			c.find(KindPrototype, f.C, "parameter %d: %s", i+1, p.text)
		}
	}
	switch {
	case f.Result == nil && result != "void":
		c.find(KindPrototype, f.C, "it returns %s in C and nothing in Go", result)
	case f.Result != nil:
		if p := c.passes(f.Result, result); p != nil {
			c.find(KindPrototype, f.C, "result: %s", p.text)
		}
	}
	if len(c.findings) > 0 {
		r.Status = Differs
	}
	return r
}

// passes compares a parameter or a result. A pointer to a type that is claimed must point to its C
// type.
func (c *comparison) passes(t *GoType, name string) *problem {
	ct := c.h.typeOf(name)
	if ct.kind == cUnknown {
		return problemf(KindPrototype, "%s is not a type that these headers explain", name)
	}
	m := CMember{Name: name, Size: ct.size, Sign: ct.sign, Type: name}
	if p := c.fits(t, &m); p != nil {
		return p
	}
	if t.Kind == GoPointer && t.Elem != nil {
		return c.pointsTo(t.Elem, ct.elem)
	}
	return nil
}

// pointsTo compares what a parameter points to. Bytes stand for anything.
func (c *comparison) pointsTo(t *GoType, name string) *problem {
	ct := c.h.typeOf(name)
	switch {
	case ct.kind == cVoid || t.Size == 1 && t.Kind == GoUnsigned:
		return nil
	case t.Kind != GoStructKind:
		if p := c.fits(t, &CMember{Name: name, Size: ct.size, Sign: ct.sign, Type: name}); p != nil {
			return problemf(KindPrototype, "it points to %s in C and to %s in Go: %s", name, t.Name, p.text)
		}
	case ct.decl == nil || ct.decl != c.h.Struct(c.nameHere(t.Struct.C)):
		return problemf(KindPrototype, "it points to %s in C and to %s in Go, which mirrors %s", name, t.Name, t.Struct.C)
	}
	return nil
}

// splitPrototype takes "ULONG (PVOID, DWORD) __attribute__((stdcall))" apart.
func splitPrototype(proto string) (result string, params []string, ok bool) {
	proto, _, _ = strings.Cut(proto, " __attribute__")
	open := strings.Index(proto, "(")
	if open < 0 || !strings.HasSuffix(proto, ")") {
		return "", nil, false
	}
	result = strings.TrimSpace(proto[:open])
	depth, start := 0, open+1
	for i := open + 1; i < len(proto); i++ {
		switch proto[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 || depth == 0 && proto[i] == ',' {
			params = append(params, strings.TrimSpace(proto[start:i]))
			start = i + 1
		}
	}
	if len(params) == 1 && (params[0] == "void" || params[0] == "") {
		params = nil
	}
	return result, params, true
}
