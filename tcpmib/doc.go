// Package tcpmib is the Windows header tcpmib.h in Go: its structs, constants and
// functions, laid out byte for byte as the Windows SDK lays them out, and values
// that are a pleasure to use.
//
// # Two layers
//
// The header layer has the header's names. [TCPRow2] is MIB_TCPROW2 and
// [GetTcpTable2] is GetTcpTable2; the prefix MIB_ and the Hungarian prefixes of
// fields are dropped, and the tag c of a field carries its C name. Fields in
// network byte order are byte arrays.
//
// The Go layer is what most programs want: [Conns] returns the connections as
// [Conn] values, and a [Reader] does so again and again without garbage.
//
// # Guarantees
//
//   - The sizes of the rows are pinned to the SDK headers: a program built with
//     cgo against headers that disagree does not compile.
//   - No bytes make the package panic. The number of rows in a table is believed
//     only after it was held against the bytes that there are.
//   - A read asks a bounded number of times, and a system that claims ever more
//     rows cannot take more memory than [Reader].MaxBytes.
//   - One family that fails does not hide the other: its error comes back
//     together with the rows of the other.
//   - A [Reader] is for one goroutine at a time; different Readers do not share
//     anything.
//
// # Systems
//
// The package builds everywhere. On Windows it calls iphlpapi.dll, through a C
// shim when built with cgo and through golang.org/x/sys/windows without.
// Elsewhere its calls return an error for which errors.Is(err,
// errors.ErrUnsupported) holds, while decoding works for bytes from anywhere.
package tcpmib
