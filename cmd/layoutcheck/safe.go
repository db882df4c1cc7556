package main

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text that others chose (tags, names of files, words of a compiler, records of headers) may reach a terminal or the
// log of a workflow. Everything that this command prints goes through this file.

const (
	longest   = 1000 // characters of one value
	mostLines = 300  // of a table
)

// safe is text in one line, without what moves a cursor, and without what the log of a workflow takes for a command,
// which GitHub finds at the start of a line ("::") or anywhere ("##[").
func safe(text string) string {
	if n := utf8.RuneCountInString(text); n > longest {
		text = string([]rune(text)[:longest]) + fmt.Sprintf("... (%d characters more)", n-longest)
	}
	text = strings.ReplaceAll(printable(text), "\n", " ")
	return strings.ReplaceAll(strings.ReplaceAll(text, "##[", "# #["), "::", ": :")
}

// printable replaces what moves a cursor otherwise than a tab or the end of a line does.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) || unicode.Is(unicode.Join_Control, r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// safeLines is safe for text of several lines.
func safeLines(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if more := len(lines) - mostLines; more > 0 {
		lines = append(lines[:mostLines], fmt.Sprintf("... (%d lines more)", more))
	}
	for i, line := range lines {
		lines[i] = safe(line)
	}
	end := ""
	if strings.HasSuffix(text, "\n") {
		end = "\n"
	}
	return strings.Join(lines, "\n") + end
}

// safeValue goes through every string of a value: those that somebody adds later, too. Fields with the tag
// `text:"lines"` may have several lines.
func safeValue(v reflect.Value, lines bool) {
	switch v.Kind() {
	case reflect.Pointer:
		safeValue(v.Elem(), lines)
	case reflect.Struct:
		for i := range v.NumField() {
			safeValue(v.Field(i), v.Type().Field(i).Tag.Get("text") == "lines")
		}
	case reflect.Slice:
		for i := range v.Len() {
			safeValue(v.Index(i), lines)
		}
	case reflect.String:
		if lines {
			v.SetString(safeLines(v.String()))
		} else {
			v.SetString(safe(v.String()))
		}
	}
}
