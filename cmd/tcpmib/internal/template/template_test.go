package template

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// data has each type that a template meets in rows, and in pipelines: an empty text, 0, 1, and no key.
func data() map[string]any {
	return map[string]any{
		"process": "svchost.exe", "module": "", "html": `<a href="x">'&` + "\x00é\u202e", "remoteName": "host.example",
		"pid": uint64(3), "localPort": uint64(5), "remotePort": uint64(0), "one": uint64(1), "huge": ^uint64(0),
		"bytes": "\x00\x01", "noKeys": map[string]any{}, "oneKey": map[string]any{"pid": 4},
	}
}

var errFull = errors.New("full")

// limited keeps what is written to it, up to a limit.
type limited struct{ strings.Builder }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > 1<<16 {
		return 0, errFull
	}
	return l.Builder.Write(p)
}

func quote(v any) (string, error) {
	if v == "host.example" {
		return "", errors.New("cannot be quoted")
	}
	return fmt.Sprintf("%q", v), nil
}

// ours and theirs execute a template with this package and with text/template.
func ours(text string, w io.Writer) error {
	t, err := Parse("template", text, map[string]Func{"quote": {1, 1, func(args []any) (any, error) { return quote(args[0]) }}})
	if err != nil {
		return err
	}
	return t.Execute(w, data())
}

func theirs(text string, w io.Writer) error {
	t, err := template.New("template").Funcs(template.FuncMap{"quote": quote}).Parse(text)
	if err != nil {
		return err
	}
	return t.Execute(w, data())
}

// The texts of errors differ in four ways. text/template names the node that it evaluated last,
// which may be a part of the one that is wrong. It calls the type of an element of a map interface
// {}. Its reflection panics for what is an error here. It checks the format of printf before other
// arguments, and what is to be called.
var (
	ownWords  = regexp.MustCompile(`expected string|nil to string|calling call: `)
	places    = regexp.MustCompile(`(?s):\d+:\d+: executing ("\w+") at <.*>: `)
	typeNames = regexp.MustCompile(`interface \{\}|uint64|uint8|string|int\b|map\[string\]`)
	calls     = regexp.MustCompile(`error calling \w+: |reflect: .*|len of type <nil>|index out of range.*|non-comparable type.*`)
)

// slice of text/template does not take the number of a map.
var noSlice = regexp.MustCompile(`calling slice: cannot index slice/array with type interface`)

func same(err error) string {
	if err == nil {
		return ""
	}
	text := places.ReplaceAllString(err.Error(), " $1 ")
	return typeNames.ReplaceAllString(calls.ReplaceAllString(text, ""), "T")
}

// compare fails the test if this package and text/template do not write the same, or end with
// different errors.
func compare(t *testing.T, text string) {
	t.Helper()
	var got, want limited
	err, wantErr := ours(text, &got), theirs(text, &want)
	if wantErr != nil && noSlice.MatchString(wantErr.Error()) {
		return
	}
	assert.Equal(t, want.String(), got.String(), text)
	if wantErr == nil || ownWords.MatchString(wantErr.Error()) {
		assert.Equal(t, wantErr == nil, err == nil, "%s\n%v\n%v", text, err, wantErr)
		return
	}
	assert.Equal(t, same(wantErr), same(err), text)
}

// values are expressions of every type and kind of node.
var values = []string{
	`.`, `$`, `nil`, `true`, `false`, `0`, `1`, `-1`, `4`, `0x1F`, `0x1E`, `0xe`, `-0XE`, `0x1p4`, `'a'`, `'e'`, `1.5`, `0.0`, `1e3`, `2i`, `0i`, `1+0i`, `"text"`, `""`, "`raw %d`", `"pid"`, `"%5v|"`,
	`.process`, `.module`, `.html`, `.remoteName`, `.pid`, `.remotePort`, `.one`, `.huge`, `.noKeys`, `.oneKey`, `.oneKey.pid`, `$.pid`, `.nosuch`, `.nosuch.x`, `.pid.x`, `18446744073709551615`,
	`(.)`, `(.process)`, `(.).pid`, `($).pid.x`, `(print 1).x`, `(nil).x`, `(index .process 1)`, `(index .bytes 0)`, `(index .bytes 1)`, `(index . "pid")`, `(index . "nosuch")`, `print`, `len`,
}

// partners has one expression of each type.
var partners = []string{`.`, `nil`, `true`, `1`, `-1`, `1.5`, `2i`, `"text"`, `""`, `.process`, `.pid`, `.nosuch`, `(index .process 1)`, `len`}

