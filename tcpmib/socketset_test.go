package tcpmib

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A set of sockets has a power of two of slots, of which at most two thirds are in use, and at least
// a third unless there are few. Its factor is odd, so that no bit of a socket is lost.
func TestSizeOfASocketSet(t *testing.T) {
	for n := range 1000 {
		var s socketSet
		s.begin(n)
		slots := len(s.slots.Items)
		assert.Zero(t, slots&(slots-1), n)
		assert.GreaterOrEqual(t, 2*slots, 3*n, n)
		assert.Less(t, n, slots, "one is free, where a search ends")
		assert.LessOrEqual(t, slots, max(1, 3*n), n)
		assert.Equal(t, uint64(1), s.factor&1, n)
	}
}
