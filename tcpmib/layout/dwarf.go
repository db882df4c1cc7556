package layout

import (
	"debug/dwarf"
	"path"
	"strings"
)

// declarations are the types that the headers declare, from the probe's debug information.
type declarations struct {
	types  []*declaration
	byName map[string]*declaration // by tag and by typedef
}

// declaration is a struct, union or enum.
type declaration struct {
	kind    string // "struct", "union" or "enum"
	names   []string
	file    string // base name
	size    int64
	members []member // of structs and unions, anonymous members unfolded
	values  []string // of enums
}

type member struct {
	name         string
	offset, size int64
}

var declKinds = map[dwarf.Tag]string{
	dwarf.TagStructType:      "struct",
	dwarf.TagUnionType:       "union",
	dwarf.TagEnumerationType: "enum",
}

func readDeclarations(d *dwarf.Data) (*declarations, error) {
	decls := &declarations{byName: map[string]*declaration{}}
	byOffset := map[dwarf.Offset]*declaration{}
	type alias struct {
		name string
		to   dwarf.Offset
	}
	var aliases []alias
	target := map[dwarf.Offset]dwarf.Offset{} // typedefs
	var files []*dwarf.LineFile

	r := d.Reader()
	for {
		e, err := r.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		switch {
		case e.Tag == dwarf.TagCompileUnit:
			lines, err := d.LineReader(e)
			if err != nil {
				return nil, err
			}
			if lines != nil {
				files = lines.Files()
			}
			continue // into its children
		case e.Tag == dwarf.TagTypedef:
			if to, ok := e.Val(dwarf.AttrType).(dwarf.Offset); ok {
				name, _ := e.Val(dwarf.AttrName).(string)
				aliases = append(aliases, alias{name, e.Offset})
				target[e.Offset] = to
			}
		case declKinds[e.Tag] != "" && e.Val(dwarf.AttrDeclaration) == nil:
			decl := &declaration{kind: declKinds[e.Tag]}
			if name, ok := e.Val(dwarf.AttrName).(string); ok {
				decl.names = append(decl.names, name)
			}
			if n, ok := e.Val(dwarf.AttrDeclFile).(int64); ok && n >= 0 && int(n) < len(files) && files[n] != nil {
				decl.file = baseName(files[n].Name)
			}
			t, err := d.Type(e.Offset)
			if err != nil {
				return nil, err
			}
			decl.size = t.Size()
			switch t := t.(type) {
			case *dwarf.StructType:
				decl.members = unfold(nil, t, 0)
			case *dwarf.EnumType:
				for _, v := range t.Val {
					decl.values = append(decl.values, v.Name)
				}
			}
			byOffset[e.Offset] = decl
			decls.types = append(decls.types, decl)
		}
		if e.Children {
			r.SkipChildren()
		}
	}
	for _, a := range aliases {
		to, ok := target[a.to]
		for ok { // through typedefs of typedefs
			if decl := byOffset[to]; decl != nil {
				decl.names = append(decl.names, a.name)
				break
			}
			to, ok = target[to]
		}
	}
	for _, decl := range decls.types {
		for _, n := range decl.names {
			// A typedef wins over a tag of the same name, which C keeps apart and nobody tells apart.
			decls.byName[n] = decl
		}
	}
	return decls, nil
}

// unfold lists members; those of anonymous structs and unions belong to what they are in.
func unfold(list []member, t *dwarf.StructType, base int64) []member {
	for _, f := range t.Field {
		if s, ok := f.Type.(*dwarf.StructType); ok && f.Name == "" {
			list = unfold(list, s, base+f.ByteOffset)
			continue
		}
		list = append(list, member{f.Name, base + f.ByteOffset, f.Type.Size()})
	}
	return list
}

func baseName(file string) string { return path.Base(strings.ReplaceAll(file, `\`, "/")) }

// find looks a C type name up.
func (d *declarations) find(name string) *declaration {
	if d == nil {
		return nil
	}
	return d.byName[untagged(name)]
}

// untagged is a C type name without "struct " in front.
func untagged(name string) string {
	if _, tag, ok := strings.Cut(name, " "); ok {
		return tag
	}
	return name
}
