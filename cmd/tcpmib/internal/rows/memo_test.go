package rows

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemo(t *testing.T) {
	asked := 0
	m := memo[string]{of: func(text string) string { asked++; return text + "!" }}
	for range 3 {
		assert.Equal(t, "a!", m.get([]byte("a")))
		assert.Equal(t, "!", m.get(nil))
	}
	assert.Equal(t, 2, asked)
}

// A name that many rows share is made safe, measured and shortened once, in each format.
func TestNamesOnce(t *testing.T) {
	name := strings.Repeat("\"\x1b\u202e日\\", 8)
	list := slices.Repeat([]*Row{{Process: name, Known: Known{Owner: &Owner{Path: name}}}}, 100)
	columns := Named("process", "path")
	shortened := 0
	for i := range columns {
		shrink := columns[i].Shrink
		columns[i].Shrink = func(text string, width int) string { shortened++; return shrink(text, width) }
	}
	table := Table{Columns: columns}
	table.Fit(slices.Values(list), true, 40)
	first := table.Line(list[0])
	assert.LessOrEqual(t, len([]rune(first)), 40)
	for _, r := range list {
		assert.Equal(t, first, table.Line(r))
	}
	assert.Equal(t, 2, shortened, "once in each column")
	assert.Len(t, table.shown.known, 1)

	for _, f := range Formats {
		var one, all bytes.Buffer
		for b, n := range map[*bytes.Buffer]int{&one: 1, &all: len(list)} {
			out := &Output{Writer: bufio.NewWriter(b), Columns: columns}
			require.NoError(t, f.Write(out, slices.Values(list[:n])))
			require.NoError(t, out.Flush())
		}
		line := strings.Trim(one.String(), "[\n]")
		assert.Equal(t, len(list), strings.Count(all.String(), line), f.Name)
	}
}
