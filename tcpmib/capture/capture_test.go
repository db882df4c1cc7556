package capture_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// answers is a Source with one answer a function.
type answers map[string]struct {
	code  uint32
	table []byte
}

func (s answers) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	a, ok := s[q.Func]
	switch {
	case !ok:
		return 0, 127 // ERROR_PROC_NOT_FOUND
	case a.code != 0:
		return 0, a.code
	case len(buf) < len(a.table):
		return uint32(len(a.table)), 122
	}
	return uint32(copy(buf, a.table)), 0
}

func table(rowSize, n int) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	for i := range rowSize * n {
		b = append(b, byte(i*7))
	}
	return b
}

var (
	info = capture.Info{
		Version:        capture.Version,
		Time:           time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
		WindowsVersion: "10.0.22631",
		GOARCH:         "arm64",
		Processes:      map[uint32]string{0: "System Idle Process", 4: "System", 1234: "näme <&>.exe"},
		Owners: map[uint32]capture.Owner{
			4: {},
			1234: {Parent: 4, Created: time.Date(2024, 5, 6, 7, 0, 0, 100, time.UTC), Path: `C:\näme <&>.exe`,
				CommandLine: `"näme <&>.exe" --a "b c"`, User: `NT AUTHORITY\SYSTEM`, Services: []string{"Dnscache", "NlaSvc"}},
		},
	}
	twoTables = answers{
		"GetTcpTable2":  {table: table(28, 1500)}, // larger than a Reader's first buffer
		"GetTcp6Table2": {table: table(60, 3)},
	}
)

func write(t testing.TB, src tcpmib.Source) []byte {
	var b bytes.Buffer
	require.NoError(t, capture.Write(&b, src, info))
	return b.Bytes()
}

func read(b []byte) (*capture.Capture, error) {
	return capture.Read(bytes.NewReader(b), int64(len(b)))
}

// save writes a file that goes when the test ends. (Wine 8 cannot empty the folder of testing's
// TempDir.)
func save(t *testing.T, b []byte) (path string) {
	f, err := os.CreateTemp("", "*.zip")
	require.NoError(t, err)
	t.Cleanup(func() { os.Remove(f.Name()) })
	_, err = f.Write(b)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Name()
}

// ask returns the answer of a source.
func ask(src tcpmib.Source, q tcpmib.Query) ([]byte, error) {
	buf := make([]byte, 1<<20)
	size, code := src.Ask(q, buf)
	return buf[:size], q.Err(code)
}

func TestRoundTrip(t *testing.T) {
	path := save(t, write(t, twoTables))
	c, err := capture.Open(path)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(info, c.Info()))

	r := tcpmib.Reader{Source: c}
	for name, a := range twoTables {
		for _, order := range []bool{false, true} {
			got, err := ask(c, tcpmib.Query{Func: name, Order: order})
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(a.table, got), name)
		}
	}
	conns, err := r.AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Len(t, conns, 1503)

	assert.Equal(t, write(t, twoTables), write(t, c), "a capture of a capture is the same file")
}

// A source is not this machine: what the caller does not know of it stays unknown.
func TestWriteAddsNothingToASource(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, capture.Write(&b, twoTables, capture.Info{}))
	c, err := read(b.Bytes())
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(capture.Info{Version: capture.Version, Processes: map[uint32]string{}}, c.Info()))
}

// Of this machine Write adds what the caller leaves empty, and nothing else.
func TestThisMachine(t *testing.T) {
	assert.Empty(t, cmp.Diff(info, capture.ThisMachine(info)))
	before := time.Now()
	added := capture.ThisMachine(capture.Info{})
	assert.WithinRange(t, added.Time, before, time.Now())
	assert.Equal(t, runtime.GOARCH, added.GOARCH)
	assert.Equal(t, runtime.GOOS == "windows", added.WindowsVersion != "")
}

