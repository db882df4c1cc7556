// Package capture records what Windows answered and answers from the record, on
// any system: what a machine's TCP tables were can be looked at, tested against
// and reported, long after and elsewhere.
//
// [Write] asks every query of [Queries] and writes the answers as they came, byte
// for byte. [Open] and [Read] return them as a [tcpmib.Source] for a
// [tcpmib.Reader].
//
// # Format
//
// A capture is a zip file, so any tool can look into it. It holds:
//
//   - manifest.json, an object with the keys
//     format ("tcpmib capture"), version (1), time (RFC 3339), windowsVersion
//     ("10.0.22631", or nothing where unknown), goarch ("amd64"), processes (an
//     object: process ID to image name) and answers (an array).
//   - for each answer with a table one entry, its own, with the bytes that the
//     function wrote into its buffer, in the byte order and layout of the machine:
//     little-endian, as tcpmib.h lays them out for goarch.
//
// An answer is an object with the keys func ("GetTcpTable2"), family (AF_INET is
// 2, AF_INET6 is 23; 0 where the function takes none), class (TCP_TABLE_CLASS; 0
// where the function takes none), code (what the function returned), and, if that
// was 0, entry (the name in the zip) and bytes (its size). Tables are recorded
// sorted, and answer queries that ask for order and those that do not. The codes
// 122 and 0xC0000001, with which Windows asks to be asked again, are no answers.
//
// A reader refuses a version that it does not know, and ignores keys and entries
// that it does not know. Version 1 will not change its meaning.
//
// # Limits
//
// [Read] takes a capture from a stranger, and [Write] writes none that Read would
// refuse. Past these limits a capture is [tcpmib.ErrTooLarge]:
//
//   - one answer: 256 MiB ([MaxEntryBytes])
//   - all answers: 512 MiB ([MaxBytes])
//   - the file: 528 MiB
//   - its directory: 512 KiB, and in it 1,024 entries
//   - the manifest: 8 MiB, and in it 1,024 answers and 131,072 processes
//
// Memory: the answers as they are, and at most 64 MiB for all the rest, of which
// the processes stay. Sizes are held against the limits before memory is taken,
// and a file of n bytes takes no more than 1,032 times n for an answer, whatever
// it claims.
//
// Time: all entries together are unpacked from no more bytes than the file has, so
// it grows with the file and with the answers alone.
package capture

import (
	"maps"
	"time"

	"github.com/winmib/winmib/tcpmib"
)

const (
	// MaxEntryBytes is how large one answer may be, in bytes.
	MaxEntryBytes = tcpmib.DefaultMaxBytes

	// MaxBytes is how large all answers may be together, in bytes. A capture file
	// may be a 32nd larger: it has a manifest too, and answers that Deflate cannot
	// pack it makes a little longer.
	MaxBytes = 2 * MaxEntryBytes
)

// Version is the version of the format that Write writes and Open reads.
const Version = 1

// Queries are the questions that Write asks, in this order. They are a copy: who
// changes them does not change Write.
var Queries = queries()

func queries() []tcpmib.Query {
	return []tcpmib.Query{
		{Func: "GetTcpTable2", Order: true},
		{Func: "GetTcp6Table2", Order: true},
		{Func: "GetExtendedTcpTable", Family: tcpmib.AFInet, Class: uint32(tcpmib.TCPTableOwnerModuleAll), Order: true},
		{Func: "GetExtendedTcpTable", Family: tcpmib.AFInet6, Class: uint32(tcpmib.TCPTableOwnerModuleAll), Order: true},
		{Func: "GetTcpStatisticsEx2", Family: tcpmib.AFInet},
		{Func: "GetTcpStatisticsEx2", Family: tcpmib.AFInet6},
		{Func: "GetTcpStatisticsEx", Family: tcpmib.AFInet},
		{Func: "GetTcpStatisticsEx", Family: tcpmib.AFInet6},
	}
}

// Info says when and where a capture was made.
type Info struct {
	Version        int               // of the format; Write writes Version, whatever is here
	Time           time.Time         // when the tables were read
	WindowsVersion string            // such as "10.0.22631"; "" where unknown
	GOARCH         string            // of the program that read them, such as "amd64"
	Processes      map[uint32]string // the image names of the processes at that time, by ID; may be nil
}

// Capture is a recorded machine: it answers as that one did. It does not change,
// so any number of Readers may use it at once.
type Capture struct {
	info    Info
	answers map[tcpmib.Query]answer
}

type answer struct {
	code  uint32
	table []byte
}

// Info says when and where c was made. Its map is the caller's, a copy.
func (c *Capture) Info() Info {
	info := c.info
	info.Processes = maps.Clone(info.Processes)
	return info
}

// Ask answers as the recorded machine did, errors included. A query that was not
// recorded has the answer tcpmib.CodeNoAnswer. Order makes no difference: tables
// are recorded sorted.
func (c *Capture) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	a, ok := c.answers[key(q)]
	switch {
	case !ok:
		return 0, tcpmib.CodeNoAnswer
	case a.code != 0:
		return 0, a.code
	case len(buf) < len(a.table):
		return uint32(len(a.table)), tcpmib.CodeInsufficientBuffer
	}
	return uint32(copy(buf, a.table)), 0
}

// key is q without what makes no difference.
func key(q tcpmib.Query) tcpmib.Query {
	q.Order = false
	return q
}
