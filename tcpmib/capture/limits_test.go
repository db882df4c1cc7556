package capture_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// allocated is how many bytes f allocates, garbage included.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The limits, a fraction of what they are, and zips that are as large as they say.
func TestLimits(t *testing.T) {
	const limit = 1 << 19
	for n, is := range []error{nil, nil, nil, tcpmib.ErrTooLarge} {
		b := bomb(t, limit, n)
		var err error
		taken := allocated(func() { _, err = capture.ReadLimited(b, limit) })
		assert.ErrorIs(t, err, is, "%d answers", n)
		assert.LessOrEqual(t, taken, uint64(min(n, 2)*limit+limit/2), "the answers, once, and little else")
	}
	_, err := capture.ReadLimited(bomb(t, limit+1, 1), limit)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
	assert.ErrorContains(t, err, `entry "0.bin"`)
}

func TestFileTooLarge(t *testing.T) {
	for rows, most := range map[int]int64{0: 64 << 20, 1: 64 << 20, 1<<20 + 1: 64<<20 + 64, 1 << 24: 1 << 30} {
		limits := capture.Limits{MaxRows: rows}
		assert.Equal(t, most, limits.MaxFileBytes())
		_, err := limits.Read(bytes.NewReader(nil), most+1)
		assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
		assert.ErrorContains(t, err, fmt.Sprintf("a file of %d bytes, the limit is %d", most+1, most))
		tooMany := (*capture.RowsError)(nil)
		require.ErrorAs(t, err, &tooMany)
		assert.Equal(t, most/64+1, int64(tooMany.Allow()))
		_, err = limits.Read(bytes.NewReader(nil), most)
		assert.ErrorIs(t, err, tcpmib.ErrMalformed, "a file may be as long, but this one is empty")
	}
	_, err := capture.Read(bytes.NewReader(nil), 0)
	assert.ErrorIs(t, err, zip.ErrFormat, "nothing is read of an empty file")
}

// blank is a Source whose tables are blank memory of a size, by function.
type blank map[string]uint32

func (s blank) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	size, ok := s[q.Func]
	switch {
	case !ok:
		return 0, tcpmib.CodeNoAnswer
	case uint64(len(buf)) < uint64(size):
		return size, tcpmib.CodeInsufficientBuffer
	}
	copy(buf, "\x00\x00\x00\x00")
	return size, tcpmib.CodeSuccess
}

// Write takes answers up to exactly the limits.
func TestWriteExactlyTheLimits(t *testing.T) {
	if testing.Short() || raced || runtime.GOOS == "windows" { // it is the same everywhere
		t.Skip("packs 512 MiB")
	}
	const most = capture.MaxEntryBytes
	err := capture.Write(io.Discard, blank{"GetTcpTable2": most + 1}, info)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
	// Two of the largest answers are taken: the third is the one that is refused.
	err = capture.Write(io.Discard, blank{"GetTcpTable2": most, "GetTcp6Table2": most, "InternalGetBoundTcpEndpointTable": 4}, info)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
	assert.ErrorContains(t, err, fmt.Sprintf("up to InternalGetBoundTcpEndpointTable take %d bytes", 2*most+4))
}

// eager is a file that returns io.EOF together with its last bytes, which an io.ReaderAt may do.
type eager struct{ *bytes.Reader }

func (f eager) ReadAt(p []byte, at int64) (n int, err error) {
	n, err = f.Reader.ReadAt(p, at)
	if err == nil && at+int64(n) == f.Size() {
		err = io.EOF
	}
	return n, err
}

func TestReadUpToTheEnd(t *testing.T) {
	file := write(t, twoTables)
	_, err := capture.Read(eager{bytes.NewReader(file)}, int64(len(file)))
	assert.NoError(t, err)
}

func TestFileOfNegativeSize(t *testing.T) {
	_, err := capture.Read(bytes.NewReader(nil), -1)
	assert.ErrorIs(t, err, tcpmib.ErrMalformed)
}

// Answers that cannot be packed make a file that is longer than they are.
func TestAnswersThatDoNotPack(t *testing.T) {
	const limit = 1 << 18
	noise := make([]byte, limit)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	file := write(t, answers{"GetTcpTable2": {table: noise}, "GetTcp6Table2": {table: noise}})
	require.Greater(t, len(file), 2*limit)
	_, err := capture.ReadLimited(file, limit)
	assert.NoError(t, err)
}

func errorAnswers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"func":"F%d","code":5}`, i)
	}
	return strings.Join(list, ",")
}

func manyProcesses(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"%d":""`, i)
	}
	return strings.Join(list, ",")
}

