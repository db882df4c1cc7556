// Package tcpmib is the Windows header tcpmib.h in Go: its structs, constants and functions, laid out
// byte for byte as the Windows SDK lays them out, and a layer above them that is pleasant to use.
//
// # Go layer
//
// Most programs need only this.
//
//   - [Conns] returns the TCP connections as [Conn] values. A [Reader] does so again and again
//     without garbage; [Reader.AppendDatedConns] adds creation times.
//   - [Watch] yields a [Change] for each connection that opens, closes or changes. A [Tracker] does
//     so one snapshot at a time, with [Ticks] as its clock.
//   - [ReadStats] returns the counters of TCP, [Close] ends a connection.
//   - A Reader asks this machine, or any [Source]: package capture has one that replays a recording,
//     on any system.
//   - Package owner finds the process, user and services behind a PID. Package tcpestats has the
//     statistics of one connection, package udpmib the UDP tables. Package tcpmibtest makes up
//     machines for the tests of programs that use these packages.
//
// A family that cannot be read does not hide the other: its error comes back together with the rows
// of the other. Errors from Windows are an [*Error], bytes that are not a table [ErrMalformed], a
// table past a Reader's limit [ErrTooLarge]. Use errors.Is for these, and for errors of the standard
// library: an error that the docs call fs.ErrNotExist wraps more than that.
//
// # Header layer
//
// Functions have the names of the header, such as [GetTcpTable2]. Types lose MIB_ and say first what
// they are in C: "TCPRow2 is MIB_TCPROW2". Fields lose their Hungarian prefixes and carry their C
// name as the tag c; those in network byte order are byte arrays. [DecodeTCPTable2] and its siblings
// check bytes from anywhere and return them as rows.
//
// # Systems
//
// The package builds everywhere. On Windows it calls iphlpapi.dll, through a C shim when built with
// cgo and through golang.org/x/sys/windows without. Elsewhere calls return [errors.ErrUnsupported],
// while decoding works for bytes from anywhere. On big-endian machines decoding returns it too: the
// tables are little-endian, and rows are a view of their bytes.
//
// A Windows program built with cgo imports iphlpapi.dll, and Windows looks for it in the program's own
// folder first. If others can write there, as in a folder for downloads, build with CGO_ENABLED=0,
// which loads it from the system's folder only, or embed the <file> lines of
// cmd/tcpmib/winres/tcpmib.manifest in the program's manifest. A library cannot do this for a
// program.
package tcpmib
