package layout

import (
	"go/constant"
	"go/token"
	"reflect"
)

// Go is what Go claims of the headers, laid out for one architecture. [Spec.Go] makes it from the
// types of the running program, package layout/source from source.
type Go struct {
	GOARCH  string
	Structs []GoStruct
	Enums   []GoEnum
	Consts  []GoConst
	Funcs   []GoFunc
}

// GoStruct is a Go struct as the gc compiler lays it out. Its declaration, which is Path and Pos,
// identifies it among others of its name.
type GoStruct struct {
	Name        string         // with its package: "windows.MibIfRow2"
	Path        string         // the import path of its package; empty for a struct without a name
	C           string         // the C type that it mirrors; empty for a nested struct without a name in C
	How         string         // how C was found: one of the By constants
	Pos         token.Position // where it is declared; zero without source
	Size, Align int64          // in bytes
	Fields      []GoField      // in the order of their offsets, blank fields included

	typ reflect.Type // of the running program, which has no position
}

// How the C type of a struct was found: by a tag, a line of a mapping, the name of the Go type as
// it is, or spelt otherwise. It is empty where a Spec names it.
const (
	ByTag        = "tag"
	ByMap        = "map"
	ByName       = "name"
	ByFoldedName = "folded name"
)

// Same reports whether two structs are one declaration: two packages of one name, and two
// functions, may each declare a type of the same name.
func (s *GoStruct) Same(other *GoStruct) bool {
	return s.Name == other.Name && s.Path == other.Path && s.Pos == other.Pos && s.typ == other.typ && s.Name != "struct"
}

// GoField is a field of a Go struct.
type GoField struct {
	Name string // "_" for padding
	// C are the C members that the field stands for: more than one for members of a union, or for
	// bit-fields. Without any the field is matched by its name, or by its order.
	C      []string
	Pos    token.Position
	Offset int64
	Type   GoType
}

func (f *GoField) end() int64 { return f.Offset + f.Type.Size }

// GoKind is what a Go type is, as far as C can tell.
type GoKind int

// The kinds of Go types.
const (
	GoOther      GoKind = iota // a type without a counterpart in C
	GoBool                     // bool
	GoSigned                   // int8 to int64 and int
	GoUnsigned                 // uint8 to uint64 and uint
	GoUintptr                  // uintptr, and types made of it such as windows.Handle
	GoFloat                    // float32 and float64
	GoPointer                  // *T and unsafe.Pointer
	GoStructKind               // a struct
	GoArray                    // an array
)

// GoType is the type of a field, an element, a parameter or a result.
type GoType struct {
	Name        string // as Go writes it
	Path        string // the import path of the package that declares it, if it has a name of its own
	Pos         token.Position
	Kind        GoKind
	Size, Align int64
	Enum        string    // the C enum that the type mirrors, if any
	Elem        *GoType   // of an array; of a pointer, if known
	Len         int64     // of an array
	Struct      *GoStruct // of a struct
}

func (t *GoType) sign() string {
	switch t.Kind {
	case GoSigned:
		return signed
	case GoUnsigned, GoUintptr, GoBool:
		return unsigned
	case GoFloat:
		return float
	}
	return ""
}

// bytes reports whether the type is an array of bytes, which is opaque: it stands for anything of
// its size.
func (t *GoType) bytes() bool {
	return t.Kind == GoArray && (t.Elem.Kind == GoUnsigned && t.Elem.Size == 1 || t.Elem.bytes())
}

// storage reports whether the type is what Go writes for a union: an array of unsigned integers, or
// a struct that has one and nothing else of any size.
func (t *GoType) storage() bool {
	if t.Kind == GoStructKind {
		var only *GoField
		for i := range t.Struct.Fields {
			if f := &t.Struct.Fields[i]; f.Type.Size > 0 {
				if only != nil {
					return false
				}
				only = f
			}
		}
		return only != nil && only.Type.storage()
	}
	return t.Kind == GoArray && (t.Elem.Kind == GoUnsigned || t.Elem.Kind == GoUintptr || t.Elem.Kind == GoArray && t.Elem.storage())
}

// GoEnum is a Go integer type that mirrors a C enum.
type GoEnum struct {
	Name, C string
	Path    string // the import path of its package
	Pos     token.Position
	Type    GoType
}

// GoConst is a Go constant and the C constant or macro whose value it has.
type GoConst struct {
	Name, C string
	Path    string // the import path of its package
	Type    string // as Go writes it
	Kind    GoKind // of the type
	Pos     token.Position
	Value   constant.Value // an integer
}

// GoFunc is a function as Go calls it: every parameter with its size and sign.
type GoFunc struct {
	Name, C string
	Pos     token.Position
	Params  []GoType
	Result  *GoType // nil for void
}
