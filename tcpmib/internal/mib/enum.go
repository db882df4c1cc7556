package mib

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Enum is how the values of a type print and parse: by name, or as "Type(7)" without one.
type Enum[E ~uint8 | ~uint32 | ~int32] struct {
	pkg, typ, what string
	names          map[E]string
}

// EnumOf returns the enum of a type: its package, its name in Go, the same in a sentence, and its
// values.
func EnumOf[E ~uint8 | ~uint32 | ~int32](pkg, typ, what string, names map[E]string) *Enum[E] {
	return &Enum[E]{pkg, typ, what, names}
}

// String returns the name of e.
func (n *Enum[E]) String(e E) string {
	if name, ok := n.names[e]; ok {
		return name
	}
	return n.typ + "(" + strconv.FormatInt(int64(e), 10) + ")"
}

// MarshalText returns what String does.
func (n *Enum[E]) MarshalText(e E) ([]byte, error) { return []byte(n.String(e)), nil }

// Parse takes what String returns, in any case.
func (n *Enum[E]) Parse(text string) (E, error) {
	for e, name := range n.names {
		if strings.EqualFold(text, name) {
			return e, nil
		}
	}
	if e, ok := n.ParseNumber(text); ok {
		return e, nil
	}
	names := make([]string, 0, len(n.names))
	for _, e := range slices.Sorted(maps.Keys(n.names)) {
		names = append(names, n.names[e])
	}
	return 0, fmt.Errorf("%s: unknown %s %q; want %s", n.pkg, n.what, text, strings.Join(names, ", "))
}

// ParseNumber reads "Type(7)", in any case. A number that E has no room for is not one.
func (n *Enum[E]) ParseNumber(text string) (E, bool) {
	if len(text) < len(n.typ) || !strings.EqualFold(text[:len(n.typ)], n.typ) {
		return 0, false
	}
	digits, opened := strings.CutPrefix(text[len(n.typ):], "(")
	digits, closed := strings.CutSuffix(digits, ")")
	number, err := strconv.ParseInt(digits, 10, 64)
	e := E(number)
	return e, opened && closed && err == nil && int64(e) == number
}
