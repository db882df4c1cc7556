package tcpmib

import (
	"fmt"
	"math"
	"strings"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// State is MIB_TCP_STATE: the state of a connection, after RFC 793.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow2
type State uint32

// The states, with the header's numbers.
const (
	StateClosed    State = 1   // MIB_TCP_STATE_CLOSED: no connection at all
	StateListen    State = 2   // MIB_TCP_STATE_LISTEN: waits for anyone to connect
	StateSynSent   State = 3   // MIB_TCP_STATE_SYN_SENT: has asked to connect
	StateSynRcvd   State = 4   // MIB_TCP_STATE_SYN_RCVD: was asked and has answered
	StateEstab     State = 5   // MIB_TCP_STATE_ESTAB: open, data flows
	StateFinWait1  State = 6   // MIB_TCP_STATE_FIN_WAIT1: has closed its side, not yet acknowledged
	StateFinWait2  State = 7   // MIB_TCP_STATE_FIN_WAIT2: has closed its side, waits for the other
	StateCloseWait State = 8   // MIB_TCP_STATE_CLOSE_WAIT: the other side has closed, this one not yet
	StateClosing   State = 9   // MIB_TCP_STATE_CLOSING: both have closed at once, not yet acknowledged
	StateLastAck   State = 10  // MIB_TCP_STATE_LAST_ACK: both have closed, waits for the last acknowledgement
	StateTimeWait  State = 11  // MIB_TCP_STATE_TIME_WAIT: over, kept until stray segments have died out
	StateDeleteTCB State = 12  // MIB_TCP_STATE_DELETE_TCB: being deleted; with it SetTcpEntry closes a connection
	StateReserved  State = 100 // MIB_TCP_STATE_RESERVED: bound, neither listening nor connected
)

// The names of RFC 793, as Microsoft's documentation prints them, and what netstat and PowerShell
// call the state that the RFC does not have.
var states = mib.EnumOf("tcpmib", "State", "TCP state", map[State]string{
	StateClosed:    "CLOSED",
	StateListen:    "LISTEN",
	StateSynSent:   "SYN-SENT",
	StateSynRcvd:   "SYN-RECEIVED",
	StateEstab:     "ESTABLISHED",
	StateFinWait1:  "FIN-WAIT-1",
	StateFinWait2:  "FIN-WAIT-2",
	StateCloseWait: "CLOSE-WAIT",
	StateClosing:   "CLOSING",
	StateLastAck:   "LAST-ACK",
	StateTimeWait:  "TIME-WAIT",
	StateDeleteTCB: "DELETE-TCB",
	StateReserved:  "BOUND",
})

// The names of states in other programs, in capitals, without separators and without the header's
// prefix: the header, netstat, ss, PowerShell, .NET, gopsutil, psutil, telegraf.
var statesByWord = map[string]State{
	"CLOSED": StateClosed, "CLOSE": StateClosed,
	"LISTEN": StateListen, "LISTENING": StateListen,
	"SYNSENT": StateSynSent, "SYNSEND": StateSynSent,
	"SYNRCVD": StateSynRcvd, "SYNRECEIVED": StateSynRcvd, "SYNRECV": StateSynRcvd,
	"ESTAB": StateEstab, "ESTABLISHED": StateEstab,
	"FINWAIT1":  StateFinWait1,
	"FINWAIT2":  StateFinWait2,
	"CLOSEWAIT": StateCloseWait,
	"CLOSING":   StateClosing,
	"LASTACK":   StateLastAck,
	"TIMEWAIT":  StateTimeWait,
	"DELETETCB": StateDeleteTCB, "DELETE": StateDeleteTCB,
	"RESERVED": StateReserved, "BOUND": StateReserved,
}

var stateWord = strings.NewReplacer("-", "", "_", "", " ", "")

// String returns the name of RFC 793, such as "SYN-RECEIVED", "BOUND" for StateReserved, or
// "State(77)" for a number that the header does not define.
func (s State) String() string { return states.String(s) }

// Netstat returns the name that netstat prints, such as "SYN_RECEIVED" or "LISTENING", which many
// other programs use.
func (s State) Netstat() string {
	if s == StateListen {
		return "LISTENING"
	}
	return strings.ReplaceAll(s.String(), "-", "_")
}

// ParseState returns the state that text names, in any case. It takes what String prints,
// "State(77)" included, the header's names ("MIB_TCP_STATE_ESTAB"), and those of netstat, ss,
// PowerShell and other programs ("SYN_RECEIVED", "SYN_RECV", "FinWait1", "Bound").
func ParseState(text string) (State, error) {
	if s, ok := states.ParseNumber(text); ok {
		return s, nil
	}
	word := stateWord.Replace(strings.ToUpper(strings.TrimSpace(text)))
	if s, ok := statesByWord[strings.TrimPrefix(word, "MIBTCPSTATE")]; ok {
		return s, nil
	}
	return 0, fmt.Errorf("tcpmib: unknown TCP state %q; want a name such as LISTEN, ESTABLISHED or TIME-WAIT", text)
}

// MarshalText writes what String prints.
func (s State) MarshalText() ([]byte, error) { return states.MarshalText(s) }

// UnmarshalText reads what ParseState takes.
func (s *State) UnmarshalText(text []byte) (err error) {
	*s, err = ParseState(string(text))
	return err
}

// followers are the states that a connection can be in some time after another, in the diagram of
// RFC 793: as bits, of which the one that a state has is that of its number. It can stay, and it
// can be reset or deleted in every state.
var followers = [...]uint16{
	StateClosed:    math.MaxUint16,                                              // its beginning and its end
	StateListen:    math.MaxUint16,                                              // it may connect too
	StateSynSent:   math.MaxUint16 >> StateSynSent << StateSynSent,              // it and whatever comes after it
	StateSynRcvd:   math.MaxUint16>>StateSynRcvd<<StateSynRcvd | 1<<StateListen, // a reset leads back to LISTEN
	StateEstab:     math.MaxUint16 >> StateEstab << StateEstab,
	StateFinWait1:  1<<StateFinWait1 | 1<<StateFinWait2 | 1<<StateClosing | 1<<StateTimeWait,
	StateFinWait2:  1<<StateFinWait2 | 1<<StateTimeWait,
	StateCloseWait: 1<<StateCloseWait | 1<<StateLastAck,
	StateClosing:   1<<StateClosing | 1<<StateTimeWait,
	StateLastAck:   1 << StateLastAck,
	StateTimeWait:  1 << StateTimeWait,
	StateDeleteTCB: 1 << StateClosed,
}

// follows reports whether a connection in state s can have been in another before. Of states that
// RFC 793 does not have, nothing is known.
func (s State) follows(before State) bool {
	if s > StateDeleteTCB || before > StateDeleteTCB || s == 0 || before == 0 {
		return true
	}
	return (followers[before]|1<<StateClosed|1<<StateDeleteTCB)>>s&1 != 0
}

// OffloadState is TCP_CONNECTION_OFFLOAD_STATE: whether Windows or the network card does the work
// of a connection.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ne-tcpmib-tcp_connection_offload_state
type OffloadState uint32

// The offload states, with the header's numbers.
const (
	OffloadStateInHost     OffloadState = 0 // TcpConnectionOffloadStateInHost: Windows does the work
	OffloadStateOffloading OffloadState = 1 // TcpConnectionOffloadStateOffloading: on its way to the card
	OffloadStateOffloaded  OffloadState = 2 // TcpConnectionOffloadStateOffloaded: the card does the work
	OffloadStateUploading  OffloadState = 3 // TcpConnectionOffloadStateUploading: on its way back to Windows
	OffloadStateMax        OffloadState = 4 // TcpConnectionOffloadStateMax: how many there are
)

var offloadStates = mib.EnumOf("tcpmib", "OffloadState", "offload state", map[OffloadState]string{
	OffloadStateInHost:     "InHost",
	OffloadStateOffloading: "Offloading",
	OffloadStateOffloaded:  "Offloaded",
	OffloadStateUploading:  "Uploading",
})

// String returns the header's name without its prefix, such as "InHost", or "OffloadState(7)" for a
// number that the header does not define.
func (o OffloadState) String() string { return offloadStates.String(o) }

// ParseOffloadState returns the offload state that text names, in any case: what String prints or
// the header's name.
func ParseOffloadState(text string) (OffloadState, error) {
	const prefix = "TcpConnectionOffloadState"
	if len(text) > len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
		return offloadStates.Parse(text[len(prefix):])
	}
	return offloadStates.Parse(text)
}

// MarshalText writes what String prints.
func (o OffloadState) MarshalText() ([]byte, error) { return offloadStates.MarshalText(o) }

// UnmarshalText reads what ParseOffloadState takes.
func (o *OffloadState) UnmarshalText(text []byte) (err error) {
	*o, err = ParseOffloadState(string(text))
	return err
}
