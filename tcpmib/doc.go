// Package tcpmib is the Windows header tcpmib.h in Go: its structs, constants and
// functions, laid out byte for byte as the Windows SDK lays them out, and values
// that are a pleasure to use.
//
// # Two layers
//
// The header layer has the header's names. [TCPRow2] is MIB_TCPROW2 and
// [GetTcpTable2] is GetTcpTable2; the prefix MIB_ and the Hungarian prefixes of
// fields are dropped, and the tag c of a field carries its C name. Fields in
// network byte order are byte arrays. What the header calls Tcp or TCP is its; the
// methods of a [Reader] that begin so read the same rows into a buffer that they
// reuse.
//
// The Go layer is what most programs want: [Conns] returns the connections as
// [Conn] values, a [Reader] does so again and again without garbage, [Watch] and
// [Diff] say what changed, [Close] ends a connection and [ReadStats] tells what
// TCP has counted.
//
// # Functions
//
// Every function of the header, for each family that it has:
//
//	C                            Go                                 family  elevated  Windows  proof
//	GetTcpTable                  GetTcpTable                        v4      no        2000     W S
//	GetTcp6Table                 GetTcp6Table                       v6      no        Vista    W S
//	GetTcpTable2                 GetTcpTable2                       v4      no        Vista    W S
//	GetTcp6Table2                GetTcp6Table2                      v6      no        Vista    W S
//	GetExtendedTcpTable          GetExtendedTcpTable                v4 v6   no        XP SP2   W S
//	GetOwnerModuleFromTcpEntry   GetOwnerModuleFromTcpEntry         v4      for some  XP SP2   S R
//	GetOwnerModuleFromTcp6Entry  GetOwnerModuleFromTcp6Entry        v6      for some  XP SP2   S R
//	SetTcpEntry                  SetTcpEntry, Close                 v4      yes       2000     S R
//	GetTcpStatistics             GetTcpStatistics                   v4      no        2000     W S
//	GetTcpStatisticsEx           GetTcpStatisticsEx, ReadStats      v4 v6   no        XP       W S
//	GetTcpStatisticsEx2          GetTcpStatisticsEx2, ReadStats     v4 v6   no        10 1709  S R
//	GetPerTcpConnectionEStats    tcpestats: same name, Get          v4      yes       Vista    S R
//	GetPerTcp6ConnectionEStats   tcpestats: same name, Get          v6      yes       Vista    S R
//	SetPerTcpConnectionEStats    tcpestats: same name, Set, Enable  v4      yes       Vista    S R
//	SetPerTcp6ConnectionEStats   tcpestats: same name, Set, Enable  v6      yes       Vista    S R
//
// Proof: W against Wine's own iphlpapi.dll; S against a synthetic one that writes
// down each argument; R on a real Windows only, by the tests that the CI job
// windows-latest runs. What has W runs on real Windows too. GetExtendedTcpTable
// takes all nine classes, but for IPv6 Windows refuses the three basic ones.
//
// GetTcpStatisticsEx2 is looked up while the program runs, so that programs start
// where it is missing. All other functions are imported, as a C program would
// import them, unless the program is built without cgo.
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
