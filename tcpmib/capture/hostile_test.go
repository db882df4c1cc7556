package capture_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// whole is a manifest with a value in every place that the format has.
const whole = `{"format":"tcpmib capture","version":2,"time":"2024-05-06T07:08:09Z","windowsVersion":"10.0","goarch":"amd64",
	"processes":{"1":"a.exe"},
	"owners":{"1":{"parent":4,"created":"2024-05-06T07:00:00Z","path":"p","commandLine":"c","user":"u","services":["s"]}},
	"answers":[{"func":"GetTcpTable2","family":0,"class":0,"code":5,"entry":"","bytes":0}]}`

// replaced calls try with every manifest that has one value, or one key, replaced.
func replaced(t *testing.T, value, key any, try func(where, text string)) {
	var root any
	require.NoError(t, json.Unmarshal([]byte(whole), &root))
	encode := func(where string) {
		text, err := json.Marshal(root)
		require.NoError(t, err)
		try(where, string(text))
	}
	var walk func(where string, node any, set func(any))
	walk = func(where string, node any, set func(any)) {
		set(value)
		encode(where)
		set(node)
		switch node := node.(type) {
		case map[string]any:
			for k, v := range node {
				walk(where+"."+k, v, func(v any) { node[k] = v })
				delete(node, k)
				node[fmt.Sprint(key)] = v
				encode(where + "." + k + " (key)")
				delete(node, fmt.Sprint(key))
				node[k] = v
			}
		case []any:
			for i, v := range node {
				walk(fmt.Sprintf("%s[%d]", where, i), v, func(v any) { node[i] = v })
			}
		}
	}
	walk("", root, func(v any) { root = v })
}

// No error repeats what a capture holds as it is: it may be an escape sequence, a direction of text
// or a line of its own, and very long.
func TestErrorsAreShortAndPrintable(t *testing.T) {
	const evil = "\x1b]52;c;x\a\u202e\n::error::\x00\u009b"
	for name, value := range map[string]any{
		"a string":       evil,
		"a long string":  strings.Repeat(evil, 300<<10/len(evil)),
		"a long number":  json.Number(strings.Repeat("9", 300<<10)),
		"a small number": -1.5,
		"a truth value":  true,
		"an array":       []any{evil},
		"an object":      map[string]any{evil: evil},
		"null":           nil,
	} {
		t.Run(name, func(t *testing.T) {
			refused := 0
			key := evil
			if strings.HasPrefix(name, "a long") {
				key = strings.Repeat(evil, 1<<13)
			}
			replaced(t, value, key, func(where, text string) {
				_, err := read(archive(t, entry{name: "manifest.json", body: []byte(text)}))
				if err == nil {
					return
				}
				refused++
				message := err.Error()
				assert.Less(t, len(message), 1000, where)
				assert.True(t, utf8.ValidString(message), where)
				assert.Negative(t, strings.IndexFunc(message, func(r rune) bool { return !unicode.IsPrint(r) }), "%s: %q", where, message)
				assert.ErrorIs(t, err, tcpmib.ErrMalformed, where)
			})
			assert.Greater(t, refused, 5, "most places do not take it")
		})
	}
}

// An error of encoding/json is cut at 200 characters.
func TestQuoted(t *testing.T) {
	long := strings.Repeat("ä", 200)
	assert.Equal(t, long, capture.Quoted(errors.New(long)))
	assert.Equal(t, long+"…", capture.Quoted(errors.New(long+"b")))
	assert.Equal(t, "a\ufffdb", capture.Quoted(errors.New("a\x1bb")))
}

