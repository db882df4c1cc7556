package layout_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"structs"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/layout"
)

// sockaddrIn is SOCKADDR_IN of ws2def.h, which this module has no use for.
type sockaddrIn struct {
	_      structs.HostLayout `c:"SOCKADDR_IN"`
	Family uint16             `c:"sin_family"`
	Port   [2]byte            `c:"sin_port"` // network byte order
	Addr   [4]byte            `c:"sin_addr"` // network byte order
	Zero   [8]byte            `c:"sin_zero"`
}

func ExampleCheck() {
	var t *testing.T // of the test that this is

	// type sockaddrIn struct {
	//	_      structs.HostLayout `c:"SOCKADDR_IN"`
	//	Family uint16             `c:"sin_family"`
	//	Port   [2]byte            `c:"sin_port"` // network byte order
	//	Addr   [4]byte            `c:"sin_addr"` // network byte order
	//	Zero   [8]byte            `c:"sin_zero"`
	// }
	target := layout.Target{
		CC:      []string{"x86_64-w64-mingw32-gcc"},
		Headers: []string{"winsock2.h", "ws2def.h"},
	}
	layout.Check(t, target, []any{sockaddrIn{}}, []layout.Constant{{C: "AF_INET", Go: 2}})
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
	// The same, with a port that was taken for a number.
	type wrong struct {
		_      structs.HostLayout `c:"SOCKADDR_IN"`
		Family uint16             `c:"sin_family"`
		Port   uint32             `c:"sin_port"`
		Addr   [4]byte            `c:"sin_addr"`
		Zero   [8]byte            `c:"sin_zero"`
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
	assert.NotEmpty(t, targets)
	for _, target := range targets {
		r := &recorder{ctx: t.Context()}
		layout.Check(r, target, []any{sockaddrIn{}}, []layout.Constant{{C: "AF_INET", Go: 2}})
		assert.Empty(t, r.ended, target.CC)

		layout.Check(r, target, []any{wrong{}}, []layout.Constant{{C: "AF_INET", Go: 4}})
		assert.Contains(t, r.ended, "error: Go and the headers differ")
		assert.Contains(t, r.ended, "SOCKADDR_IN.sin_port: size: size is 2 in C and 4 in Go")
		assert.Contains(t, r.ended, "AF_INET: value: it is 2 in C and 4 in Go")
	}
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
