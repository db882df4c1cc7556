package layout

import (
	"go/constant"
	"go/token"
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

// GoStruct is a Go struct as the gc compiler lays it out.
type GoStruct struct {
	Name        string         // with its package: "windows.MibIfRow2"
	C           string         // the C type that it mirrors; empty for a nested struct without a name in C
	Pos         token.Position // where it is declared; zero without source
	Size, Align int64          // in bytes
	Fields      []GoField      // in the order of their offsets, blank fields included
}

// GoField is a field of a Go struct.
type GoField struct {
	Name string // "_" for padding
	// C are the C members that the field stands for: more than one for members of a union, or for
	// bit-fields. Without any the field is matched by its order and offset.
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
	return t.Kind == GoArray && t.Elem.Kind == GoUnsigned && t.Elem.Size == 1
}

// integers reports whether the type is an array of integers, or of arrays of them.
func (t *GoType) integers() bool {
	return t.Kind == GoArray && (t.Elem.Kind == GoUnsigned || t.Elem.Kind == GoSigned || t.Elem.integers())
}

// GoEnum is a Go integer type that mirrors a C enum.
type GoEnum struct {
	Name, C string
	Pos     token.Position
	Type    GoType
}

// GoConst is a Go constant and the C constant or macro whose value it has.
type GoConst struct {
	Name, C string
	Type    string // as Go writes it
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
