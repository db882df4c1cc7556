package tcpmib_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// What people and programs write for each state: RFC 793, the header, netstat, PowerShell, ss,
// gopsutil, psutil, go-netstat, osquery, .NET.
var stateWords = map[tcpmib.State][]string{
	1:         {"CLOSED", "MIB_TCP_STATE_CLOSED", "Closed", "CLOSE"},
	2:         {"LISTEN", "MIB_TCP_STATE_LISTEN", "LISTENING", "Listen"},
	3:         {"SYN-SENT", "MIB_TCP_STATE_SYN_SENT", "SYN_SENT", "SynSent"},
	4:         {"SYN-RECEIVED", "MIB_TCP_STATE_SYN_RCVD", "SYN_RECEIVED", "SynReceived", "SYN-RECV", "SYN_RECV", "SYN_RCVD"},
	5:         {"ESTABLISHED", "MIB_TCP_STATE_ESTAB", "Established", "ESTAB"},
	6:         {"FIN-WAIT-1", "MIB_TCP_STATE_FIN_WAIT1", "FIN_WAIT_1", "FinWait1", "FIN_WAIT1"},
	7:         {"FIN-WAIT-2", "MIB_TCP_STATE_FIN_WAIT2", "FIN_WAIT_2", "FinWait2", "FIN_WAIT2"},
	8:         {"CLOSE-WAIT", "MIB_TCP_STATE_CLOSE_WAIT", "CLOSE_WAIT", "CloseWait"},
	9:         {"CLOSING", "MIB_TCP_STATE_CLOSING", "Closing"},
	10:        {"LAST-ACK", "MIB_TCP_STATE_LAST_ACK", "LAST_ACK", "LastAck"},
	11:        {"TIME-WAIT", "MIB_TCP_STATE_TIME_WAIT", "TIME_WAIT", "TimeWait"},
	12:        {"DELETE-TCB", "MIB_TCP_STATE_DELETE_TCB", "DELETE_TCB", "DeleteTCB", "DELETE"},
	100:       {"BOUND", "MIB_TCP_STATE_RESERVED", "Reserved"},
	0:         {"State(0)"},
	13:        {"State(13)", "state(13)"},
	77:        {"State(77)"},
	1<<32 - 1: {"State(4294967295)"},
}

func TestStatePrints(t *testing.T) {
	for state, words := range stateWords {
		assert.Equal(t, words[0], state.String())
	}
}

func TestParseState(t *testing.T) {
	for state, words := range stateWords {
		for _, word := range words {
			for _, text := range []string{word, strings.ToLower(word), strings.ToUpper(word), " " + word + "\t"} {
				if strings.Contains(word, "(") {
					text = strings.TrimSpace(text)
				}
				got, err := tcpmib.ParseState(text)
				require.NoError(t, err)
				assert.Equal(t, state, got, text)
			}
		}
	}
	for _, text := range []string{"", "OPEN", "MIB_TCP_STATE_", "State", "State()", "State(", "State(5", "State(-1)", "State(4294967296)", "State(x)", "5"} {
		got, err := tcpmib.ParseState(text)
		assert.ErrorContains(t, err, fmt.Sprintf("unknown TCP state %q", text))
		assert.Zero(t, got)
	}
}

// A connection can be reset or deleted in every state, which does not make it another one.
func TestResetInEveryState(t *testing.T) {
	c := tcpmib.Conn{Local: endpoint("10.0.0.1:1"), Remote: endpoint("10.0.0.2:2"), PID: 7}
	for before := tcpmib.StateClosed; before <= tcpmib.StateDeleteTCB; before++ {
		for _, after := range []tcpmib.State{before, tcpmib.StateClosed, tcpmib.StateDeleteTCB} {
			older, newer := c, c
			older.State, newer.State = before, after
			assert.True(t, older.Same(newer), "%v, then %v", before, after)
		}
	}
	for after := tcpmib.StateListen; after < tcpmib.StateDeleteTCB; after++ {
		older, newer := c, c
		older.State, newer.State = tcpmib.StateDeleteTCB, after
		assert.False(t, older.Same(newer), "deleted, then %v", after)
	}
}

func TestOffloadState(t *testing.T) {
	for n, name := range map[tcpmib.OffloadState]string{
		0: "InHost", 1: "Offloading", 2: "Offloaded", 3: "Uploading", 4: "OffloadState(4)", 9: "OffloadState(9)",
	} {
		assert.Equal(t, name, n.String())
		got, err := tcpmib.ParseOffloadState(strings.ToLower(name))
		require.NoError(t, err)
		assert.Equal(t, n, got)
	}
	assert.EqualValues(t, 4, tcpmib.OffloadStateMax, "how many there are")
	got, err := tcpmib.ParseOffloadState("TcpConnectionOffloadStateUploading")
	require.NoError(t, err)
	assert.Equal(t, tcpmib.OffloadStateUploading, got)
	got, err = tcpmib.ParseOffloadState("sideways")
	assert.ErrorContains(t, err, "InHost")
	assert.Zero(t, got)
}