// Entries have the names of their functions, and of family and class where these make a difference, for
// whoever opens the zip file.
func TestEntryNames(t *testing.T) {
	udp := append(binary.LittleEndian.AppendUint32(nil, 0), make([]byte, 4)...)
	file := write(t, answers{"GetTcpTable2": {table: table(28, 1)}, "GetExtendedUdpTable": {table: udp}})
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	assert.Equal(t, []string{"GetTcpTable2.bin", "GetExtendedUdpTable-2-2.bin", "GetExtendedUdpTable-23-2.bin", "manifest.json"}, names)
}

// Tables are asked for sorted, where Windows can sort them, so that a capture answers both questions.
func TestQueries(t *testing.T) {
	seen := map[string]bool{}
	for _, q := range capture.Queries {
		assert.Equal(t, strings.HasPrefix(q.Func, "Get") && strings.Contains(q.Func, "Table"), q.Order, q)
		q.Order = false
		assert.False(t, seen[q.String()], "%v is asked twice", q)
		seen[q.String()] = true
	}
}

// Version 2 has UDP and bound sockets.
func TestUDPAndBoundSockets(t *testing.T) {
	udp := append(binary.LittleEndian.AppendUint32(nil, 1), make([]byte, 4+160)...)
	copy(udp[8:], []byte{10, 0, 0, 1, 0, 53})
	c, err := read(write(t, answers{
		"GetTcpTable2":                     {table: table(28, 0)},
		"InternalGetBoundTcpEndpointTable": {table: table(28, 2)},
		"GetExtendedUdpTable":              {table: udp},
	}))
	require.NoError(t, err)
	bound, err := (&tcpmib.Reader{Source: c}).AppendBound(nil, tcpmib.IPv4)
	require.NoError(t, err)
	assert.Len(t, bound, 2)
	endpoints, err := (&udpmib.Reader{Source: c}).AppendEndpoints(nil, tcpmib.IPv4)
	require.NoError(t, err)
	require.Len(t, endpoints, 1)
	assert.Equal(t, "10.0.0.1:53", endpoints[0].Local.String())
}

// Callers own what this package returns: changing it changes nothing else.
func TestNothingIsShared(t *testing.T) {
	file := write(t, twoTables)
	c, err := read(file)
	require.NoError(t, err)
	clear(c.Info().Processes)
	c.Info().Owners[1234].Services[0] = "Spooler"
	clear(c.Info().Owners)
	assert.Empty(t, cmp.Diff(info, c.Info()))

	defer func(q tcpmib.Query) { capture.Queries[0] = q }(capture.Queries[0])
	capture.Queries[0] = tcpmib.Query{Func: "GetIfTable2"}
	assert.Equal(t, file, write(t, twoTables))
}

// A capture without processes has the object that the format has there, and a reader takes a null
// and nothing at all as well.
func TestWithoutProcesses(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, capture.Write(&b, twoTables, capture.Info{}))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	text, err := fs.ReadFile(z, "manifest.json")
	require.NoError(t, err)
	assert.Contains(t, string(text), `"processes": {}`)

	for _, processes := range []string{``, `,"processes":null`, `,"processes":{}`} {
		c, err := read(archive(t, entry{name: "manifest.json", body: []byte(manifestHead + `[]` + processes + `}`)}))
		require.NoError(t, err, processes)
		assert.Empty(t, c.Info().Processes)
	}
}

func TestUnknownIsIgnored(t *testing.T) {
	const text = `{"new":{"a":[{"b":null}]},"format":"tcpmib capture","version":1,` +
		`"processes":{"4":"System"},"answers":[{"new":[1,{}],"func":"GetTcpTable2","code":5}]}`
	c, err := read(archive(t, entry{name: "new.bin", body: []byte("?")}, entry{name: "manifest.json", body: []byte(text)}))
	require.NoError(t, err)
	assert.Equal(t, map[uint32]string{4: "System"}, c.Info().Processes)
	_, code := c.Ask(tcpmib.Query{Func: "GetTcpTable2"}, nil)
	assert.EqualValues(t, 5, code)
}

