package layout

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"
)

// The header sets that a probe can tell apart, as [Gap.Set] and [Report.Set] name them.
const (
	SetMinGW   = "MinGW-w64"
	SetWine    = "Wine"
	SetSDK     = "Windows SDK"
	SetUnknown = "unknown headers"
)

// Spec is what is claimed of the headers: these types, these constants, and nothing that is left out in silence.
type Spec struct {
	// Headers are the header files the probe includes, in this order. Empty means [DefaultHeaders].
	Headers []string
	// Types are values of tagged struct types, or what [As] and [Enum] return.
	Types []any
	// Constants are the named constants.
	Constants []Constant
	// Gaps are the known gaps of single header sets. Each must be true.
	Gaps []Gap
	// Only maps a C name to the one header set that declares it and the reason why no other does. It stands for a
	// gap in every other set, and excuses the name in a run without that set.
	Only []Gap
	// Complete are the base names of header files of which every struct, union, enum and enumerator must be in Types
	// and Constants, or in Omitted.
	Complete []string
	// Omitted says, by C name, why something in Complete has no place in Go. A name may be a path.Match pattern.
	Omitted []Omission
}

// DefaultHeaders are included when nothing else is asked for. Winsock comes first: it wants to.
func DefaultHeaders() []string { return []string{"winsock2.h", "ws2tcpip.h", "iphlpapi.h"} }

// Constant is a C constant, an enumerator or a macro, and its value in Go: any integer type.
type Constant struct {
	C  string
	Go any
}

// Gap is a known difference of one header set, with its reason.
type Gap struct {
	// Set is one of the Set constants.
	Set string
	// Name is a struct, an enum, a constant, or a member as "STRUCT.member".
	Name string
	// As is the name the set declares the same thing under, if it does.
	As string
	// Gives is the value the set gives a constant, if it has it with another value. In decimal.
	Gives string
	// Reason is one sentence without its full stop.
	Reason string
}

// Omission is a declaration that Go leaves out on purpose.
type Omission struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// named is a Go type with a C name from outside its tags.
type named struct {
	c    string
	typ  reflect.Type
	enum bool
}

// As names the C struct that the struct type of v mirrors, for types that carry no tag.
func As(c string, v any) any { return named{c: c, typ: reflect.TypeOf(v)} }

// Enum names the C enum that the integer type of v mirrors. Struct fields of that Go type may have the signedness
// that the compiler gives the C enum.
func Enum(c string, v any) any { return named{c: c, typ: reflect.TypeOf(v), enum: true} }

// Target is a compiler and, with it, a set of headers.
type Target struct {
	// Label is how the report names the target. Empty means the header set that the probe finds.
	Label string
	// GOARCH is amd64, 386 or arm64. Empty means whatever the compiler makes objects for.
	GOARCH string
	// CC is the compiler command with its arguments.
	CC []string
	// Env is added to the environment of the compiler, as "KEY=value".
	Env []string
	// Headers, if set, stand in for the headers of the Spec.
	Headers []string
}

// pattern compiles a regular expression when it is first needed: programs start faster that never need it.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

var (
	typeName  = pattern(`^(struct |union |enum )?[A-Za-z_][A-Za-z0-9_]*$`)
	fieldName = pattern(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])*$`)
	constName = pattern(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// SplitCommand splits a compiler command into words at blanks. Parts in double or single quotes stay whole; a
// backslash is a backslash, as in Windows paths.
func SplitCommand(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if open {
				words, open = append(words, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the compiler command %q has an open %c", s, quote)
	}
	if open {
		words = append(words, word.String())
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("the compiler command is empty")
	}
	return words, nil
}
