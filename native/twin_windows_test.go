package native_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/native"
)

// With this set, the test program prints the tables and ends.
const printTables = "WINMIB_PRINT_TABLES"

func TestMain(m *testing.M) {
	if os.Getenv(printTables) != "" {
		for _, get := range tables {
			table, code := answer(get)
			fmt.Println(code, hex.EncodeToString(table))
		}
		return
	}
	os.Exit(m.Run())
}

var tables = []func([]byte, bool) (size, code uint32){
	native.GetTcpTable2, native.GetTcp6Table2, native.GetUdpTable, native.GetUdp6Table,
}

// answer asks for a sorted table with a buffer that has room for any here.
func answer(get func([]byte, bool) (size, code uint32)) (table []byte, code uint32) {
	buf := make([]byte, 1<<20)
	size, code := get(buf, true)
	return buf[:min(int(size), len(buf))], code
}

// The shim and its twin without cgo return the same bytes. The twin is the same
// test program, built with CGO_ENABLED=0; WINMIB_TWIN names it.
func TestTwinsAgree(t *testing.T) {
	twin := os.Getenv("WINMIB_TWIN")
	if twin == "" {
		t.Skip("WINMIB_TWIN does not name this program as built without cgo; build.sh and build.ps1 set it")
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		defer l.Close()
	}
	print := func(program string) []byte {
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), printTables+"=1")
		out, err := cmd.Output()
		require.NoError(t, err)
		return out
	}
	self, err := os.Executable()
	require.NoError(t, err)
	// Both have to read while no socket of the machine changes.
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		ours, theirs := print(self), print(twin)
		require.True(t, bytes.HasPrefix(ours, []byte("0 ")), "%.80s", ours)
		require.Equal(t, string(ours), string(theirs))
	}, 30*time.Second, 100*time.Millisecond)
}

// Without room for the rows, Windows says how much it needs.
func TestTooSmallABuffer(t *testing.T) {
	for _, get := range tables {
		for _, buf := range [][]byte{nil, {}, make([]byte, 3)} {
			size, code := get(buf, false)
			assert.EqualValues(t, 122, code)
			assert.GreaterOrEqual(t, size, uint32(4))
		}
	}
}
