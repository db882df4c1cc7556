package tcpestats

import "github.com/winmib/winmib/tcpmib/internal/mib"

// Type is TCP_ESTATS_TYPE: a kind of statistics.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ne-tcpestats-tcp_estats_type
type Type uint32

// The kinds, with the header's numbers.
const (
	TypeSynOpts   Type = 0 // TcpConnectionEstatsSynOpts: SynOptsROSv0
	TypeData      Type = 1 // TcpConnectionEstatsData: DataRODv0, DataRWv0
	TypeSndCong   Type = 2 // TcpConnectionEstatsSndCong: SndCongRODv0, SndCongROSv0, SndCongRWv0
	TypePath      Type = 3 // TcpConnectionEstatsPath: PathRODv0, PathRWv0
	TypeSendBuff  Type = 4 // TcpConnectionEstatsSendBuff: SendBuffRODv0, SendBuffRWv0
	TypeRec       Type = 5 // TcpConnectionEstatsRec: RecRODv0, RecRWv0
	TypeObsRec    Type = 6 // TcpConnectionEstatsObsRec: ObsRecRODv0, ObsRecRWv0
	TypeBandwidth Type = 7 // TcpConnectionEstatsBandwidth: BandwidthRODv0, BandwidthRWv0
	TypeFineRtt   Type = 8 // TcpConnectionEstatsFineRtt: FineRttRODv0, FineRttRWv0
	TypeMaximum   Type = 9 // TcpConnectionEstatsMaximum: how many there are
)

var types = mib.EnumOf("tcpestats", "Type", "Type", map[Type]string{
	TypeSynOpts:   "SynOpts",
	TypeData:      "Data",
	TypeSndCong:   "SndCong",
	TypePath:      "Path",
	TypeSendBuff:  "SendBuff",
	TypeRec:       "Rec",
	TypeObsRec:    "ObsRec",
	TypeBandwidth: "Bandwidth",
	TypeFineRtt:   "FineRtt",
})

// String returns the header's name without its prefix, such as "SndCong", or "Type(9)" for a number
// that the header does not define.
func (t Type) String() string { return types.String(t) }

// MarshalText writes what String prints.
func (t Type) MarshalText() ([]byte, error) { return types.MarshalText(t) }

// UnmarshalText reads what String prints, in any case.
func (t *Type) UnmarshalText(text []byte) (err error) {
	*t, err = types.Parse(string(text))
	return err
}

// BooleanOptional is TCP_BOOLEAN_OPTIONAL: whether to turn a switch on or off, or to leave it.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ne-tcpestats-tcp_boolean_optional
type BooleanOptional int32

// The positions, with the header's numbers.
const (
	BoolOptDisabled  BooleanOptional = 0  // TcpBoolOptDisabled: turn it off
	BoolOptEnabled   BooleanOptional = 1  // TcpBoolOptEnabled: turn it on
	BoolOptUnchanged BooleanOptional = -1 // TcpBoolOptUnchanged: leave it
)

var booleanOptionals = mib.EnumOf("tcpestats", "BooleanOptional", "BooleanOptional", map[BooleanOptional]string{
	BoolOptDisabled:  "Disabled",
	BoolOptEnabled:   "Enabled",
	BoolOptUnchanged: "Unchanged",
})

// String returns the header's name without its prefix, such as "Enabled", or "BooleanOptional(2)"
// for a number that the header does not define.
func (b BooleanOptional) String() string {
	return booleanOptionals.String(b)
}

// MarshalText writes what String prints.
func (b BooleanOptional) MarshalText() ([]byte, error) { return booleanOptionals.MarshalText(b) }

// UnmarshalText reads what String prints, in any case.
func (b *BooleanOptional) UnmarshalText(text []byte) (err error) {
	*b, err = booleanOptionals.Parse(string(text))
	return err
}

// SoftError is TCP_SOFT_ERROR: why a segment failed a consistency check.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ne-tcpestats-tcp_soft_error
type SoftError uint32

// The reasons, with the header's numbers.
const (
	SoftErrorNone              SoftError = 0 // TcpErrorNone: none so far
	SoftErrorBelowDataWindow   SoftError = 1 // TcpErrorBelowDataWindow: all its data is older than what is expected
	SoftErrorAboveDataWindow   SoftError = 2 // TcpErrorAboveDataWindow: some of its data is beyond the window
	SoftErrorBelowAckWindow    SoftError = 3 // TcpErrorBelowAckWindow: it acknowledges what was acknowledged before
	SoftErrorAboveAckWindow    SoftError = 4 // TcpErrorAboveAckWindow: it acknowledges what was never sent
	SoftErrorBelowTsWindow     SoftError = 5 // TcpErrorBelowTsWindow: its timestamp echo is too old
	SoftErrorAboveTsWindow     SoftError = 6 // TcpErrorAboveTsWindow: its timestamp echo is too new
	SoftErrorDataChecksumError SoftError = 7 // TcpErrorDataChecksumError: its checksum is wrong
	SoftErrorDataLengthError   SoftError = 8 // TcpErrorDataLengthError: its length is wrong
	SoftErrorMaxSoftError      SoftError = 9 // TcpErrorMaxSoftError: how many there are
)

var softErrors = mib.EnumOf("tcpestats", "SoftError", "SoftError", map[SoftError]string{
	SoftErrorNone:              "None",
	SoftErrorBelowDataWindow:   "BelowDataWindow",
	SoftErrorAboveDataWindow:   "AboveDataWindow",
	SoftErrorBelowAckWindow:    "BelowAckWindow",
	SoftErrorAboveAckWindow:    "AboveAckWindow",
	SoftErrorBelowTsWindow:     "BelowTsWindow",
	SoftErrorAboveTsWindow:     "AboveTsWindow",
	SoftErrorDataChecksumError: "DataChecksumError",
	SoftErrorDataLengthError:   "DataLengthError",
})

// String returns the header's name without its prefix, such as "AboveDataWindow", or "SoftError(9)"
// for a number that the header does not define.
func (e SoftError) String() string { return softErrors.String(e) }

// MarshalText writes what String prints.
func (e SoftError) MarshalText() ([]byte, error) { return softErrors.MarshalText(e) }

// UnmarshalText reads what String prints, in any case.
func (e *SoftError) UnmarshalText(text []byte) (err error) {
	*e, err = softErrors.Parse(string(text))
	return err
}
