package layout_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"structs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// wsaBuf is WSABUF of ws2def.h, which this module has no use for.
type wsaBuf struct {
	_   structs.HostLayout `c:"WSABUF"`
	Len uint32             `c:"len"`
	Buf *byte              `c:"buf"`
}

// In a test of any project, for any of its types.
func ExampleCheck() {
	var t *testing.T // of the test that this is

	// type wsaBuf struct {
	//	_   structs.HostLayout `c:"WSABUF"`
	//	Len uint32             `c:"len"`
	//	Buf *byte              `c:"buf"`
	// }
	target := layout.Target{
		CC:      []string{"i686-w64-mingw32-gcc"},
		Headers: []string{"winsock2.h"},
	}
	layout.Check(t, target, []layout.Type{layout.Struct[wsaBuf]("")}, []layout.Constant{{C: "AF_INET6", Go: 23}})
}

// recorder is a test that remembers how it ended.
type recorder struct {
	ctx   context.Context
	ended string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Context() context.Context          { return r.ctx }
func (r *recorder) Errorf(format string, args ...any) { r.end("error", format, args) }
func (r *recorder) Fatalf(format string, args ...any) { r.end("fatal", format, args) }
func (r *recorder) Skipf(format string, args ...any)  { r.end("skip", format, args) }
func (r *recorder) end(how, format string, args []any) {
	r.ended = how + ": " + fmt.Sprintf(format, args...)
}

func TestCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("reads Windows's headers; -short leaves that out")
	}
	// The same, with both fields in the wrong place on 64-bit Windows.
	type wrong struct {
		_   structs.HostLayout `c:"WSABUF"`
		Buf *byte              `c:"buf"`
		Len uint16             `c:"len"`
	}
	if runtime.GOOS == "windows" {
		t.Skip("on Windows, build.ps1 layout compares with every header set")
	}
	var targets []layout.Target
	found, missing := layout.Discover()
	for _, target := range found {
		target.Headers = []string{"winsock2.h"}
		targets = append(targets, target)
	}
	if len(targets) == 0 && os.Getenv("CI") == "" {
		t.Skip(missing)
	}
	require.NotEmpty(t, targets)
	for _, target := range targets {
		r := &recorder{ctx: t.Context()}
		layout.Check(r, target, []layout.Type{layout.Struct[wsaBuf]("")}, []layout.Constant{{C: "AF_INET6", Go: 23}})
		assert.Empty(t, r.ended, target.CC)
	}
	r := &recorder{ctx: t.Context()}
	layout.Check(r, targets[0], []layout.Type{layout.Struct[wrong]("")}, []layout.Constant{{C: "AF_INET6", Go: 10}})
	assert.Contains(t, r.ended, "error: Go and the headers differ")
	assert.Contains(t, r.ended, "WSABUF.len: size: size is 4 in C and 2 in Go")
	assert.Contains(t, r.ended, "AF_INET6: value: it is 23 in C and 10 in Go")
}

func TestCheckWithoutCompiler(t *testing.T) {
	dir, err := os.MkdirTemp("", "layout")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	absent, broken := filepath.Join(dir, "none", "gcc"), filepath.Join(dir, "gcc")
	require.NoError(t, os.WriteFile(broken, []byte("#!"+absent+"\n"), 0o700))
	failed := ": the compiler failed: "
	for name, c := range map[string]struct {
		cc    []string
		types []layout.Type
		here  string // without CI
		then  string
	}{
		"by its name":              {[]string{"no-such-compiler"}, nil, "skip", failed + "no-such-compiler: "},
		"by its path":              {[]string{absent, "-v"}, nil, "skip", failed + absent + " -v: "},
		"it lacks its interpreter": {[]string{broken}, nil, "fatal", failed + broken + ": "},
		"no command":               {nil, nil, "fatal", ": the target has no compiler command"},
		"types that make no sense": {[]string{absent}, []layout.Type{layout.Struct[int]("INT")}, "fatal", ": layout: type 1: int is not a struct"},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && c.cc != nil && c.cc[0] == broken {
				t.Skip("no scripts by their first line")
			}
			for ci, want := range map[string]string{"": c.here, "true": "fatal"} {
				t.Setenv("CI", ci)
				r := &recorder{ctx: t.Context()}
				layout.Check(r, layout.Target{CC: c.cc}, c.types, nil)
				assert.Contains(t, r.ended, want+c.then)
			}
		})
	}
}