// Every function with every type of arguments, and every statement on every type.
func TestAsTextTemplate(t *testing.T) {
	for _, a := range values {
		for _, form := range []string{
			`{{V}}`, `{{V | print}}`, `{{if V}}yes{{else}}no{{end}}`, `{{if V}}{{.process}}{{end}}`, `{{with V}}{{.}}{{else}}no{{end}}`, `{{with $x := V}}{{$x}}{{end}}`,
			`{{$x := V}}{{$x}}{{$x.pid}}`, `{{$x := 1}}{{$x = V}}{{$x}}`, `{{if false}}{{else if V}}yes{{end}}`, `{{with false}}{{else with V}}{{.}}{{end}}`,
			`{{(V).pid}}`, `{{V 1}}`, `{{1 | V}}`, `{{V.pid}}`, `{{template "x" V}}{{define "x"}}{{.}}{{$}}{{end}}`, `{{block "x" V}}{{.}}{{end}}`,
		} {
			compare(t, strings.ReplaceAll(form, "V", a))
		}
		if a == ".huge" {
			continue // too many numbers to count
		}
		for _, form := range []string{
			`{{range V}}{{.}},{{else}}none{{end}}`, `{{range $x := V}}{{$x}} {{.}},{{end}}`, `{{range $i, $x := V}}{{$i}}={{$x}} {{else}}none{{end}}`,
			`{{$x := 7}}{{range $x = V}}{{$x}}{{end}}{{$x}}`, `{{$i := 1}}{{$x := 2}}{{range $i, $x = V}}{{$x}}{{end}}{{$i}}{{$x}}`,
			`{{range V}}{{.}}{{break}}never{{end}}`, `{{range V}}{{.}}{{continue}}never{{end}}`, `{{range V}}{{if .}}{{break}}{{end}}{{.}}{{end}}`,
		} {
			compare(t, strings.ReplaceAll(form, "V", a))
		}
	}
	for _, name := range append(slices.Sorted(maps.Keys(builtins)), "quote") {
		compare(t, "{{"+name+"}}")
		for _, a := range values {
			compare(t, "{{"+name+" "+a+"}}")
			compare(t, "{{"+a+" | "+name+"}}")
			for _, b := range partners {
				compare(t, "{{"+name+" "+a+" "+b+"}}")
				compare(t, "{{"+b+" | "+name+" "+a+"}}")
			}
		}
		for _, some := range []string{`.process 1 2`, `.process 2 1`, `.process 0 99`, `.process 1 2 3`, `.process 1 2 3 4`, `.process 1 2 3 4 5`, `. "process" 0`, `1 2 1`, `"%d %s %v" .pid .process`, `1 1.5 1`} {
			compare(t, "{{"+name+" "+some+"}}")
		}
	}
}

func TestTemplates(t *testing.T) {
	for _, text := range []string{
		``, `text`, `{{/* comment */}}`, "a {{- 1 -}} b", `{{"{{"}}`, `{{printf "%05d" .pid | len | printf "%s:%d" .process}}`,
		`{{$x := 1}}{{if true}}{{$x = 2}}{{$y := 3}}{{$y}}{{end}}{{$x}}`, `{{$x := 1}}{{with 5}}{{$x := .}}{{$x}}{{end}}{{$x}}`,
		`{{range $i := .pid}}{{range $j := 3}}{{if eq $i $j}}{{continue}}{{end}}{{if eq $j 2}}{{break}}{{end}}{{$i}}{{$j}} {{end}}{{end}}`,
		`{{range 3}}{{$x := .}}{{range 2}}{{$x}}{{.}} {{end}}{{end}}`, `{{with .pid}}{{$.process}}{{end}}`,
		`{{define "x"}}{{if .}}{{template "y" .}}{{end}}{{end}}{{define "y"}}<{{.}}>{{end}}{{template "x" .pid}}{{template "x"}}`,
		`{{define "x"}}{{$x := 1}}{{end}}{{$x := 2}}{{template "x" $x}}{{$x}}`, `{{template "nosuch"}}`, `{{define "template"}}again{{end}}`,
		`{{define "template"}}again{{end}}twice`, `{{define "x"}}1{{end}}{{define "x"}}2{{end}}`, `{{define "x"}}{{.pid}}{{.pid.x}}{{end}}{{template "x" .}}`,
		`{{define "x"}}{{end}}{{template "x"}}`, `{{template "x" (print 1 2)}}{{define "x"}}{{.}}{{end}}`, `{{template "x" $y := 3}}{{define "x"}}{{$}}{{end}}`,
		`{{and .pid .process}}{{or .module "none"}}{{and .module (.pid.x)}}{{or .pid (index .process 99)}}`, `{{.module | or .pid}}`, `{{.pid | and .module}}`,
		`{{if and (gt .pid 2) (lt .pid 4)}}yes{{end}}{{if not (eq .process "x" "svchost.exe")}}no{{end}}`, `{{eq .pid 3 4.5}}`, `{{eq .pid 4.5 3}}`,
		`{{quote .process}}{{.process | quote}}{{quote .remoteName}}never`, "line\n{{.pid}}\n  {{.pid.x}}", `{{.pid | .process}}`, `{{$ 1}}`, `{{(1) 2}}`, `{{1 2}}`,
		`{{html .html}} {{js .html}} {{urlquery .html}} {{html 1 "<" nil}} {{.html | js "a"}}`, `{{println 1 "a" 2 3}}`, `{{print 1 2 "a" "b" 3.5 true}}`,
		`{{$x := $x}}`, `{{range $x, $x}}{{end}}`, `{{range $x, $x := .}}{{$x}}{{end}}`, `{{.pid`, `{{end}}`, `{{nosuch}}`, `{{$x}}`, `{{if}}`, `{{break}}`, `{{range 3}}`, `{{1 | 2 | 3}}`, `{{.pid | | print}}`, `{{"unclosed}}`, `{{.pid.}}`,
	} {
		compare(t, text)
	}
}

