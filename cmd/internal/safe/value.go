package safe

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

const (
	longestLine = 1000 // characters
	mostLines   = 300
)

// Line makes a text from a stranger's source one safe line, of a length that can be read. Unlike Text,
// which leaves IPv6 addresses alone, it breaks up every :: that a log could take for a workflow
// command: the line may become part of one, as the message of an error does.
func Line(text string) string {
	if n := utf8.RuneCountInString(text); n > longestLine {
		text = string([]rune(text)[:longestLine]) + fmt.Sprintf("... (%d characters more)", n-longestLine)
	}
	return strings.ReplaceAll(Text(strings.NewReplacer("\n", " ", "\t", " ").Replace(text)), "::", ": :")
}

// Lines is Line for each line of a text, and leaves out all but the first 300.
func Lines(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if more := len(lines) - mostLines; more > 0 {
		lines = append(lines[:mostLines], fmt.Sprintf("... (%d lines more)", more))
	}
	for i, line := range lines {
		lines[i] = Line(line)
	}
	end := ""
	if strings.HasSuffix(text, "\n") {
		end = "\n"
	}
	return strings.Join(lines, "\n") + end
}

// Value makes every string of the value that a pointer points to one safe line. Fields with the tag
// `text:"lines"` may have several lines. A value with a map or an interface in it panics, so that
// nobody adds text later which is not made safe.
func Value[T any](v *T) { makeSafe(reflect.ValueOf(v), false) }

func makeSafe(v reflect.Value, lines bool) {
	switch v.Kind() {
	case reflect.Pointer:
		makeSafe(v.Elem(), lines)
	case reflect.Struct:
		for i := range v.NumField() {
			makeSafe(v.Field(i), v.Type().Field(i).Tag.Get("text") == "lines")
		}
	case reflect.Map, reflect.Interface:
		panic(fmt.Sprintf("safe: cannot make a %s safe", v.Type()))
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			makeSafe(v.Index(i), lines)
		}
	case reflect.String:
		if lines {
			v.SetString(Lines(v.String()))
		} else {
			v.SetString(Line(v.String()))
		}
	}
}
