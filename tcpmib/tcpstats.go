package tcpmib

import (
	"structs"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// TCPMaxConnDynamic is MIB_TCP_MAXCONN_DYNAMIC: the MaxConn of a computer without a fixed limit.
const TCPMaxConnDynamic uint32 = 0xFFFFFFFF

// RTOAlgorithm is TCP_RTO_ALGORITHM: how the retransmission time-out is computed, after RFC 4022.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcpstats_lh
type RTOAlgorithm uint32

// The algorithms, with the header's numbers. The header has each under two names.
const (
	RTOAlgorithmOther    RTOAlgorithm = 1 // TcpRtoAlgorithmOther, MIB_TCP_RTO_OTHER
	RTOAlgorithmConstant RTOAlgorithm = 2 // TcpRtoAlgorithmConstant, MIB_TCP_RTO_CONSTANT: a constant time-out
	RTOAlgorithmRsre     RTOAlgorithm = 3 // TcpRtoAlgorithmRsre, MIB_TCP_RTO_RSRE: MIL-STD-1778, appendix B
	RTOAlgorithmVanj     RTOAlgorithm = 4 // TcpRtoAlgorithmVanj, MIB_TCP_RTO_VANJ: Van Jacobson's
)

var rtoAlgorithms = mib.EnumOf("tcpmib", "RTOAlgorithm", "time-out algorithm", map[RTOAlgorithm]string{
	RTOAlgorithmOther:    "Other",
	RTOAlgorithmConstant: "Constant",
	RTOAlgorithmRsre:     "Rsre",
	RTOAlgorithmVanj:     "Vanj",
})

// String returns the header's name without its prefix, such as "Vanj", or "RTOAlgorithm(7)" for a
// number that the header does not define.
func (a RTOAlgorithm) String() string { return rtoAlgorithms.String(a) }

// MarshalText writes what String prints.
func (a RTOAlgorithm) MarshalText() ([]byte, error) { return rtoAlgorithms.MarshalText(a) }

// UnmarshalText reads what String prints, in any case.
func (a *RTOAlgorithm) UnmarshalText(text []byte) (err error) {
	*a, err = rtoAlgorithms.Parse(string(text))
	return err
}

// TCPStats is MIB_TCPSTATS_LH, which is MIB_TCPSTATS since Windows Vista: the counters of TCP over
// IPv4 or IPv6 since the computer started. They wrap around at 2^32.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcpstats_lh
type TCPStats struct {
	_            structs.HostLayout `c:"MIB_TCPSTATS_LH"`
	RtoAlgorithm RTOAlgorithm       `c:"dwRtoAlgorithm|RtoAlgorithm"` // a union of both in the header
	RtoMin       uint32             `c:"dwRtoMin"`                    // shortest retransmission time-out, in milliseconds
	RtoMax       uint32             `c:"dwRtoMax"`                    // longest retransmission time-out, in milliseconds
	MaxConn      uint32             `c:"dwMaxConn"`                   // the connection limit, or TCPMaxConnDynamic
	ActiveOpens  uint32             `c:"dwActiveOpens"`               // connections that this computer opened
	PassiveOpens uint32             `c:"dwPassiveOpens"`              // connections that this computer accepted
	AttemptFails uint32             `c:"dwAttemptFails"`              // attempts that failed, of either side
	EstabResets  uint32             `c:"dwEstabResets"`               // connections that were reset
	CurrEstab    uint32             `c:"dwCurrEstab"`                 // current connections in ESTABLISHED or CLOSE-WAIT
	InSegs       uint32             `c:"dwInSegs"`                    // segments received, those with errors included
	OutSegs      uint32             `c:"dwOutSegs"`                   // segments sent, without retransmissions
	RetransSegs  uint32             `c:"dwRetransSegs"`               // segments retransmitted
	InErrs       uint32             `c:"dwInErrs"`                    // segments received with an error
	OutRsts      uint32             `c:"dwOutRsts"`                   // segments sent with the RST flag
	NumConns     uint32             `c:"dwNumConns"`                  // current connections in any state but LISTEN
}

var layoutTCPStats = mib.StructOf[TCPStats]("tcpmib", "MIB_TCPSTATS")

// TCPStatsW2K is MIB_TCPSTATS_W2K, the form of MIB_TCPSTATS before Windows Vista: the same bytes,
// with a number for the algorithm.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcpstats_w2k
type TCPStatsW2K struct {
	_            structs.HostLayout `c:"MIB_TCPSTATS_W2K"`
	RtoAlgorithm uint32             `c:"dwRtoAlgorithm"` // an RTOAlgorithm
	RtoMin       uint32             `c:"dwRtoMin"`       // shortest retransmission time-out, in milliseconds
	RtoMax       uint32             `c:"dwRtoMax"`       // longest retransmission time-out, in milliseconds
	MaxConn      uint32             `c:"dwMaxConn"`      // the connection limit, or TCPMaxConnDynamic
	ActiveOpens  uint32             `c:"dwActiveOpens"`  // connections that this computer opened
	PassiveOpens uint32             `c:"dwPassiveOpens"` // connections that this computer accepted
	AttemptFails uint32             `c:"dwAttemptFails"` // attempts that failed, of either side
	EstabResets  uint32             `c:"dwEstabResets"`  // connections that were reset
	CurrEstab    uint32             `c:"dwCurrEstab"`    // current connections in ESTABLISHED or CLOSE-WAIT
	InSegs       uint32             `c:"dwInSegs"`       // segments received, those with errors included
	OutSegs      uint32             `c:"dwOutSegs"`      // segments sent, without retransmissions
	RetransSegs  uint32             `c:"dwRetransSegs"`  // segments retransmitted
	InErrs       uint32             `c:"dwInErrs"`       // segments received with an error
	OutRsts      uint32             `c:"dwOutRsts"`      // segments sent with the RST flag
	NumConns     uint32             `c:"dwNumConns"`     // current connections in any state but LISTEN
}

// TCPStats2 is MIB_TCPSTATS2, since Windows 10 version 1709: TCPStats with 64-bit counters of
// segments.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcpstats2
type TCPStats2 struct {
	_            structs.HostLayout `c:"MIB_TCPSTATS2"`
	RtoAlgorithm RTOAlgorithm       `c:"RtoAlgorithm"`
	RtoMin       uint32             `c:"dwRtoMin"`       // shortest retransmission time-out, in milliseconds
	RtoMax       uint32             `c:"dwRtoMax"`       // longest retransmission time-out, in milliseconds
	MaxConn      uint32             `c:"dwMaxConn"`      // the connection limit, or TCPMaxConnDynamic
	ActiveOpens  uint32             `c:"dwActiveOpens"`  // connections that this computer opened
	PassiveOpens uint32             `c:"dwPassiveOpens"` // connections that this computer accepted
	AttemptFails uint32             `c:"dwAttemptFails"` // attempts that failed, of either side
	EstabResets  uint32             `c:"dwEstabResets"`  // connections that were reset
	CurrEstab    uint32             `c:"dwCurrEstab"`    // current connections in ESTABLISHED or CLOSE-WAIT
	_            [4]byte            // C aligns the counters to 8 bytes on 386 too, Go does not
	InSegs       uint64             `c:"dw64InSegs"`    // segments received, those with errors included
	OutSegs      uint64             `c:"dw64OutSegs"`   // segments sent, without retransmissions
	RetransSegs  uint32             `c:"dwRetransSegs"` // segments retransmitted
	InErrs       uint32             `c:"dwInErrs"`      // segments received with an error
	OutRsts      uint32             `c:"dwOutRsts"`     // segments sent with the RST flag
	NumConns     uint32             `c:"dwNumConns"`    // current connections in any state but LISTEN
}

var layoutTCPStats2 = mib.StructOf[TCPStats2]("tcpmib", "MIB_TCPSTATS2")