// Errors of the writer are its own.
func TestWriteErrors(t *testing.T) {
	for _, text := range []string{"text", "{{.pid}}", "{{range .pid}}{{.}}{{end}}", `{{define "x"}}x{{end}}{{template "x"}}`, "{{with .pid}}{{.}}{{end}}"} {
		require.ErrorIs(t, ours(text, failing{}), errFull, text)
		require.NotErrorAs(t, ours(text, failing{}), new(*ExecError), text)
	}
	require.ErrorAs(t, ours("{{.pid.x}}", io.Discard), new(*ExecError))
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// text/template would go on for as long.
func TestLimits(t *testing.T) {
	const nested = `{{define "x"}}{{if .}}{{template "x" (slice . 1)}}{{end}}{{end}}{{template "x" (printf "%0*d" DEPTH 0)}}`
	for _, text := range []string{
		`{{range 999998}}{{end}}`, // with the text and the range itself a million
		strings.Replace(nested, "DEPTH", "999", 1),
	} {
		require.NoError(t, ours(text, io.Discard), text)
	}
	for text, want := range map[string]string{
		`{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}`:                                   `exceeded maximum template depth (1000)`,
		`{{range 999999}}{{end}}`:                                                                     `exceeded 1000000 steps`,
		strings.Replace(nested, "DEPTH", "1000", 1):                                                   `exceeded maximum template depth (1000)`,
		`{{range .huge}}{{end}}`:                                                                      `exceeded 1000000 steps`,
		`{{range 1000}}{{range 1000}}{{range 1000}}{{end}}{{end}}{{end}}`:                             `exceeded 1000000 steps`,
		`{{define "x"}}{{range 9}}{{template "x"}}{{end}}{{end}}{{range 9}}{{template "x" .}}{{end}}`: `exceeded maximum template depth (1000)`,
		`{{define "x"}}{{if .}}{{template "x" (slice . 1)}}{{template "x" (slice . 1)}}{{end}}{{end}}{{template "x" "12345678901234567890"}}`: `exceeded 1000000 steps`,
	} {
		require.ErrorContains(t, ours(text, io.Discard), want, text)
	}
}

func FuzzTemplate(f *testing.F) {
	for _, v := range values {
		f.Add("{{range $i, $x := " + v + "}}{{$x}}{{else}}{{print " + v + " | printf \"%v\"}}{{end}}")
	}
	f.Add(`{{define "x"}}{{if .}}{{template "x" (slice . 1)}}{{end}}{{end}}{{template "x" .process}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var got, want limited
		err := ours(text, &got)
		if err != nil && strings.Contains(err.Error(), "exceeded") {
			return // text/template might not end
		}
		if wantErr := theirs(text, &want); wantErr == nil || !noSlice.MatchString(wantErr.Error()) {
			assert.Equal(t, want.String(), got.String())
			assert.Equal(t, wantErr == nil, err == nil, "%v\n%v", err, wantErr)
		}
	})
}
