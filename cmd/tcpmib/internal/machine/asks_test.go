package machine

import (
	"errors"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// counted counts the answers of a source.
type counted struct {
	tcpmib.Source
	answers map[tcpmib.Query]int
}

func (c *counted) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	size, code = c.Source.Ask(q, buf)
	if code == tcpmib.CodeSuccess {
		c.answers[q]++
	}
	return size, code
}

// Creation times and modules are read once, from the tables of the sockets' protocols and of the
// families that are asked for.
func TestEnrichAsksForLittle(t *testing.T) {
	tcp4, tcp6 := modulesOf(tcpmib.AFInet), modulesOf(tcpmib.AFInet6)
	for _, columns := range [][]rows.Column{rows.Named("created"), rows.Named("module"), rows.Named("created", "module"), rows.Named("age", "created", "module")} {
		for families, want := range map[tcpmib.Family][]tcpmib.Query{
			tcpmib.Both: {tcp4, tcp6}, tcpmib.IPv4: {tcp4}, tcpmib.IPv6: {tcp6},
		} {
			for _, asked := range []bool{false, true} {
				r, m, _ := office()
				s, err := r.Read(rows.Tables{Families: families, TCP: true})
				require.NoError(t, err)
				source := &counted{m.m, map[tcpmib.Query]int{}}
				m.m = source
				if asked {
					r.Enrich(s, families, columns, nil)
				} else {
					r.Enrich(s, families, nil, columns)
				}
				assert.Len(t, source.answers, len(want), "%v of %v", rows.Names(columns), families)
				for _, q := range want {
					assert.Equal(t, 1, source.answers[q], "%v: %+v", rows.Names(columns), q)
				}
			}
		}
	}
	udp4, udp6 := endpointsOf(tcpmib.AFInet), endpointsOf(tcpmib.AFInet6)
	for families, want := range map[tcpmib.Family][]tcpmib.Query{
		tcpmib.Both: {udp4, udp6}, tcpmib.IPv4: {udp4}, tcpmib.IPv6: {udp6},
	} {
		r, m, _ := office()
		s, err := r.Read(rows.Tables{Families: families, UDP: true})
		require.NoError(t, err)
		source := &counted{m.m, map[tcpmib.Query]int{}}
		m.m = source
		r.Enrich(s, families, rows.Named("created"), nil)
		assert.Len(t, source.answers, len(want), "%v", families)
		for _, q := range want {
			assert.Equal(t, 1, source.answers[q], "%+v", q)
		}
	}
}

// A capture says of everything that it cannot have that it is not recorded.
func TestNotRecorded(t *testing.T) {
	c := recorded(t, "office")
	elevated, err := c.Elevated()
	assert.False(t, elevated)
	assert.True(t, IsNotCaptured(err))
	reserved, err := c.Reserved(rows.TCP, 80)
	assert.False(t, reserved)
	assert.True(t, IsNotCaptured(err))
	code, err := c.Bind(rows.TCP, tcpmib.IPv4, 80)
	assert.Zero(t, code)
	assert.True(t, IsNotCaptured(err))
	_, err = c.Module4(nil)
	assert.True(t, IsNotCaptured(err))
	_, err = c.Module6(nil)
	assert.True(t, IsNotCaptured(err))
	assert.ErrorContains(t, c.Close(tcpmib.Conn{}), "cannot be closed")
}

// What is not Windows has neither reservations nor binds, and says what was asked.
func TestLiveElsewhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this is Windows")
	}
	for protocol, name := range map[rows.Protocol]string{rows.TCP: "LookupPersistentTcpPortReservation", rows.UDP: "LookupPersistentUdpPortReservation"} {
		reserved, err := Live{}.Reserved(protocol, 80)
		assert.False(t, reserved)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
		assert.ErrorContains(t, err, name)
		code, err := Live{}.Bind(protocol, tcpmib.IPv4, 80)
		assert.Zero(t, code)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
	}
}

func TestAdvise(t *testing.T) {
	notImplemented := &tcpmib.Error{Query: tcpmib.Query{Func: "GetTcpTable2"}, Code: 120}
	elsewhere := runtime.GOOS != "windows"
	assert.Equal(t, elsewhere, NotWindows(notImplemented))
	assert.Equal(t, elsewhere, strings.Contains(Advise(notImplemented), "run tcpmib.exe on Windows"))
	for _, err := range []error{io.EOF, fs.ErrPermission, &tcpmib.Error{Code: 5}, &tcpmib.Error{Code: 119}, &tcpmib.Error{Code: 121}} {
		assert.False(t, NotWindows(err), err)
		assert.NotContains(t, Advise(err), "run tcpmib.exe on Windows")
	}
}

// Only an older Windows lacks the table of bound sockets.
func TestLacksTableOfBoundSockets(t *testing.T) {
	const notSupported, notImplemented, denied = 50, 120, 5
	for _, tt := range []struct {
		function string
		code     uint32
		lacks    bool
	}{
		{"InternalGetBoundTcpEndpointTable", notSupported, true},
		{"InternalGetBoundTcp6EndpointTable", notSupported, true},
		{"InternalGetBoundTcpEndpointTable", notImplemented, runtime.GOOS == "windows"},
		{"InternalGetBoundTcpEndpointTable", denied, false},
		{"GetTcpTable2", notSupported, false},
		{"GetExtendedUdpTable", notSupported, false},
	} {
		err := &tcpmib.Error{Query: tcpmib.Query{Func: tt.function}, Code: tt.code}
		got := LacksTable(err)
		assert.ErrorIs(t, got, err)
		assert.Equal(t, tt.lacks, isTableError(got), "%+v: %v", tt, got)
		assert.Equal(t, tt.lacks, strings.HasPrefix(got.Error(), "this Windows has no table of bound TCP sockets"), "%+v: %v", tt, got)
	}
}