// A capture made under Wine 8 on Linux, by a program that had on 127.0.0.1:42404 and [::1]:42406
// each a listener, two connections, one half closed and one closed.
func TestRealCapture(t *testing.T) {
	c, err := capture.Open("testdata/wine-8.0.zip")
	require.NoError(t, err)
	assert.Equal(t, 1, c.Info().Version)
	assert.Empty(t, c.Info().Owners)
	assert.Equal(t, "6.1.7601", c.Info().WindowsVersion)
	assert.Equal(t, "amd64", c.Info().GOARCH)
	assert.Equal(t, "tmpcap.exe", c.Info().Processes[208])

	r := tcpmib.Reader{Source: c}
	_, err = r.AppendBound(nil, tcpmib.Both)
	assert.ErrorIs(t, err, errors.ErrUnsupported, "version 1 has no bound sockets")
	_, err = (&udpmib.Reader{Source: c}).AppendEndpoints(nil, tcpmib.Both)
	assert.ErrorIs(t, err, errors.ErrUnsupported, "nor UDP")
	conns, err := r.AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Len(t, conns, 17)
	states := map[tcpmib.State]int{}
	for _, c := range conns {
		if port := c.Local.Port(); port == 42404 || port == 42406 || c.Remote.Port() == 42404 || c.Remote.Port() == 42406 {
			states[c.State]++
		}
	}
	assert.Equal(t, map[tcpmib.State]int{
		tcpmib.StateListen: 2, tcpmib.StateEstab: 8, tcpmib.StateFinWait2: 2, tcpmib.StateCloseWait: 2, tcpmib.StateTimeWait: 2,
	}, states)

	// The other tables of the same machine have the same connections.
	modules4, err := tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, true)
	require.NoError(t, err)
	require.Len(t, modules4, 9)
	for i := range modules4 {
		assert.Equal(t, conns[i].Local, modules4[i].Local())
		assert.Equal(t, conns[i].PID, modules4[i].OwningPid)
	}
	modules6, err := tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerModule](&r, tcpmib.AllRows, true)
	require.NoError(t, err)
	require.Len(t, modules6, 8)
	for i := range modules6 {
		assert.Equal(t, conns[9+i].Local, modules6[i].Local())
	}
	stats, err := r.Stats(tcpmib.IPv4)
	require.NoError(t, err)
	assert.EqualValues(t, 10, stats.Established, "which Linux counts for both families together")
}

func TestErrorsAreReplayed(t *testing.T) {
	c, err := read(write(t, answers{
		"GetTcpTable2":  {table: table(28, 2)},
		"GetTcp6Table2": {code: 5},
	}))
	require.NoError(t, err)
	r := tcpmib.Reader{Source: c}
	conns, err := r.AppendConns(nil, tcpmib.Both)
	assert.Len(t, conns, 2)
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.ErrorContains(t, err, "GetTcp6Table2")
}

// ERROR_NO_DATA is an answer: no rows.
func TestNoDataIsReplayed(t *testing.T) {
	byHand := archive(t, entry{name: "manifest.json", body: []byte(manifestHead + `[{"func":"GetTcpTable2","code":232}]}`)})
	for name, file := range map[string][]byte{
		"of one family":  write(t, answers{"GetTcpTable2": {code: 232}, "GetTcp6Table2": {table: table(60, 2)}}),
		"of one, alone":  write(t, answers{"GetTcpTable2": {code: 232}}),
		"written before": byHand,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := read(file)
			require.NoError(t, err)
			r := tcpmib.Reader{Source: c}
			rows, err := r.TCPTable2(true)
			assert.NoError(t, err)
			assert.Empty(t, rows)
		})
	}
}

func TestWhatWasNotRecorded(t *testing.T) {
	c, err := read(write(t, twoTables))
	require.NoError(t, err)
	_, err = ask(c, tcpmib.Query{Func: "GetIfTable2"})
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	assert.EqualError(t, err, "GetIfTable2: the source has no answer (CodeNoAnswer, 536870913)")
	for _, q := range []tcpmib.Query{{Func: "GetIfTable2"}, {Func: "InternalGetBoundTcpEndpointTable"}} { // not known, and failed
		size, code := c.Ask(q, make([]byte, 100))
		assert.NotZero(t, code)
		assert.Zero(t, size, "nothing was written")
	}
}

