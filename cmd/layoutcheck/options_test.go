package main

import (
	"bytes"
	"flag"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

func TestUsageErrors(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	require.NoError(t, os.WriteFile(bad, []byte("OnlyOneWord\n"), 0o600))
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "no packages: name some, such as ./... or golang.org/x/sys/windows"},
		{[]string{"-format", "xml", "./..."}, `-format "xml": unknown format; want text, short, json or github`},
		{[]string{"-goarch", "amd64,mips", "./..."}, `-goarch "mips": unknown architecture; want some of amd64, 386, arm64`},
		{[]string{"-goarch", "", "./..."}, `-goarch "": unknown architecture; want some of amd64, 386, arm64`},
		{[]string{"-cc", `"gcc`, "./..."}, "-cc:"},
		{[]string{"-cc", "gcc", "-goarch", "386,amd64", "./..."}, "-cc is one compiler: give -goarch its architecture or leave it out"},
		{[]string{"-record", "r.json", "-cc", "gcc", "./..."}, "-record has its own headers: leave out -cc and -headers"},
		{[]string{"-gen", "POINT", "./..."}, "-gen takes no packages"},
		{[]string{"-map", bad, "./..."}, "want two words"},
		{[]string{"-allow", bad, "./..."}, "OnlyOneWord has no reason: write it behind the name"},
		{[]string{"-map", bad + "2", "./..."}, "-map: open "},
		{[]string{"-allow", bad + "2", "./..."}, "-allow: open "},
		{[]string{"-nosuch"}, "flag provided but not defined: -nosuch"},
	} {
		_, err := parseOptions(test.args, &bytes.Buffer{})
		assert.ErrorContains(t, err, test.want)
		var stdout, stderr bytes.Buffer
		assert.Equal(t, exitUsage, run(t.Context(), test.args, &stdout, &stderr), "%q", test.args)
		assert.Empty(t, stdout.String())
		assert.NotEmpty(t, stderr.String())
	}
}

func TestHelp(t *testing.T) {
	var stderr bytes.Buffer
	_, err := parseOptions([]string{"-h"}, &stderr)
	assert.ErrorIs(t, err, flag.ErrHelp)
	for _, name := range []string{"headers", "map", "goarch", "cc", "record", "allow", "format", "gen"} {
		assert.Contains(t, stderr.String(), "  -"+name)
	}
	assert.Equal(t, exitOK, run(t.Context(), []string{"-h"}, &bytes.Buffer{}, &stderr))
}

func TestOptions(t *testing.T) {
	o, err := parseOptions([]string{"-goarch", "386,amd64,386", "-headers", "winsock2.h,iphlpapi.h", "./a", "./b"}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, []string{"386", "amd64"}, o.goarches)
	assert.Equal(t, []string{"winsock2.h", "iphlpapi.h"}, o.headers)
	assert.Equal(t, []string{"./a", "./b"}, o.packages)

	o, err = parseOptions([]string{"-cc", "clang --target=x86_64-w64-windows-gnu", "./..."}, &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, []string{"clang", "--target=x86_64-w64-windows-gnu"}, o.cc)
	assert.Empty(t, o.goarches, "the compiler's own")
}

