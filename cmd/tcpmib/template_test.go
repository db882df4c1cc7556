package main

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// Columns that a template names are read for it, wherever it names them.
func TestTemplateReadsWhatItNames(t *testing.T) {
	for text, want := range map[string]string{
		`{{.created}}`:                                             "2024-05-06T06:02:00.1234567Z",
		`{{.module}} {{.services}}`:                                "module1288 TermService",
		`{{if eq .state "LISTEN"}}{{.services}}{{end}}`:            "TermService",
		`{{if .remoteName}}{{else}}{{$.module}}{{end}}`:            "module1288",
		`{{with .pid}}{{$.services}}{{end}}`:                       "TermService",
		`{{range .remotePort}}{{else}}{{.services}}{{end}}`:        "TermService",
		`{{$r := .}}{{$r.services}}`:                               "TermService",
		`{{(.).services}}`:                                         "TermService",
		`{{printf "%s/%d" (print .services | len) .localPort}}`:    "%!s(int=11)/3389",
		`{{define "x"}}{{.services}}{{end}}{{template "x" .}}`:     "TermService",
		`{{define "x"}}nothing{{end}}{{template "x"}} {{.module}}`: "nothing module1288",
		``: "",
	} {
		got := runApp(officeApp(), "--pid=1288", "-4", "--listening", "--format=template="+text)
		assert.Empty(t, cmp.Diff(result{want + "\n", "", cli.ExitOK}, got, cmp.AllowUnexported(result{})), text)
	}
	a := officeApp()
	a.lookup = func(context.Context, string) ([]string, error) { return []string{"host.example."}, nil }
	assert.Equal(t, "host.example\n", runApp(a, "--local-port=50128", "--format=template={{.remoteName}}").stdout)

	// Columns that are not named cost nothing, and missing ones are reported.
	fake(a).listServices = func() (map[uint32][]string, error) { return nil, errors.New("not today") }
	got := runApp(a, "--local-port=50128", "--format=template={{.pid}} .services")
	assert.Equal(t, result{"8088 .services\n", "", cli.ExitOK}, got)
	got = runApp(a, "--local-port=50128", "--format=template={{.services}}")
	assert.Equal(t, result{"\n", "tcpmib: services are missing: not today\n", cli.ExitOK}, got)
}

// A number is one in every row, so that it can be printed and compared as one.
func TestTemplateNumbers(t *testing.T) {
	for text, want := range map[string]string{
		`{{printf "%05d" .remotePort}} {{.remoteAddress}}`: "00000 \n61022 192.168.1.77\n",
		`{{if lt .remotePort 1024}}low{{else}}high{{end}}`: "low\nhigh\n",
		`{{if .remotePort}}{{.remotePort}}{{end}}`:         "\n61022\n",
	} {
		got := runApp(officeApp(), "--pid=1288", "-4", "--format=template="+text)
		require.Equal(t, cli.ExitOK, got.code, got.stderr)
		assert.Equal(t, want, got.stdout, text)
	}
}