// Unpack returns what Ask copies, as often as it is asked: a table, or the code of what failed.
func TestUnpack(t *testing.T) {
	c, err := read(write(t, answers{"GetTcpTable2": {table: table(28, 1500)}, "GetTcp6Table2": {table: table(60, 3)}, "GetTcpStatisticsEx2": {code: 5}}))
	require.NoError(t, err)
	for _, q := range append(capture.Queries, tcpmib.Query{Func: "GetIfTable2"}) {
		size, code := c.Ask(q, make([]byte, 1<<16))
		for range 2 {
			answer, n, unpacked := c.Unpack(q)
			assert.Equal(t, code, unpacked, q)
			assert.EqualValues(t, size, n, q)
			if code != 0 {
				assert.Nil(t, answer, q)
				continue
			}
			other, _, _ := c.Unpack(q) // which is read at the same time
			for _, r := range []io.Reader{answer, other} {
				got, err := io.ReadAll(r)
				require.NoError(t, err)
				assert.Equal(t, twoTables[q.Func].table, got, q)
			}
		}
	}
	size, code := c.Ask(tcpmib.Query{Func: "GetTcpStatisticsEx2", Family: tcpmib.AFInet}, nil)
	assert.EqualValues(t, 5, code)
	assert.Zero(t, size)
}

// A Source of ours honours buffers that are too small, as Windows does.
func TestAskKeepsToTheBuffer(t *testing.T) {
	c, err := read(write(t, twoTables))
	require.NoError(t, err)
	want := twoTables["GetTcp6Table2"].table
	for n := range len(want) + 1 {
		buf := make([]byte, n)
		size, code := c.Ask(tcpmib.Query{Func: "GetTcp6Table2"}, buf)
		assert.EqualValues(t, len(want), size)
		if n < len(want) {
			assert.EqualValues(t, 122, code)
			assert.Equal(t, make([]byte, n), buf, "untouched")
			continue
		}
		assert.Zero(t, code)
		assert.Equal(t, want, buf)
	}
}

func TestWriteWithoutAnyAnswer(t *testing.T) {
	var b bytes.Buffer
	err := capture.Write(&b, answers{"GetTcpTable2": {code: 50}, "GetTcp6Table2": {code: 5}}, info)
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.Zero(t, b.Len())
}

// A table that never fits is no fact about the machine, so it is not recorded.
func TestWriteWithoutEnd(t *testing.T) {
	err := capture.Write(io.Discard, answers{"GetTcpTable2": {table: table(28, 1)}, "GetTcp6Table2": {code: 122}}, info)
	assert.ErrorContains(t, err, "outgrew its buffer")
}

func TestWriteFails(t *testing.T) {
	assert.ErrorIs(t, capture.Write(full{}, twoTables, info), errFull)
}

