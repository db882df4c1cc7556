package tcpmib

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// enum is how the values of a type print and parse: by name, or as "Type(7)" without one.
type enum[E ~uint8 | ~uint32] struct {
	typ   string // the type's name in Go
	what  string // the same in a sentence
	names map[E]string
}

func (n *enum[E]) string(e E) string {
	if name, ok := n.names[e]; ok {
		return name
	}
	return n.typ + "(" + strconv.FormatUint(uint64(e), 10) + ")"
}

func (n *enum[E]) marshal(e E) ([]byte, error) { return []byte(n.string(e)), nil }

// parse takes what string returns, in any case.
func (n *enum[E]) parse(text string) (E, error) {
	for e, name := range n.names {
		if strings.EqualFold(text, name) {
			return e, nil
		}
	}
	if e, ok := n.parseNumber(text); ok {
		return e, nil
	}
	names := make([]string, 0, len(n.names))
	for _, e := range slices.Sorted(maps.Keys(n.names)) {
		names = append(names, n.names[e])
	}
	return 0, fmt.Errorf("tcpmib: unknown %s %q; want %s", n.what, text, strings.Join(names, ", "))
}

// parseNumber reads "Type(7)". A number that E has no room for is not one.
func (n *enum[E]) parseNumber(text string) (E, bool) {
	if len(text) < len(n.typ) || !strings.EqualFold(text[:len(n.typ)], n.typ) {
		return 0, false
	}
	digits, opened := strings.CutPrefix(text[len(n.typ):], "(")
	digits, closed := strings.CutSuffix(digits, ")")
	number, err := strconv.ParseUint(digits, 10, 32)
	e := E(number)
	return e, opened && closed && err == nil && uint64(e) == number
}
