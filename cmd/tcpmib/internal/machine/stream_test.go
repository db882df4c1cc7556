package machine

import (
	"bytes"
	"encoding/binary"
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
)

// captureOf is a capture with one answer.
func captureOf(t *testing.T, q tcpmib.Query, answer []byte) *capture.Capture {
	var file bytes.Buffer
	m := &tcpmibtest.Machine{Answers: map[tcpmib.Query][]byte{q: answer}}
	require.NoError(t, capture.Write(&file, m, capture.Info{Time: time.Unix(0, 0)}))
	c, err := capture.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(t, err)
	return c
}

// The rows of a capture come piece by piece, and those of any other source at once.
func TestEachRow(t *testing.T) {
	q := modulesOf(tcpmib.AFInet)
	for _, n := range []int{0, 1, 255, 256, 257, 1000} {
		var want []tcpmib.TCPRowOwnerModule
		for i := range n {
			want = append(want, tcpmib.TCPRowOwnerModule{OwningPid: uint32(i), CreateTimestamp: int64(i)})
		}
		whole := func() ([]tcpmib.TCPRowOwnerModule, error) { return want, assert.AnError }
		each := func(s tcpmib.Source) (got []tcpmib.TCPRowOwnerModule, err error) {
			err = eachRow(s, q, tcpmib.DecodeTCPTableOwnerModule, whole, func(r *tcpmib.TCPRowOwnerModule) { got = append(got, *r) })
			return got, err
		}
		table := tcpmibtest.Table(want...)
		got, err := each(captureOf(t, q, table))
		assert.NoError(t, err, "not read at once")
		assert.Equal(t, want, got)
		got, err = each(&tcpmibtest.Machine{})
		assert.ErrorIs(t, err, assert.AnError)
		assert.Equal(t, want, got)
		got, err = each(&capture.Capture{})
		assert.ErrorIs(t, err, assert.AnError, "there is no answer")
		assert.Equal(t, want, got)

		row := int(reflect.TypeFor[tcpmib.TCPRowOwnerModule]().Size())
		for _, more := range []int{1, 100, row - 1} { // as Windows may return
			longer := append(bytes.Clone(table), make([]byte, more)...)
			got, err = each(captureOf(t, q, longer))
			assert.NoError(t, err)
			assert.Equal(t, want, got)
			binary.NativeEndian.PutUint32(longer, uint32(n+1)) // which is more than there are
			_, err = each(captureOf(t, q, longer))
			assert.ErrorIs(t, err, assert.AnError, "%d bytes more", more)
		}
	}
	done, err := eachUnpacked(bytes.NewReader(nil), 0, tcpmib.DecodeTCPTableOwnerModule, func(*tcpmib.TCPRowOwnerModule) {})
	assert.NoError(t, err)
	assert.False(t, done)
}

// A table that breaks off, or does not decode, is not read a second time.
func TestBrokenPieces(t *testing.T) {
	table := tcpmibtest.Table(make([]tcpmib.TCPRowOwnerModule, 300)...)
	n := 0
	count := func(*tcpmib.TCPRowOwnerModule) { n++ }
	done, err := eachUnpacked(bytes.NewReader(table[:len(table)-1]), len(table), tcpmib.DecodeTCPTableOwnerModule, count)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.True(t, done)
	assert.Equal(t, 256, n)
	done, err = eachUnpacked(bytes.NewReader(table), len(table), func([]byte) ([]tcpmib.TCPRowOwnerModule, error) { return nil, assert.AnError }, count)
	assert.ErrorIs(t, err, assert.AnError)
	assert.True(t, done)
	assert.Equal(t, 256, n)
}

// A table that says more than it has is an error, whoever reads it.
func TestCreatedOfLyingTables(t *testing.T) {
	q := modulesOf(tcpmib.AFInet)
	r := tcpmib.Reader{Source: captureOf(t, q, []byte{1, 0, 0, 0, 0, 0, 0, 0})}
	err := eachRow(r.Source, q, tcpmib.DecodeTCPTableOwnerModule, func() ([]tcpmib.TCPRowOwnerModule, error) {
		return tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, false)
	}, nil)
	assert.ErrorIs(t, err, tcpmib.ErrMalformed)
}
