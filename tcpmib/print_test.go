package tcpmib_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

// Everything prints in one line that says what it is, whatever verb prints it.
func TestStrings(t *testing.T) {
	when := time.Date(2024, 1, 17, 21, 20, 0, 123, time.UTC)
	conn := at(80, 7, tcpmib.StateEstab)
	ended := at(80, 0, tcpmib.StateTimeWait)
	listener := tcpmib.Conn{Local: endpoint("[fe80::1%7]:443"), PID: 7, State: tcpmib.StateListen}
	bound := tcpmib.Conn{Local: endpoint("0.0.0.0:5000"), PID: 8, State: tcpmib.StateReserved}
	row4, _ := conn.TCPRow()
	row6, _ := listener.TCP6Row()
	for _, test := range []struct {
		value any
		want  string
	}{
		{conn, "10.0.0.1:1000 -> 10.0.0.2:80 ESTABLISHED pid 7"},
		{ended, "10.0.0.1:1000 -> 10.0.0.2:80 TIME-WAIT"},
		{listener, "[fe80::1%7]:443 LISTEN pid 7"},
		{bound, "0.0.0.0:5000 BOUND pid 8"},
		{tcpmib.Conn{}, "invalid Conn"},
		{tcpmib.Conn{Local: endpoint("10.0.0.1:1"), State: 77}, "10.0.0.1:1 State(77)"},
		{[]tcpmib.Conn{bound, ended}, "[0.0.0.0:5000 BOUND pid 8 10.0.0.1:1000 -> 10.0.0.2:80 TIME-WAIT]"},
		{conn.Endpoints(), "10.0.0.1:1000 -> 10.0.0.2:80"},
		{listener.Endpoints(), "[fe80::1%7]:443"},
		{tcpmib.DatedConn{listener, when}, "[fe80::1%7]:443 LISTEN pid 7 since 2024-01-17T21:20:00Z"},
		{tcpmib.DatedConn{Conn: listener}, "[fe80::1%7]:443 LISTEN pid 7"},
		{tcpmib.Change{Kind: tcpmib.Opened, Conn: conn}, "opened 10.0.0.1:1000 -> 10.0.0.2:80 ESTABLISHED pid 7"},
		{tcpmib.Change{Kind: tcpmib.Closed, Conn: listener, Created: when}, "closed [fe80::1%7]:443 LISTEN pid 7 since 2024-01-17T21:20:00Z"},
		{tcpmib.Change{Kind: tcpmib.Changed, Conn: ended, Old: conn}, "changed 10.0.0.1:1000 -> 10.0.0.2:80 TIME-WAIT, was ESTABLISHED pid 7"},
		{row4, "10.0.0.1:1000 -> 10.0.0.2:80 ESTABLISHED"},
		{[]tcpmib.TCP6Row{row6}, "[[fe80::1%7]:443 LISTEN]"},
		{tcpmib.TCPRow2{State: tcpmib.StateListen, LocalPort: [4]byte{1, 187}, OwningPid: 4}, "0.0.0.0:443 LISTEN pid 4"},
		{&tcpmib.TCP6Row2{State: tcpmib.StateListen, LocalPort: [4]byte{1, 187}, OwningPid: 4}, "[::]:443 LISTEN pid 4"},
		{tcpmib.TCPRowOwnerPID{State: tcpmib.StateListen}, "0.0.0.0:0 LISTEN"},
		{tcpmib.TCP6RowOwnerPID{State: tcpmib.StateListen}, "[::]:0 LISTEN"},
		{tcpmib.TCPRowOwnerModule{State: tcpmib.StateListen}, "0.0.0.0:0 LISTEN"},
		{tcpmib.TCP6RowOwnerModule{State: tcpmib.StateListen}, "[::]:0 LISTEN"},
	} {
		for _, verb := range []string{"%v", "%+v", "%s"} {
			assert.Equal(t, test.want, fmt.Sprintf(verb, test.value))
		}
	}
}

// Monitoring programs name states as netstat does.
func TestNetstat(t *testing.T) {
	for state, want := range map[tcpmib.State]string{
		tcpmib.StateListen: "LISTENING", tcpmib.StateSynRcvd: "SYN_RECEIVED", tcpmib.StateEstab: "ESTABLISHED",
		tcpmib.StateFinWait1: "FIN_WAIT_1", tcpmib.StateTimeWait: "TIME_WAIT", tcpmib.StateReserved: "BOUND", 77: "State(77)",
	} {
		assert.Equal(t, want, state.Netstat())
		back, err := tcpmib.ParseState(state.Netstat())
		assert.NoError(t, err)
		assert.Equal(t, state, back)
	}
}
