package template

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template"
)

// builtins are the functions of text/template.
var builtins = map[string]Func{
	"and":      {1, 0, last}, // function evaluates no more arguments than it needs
	"or":       {1, 0, last},
	"not":      {1, 1, func(args []any) (any, error) { return !truth(args[0]), nil }},
	"len":      {1, 1, length},
	"index":    {1, 0, index},
	"slice":    {1, 0, slice},
	"print":    text(fmt.Sprint),
	"println":  text(fmt.Sprintln),
	"printf":   {1, 0, printf},
	"html":     text(template.HTMLEscaper),
	"js":       text(template.JSEscaper),
	"urlquery": text(template.URLQueryEscaper),
	"call":     {1, 0, func([]any) (any, error) { return nil, errors.New("the data has no functions") }},
	"eq":       {1, 0, equalsAny},
	"ne":       {2, 2, func(args []any) (any, error) { same, err := equal(args[0], args[1]); return !same, err }},
	"lt":       ordered(func(c int) bool { return c < 0 }),
	"le":       ordered(func(c int) bool { return c <= 0 }),
	"gt":       ordered(func(c int) bool { return c > 0 }),
	"ge":       ordered(func(c int) bool { return c >= 0 }),
}

func text(format func(...any) string) Func {
	return Func{0, 0, func(args []any) (any, error) { return format(args...), nil }}
}

func last(args []any) (any, error) { return args[len(args)-1], nil }

func length(args []any) (any, error) {
	switch v := args[0].(type) {
	case string:
		return len(v), nil
	case map[string]any:
		return len(v), nil
	}
	return nil, fmt.Errorf("len of type %T", args[0])
}

func printf(args []any) (any, error) {
	format, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("wrong type for value; expected string; got %T", args[0])
	}
	return fmt.Sprintf(format, args[1:]...), nil
}

// index returns args[0][args[1]][args[2]]...
func index(args []any) (any, error) {
	item := args[0]
	if item == nil {
		return nil, errors.New("index of untyped nil")
	}
	for _, arg := range args[1:] {
		switch v := item.(type) {
		case string:
			i, err := position(arg, len(v))
			if err != nil {
				return nil, err
			}
			item = v[i]
		case map[string]any:
			if arg == nil {
				return nil, errors.New("value is nil; should be of type string")
			}
			key, ok := arg.(string)
			if !ok {
				return nil, fmt.Errorf("value has type %T; should be string", arg)
			}
			item = v[key]
		default:
			return nil, fmt.Errorf("can't index item of type %T", item)
		}
	}
	return item, nil
}

// slice returns args[0][args[1]:args[2]].
func slice(args []any) (any, error) {
	v, ok := args[0].(string)
	switch {
	case args[0] == nil:
		return nil, errors.New("slice of untyped nil")
	case len(args) > 4:
		return nil, fmt.Errorf("too many slice indexes: %d", len(args)-1)
	case !ok:
		return nil, fmt.Errorf("can't slice item of type %T", args[0])
	case len(args) > 3:
		return nil, errors.New("cannot 3-index slice a string")
	}
	bounds := [2]int{0, len(v)}
	for n, arg := range args[1:] {
		var err error
		if bounds[n], err = position(arg, len(v)+1); err != nil {
			return nil, err
		}
	}
	if bounds[0] > bounds[1] {
		return nil, fmt.Errorf("invalid slice index: %d > %d", bounds[0], bounds[1])
	}
	return v[bounds[0]:bounds[1]], nil
}

// position returns an index from 0 to below limit.
func position(arg any, limit int) (int, error) {
	negative, n, ok := integer(arg)
	var err error
	switch {
	case arg == nil:
		err = errors.New("cannot index slice/array with nil")
	case !ok:
		err = fmt.Errorf("cannot index slice/array with type %T", arg)
	case negative || n >= uint64(limit):
		err = fmt.Errorf("index out of range: %d", arg)
	}
	return int(n), err
}

// integer returns the sign and the bits of an integer. Integers of one sign are in the order of
// their bits.
func integer(v any) (negative bool, bits uint64, ok bool) {
	switch v := v.(type) {
	case int:
		return v < 0, uint64(v), true
	case uint8:
		return false, uint64(v), true
	case uint64:
		return false, v, true
	}
	return // none
}

// equalsAny reports whether args[0] equals any of the others.
func equalsAny(args []any) (any, error) {
	if len(args) == 1 {
		return nil, errors.New("missing argument for comparison")
	}
	for _, arg := range args[1:] {
		if same, err := equal(args[0], arg); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

// equal reports whether two values are equal. Integers of different types may be.
func equal(a, b any) (bool, error) {
	aNegative, aBits, aInt := integer(a)
	bNegative, bBits, bInt := integer(b)
	_, aMap := a.(map[string]any)
	_, bMap := b.(map[string]any)
	switch {
	case aInt && bInt:
		return aNegative == bNegative && aBits == bBits, nil
	case a == nil || b == nil:
		return a == nil && b == nil, nil
	case aMap && bMap:
		return false, errors.New("non-comparable type map[string]interface {}")
	case reflect.TypeOf(a) != reflect.TypeOf(b):
		return false, incompatible(a, b)
	}
	return a == b, nil
}

func incompatible(a, b any) error {
	return fmt.Errorf("incompatible types for comparison: %T and %T", a, b)
}

// ordered returns a function that compares two values that have an order: integers, floats or
// texts.
func ordered(want func(c int) bool) Func {
	return Func{2, 2, func(args []any) (any, error) {
		c, err := order(args[0], args[1])
		return err == nil && want(c), err
	}}
}

// order returns -1, 0 or 1, as cmp.Compare does.
func order(a, b any) (int, error) {
	for _, v := range []any{a, b} {
		switch v.(type) {
		case nil, map[string]any:
			return 0, errOrder
		}
	}
	aNegative, aBits, aInt := integer(a)
	bNegative, bBits, bInt := integer(b)
	switch {
	case aInt && bInt && aNegative != bNegative:
		if aNegative {
			return -1, nil
		}
		return 1, nil
	case aInt && bInt:
		return cmp.Compare(aBits, bBits), nil
	case reflect.TypeOf(a) != reflect.TypeOf(b):
		return 0, incompatible(a, b)
	}
	switch a := a.(type) {
	case float64:
		return cmp.Compare(a, b.(float64)), nil
	case string:
		return strings.Compare(a, b.(string)), nil
	}
	return 0, errOrder
}

var errOrder = errors.New("invalid type for comparison")
