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

// Every bit of a process and its port makes another socket.
func TestSocketsOfASet(t *testing.T) {
	const pid = 0x1234_5678
	port := [4]byte{0x13, 0x89}
	var s socketSet
	s.begin(4)
	s.add(pid, &port, false)
	assert.True(t, s.has(pid, &port, used))
	assert.False(t, s.has(pid, &port, dual))
	for bit := range 32 {
		assert.False(t, s.has(pid^1<<bit, &port, used), "bit %d of the process", bit)
	}
	for bit := range 16 {
		other := port
		other[bit/8] ^= 1 << (bit % 8)
		assert.False(t, s.has(pid, &other, used), "bit %d of the port", bit)
	}
	s.add(pid, &port, true)
	s.add(pid, &port, false)
	assert.True(t, s.has(pid, &port, dual), "once dual, it stays dual")
}