var errFull = errors.New("disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// --- files that are not what they should be

const manifestHead = `{"format":"tcpmib capture","version":1,"answers":`

// An entry of a zip made by hand, stored as it is, with claims about it.
type entry struct {
	name  string
	body  []byte
	claim func(*zip.FileHeader)
}

func archive(t testing.TB, entries ...entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{
			Name: e.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(e.body),
			CompressedSize64: uint64(len(e.body)), UncompressedSize64: uint64(len(e.body)),
		}
		if e.claim != nil {
			e.claim(h)
		}
		w, err := z.CreateRaw(h)
		require.NoError(t, err)
		_, err = w.Write(e.body)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// bomb is an honest zip with n answers of so many bytes, which deflate to a thousandth.
func bomb(t testing.TB, bytesEach, n int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("manifest.json")
	require.NoError(t, err)
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"func":"F%d","entry":"%d.bin","bytes":%d}`, i, i, bytesEach)
	}
	fmt.Fprintf(w, manifestHead+"[%s]}", strings.Join(list, ","))
	for i := range list {
		w, err = z.Create(fmt.Sprintf("%d.bin", i))
		require.NoError(t, err)
		_, err = w.Write(make([]byte, bytesEach))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// liar is bomb, but its directory says that the entry is small.
func liar(t testing.TB) []byte {
	b := bomb(t, 1<<20, 1)
	// The size stands in the directory, 24 bytes after its signature.
	at := bytes.LastIndex(b, []byte("PK\x01\x02")) + 24
	require.EqualValues(t, 1<<20, binary.LittleEndian.Uint32(b[at:]))
	binary.LittleEndian.PutUint32(b[at:], 1000)
	return b
}

func TestHostileFiles(t *testing.T) {
	manifest := func(answers string) entry {
		return entry{name: "manifest.json", body: []byte(manifestHead + answers + "}")}
	}
	oneAnswer := manifest(`[{"func":"GetTcpTable2","entry":"a.bin","bytes":4}]`)
	cases := []struct {
		name string
		file []byte
		is   error
		text string
	}{
		{"empty", nil, tcpmib.ErrMalformed, "not a tcpmib capture"},
		{"foreign: text", []byte("Proto  Local Address\r\n"), tcpmib.ErrMalformed, "not a tcpmib capture"},
		{"foreign: a zip of something", archive(t, entry{name: "word/document.xml", body: []byte("<w/>")}), tcpmib.ErrMalformed, `entry "manifest.json"`},
		{"foreign: another manifest", archive(t, entry{name: "manifest.json", body: []byte(`{"name":"app","version":1}`)}), tcpmib.ErrMalformed, `its format is ""`},
		{"manifest is no JSON", archive(t, entry{name: "manifest.json", body: []byte("<xml>")}), tcpmib.ErrMalformed, `entry "manifest.json"`},
		{"manifest of a later version", archive(t, entry{name: "manifest.json", body: []byte(`{"format":"tcpmib capture","version":3}`)}), capture.ErrVersion, "its format has version 3, and this program reads versions up to 2; use a newer program"},
		{"manifest without a version", archive(t, entry{name: "manifest.json", body: []byte(`{"format":"tcpmib capture"}`)}), tcpmib.ErrMalformed, "its version is 0"},
		{"manifest is too large", archive(t, entry{"manifest.json", nil, func(h *zip.FileHeader) { h.UncompressedSize64 = 8<<20 + 1 }}), tcpmib.ErrTooLarge, `entry "manifest.json"`},
		{"entry is missing", archive(t, oneAnswer), tcpmib.ErrMalformed, `entry "a.bin"`},
		{"entry is there twice", archive(t, oneAnswer, entry{name: "a.bin"}, entry{name: "a.bin"}), tcpmib.ErrMalformed, `entry "a.bin"`},
		{"entry is cut", archive(t, oneAnswer, entry{name: "a.bin", body: []byte{0, 0}}), tcpmib.ErrMalformed, `entry "a.bin"`},
		{"entry is longer", archive(t, oneAnswer, entry{name: "a.bin", body: make([]byte, 9)}), tcpmib.ErrMalformed, `entry "a.bin"`},
		{"entry has another checksum", archive(t, oneAnswer, entry{"a.bin", make([]byte, 4), func(h *zip.FileHeader) { h.CRC32++ }}), tcpmib.ErrMalformed, `entry "a.bin"`},
		{"entry is packed in an unknown way", archive(t, oneAnswer, entry{"a.bin", make([]byte, 4), func(h *zip.FileHeader) { h.Method = 99 }}), tcpmib.ErrMalformed, `entry "a.bin"`},
		{"entry claims 16 EiB", archive(t, oneAnswer, entry{"a.bin", make([]byte, 4), func(h *zip.FileHeader) { h.UncompressedSize64 = 1<<64 - 1 }}), tcpmib.ErrTooLarge, `entry "a.bin"`},
		{"entry claims more than a file of its size can hold", archive(t, oneAnswer, entry{"a.bin", make([]byte, 4), func(h *zip.FileHeader) { h.UncompressedSize64 = capture.MaxEntryBytes }}), tcpmib.ErrMalformed, `entry "a.bin": malformed table: a file of`},
		{"entry of two answers", archive(t, manifest(`[{"func":"F","entry":"a.bin","bytes":4},{"func":"G","entry":"a.bin","bytes":4}]`), entry{name: "a.bin", body: make([]byte, 4)}), tcpmib.ErrMalformed, `entry "a.bin": malformed table: it belongs to one answer`},
		{"manifest is an answer", archive(t, manifest(`[{"func":"F","entry":"manifest.json","bytes":4}]`)), tcpmib.ErrMalformed, "used twice"},
		{"answers are no array", archive(t, manifest(`{"func":"F","code":5}`)), tcpmib.ErrMalformed, "{, and it takes a ["},
		{"processes are no object", archive(t, manifest(`[],"processes":["a.exe"]`)), tcpmib.ErrMalformed, "[, and it takes a {"},
		{"process ID is none", archive(t, manifest(`[],"processes":{"-1":"a.exe"}`)), tcpmib.ErrMalformed, `"-1" is not a process ID`},
		{"process ID of 33 bits", archive(t, manifest(`[],"processes":{"4294967296":"a.exe"}`)), tcpmib.ErrMalformed, `"4294967296" is not a process ID`},
		{"process name is none", archive(t, manifest(`[],"processes":{"1":{}}`)), tcpmib.ErrMalformed, `entry "manifest.json"`},
		{"code 122", archive(t, manifest(`[{"func":"GetTcpTable2","code":122}]`)), tcpmib.ErrMalformed, `entry "manifest.json": malformed table: "GetTcpTable2" has the code 122`},
		{"code 0xC0000001", archive(t, manifest(`[{"func":"GetTcpTable2","code":3221225473}]`)), tcpmib.ErrMalformed, `entry "manifest.json": malformed table: "GetTcpTable2" has the code 3221225473`},
		{"answered twice", archive(t, manifest(`[{"func":"F","code":5},{"func":"F","code":6}]`)), tcpmib.ErrMalformed, "answered twice"},
		{"a bomb", archive(t, oneAnswer, entry{"a.bin", make([]byte, 1<<20), func(h *zip.FileHeader) { h.UncompressedSize64 = capture.MaxEntryBytes + 1 }}), tcpmib.ErrTooLarge, `entry "a.bin"`},
		{"a bomb that says it is none", liar(t), tcpmib.ErrMalformed, `entry "0.bin"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := save(t, c.file)
			_, err := capture.Open(path)
			require.ErrorIs(t, err, c.is)
			assert.ErrorContains(t, err, c.text)
			assert.ErrorContains(t, err, path)
		})
	}
}

