package native_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
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
		for _, table := range tables {
			bytes, code := answer(table.get)
			fmt.Println(code, hex.EncodeToString(bytes))
		}
		return
	}
	os.Exit(m.Run())
}

// tables are the functions that return a table, and the size of a row of each.
var tables = []struct {
	name string
	get  func([]byte, bool) (size, code uint32)
	row  int
}{
	{"GetTcpTable2", native.GetTcpTable2, 28},
	{"GetTcp6Table2", native.GetTcp6Table2, 60},
	{"GetUdpTable", native.GetUdpTable, 8},
	{"GetUdp6Table", native.GetUdp6Table, 24},
}

// answer asks for a sorted table with a buffer that has room for any here.
func answer(get func([]byte, bool) (size, code uint32)) (table []byte, code uint32) {
	buf := make([]byte, 1<<20)
	size, code := get(buf, true)
	return buf[:min(int(size), len(buf))], code
}

// The shim and its twin without cgo return the same rows. The twin is the same test program, built
// with CGO_ENABLED=0; WINMIB_TWIN names it.
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
	// print returns the rows of each table, each row once.
	print := func(t require.TestingT, program string) (rows [][]string) {
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), printTables+"=1")
		out, err := cmd.Output()
		require.NoError(t, err)
		lines := strings.Fields(string(out))
		require.Len(t, lines, 2*len(tables), "%s", out)
		for i, table := range tables {
			require.Equal(t, "0", lines[2*i], table.name)
			bytes, err := hex.DecodeString(lines[2*i+1])
			require.NoError(t, err)
			count := binary.LittleEndian.Uint32(bytes)
			var list []string
			for row := range slices.Chunk(bytes[4:][:int(count)*table.row], table.row) {
				list = append(list, hex.EncodeToString(row))
			}
			slices.Sort(list)
			rows = append(rows, slices.Compact(list))
		}
		return rows
	}
	self, err := os.Executable()
	require.NoError(t, err)
	// Sockets come and go in the meantime. Rows that one program shows before and after the other
	// one must be shown by that, too. Linux may leave out a row when others come and go, so under
	// Wine it may take another attempt.
	lacks := func(before, between, after []string) (missing []string) {
		for _, row := range before {
			if slices.Contains(after, row) && !slices.Contains(between, row) {
				missing = append(missing, row)
			}
		}
		return missing
	}
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		ours, theirs, oursAfter, theirsAfter := print(t, self), print(t, twin), print(t, self), print(t, twin)
		for i, table := range tables {
			assert.Empty(t, lacks(ours[i], theirs[i], oursAfter[i]), "%s: rows that the twin lacks", table.name)
			assert.Empty(t, lacks(theirs[i], oursAfter[i], theirsAfter[i]), "%s: rows that only the twin has", table.name)
		}
		assert.NotEmpty(t, ours[0], "%s: no row", tables[0].name)
		assert.NotEmpty(t, ours[1], "%s: no row", tables[1].name)
	}, 2*time.Minute, 100*time.Millisecond)
}

// Without room for the rows, Windows says how much it needs.
func TestTooSmallABuffer(t *testing.T) {
	for _, table := range tables {
		for _, buf := range [][]byte{nil, {}, make([]byte, 3)} {
			size, code := table.get(buf, false)
			assert.EqualValues(t, 122, code)
			assert.GreaterOrEqual(t, size, uint32(4))
		}
	}
}