func TestAllowed(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"windows.Servent", "allow:1: windows.Servent has no reason: write it behind the name"},
		{"a.[ so", "allow:1: a.[ is not a name or a pattern: syntax error in pattern"},
		{"a.A@SDK<x so", `allow:1: unknown architecture or header set "SDK<x"; want some of amd64, 386, arm64, MinGW-w64, Wine, SDK, SDK<BUILD`},
		{"a.A@SDK<0 so", `allow:1: unknown architecture or header set "SDK<0"; want some of amd64, 386, arm64, MinGW-w64, Wine, SDK, SDK<BUILD`},
		{"a.A@20348 so", `allow:1: unknown architecture or header set "20348"; want some of amd64, 386, arm64, MinGW-w64, Wine, SDK, SDK<BUILD`},
		{"a.A@SDK<-1 so", `allow:1: unknown architecture or header set "SDK<-1"; want some of amd64, 386, arm64, MinGW-w64, Wine, SDK, SDK<BUILD`},
		{"a.A@a.go: so", `allow:1: unknown architecture or header set "a.go:"; want some of amd64, 386, arm64, MinGW-w64, Wine, SDK, SDK<BUILD`},
		{"a.A@:12 so", `allow:1: unknown architecture or header set ":12"; want some of amd64, 386, arm64, MinGW-w64, Wine, SDK, SDK<BUILD`},
		{"\nwindows.Servent@mips so", `allow:2: unknown architecture or header set "mips"; want some of amd64, 386, arm64, MinGW-w64, Wine, SDK, SDK<BUILD`},
	} {
		_, err := parseAllowed("allow", test.text)
		assert.EqualError(t, err, test.want)
	}

	list, err := parseAllowed("allow", "# all of it\na.A  on purpose # or not\n\na.B@386,arm64 reads only\na.C.D padding\na.E gone\na.F@arm64 gone\na.G@MinGW-w64,SDK<20348 new\na.H@Wine,SDK gone\na.I@SDK,386 gone\nb.Soft*@SDK soft\n")
	require.NoError(t, err)
	mingw := func(goarch string) *layout.Headers { return &layout.Headers{Set: layout.SetMinGW, GOARCH: goarch} }
	sdk := func(build string) *layout.Headers {
		return &layout.Headers{Set: layout.SetSDK, GOARCH: "amd64", SDKs: []string{"10.0." + build}}
	}
	for _, test := range []struct {
		h          *layout.Headers
		name, want string
	}{
		{mingw("amd64"), "a.A", "on purpose"},
		{sdk("26100"), "a.A", "on purpose"},
		{mingw("386"), "a.B", "reads only"},
		{mingw("amd64"), "a.B", ""},
		{mingw("386"), "a.C.D", "padding"},
		{mingw("386"), "a.C", ""},
		{mingw("386"), "a.G", "new"},
		{sdk("19041"), "a.G", "new"},
		{sdk("20348"), "a.G", ""},
		{sdk("26100"), "a.G", ""},
		{&layout.Headers{Set: layout.SetWine, GOARCH: "386"}, "a.G", ""},
		{mingw("386"), "a.H", ""},
		{sdk("26100"), "b.SoftError", "soft"},
		{mingw("386"), "b.SoftError", ""},
		{sdk("26100"), "c.SoftError", ""},
		{mingw("386"), "a.I", ""},
		{sdk("26100"), "a.I", ""},
	} {
		parts := strings.SplitN(test.name+"..", ".", 4)
		reason, ok := list.find(test.h, place{path: "example.com/" + parts[0], name: parts[0] + "." + parts[1]}, parts[2])
		assert.Equal(t, test.want, reason)
		assert.Equal(t, test.want != "", ok)
	}
	var stale []string
	for _, a := range list.unused([]*layout.Headers{mingw("386"), mingw("amd64")}) {
		stale = append(stale, a.where+" "+a.name)
	}
	assert.Equal(t, []string{"allow:6 a.E"}, stale, "a.F, a.H and a.I are of an architecture and of header sets that were not checked")
}

// A line whose name fits several declarations applies to none of them, and the output lists the
// names to choose from.
func TestAllowedTwice(t *testing.T) {
	at := func(path, name, file string, line int) layout.GoStruct {
		return layout.GoStruct{Path: path, Name: name, Pos: token.Position{Filename: "/src/" + file, Line: line}, Fields: []layout.GoField{{Name: "Size"}}}
	}
	g := &layout.Go{
		Structs: []layout.GoStruct{at("e.com/a/w", "w.Row", "row.go", 3), at("e.com/b/w", "w.Row", "row.go", 3), at("e.com/b/w", "w.Cell", "row.go", 9), at("e.com/b/w", "w.Cell", "other.go", 4)},
		Consts:  []layout.GoConst{{Path: "e.com/b/w", Name: "w.MAX"}},
	}
	list, err := parseAllowed("allow", "w.Row so\nw.Cell.Size so\nw.MAX so\nw.* so\ne.com/a/w.Row so\nw.Cell@other.go:4 so\n")
	require.NoError(t, err)
	list.declare(g)
	assert.Equal(t, []string{
		"allow:1: w.Row is declared more than once: write e.com/a/w.Row or e.com/b/w.Row",
		"allow:2: w.Cell.Size is declared more than once: write e.com/b/w.Cell@row.go:9 or e.com/b/w.Cell@other.go:4",
	}, list.ambiguous())
	h := &layout.Headers{GOARCH: "amd64"}
	only := func(lines ...int) allowed {
		var some allowed
		for _, n := range lines {
			some = append(some, list[n-1])
		}
		return some
	}
	for _, test := range []struct {
		lines allowed
		p     place
		want  bool
	}{
		{only(1), place{path: "e.com/a/w", name: "w.Row"}, false},
		{only(5), place{path: "e.com/a/w", name: "w.Row"}, true},
		{only(5), place{path: "e.com/b/w", name: "w.Row"}, false},
		{only(3), place{path: "e.com/b/w", name: "w.MAX"}, true},
		{only(4), place{path: "e.com/b/w", name: "w.Row"}, true},
		{only(6), place{path: "e.com/b/w", name: "w.Cell", pos: token.Position{Filename: "/src/other.go", Line: 4}}, true},
		{only(6), place{path: "e.com/b/w", name: "w.Cell", pos: token.Position{Filename: "/src/row.go", Line: 9}}, false},
	} {
		_, ok := test.lines.find(h, test.p, "")
		assert.Equal(t, test.want, ok, "%s %v", test.lines[0].name, test.p)
	}
}