// A capture with many rows is refused before memory is taken for them, with their number. Tables
// that are read together count together.
func TestMaxRows(t *testing.T) {
	const udp, owners = "GetExtendedUdpTable", "GetExtendedTcpTable"
	for _, test := range []struct {
		name    string
		answers answers
		limits  capture.Limits
		rows    int // that are refused; 0: none
		kind    string
	}{
		{"the default", answers{"GetTcpTable2": {table: zeros(28, 1<<20)}}, capture.Limits{}, 0, ""},
		{"past the default", answers{"GetTcpTable2": {table: zeros(28, 1<<20+1)}}, capture.Limits{}, 1<<20 + 1, "connections"},
		{"no limit below 1", answers{"GetTcpTable2": {table: zeros(28, 1)}}, capture.Limits{MaxRows: -1}, 0, ""},
		{"as many as allowed", answers{"GetTcp6Table2": {table: zeros(60, 3)}}, capture.Limits{MaxRows: 3}, 0, ""},
		{"one more", answers{"GetTcp6Table2": {table: zeros(60, 4)}}, capture.Limits{MaxRows: 3}, 4, "connections"},
		{"more allowed", answers{"GetTcpTable2": {table: zeros(28, 1<<20+1)}}, capture.Limits{MaxRows: 1<<20 + 1}, 0, ""},
		{"as many as allowed of each kind", answers{
			"GetTcpTable2": {table: zeros(28, 1)}, "GetTcp6Table2": {table: zeros(60, 1)}, udp: {table: zeros(160, 1)}, // for both families
			"InternalGetBoundTcpEndpointTable": {table: zeros(28, 3)}, "InternalGetBoundTcp6EndpointTable": {table: zeros(60, 1)},
			owners: {table: zeros(160, 2)}}, capture.Limits{MaxRows: 4}, 0, ""},
		{"both families", answers{"GetTcpTable2": {table: zeros(28, 3)}, "GetTcp6Table2": {table: zeros(60, 1)}}, capture.Limits{MaxRows: 3}, 4, "connections and UDP sockets"},
		{"both protocols", answers{"GetTcpTable2": {table: zeros(28, 2)}, udp: {table: zeros(160, 1)}}, capture.Limits{MaxRows: 3}, 4, "connections and UDP sockets"},
		{"bound sockets", answers{"InternalGetBoundTcpEndpointTable": {table: zeros(28, 3)}, "InternalGetBoundTcp6EndpointTable": {table: zeros(60, 1)},
			"GetTcpTable2": {table: zeros(28, 3)}}, capture.Limits{MaxRows: 3}, 4, "bound sockets"},
		{"owners", answers{owners: {table: zeros(160, 2)}, "GetTcpTable2": {table: zeros(28, 3)}}, capture.Limits{MaxRows: 3}, 4, "owners of connections"},
		{"the most", answers{owners: {table: zeros(160, 3)}, "GetTcpTable2": {table: zeros(28, 4)}}, capture.Limits{MaxRows: 3}, 6, "owners of connections"},
		{"as many of two kinds", answers{owners: {table: zeros(160, 2)}, "GetTcpTable2": {table: zeros(28, 4)},
			"InternalGetBoundTcpEndpointTable": {table: zeros(28, 4)}}, capture.Limits{MaxRows: 3}, 4, "connections and UDP sockets"},
		{"statistics are no rows", answers{"GetTcpStatisticsEx": {table: []byte{9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0}}}, capture.Limits{MaxRows: 1}, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := write(t, test.answers)
			var c *capture.Capture
			var err error
			taken := allocated(func() { c, err = test.limits.Read(bytes.NewReader(file), int64(len(file))) })
			if test.rows == 0 {
				require.NoError(t, err)
				assert.Equal(t, file, write(t, c))
				return
			}
			tooMany := (*capture.RowsError)(nil)
			require.ErrorAs(t, err, &tooMany)
			assert.Equal(t, test.rows, tooMany.Rows)
			assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
			assert.NotErrorIs(t, err, tcpmib.ErrMalformed)
			assert.ErrorContains(t, err, fmt.Sprintf("%d rows of %s", test.rows, test.kind))
			assert.Less(t, taken, uint64(1<<20), "before memory is taken")

			path := save(t, file)
			_, err = test.limits.Open(path)
			assert.ErrorAs(t, err, &tooMany)
			_, err = capture.Limits{MaxRows: tooMany.Allow()}.Open(path)
			assert.NoError(t, err, "what it says allows it")
			_, err = capture.Limits{MaxRows: tooMany.Allow() - 1}.Open(path)
			assert.Error(t, err, "and no less does")
		})
	}
}

// A table that claims more rows than it has room for counts as many as it could have: decoding refuses
// it. One that cannot be read, or that belongs to an answer with an error, counts none.
func TestLyingTables(t *testing.T) {
	full := zeros(28, 4)
	for body, rows := range map[string]int{"\xff\xff\xff\xff" + strings.Repeat("\x00", 28): 4, "\xff\xff\xff": 0, "": 0} {
		manifest := fmt.Sprintf(manifestHead+`[{"func":"GetTcpTable2","entry":"a.bin","bytes":%d},{"func":"GetTcp6Table2","entry":"b.bin","bytes":%d}]}`,
			len(body), len(full))
		file := archive(t, entry{name: "manifest.json", body: []byte(manifest)}, entry{name: "a.bin", body: []byte(body)}, entry{name: "b.bin", body: full})
		c, err := capture.Limits{MaxRows: 4 + rows}.Read(bytesReader(file))
		require.NoError(t, err)
		_, err = (&tcpmib.Reader{Source: c}).AppendConns(nil, tcpmib.IPv4)
		assert.ErrorIs(t, err, tcpmib.ErrMalformed)
		_, err = capture.Limits{MaxRows: 3 + rows}.Read(bytesReader(file))
		assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
	}

	manifest := fmt.Sprintf(manifestHead+`[{"func":"GetTcpTable2","entry":"none.bin","bytes":4},{"func":"GetTcp6Table2","entry":"b.bin","bytes":%d}]}`, len(full))
	file := archive(t, entry{name: "manifest.json", body: []byte(manifest)}, entry{name: "b.bin", body: full})
	_, err := capture.Limits{MaxRows: 4}.Read(bytesReader(file))
	assert.ErrorIs(t, err, tcpmib.ErrMalformed)
	assert.ErrorContains(t, err, `entry "none.bin"`)

	// A claim counts as 1<<30 rows at most, which fits an int of 32 bits.
	manifest = manifestHead + `[{"func":"GetTcpTable2","entry":"a.bin","bytes":4}]}`
	file = archive(t, entry{name: "manifest.json", body: []byte(manifest)}, entry{"a.bin", []byte("\xff\xff\xff\xff"), func(h *zip.FileHeader) {
		h.UncompressedSize64 = 1 << 40
	}})
	_, err = capture.Read(bytesReader(file))
	tooMany := (*capture.RowsError)(nil)
	require.ErrorAs(t, err, &tooMany)
	assert.Equal(t, 1<<30, tooMany.Rows)

	manifest = manifestHead + `[{"func":"GetTcpTable2","code":5,"entry":"b.bin"},{"func":"GetTcp6Table2","code":5}]}`
	file = archive(t, entry{name: "manifest.json", body: []byte(manifest)}, entry{name: "b.bin", body: full})
	_, err = capture.Limits{MaxRows: 3}.Read(bytesReader(file))
	assert.NoError(t, err)
}

func bytesReader(b []byte) (*bytes.Reader, int64) { return bytes.NewReader(b), int64(len(b)) }

// zeros is a table of rows of zeros.
func zeros(rowSize, n int) []byte {
	b := make([]byte, 4+rowSize*n)
	copy(b, table(0, n))
	return b
}
