// Package capture records what Windows answered, and answers from the record on any system, so that
// a machine's tables can be inspected elsewhere, used in tests and attached to reports.
//
// [Write] asks every query of [Queries] and writes the answers as they came, byte for byte. [Open]
// and [Read] return them as a [tcpmib.Source] for a [tcpmib.Reader] or a udpmib.Reader.
//
// # Format
//
// A capture is a zip file, so any tool can look into it. It contains:
//
//   - manifest.json, an object with the keys
//     format ("tcpmib capture"), version (1 or 2), time (RFC 3339), windowsVersion
//     ("10.0.22631", or nothing where unknown), goarch ("amd64"), processes (an
//     object: process ID to image name), owners (since version 2, an object: process ID to
//     an object) and answers (an array).
//   - an entry of its own for each answer with a table, with the bytes that the
//     function wrote into its buffer, in the byte order and layout of the machine:
//     little-endian, as tcpmib.h and udpmib.h lay them out for goarch.
//
// An answer is an object with the keys func ("GetTcpTable2"), family (AF_INET is 2, AF_INET6 is 23;
// 0 where the function takes none), class (TCP_TABLE_CLASS or UDP_TABLE_CLASS; 0 where the function
// takes none), code (what the function returned), and, if that was 0, entry (the name in the zip)
// and bytes (its size). Tables are recorded sorted where the function can sort, and answer queries
// that ask for order and those that do not. The codes 122 and 0xC0000001 mean that the caller is to
// ask again; a capture with one of them is malformed.
//
// An owner is an object with those of these keys that are known: parent (a process ID), created
// (RFC 3339), path, commandLine, user, services (an array of names).
//
// Version 1 has the answers of TCP without bound sockets, and no owners. A reader refuses a version
// that is newer than it knows, and ignores keys and entries that it does not know. A version does
// not change its meaning.
//
// # Limits
//
// [Read] accepts untrusted captures. One past these limits is [tcpmib.ErrTooLarge]. [Write] keeps
// to them too, except that it records every row of a machine, in a file of any length:
//
//   - the tables of connections, of both families, and of UDP sockets: 1,048,576 rows in all
//     ([DefaultMaxRows]; see [Limits]); as many in the tables with the modules of owners, and as many in
//     those of bound sockets
//   - one answer: 256 MiB ([MaxEntryBytes]; in 32-bit programs 64 MiB)
//   - all answers: twice as many bytes ([MaxBytes])
//   - the file: 64 MiB, which is 64 bytes a row
//   - its directory: 512 KiB, and in it 1,024 entries
//   - the manifest: 8 MiB, and in it 1,024 answers, 131,072 processes, 32,768 owners and 65,536
//     services
//
// Memory: the answers as they are packed in the file, and at most 64 MiB for all the rest, of which
// the processes and owners stay. Sizes are checked before memory is taken, and a file of n bytes
// has no answer of more than 1,032 times n, whatever it claims.
//
// Time: each answer is unpacked once to check it, and again whenever it is asked for. All entries
// together are unpacked from no more bytes than the file has, so the time grows with the file and
// with the answers alone.
package capture

import (
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

const (
	// MaxEntryBytes is how large one answer may be, in bytes.
	MaxEntryBytes = tcpmib.DefaultMaxBytes

	// DefaultMaxRows is how many rows the tables of one kind may have together: see Limits.
	DefaultMaxRows = 1 << 20

	// MaxBytes is how large all answers may be together when unpacked, in bytes.
	MaxBytes = 2 * MaxEntryBytes
)

// Version is the version of the format that Write writes. Open reads it and all older ones.
const Version = 2

// ErrVersion is what errors.Is finds when a capture has a newer version of the format than this
// package reads.
var ErrVersion = errors.New("a capture of a newer version")

// Queries are the questions that Write asks, in this order. They are a copy: changing them does not
// change Write.
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
		{Func: "InternalGetBoundTcpEndpointTable"},
		{Func: "InternalGetBoundTcp6EndpointTable"},
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet, Class: uint32(udpmib.UDPTableClassOwnerModule), Order: true},
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6, Class: uint32(udpmib.UDPTableClassOwnerModule), Order: true},
		{Func: "GetUdpStatisticsEx2", Family: tcpmib.AFInet},
		{Func: "GetUdpStatisticsEx2", Family: tcpmib.AFInet6},
		{Func: "GetUdpStatisticsEx", Family: tcpmib.AFInet},
		{Func: "GetUdpStatisticsEx", Family: tcpmib.AFInet6},
	}
}

// Info says when and where a capture was made.
type Info struct {
	Version        int               // of the format; Write writes Version, whatever is here
	Time           time.Time         // when the tables were read
	WindowsVersion string            // such as "10.0.22631"; "" where unknown
	GOARCH         string            // of the program that read them, such as "amd64"
	Processes      map[uint32]string // the image names of the processes at that time, by ID; may be nil
	Owners         map[uint32]Owner  // what else was known of them, by ID; may be nil
}

// Owner is what was known about a process apart from its name. Zero values were unknown.
type Owner struct {
	Parent      uint32    `json:"parent,omitempty"` // the ID of the process that created it
	Created     time.Time `json:"created,omitzero"`
	Path        string    `json:"path,omitempty"`
	CommandLine string    `json:"commandLine,omitempty"` // may hold secrets: leave it out of captures for others
	User        string    `json:"user,omitempty"`
	Services    []string  `json:"services,omitempty"`
}

// Capture is a recorded machine: it answers as that one did. It does not change, so any number of
// Readers may use it at once.
type Capture struct {
	info    Info
	answers map[tcpmib.Query]answer
}

type answer struct {
	code  uint32
	table *entry
}

// Info says when and where c was made. The caller owns its maps, which are copies.
func (c *Capture) Info() Info {
	info := c.info
	info.Processes = maps.Clone(info.Processes)
	info.Owners = maps.Clone(info.Owners)
	for pid, owner := range info.Owners {
		owner.Services = slices.Clone(owner.Services)
		info.Owners[pid] = owner
	}
	return info
}

// Ask answers as the recorded machine did, errors included. A query that was not recorded has the
// answer tcpmib.CodeNoAnswer. Order makes no difference: tables are recorded sorted.
func (c *Capture) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	a, ok := c.answers[key(q)]
	switch {
	case !ok:
		return 0, tcpmib.CodeNoAnswer
	case a.code != 0:
		return 0, a.code
	case len(buf) < a.table.size:
		return uint32(a.table.size), tcpmib.CodeInsufficientBuffer
	}
	if err := a.table.unpack(buf[:a.table.size]); err != nil { // it could be unpacked when it was read
		return 0, tcpmib.CodeNoAnswer
	}
	return uint32(a.table.size), 0
}

// Unpack answers as Ask does, with a reader of the answer and its size in bytes in place of a copy:
// a large one then takes no memory of its own.
func (c *Capture) Unpack(q tcpmib.Query) (answer io.Reader, size int, code uint32) {
	a, ok := c.answers[key(q)]
	switch {
	case !ok:
		return nil, 0, tcpmib.CodeNoAnswer
	case a.code != 0:
		return nil, 0, a.code
	}
	return a.table.open(), a.table.size, 0
}

// key is q without what makes no difference.
func key(q tcpmib.Query) tcpmib.Query {
	q.Order = false
	return q
}
