package layout

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
)

// completeness looks for what the header files in rules.Complete declare and Go does not have.
func (c *comparison) completeness() {
	c.add(func() {
		for _, file := range c.rules.Complete {
			if !c.h.hasFile(file) {
				c.find(KindComplete, file, "these headers have no such file, or it declares no struct, union or enum")
			}
		}
		c.completeStructs()
		c.completeEnums()
		c.completeFunctions()
	})
}

// hasFile reports whether anything is declared in a header file.
func (h *Headers) hasFile(file string) bool {
	for _, s := range h.Structs {
		if strings.EqualFold(s.File, file) {
			return true
		}
	}
	for _, e := range h.Enums {
		if strings.EqualFold(e.File, file) {
			return true
		}
	}
	return false
}

func (c *comparison) demands(file string) bool {
	return slices.ContainsFunc(c.rules.Complete, func(f string) bool { return strings.EqualFold(f, file) })
}

// namesOf are all names of the struct or enum that h declares as key.
func (c *comparison) namesOf(key string) []string {
	list := []string{key}
	for name := range c.h.Typedefs {
		if c.h.typeOf(name).base == key {
			list = append(list, name)
		}
	}
	slices.Sort(list[1:])
	return list
}

func (c *comparison) completeStructs() {
	if len(c.rules.Complete) == 0 {
		return
	}
	have := map[*CStruct]bool{}
	for _, s := range c.g.Structs {
		have[c.h.Struct(c.nameHere(s.C))] = true
	}
	for _, key := range slices.Sorted(maps.Keys(c.h.Structs)) {
		decl := c.h.Structs[key]
		if have[decl] || !c.demands(decl.File) || strings.Contains(key, ".") { // within another
			continue
		}
		if !slices.ContainsFunc(c.namesOf(key), c.omitted) {
			kind := "struct"
			if decl.Union {
				kind = "union"
			}
			c.find(KindMissing, key, "%s declares this %s and Go does not have it", decl.File, kind)
		}
	}
}

func (c *comparison) completeEnums() {
	if len(c.rules.Complete) == 0 {
		return
	}
	have := map[*CEnum]bool{}
	for _, e := range c.g.Enums {
		have[c.h.Enum(c.nameHere(e.C))] = true
	}
	constants := map[string]bool{}
	for _, k := range c.g.Consts {
		constants[k.C] = true
	}
	for _, key := range slices.Sorted(maps.Keys(c.h.Enums)) {
		decl := c.h.Enums[key]
		if !c.demands(decl.File) {
			continue
		}
		names := c.namesOf(key)
		anonymous := len(names) == 1 && strings.ContainsAny(key, ".:") // only its values have names
		if !have[decl] && !anonymous {
			if slices.ContainsFunc(names, c.omitted) {
				continue // with its values
			}
			c.find(KindMissing, key, "%s declares this enum and Go does not have it", decl.File)
		}
		for _, v := range slices.Sorted(maps.Keys(decl.Values)) {
			if !constants[v] && !c.omitted(v) {
				c.find(KindMissing, v, "%s declares this enumerator and Go does not have it", decl.File)
			}
		}
	}
}

func (c *comparison) completeFunctions() {
	if len(c.rules.CompleteFunctions) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.h.Functions)) {
		file := c.h.Functions[name].File
		demanded := slices.ContainsFunc(c.rules.CompleteFunctions, func(p Prototypes) bool {
			return p.match(cmp.Or(file, p.Header), name) // not every record says which file
		})
		claimed := slices.ContainsFunc(c.g.Funcs, func(f GoFunc) bool { return f.C == name })
		if demanded && !claimed && !c.omitted(name) {
			c.find(KindMissing, name, "%s declares this function and Go does not call it", cmp.Or(file, "a header"))
		}
	}
}

// omitted reports whether Go leaves a name out on purpose.
func (c *comparison) omitted(name string) bool {
	for _, o := range c.rules.Omitted {
		if ok, _ := path.Match(o.Name, name); ok {
			c.report.Omitted = append(c.report.Omitted, Omission{name, o.Reason})
			return true
		}
	}
	return false
}