func TestOpenMissing(t *testing.T) {
	_, err := capture.Open("none.zip")
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "none.zip")
}

// Cut anywhere or with any byte changed, a capture is an error, or it is what it was where the byte
// has no meaning (a time stamp, say): never other rows.
func TestDamage(t *testing.T) {
	small := answers{"GetTcpTable2": {table: table(28, 3)}, "GetTcp6Table2": {table: table(60, 2)}}
	whole := write(t, small)
	for n := range whole {
		_, err := read(whole[:n])
		require.Error(t, err, "cut to %d of %d bytes", n, len(whole))
	}
	harmless := 0
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x15
		c, err := read(damaged)
		if err != nil {
			continue
		}
		harmless++
		for name, a := range small {
			buf := make([]byte, len(a.table))
			size, code := c.Ask(tcpmib.Query{Func: name}, buf)
			require.Zero(t, code, "byte %d", i)
			require.Equal(t, a.table, buf[:size], "byte %d", i)
		}
	}
	t.Logf("%d of %d bytes may change", harmless, len(whole))
}

func FuzzRead(f *testing.F) {
	small := write(f, answers{"GetTcpTable2": {table: table(28, 3)}, "GetTcp6Table2": {code: 50}})
	f.Add(small)
	f.Add(archive(f, entry{name: "manifest.json", body: []byte(manifestHead + `[{"func":"F","code":5}]}`)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := capture.ReadLimited(b, 1<<20)
		if err != nil {
			return
		}
		// Whatever was accepted can be asked, decoded and written again.
		r := tcpmib.Reader{Source: c, MaxBytes: 1 << 20}
		_, _ = r.AppendConns(nil, tcpmib.Both)
		var again bytes.Buffer
		if capture.Write(&again, c, c.Info()) == nil {
			_, err = read(again.Bytes())
			require.NoError(t, err, "Write writes none that Read would refuse")
		}
	})
}
