package layout

import (
	"fmt"
	"slices"
	"strings"
)

// unknown are the methods of IUnknown, with which the table of every COM interface begins. Where C++
// inherits them, some headers leave them out of C's table.
var unknown = []string{"QueryInterface", "AddRef", "Release"}

// inherited marks the fields of a method table that C's table leaves out because the interface
// inherits them: a base table, or IUnknown's methods written out.
func (p *pairing) inherited() {
	if !p.c.bareTable(p.outer, p.decl) {
		return
	}
	var names []string
	for i, q := range p.pairs {
		more := methods(q.field.Name, &q.field.Type)
		if names = append(names, more...); more == nil {
			return
		}
		if len(names) < len(unknown) {
			continue
		}
		if slices.EqualFunc(names[:len(unknown)], unknown, func(goName, c string) bool { return goName == "" || foldName(goName) == foldName(c) }) {
			for _, q := range p.pairs[:i+1] {
				q.relation = relInherited
			}
		}
		return
	}
}

// bareTable reports whether a C struct is the method table of a COM interface without IUnknown's
// methods.
func (c *comparison) bareTable(name string, decl *CStruct) bool {
	notMethod := func(m CMember) bool { return c.h.typeOf(m.Type).kind != cPointer || m.Name == unknown[0] }
	return strings.HasSuffix(name, "Vtbl") && len(decl.Members) > 0 && !slices.ContainsFunc(decl.Members, notMethod)
}

// methods are the names of the methods that a field of a table stands for: "" for those in an array.
// It returns nil for a field of another kind.
func methods(name string, t *GoType) []string {
	switch t.Kind {
	case GoPointer, GoUintptr:
		return []string{name[strings.LastIndexByte(name, '.')+1:]}
	case GoArray:
		if t.Elem.Kind == GoPointer || t.Elem.Kind == GoUintptr {
			return make([]string, t.Len)
		}
	case GoStructKind:
		var list []string
		for i := range t.Struct.Fields {
			more := methods(t.Struct.Fields[i].Name, &t.Struct.Fields[i].Type)
			if more == nil {
				return nil
			}
			list = append(list, more...)
		}
		return list
	}
	return nil
}

// inheritedMethods reports the methods at the beginning of a table that C leaves out.
func (d *differences) inheritedMethods(run []*pair) {
	var names []string
	count := 0
	for _, q := range run {
		names = append(names, q.field.Name)
		count += len(methods(q.field.Name, &q.field.Type))
	}
	detail := "in C this table lacks QueryInterface, AddRef and Release, with which the table of every COM interface begins"
	if count > len(unknown) {
		detail += fmt.Sprintf(", and C does not say whether its interface inherits the other %s of Go: if it does, keep %s and accept this difference",
			plural(int64(count-len(unknown)), "method"), list(names))
	} else {
		detail += fmt.Sprintf(": keep %s and accept this difference", list(names))
	}
	d.find(run[0], KindInherited, d.item+"."+run[0].field.Name, "%s", detail)
	for _, q := range run[1:] {
		d.notes[q.field.Name] = append(d.notes[q.field.Name], string(KindInherited))
	}
}
