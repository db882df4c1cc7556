package synthetic_test

import (
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func TestPersistentTcpPortReservations(t *testing.T) {
	testReservations(t, "Tcp", tcpmib.CreatePersistentTcpPortReservation,
		tcpmib.LookupPersistentTcpPortReservation, tcpmib.DeletePersistentTcpPortReservation)
}

func TestPersistentUdpPortReservations(t *testing.T) {
	testReservations(t, "Udp", udpmib.CreatePersistentUdpPortReservation,
		udpmib.LookupPersistentUdpPortReservation, udpmib.DeletePersistentUdpPortReservation)
}

// The DLL takes the port in network byte order: one that the caller gives in host byte order comes
// out with the same number in its log.
func testReservations(t *testing.T, protocol string, create, lookup func(start, ports uint16) (uint64, error),
	delete func(start, ports uint16) error) {
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, log.Word())
	code := func(err error) uint32 {
		var e *tcpmib.Error
		require.ErrorAs(t, err, &e)
		return e.Code
	}

	_, err := lookup(8080, 16)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	created, err := create(8080, 16)
	require.NoError(t, err)
	assert.EqualValues(t, uint64(0x100000000+8080), created)
	found, err := lookup(8080, 16)
	require.NoError(t, err)
	assert.Equal(t, created, found)
	_, err = lookup(8080, 15)
	assert.ErrorIs(t, err, fs.ErrNotExist, "exactly these ports")
	_, err = create(8095, 1)
	assert.EqualValues(t, 32, code(err))
	assert.ErrorContains(t, err, "a port is in use or reserved")
	_, err = create(65535, 2)
	assert.EqualValues(t, 87, code(err))
	assert.ErrorIs(t, delete(8081, 16), fs.ErrNotExist)
	require.NoError(t, delete(8080, 16))
	_, err = lookup(8080, 16)
	assert.ErrorIs(t, err, fs.ErrNotExist)

	name := func(verb string) string { return verb + "Persistent" + protocol + "PortReservation" }
	assert.Equal(t, []string{
		name("Lookup") + " start=8080 ports=16 code=1168",
		name("Create") + " start=8080 ports=16 code=0",
		name("Lookup") + " start=8080 ports=16 code=0",
		name("Lookup") + " start=8080 ports=15 code=1168",
		name("Create") + " start=8095 ports=1 code=32",
		name("Create") + " start=65535 ports=2 code=87",
		name("Delete") + " start=8081 ports=16 code=1168",
		name("Delete") + " start=8080 ports=16 code=0",
		name("Lookup") + " start=8080 ports=16 code=1168",
	}, log.Calls(t))

	for c, want := range map[int]error{5: fs.ErrPermission} {
		synthetic.Scenario(t, fmt.Sprint("codes=", c))
		_, err := create(1, 1)
		assert.ErrorIs(t, err, want)
		_, err = lookup(1, 1)
		assert.ErrorIs(t, err, want)
		assert.ErrorIs(t, delete(1, 1), want)
	}
}
