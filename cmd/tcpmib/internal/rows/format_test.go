package rows

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// crowd is a snapshot of n connections, a third of them IPv6.
func crowd(n int) *Snapshot {
	s := &Snapshot{Processes: owner.Processes{}}
	for pid := range uint32(300) {
		s.Processes[pid] = owner.Process{PID: pid, Name: fmt.Sprintf("program%d.exe", pid)}
	}
	s.Sockets = make([]Socket, n)
	for i := range s.Sockets {
		local := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		remote := netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})
		if i%3 == 0 {
			local = netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)})
			remote = netip.AddrFrom16([16]byte{0xfe, 0x80, 15: byte(i)}).WithZone("12")
		}
		c := tcpmib.Conn{
			Local: netip.AddrPortFrom(local, uint16(i)), Remote: netip.AddrPortFrom(remote, 443),
			State: tcpmib.State(i%12 + 1), PID: uint32(i % 300), Offload: tcpmib.OffloadState(i % 4),
		}
		if c.State == tcpmib.StateListen {
			c.Remote = netip.AddrPort{}
		}
		s.Sockets[i] = Socket{Conn: c}
	}
	return s
}

// record is a row for encoding/json.
type record struct {
	Protocol      string  `json:"protocol"`
	Family        string  `json:"family"`
	LocalAddress  string  `json:"localAddress"`
	LocalPort     uint16  `json:"localPort"`
	RemoteAddress *string `json:"remoteAddress"`
	RemotePort    *uint16 `json:"remotePort"`
	State         string  `json:"state"`
	StateCode     uint32  `json:"stateCode"`
	PID           uint32  `json:"pid"`
	Process       string  `json:"process"`
	Offload       string  `json:"offload"`
	OffloadCode   uint32  `json:"offloadCode"`
}

func recordOf(r *Row) record {
	rec := record{
		Protocol: "tcp", Family: r.Family().String(), LocalAddress: r.Local.Addr().String(), LocalPort: r.Local.Port(),
		State: r.State.String(), StateCode: uint32(r.State), PID: r.PID, Process: r.Process,
		Offload: r.Offload.String(), OffloadCode: uint32(r.Offload),
	}
	if r.Remote.IsValid() {
		addr, port := r.Remote.Addr().String(), r.Remote.Port()
		rec.RemoteAddress, rec.RemotePort = &addr, &port
	}
	return rec
}

func encode(w io.Writer, write Writer, s *Snapshot) error {
	out := &Output{Writer: bufio.NewWriterSize(w, 64<<10), Columns: DataColumns, Header: true}
	if err := write(out, s.Rows()); err != nil {
		return err
	}
	return out.Flush()
}

// The rows read back as encoding/json would have written them.
func TestEncoders(t *testing.T) {
	s := crowd(1000)
	s.Processes[7] = owner.Process{PID: 7, Name: "a\"b\\c\td\x00e\u2028\xff<é>&.exe"}
	s.Processes[8] = owner.Process{PID: 8, Name: `quoted, "name"` + "\r\n"}
	for i, name := range []string{`"`, `\`, `'`, `a"`, `\a`} { // printable, and a byte each
		pid := uint32(9 + i)
		s.Processes[pid] = owner.Process{PID: pid, Name: name}
	}
	var want []record
	for r := range s.Rows() {
		rec := recordOf(r)
		if r.PID == 7 {
			rec.Process = "a\"b\\c\td\x00e\u2028\ufffd<é>&.exe" // JSON is UTF-8
		}
		want = append(want, rec)
	}
	var b bytes.Buffer
	require.NoError(t, encode(&b, WriteJSON, s))
	var got []record
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	assert.Empty(t, cmp.Diff(want, got))

	b.Reset()
	require.NoError(t, encode(&b, WriteJSONLines, s))
	d := json.NewDecoder(&b)
	for i := range want {
		var rec record
		require.NoError(t, d.Decode(&rec))
		assert.Empty(t, cmp.Diff(want[i], rec))
	}

	b.Reset()
	require.NoError(t, encode(&b, WriteCSV, s))
	records, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Len(t, records, 1001)
	assert.Equal(t, "quoted, \"name\"\ufffd\ufffd", records[1+8][9], "a line of CSV is a line")
}

// Allocations do not grow with the rows: they are written as they come.
func TestEncodersStream(t *testing.T) {
	for name, write := range map[string]Writer{"json": WriteJSON, "jsonl": WriteJSONLines, "csv": WriteCSV} {
		allocated := func(n int) uint64 {
			s := crowd(n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			require.NoError(t, encode(io.Discard, write, s))
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		few, many := allocated(100), allocated(100_000)
		assert.Less(t, many, few+64<<10, "%s: bytes for 100,000 rows, where 100 take %d", name, few)
	}
}

// A million rows, next to encoding/json with the same values.
func BenchmarkEncode(b *testing.B) {
	const n = 1_000_000
	s := crowd(n)
	report := func(b *testing.B, write func(w io.Writer) error) {
		b.ReportAllocs()
		for b.Loop() {
			if err := write(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
	}
	b.Run("encoding-json", func(b *testing.B) {
		report(b, func(w io.Writer) error {
			buffered := bufio.NewWriterSize(w, 64<<10)
			e := json.NewEncoder(buffered)
			for r := range s.Rows() {
				if err := e.Encode(recordOf(r)); err != nil {
					return err
				}
			}
			return buffered.Flush()
		})
	})
	for _, f := range []struct {
		name  string
		write Writer
	}{{"json", WriteJSON}, {"jsonl", WriteJSONLines}, {"csv", WriteCSV}, {"table", WriteTable}} {
		b.Run(f.name, func(b *testing.B) {
			report(b, func(w io.Writer) error { return encode(w, f.write, s) })
		})
	}
}
