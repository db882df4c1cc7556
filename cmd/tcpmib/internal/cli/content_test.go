package cli

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Content of several steps, written in pieces of any length, is written whole, and ends at the first error.
func TestContent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var want, got bytes.Buffer
	var content Content
	for want.Len() < 4*contentStep {
		piece := make([]byte, random.IntN(contentStep*3/2))
		for i := range piece {
			piece[i] = byte(random.Uint32())
		}
		want.Write(piece)
		n, err := content.Write(piece)
		require.NoError(t, err)
		assert.Equal(t, len(piece), n)
	}
	require.NoError(t, content.writeTo(&got))
	assert.True(t, bytes.Equal(want.Bytes(), got.Bytes()))
	for _, step := range content.steps {
		assert.LessOrEqual(t, cap(step), contentStep, "it grows in steps")
	}
	full := &limited{left: 2 * contentStep}
	assert.ErrorIs(t, content.writeTo(full), io.ErrShortWrite)
	assert.Zero(t, full.left)
}

// A byte at a time is as good as any other piece.
func TestContentOfBytes(t *testing.T) {
	var content Content
	for _, b := range []byte("bytes") {
		n, err := content.Write([]byte{b})
		require.NoError(t, err)
		assert.Equal(t, 1, n)
	}
	var got bytes.Buffer
	require.NoError(t, content.writeTo(&got))
	assert.Equal(t, "bytes", got.String())
}

// limited is a device with little room.
type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	if l.left -= n; n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}
