package layout_test

import (
	"context"
	"fmt"
	"os"
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
	layout.Check(t, target, []any{wsaBuf{}}, []layout.Constant{{C: "AF_INET6", Go: 23}})
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
		layout.Check(r, target, []any{wsaBuf{}}, []layout.Constant{{C: "AF_INET6", Go: 23}})
		assert.Empty(t, r.ended, target.CC)
	}
	r := &recorder{ctx: t.Context()}
	layout.Check(r, targets[0], []any{wrong{}}, []layout.Constant{{C: "AF_INET6", Go: 10}})
	assert.Contains(t, r.ended, "error: Go and the headers differ")
	assert.Contains(t, r.ended, "WSABUF.len: size: size is 4 in C and 2 in Go")
	assert.Contains(t, r.ended, "AF_INET6: value: it is 23 in C and 10 in Go")
}

func TestCheckWithoutCompiler(t *testing.T) {
	target := layout.Target{CC: []string{"no-such-compiler"}}
	for ci, want := range map[string]string{"": "skip: ", "true": "fatal: "} {
		t.Setenv("CI", ci)
		r := &recorder{ctx: t.Context()}
		layout.Check(r, target, nil, nil)
		assert.Contains(t, r.ended, want+"the compiler failed: no-such-compiler: ")
	}
}
