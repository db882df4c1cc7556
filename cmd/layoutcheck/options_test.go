package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUsageErrors(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	require.NoError(t, os.WriteFile(bad, []byte("OnlyOneWord\n"), 0o600))
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "no packages: name some, such as ./... or golang.org/x/sys/windows"},
		{[]string{"-format", "xml", "./..."}, `-format "xml": unknown format; want text, json or github`},
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
		{"\nwindows.Servent@mips so", `allow:2: unknown architecture "mips"; want one of amd64, 386, arm64`},
	} {
		_, err := parseAllowed("allow", test.text)
		assert.EqualError(t, err, test.want)
	}

	list, err := parseAllowed("allow", "# all of it\na.A  on purpose # or not\n\na.B@386,arm64 reads only\na.C.D padding\na.E gone\na.F@arm64 gone\n")
	require.NoError(t, err)
	for _, test := range []struct {
		goarch, name, want string
	}{
		{"amd64", "a.A", "on purpose"},
		{"386", "a.B", "reads only"},
		{"amd64", "a.B", ""},
		{"386", "a.C.D", "padding"},
		{"386", "a.C", ""},
	} {
		reason, ok := list.find(test.goarch, test.name)
		assert.Equal(t, test.want, reason)
		assert.Equal(t, test.want != "", ok)
	}
	var stale []string
	for _, a := range list.unused([]string{"386", "amd64"}) {
		stale = append(stale, a.where+" "+a.name)
	}
	assert.Equal(t, []string{"allow:6 a.E"}, stale, "a.F is of an architecture that was not checked")
}