func manyOwners(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"%d":{"services":["",""]}`, i)
	}
	return strings.Join(list, ",")
}

// The memory of a manifest is bounded by more than its length: the shortest answer is three bytes
// of text.
func TestManifestLimits(t *testing.T) {
	for _, c := range []struct {
		name     string
		manifest string
		is       error
		text     string
		most     uint64 // MiB
	}{
		{"1,024 answers", manifestHead + "[" + errorAnswers(1024) + "]}", nil, "", 2},
		{"1,025 answers", manifestHead + "[" + errorAnswers(1025) + "]}", tcpmib.ErrTooLarge, "more than 1024 answers", 2},
		{"empty answers", manifestHead + "[" + strings.Repeat("{},", 1<<18) + "{}]}", tcpmib.ErrTooLarge, "more than 1024 answers", 2},
		{"131,072 processes", manifestHead + `[],"processes":{` + manyProcesses(1<<17) + "}}", nil, "", 64},
		{"131,073 processes", manifestHead + `[],"processes":{` + manyProcesses(1<<17+1) + "}}", tcpmib.ErrTooLarge, "more than 131072 processes", 64},
		{"32,768 owners with 65,536 services", manifestHead + `[],"owners":{` + manyOwners(1<<15) + "}}", nil, "", 72}, // what was freed meanwhile counts too
		{"32,769 owners", manifestHead + `[],"owners":{` + strings.ReplaceAll(manyOwners(1<<15+1), `"",""`, "") + "}}", tcpmib.ErrTooLarge, "more than 32768 owners", 64},
		{"65,537 services", manifestHead + `[],"owners":{"1":{"services":["a"]},"2":{"services":[` + strings.Repeat(`"",`, 1<<16) + `""]}}}`, tcpmib.ErrTooLarge, "more than 65536 services", 64},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := archive(t, entry{name: "manifest.json", body: []byte(c.manifest)})
			var err error
			taken := allocated(func() { _, err = read(file) })
			assert.ErrorIs(t, err, c.is)
			if c.is != nil {
				assert.ErrorContains(t, err, `entry "manifest.json"`)
				assert.ErrorContains(t, err, c.text)
				assert.NotErrorIs(t, err, tcpmib.ErrMalformed)
			}
			assert.LessOrEqual(t, taken, c.most<<20)
		})
	}
}

// Write writes every manifest that Read takes, and no other.
func TestWriteTooLarge(t *testing.T) {
	processes := func(n uint32) map[uint32]string {
		many := map[uint32]string{}
		for i := range n {
			many[i] = ""
		}
		return many
	}
	owners := func(n, services int) map[uint32]capture.Owner {
		many := map[uint32]capture.Owner{}
		for i := range n {
			many[uint32(i)] = capture.Owner{Services: make([]string, services)}
		}
		return many
	}
	for name, c := range map[string]struct {
		info capture.Info
		is   error
	}{
		"131,072 processes":                  {capture.Info{Processes: processes(1 << 17)}, nil},
		"131,073 processes":                  {capture.Info{Processes: processes(1<<17 + 1)}, tcpmib.ErrTooLarge},
		"32,768 owners with 65,536 services": {capture.Info{Owners: owners(1<<15, 2)}, nil},
		"32,769 owners":                      {capture.Info{Owners: owners(1<<15+1, 0)}, tcpmib.ErrTooLarge},
		"65,537 services":                    {capture.Info{Owners: owners(1, 1<<16+1)}, tcpmib.ErrTooLarge},
		"a process name of 8 MiB":            {capture.Info{Processes: map[uint32]string{4: strings.Repeat("n", 8<<20)}}, tcpmib.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			err := capture.Write(&b, answers{"GetTcpTable2": {table: table(28, 1)}}, c.info)
			assert.ErrorIs(t, err, c.is)
			if c.is != nil {
				assert.ErrorContains(t, err, `entry "manifest.json"`)
				return
			}
			_, err = read(b.Bytes())
			assert.NoError(t, err)
		})
	}
}

// counted counts what is read of a file.
type counted struct {
	io.ReaderAt
	n int64
}

func (c *counted) ReadAt(p []byte, at int64) (n int, err error) {
	n, err = c.ReaderAt.ReadAt(p, at)
	c.n += int64(n)
	return n, err
}

// Entries that all lie in the same bytes, which unpack to nothing: as many answers would take as
// many times as long as the file is.
func TestOverlappingEntries(t *testing.T) {
	stream := append(bytes.Repeat([]byte{0, 0, 0, 0xFF, 0xFF}, 20000), 1, 0, 0, 0xFF, 0xFF)
	var list []string
	entries := []entry{{}, {name: "0.bin", body: stream, claim: func(h *zip.FileHeader) {
		h.Method, h.CRC32, h.UncompressedSize64 = zip.Deflate, 0, 0
	}}}
	for i := range 100 {
		list = append(list, fmt.Sprintf(`{"func":"F%d","entry":"%d.bin"}`, i, i))
		if i > 0 {
			entries = append(entries, entry{name: fmt.Sprintf("%d.bin", i), claim: func(h *zip.FileHeader) {
				h.Method, h.CompressedSize64 = zip.Deflate, uint64(len(stream))
			}})
		}
	}
	entries[0] = entry{name: "manifest.json", body: []byte(manifestHead + "[" + strings.Join(list, ",") + "]}")}
	file := archive(t, entries...)
	// The offset of an entry stands in the directory, 42 bytes after its signature.
	var first []byte
	for _, record := range bytes.SplitAfter(file, []byte("PK\x01\x02"))[2:] {
		if first == nil {
			first = record[38:42]
		}
		copy(record[38:42], first)
	}

	r := &counted{ReaderAt: bytes.NewReader(file)}
	_, err := capture.Read(r, int64(len(file)))
	assert.ErrorIs(t, err, tcpmib.ErrMalformed)
	assert.ErrorContains(t, err, `.bin": malformed table: it overlaps another entry`)
	assert.LessOrEqual(t, r.n, int64(len(file)+1<<19))
}

// directory is a zip of n empty folders with nothing but its directory, which says that it has so
// many.
func directory(n int, says uint16) []byte {
	record := make([]byte, 47)
	copy(record, "PK\x01\x02")
	record[28] = 1 // length of the name
	record[46] = '/'
	b := bytes.Repeat(record, n)
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[10:], says)
	binary.LittleEndian.PutUint32(end[12:], uint32(len(b)))
	return append(b, end...)
}

// zip64 is file with the end record that a zip64 file has, which says that it has n entries.
func zip64(file []byte, n uint64) []byte {
	at := len(file) - 22
	old := file[at:]
	end := make([]byte, 56+20+22)
	copy(end, "PK\x06\x06")
	binary.LittleEndian.PutUint64(end[4:], 44) // length of the rest of the record
	binary.LittleEndian.PutUint64(end[24:], n)
	binary.LittleEndian.PutUint64(end[32:], n)
	binary.LittleEndian.PutUint64(end[40:], uint64(binary.LittleEndian.Uint32(old[12:]))) // size of the directory
	binary.LittleEndian.PutUint64(end[48:], uint64(binary.LittleEndian.Uint32(old[16:]))) // where it is
	copy(end[56:], "PK\x06\x07")
	binary.LittleEndian.PutUint64(end[56+8:], uint64(at))
	binary.LittleEndian.PutUint32(end[56+16:], 1) // disks
	copy(end[56+20:], "PK\x05\x06")
	for i := 4; i < 20; i++ { // "see the other record"
		end[56+20+i] = 0xFF
	}
	return append(bytes.Clone(file[:at]), end...)
}

func namedEntries(t *testing.T, n int) []byte {
	entries := []entry{{name: "manifest.json", body: []byte(manifestHead + "[]}")}}
	for i := range n - 1 {
		entries = append(entries, entry{name: fmt.Sprintf("%0200d.bin", i)})
	}
	return archive(t, entries...)
}

// The directory of a zip takes memory before its first entry is read.
func TestDirectoryLimits(t *testing.T) {
	small := namedEntries(t, 3)
	for _, c := range []struct {
		name string
		file []byte
		is   error
		text string
	}{
		{"1,024 entries with long names", namedEntries(t, 1024), nil, ""},
		{"1,025 entries", namedEntries(t, 1025), tcpmib.ErrTooLarge, "1025 entries, the limit is 1024"},
		{"100,000 entries", directory(100000, 100000%65536), tcpmib.ErrTooLarge, "the directory has more than 524288 bytes"},
		{"131,072 entries that say they are none", directory(131072, 0), tcpmib.ErrTooLarge, "the directory has more than 524288 bytes"},
		{"zip64", zip64(small, 3), nil, ""},
		{"zip64 claims many entries", zip64(append(make([]byte, 32<<20), small...), 1<<20), tcpmib.ErrTooLarge, "1048576 entries, the limit is 1024"},
		{"zip64 claims many entries, at an odd place", zip64(append([]byte{0}, small...), 1<<20), tcpmib.ErrTooLarge, "1048576 entries, the limit is 1024"},
		{"zip64 claims many entries, before another file", append(zip64(directory(0, 0), 1<<20)[:56+20], small...), nil, ""},
		{"zip64 claims 16 Ei entries", zip64(small, 1<<64-1), tcpmib.ErrTooLarge, "entries, the limit is 1024"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			taken := allocated(func() { _, err = read(c.file) })
			assert.ErrorIs(t, err, c.is)
			if c.is != nil {
				assert.ErrorContains(t, err, c.text)
			}
			assert.LessOrEqual(t, taken, uint64(5<<20))
		})
	}
}
