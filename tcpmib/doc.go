// Package tcpmib is the Windows header tcpmib.h in Go: its structs, constants and
// functions, laid out byte for byte as the Windows SDK lays them out, and values
// that are a pleasure to use.
//
// The package has two layers. Most programs need the Go layer only.
//
// # Go layer
//
//   - [Conns] returns the connections, IPv4 or IPv6 ([Family]), as [Conn] values.
//   - A [Reader] does so again and again without garbage, within a limit of
//     memory ([DefaultMaxBytes]). It asks this machine, or any [Source] of answers
//     to a [Query]; package capture has one.
//   - [Watch] yields what opens, closes and changes, as a [Change] of a
//     [ChangeKind]; [MissedError] when it cannot keep up. [Diff] compares two
//     snapshots.
//   - [Close] ends a connection.
//   - [ReadStats] returns the counters of TCP as [Stats].
//   - [Error] is a code that Windows returned, [ErrMalformed] bytes that are no
//     table, [ErrTooLarge] a table past the limit, [CodeNoAnswer] a question that a
//     Source has no answer to.
//   - Package owner says who is behind a PID, package tcpestats has bytes and round
//     trips of one connection.
//
// # Header layer
//
// Its names are the header's. Functions keep theirs to the letter, such as
// [GetTcpTable2]. Types lose MIB_ and say first what they are in C: "TCPRow2 is
// MIB_TCPROW2". Fields lose their Hungarian prefixes and carry their C name as the
// tag c; those in network byte order are byte arrays.
//
//   - Rows: [TCPRow], [TCPRow2], [TCPRowOwnerPID], [TCPRowOwnerModule], [TCP6Row],
//     [TCP6Row2], [TCP6RowOwnerPID], [TCP6RowOwnerModule], and [TCPRowW2K].
//   - Tables: [TCPTable], [TCPTable2], [TCPTableOwnerPID], [TCPTableOwnerModule],
//     [TCP6Table], [TCP6Table2], [TCP6TableOwnerPID], [TCP6TableOwnerModule].
//     [DecodeTCPTable], [DecodeTCPTable2], [DecodeTCPTableOwnerPID],
//     [DecodeTCPTableOwnerModule], [DecodeTCP6Table], [DecodeTCP6Table2],
//     [DecodeTCP6TableOwnerPID] and [DecodeTCP6TableOwnerModule] check bytes from
//     anywhere and return their rows.
//   - Enums: [State], [OffloadState] ([ParseState] and [ParseOffloadState] read
//     their names), [RTOAlgorithm], [TCPTableClass], [OwnerModuleInfoClass].
//   - Statistics: [TCPStats], [TCPStats2], [TCPStatsW2K], [TCPMaxConnDynamic].
//   - Owners: [OwnerModuleBasicInfo], of which [OwnerModule] is a copy as strings,
//     and [OwningModuleSize].
//   - [ExtendedRow] and [Rows] stand for the arguments of GetExtendedTcpTable.
//
// # Functions
//
// Every function of the header and of tcpestats.h. "Go layer" is what people call;
// GetExtendedTcpTable has a method of Reader for each of its rows. It takes all nine
// classes, but for IPv6 Windows refuses the three basic ones.
//
//	C function                   Go                                    Go layer                 IP    elevation  since Windows
//	GetTcpTable                  GetTcpTable                           Reader.TCPTable          4     no         2000
//	GetTcp6Table                 GetTcp6Table                          Reader.TCP6Table         6     no         Vista
//	GetTcpTable2                 GetTcpTable2                          Conns                    4     no         Vista
//	GetTcp6Table2                GetTcp6Table2                         Conns                    6     no         Vista
//	GetExtendedTcpTable          GetExtendedTcpTable                   Reader.TCPTableOwnerPID  4, 6  no         XP SP2
//	GetOwnerModuleFromTcpEntry   GetOwnerModuleFromTcpEntry            -                        4     for some   XP SP2
//	GetOwnerModuleFromTcp6Entry  GetOwnerModuleFromTcp6Entry           -                        6     for some   XP SP2
//	SetTcpEntry                  SetTcpEntry                           Close                    4     yes        2000
//	GetTcpStatistics             GetTcpStatistics                      ReadStats                4     no         2000
//	GetTcpStatisticsEx           GetTcpStatisticsEx                    ReadStats                4, 6  no         XP
//	GetTcpStatisticsEx2          GetTcpStatisticsEx2                   ReadStats                4, 6  no         10 version 1709
//	GetPerTcpConnectionEStats    tcpestats.GetPerTcpConnectionEStats   tcpestats.Get            4     yes        Vista
//	GetPerTcp6ConnectionEStats   tcpestats.GetPerTcp6ConnectionEStats  tcpestats.Get            6     yes        Vista
//	SetPerTcpConnectionEStats    tcpestats.SetPerTcpConnectionEStats   tcpestats.Enable         4     yes        Vista
//	SetPerTcp6ConnectionEStats   tcpestats.SetPerTcp6ConnectionEStats  tcpestats.Enable         6     yes        Vista
//
// GetTcpStatisticsEx2 is looked up while the program runs, so that programs start
// where it is missing. All other functions are imported, as a C program would
// import them, unless the program is built without cgo.
//
// Each function has two tests. One runs the Windows program on a synthetic
// iphlpapi.dll, which writes down what it was asked, byte for byte
// (internal/synthetic); build.sh runs it. The other runs on Windows itself, in the
// job windows-latest of .github, and under Wine, with Linux's own sockets, where
// Wine has the function.
//
//	C function                   synthetic iphlpapi.dll          windows-latest                       Wine
//	GetTcpTable                  TestGetTcpTable                 TestLiveGetTcpTable                  yes
//	GetTcp6Table                 TestGetTcp6Table                TestLiveGetTcp6Table                 yes
//	GetTcpTable2                 TestOrder                       TestLiveLayersAgree                  yes
//	GetTcp6Table2                TestOrder                       TestLiveLayersAgree                  yes
//	GetExtendedTcpTable          TestGetExtendedTcpTable         TestLiveGetExtendedTcpTable          yes
//	GetOwnerModuleFromTcpEntry   TestGetOwnerModuleFromTcpEntry  TestLiveGetOwnerModuleFromTcpEntry   no
//	GetOwnerModuleFromTcp6Entry  TestGetOwnerModuleFromTcpEntry  TestLiveGetOwnerModuleFromTcp6Entry  no
//	SetTcpEntry                  TestSetTcpEntry                 TestLiveClose                        no
//	GetTcpStatistics             TestGetTcpStatistics            TestLiveGetTcpStatistics             yes
//	GetTcpStatisticsEx           TestGetTcpStatistics            TestLiveGetTcpStatistics             yes
//	GetTcpStatisticsEx2          TestGetTcpStatistics            TestLiveGetTcpStatisticsEx2          no
//	GetPerTcpConnectionEStats    TestEStats                      TestLiveGetPerTcpConnectionEStats    no
//	GetPerTcp6ConnectionEStats   TestEStats                      TestLiveGetPerTcp6ConnectionEStats   no
//	SetPerTcpConnectionEStats    TestEStats                      TestLiveGetPerTcpConnectionEStats    no
//	SetPerTcp6ConnectionEStats   TestEStats                      TestLiveGetPerTcp6ConnectionEStats   no
//
// # Guarantees
//
// Each with the tests that prove it; those of tcpmib/internal/synthetic run
// against an iphlpapi.dll that lies.
//
//   - The sizes of the rows are pinned to the SDK headers: a program built with
//     cgo against headers that disagree does not compile.
//   - No bytes make the package panic. The number of rows in a table is believed
//     only after it was held against the bytes that there are. (FuzzDecode of each
//     table, FuzzReader, TestDecodeAtEveryBoundary)
//   - Nothing is read or written outside of a buffer.
//     (TestDecodeReadsNothingBehindTheBuffer, synthetic.TestNothingOutsideTheBuffer)
//   - A read asks a bounded number of times, and whatever size a system claims, no
//     buffer of a Reader grows past [Reader].MaxBytes. (TestFetch,
//     TestFetchKeepsUnderTheCeiling, synthetic.TestCases, synthetic.TestCeiling)
//   - The rows of a family are those of one answer of the system: a read that had
//     to ask again returns none twice and misses none.
//     (synthetic.TestSnapshotsUnderChurnAreOfOneCall)
//   - One family that fails does not hide the other: its error comes back
//     together with the rows of the other. (TestAppendConns, TestPeers)
//   - A [Reader] is for one goroutine at a time; different Readers may read at
//     once. (synthetic.TestReadersAtOnce)
//   - A warm Reader asks once and allocates nothing; [Conns] allocates at most
//     three times a family, and netip some more for a zone that was never seen
//     before, or whose number is 256 or more. (synthetic.TestWarmReader,
//     TestColdReadingAllocatesThreeTimes)
//
// # Systems
//
// The package builds everywhere. On Windows it calls iphlpapi.dll, through a C
// shim when built with cgo and through golang.org/x/sys/windows without.
// Elsewhere its calls return an error for which errors.Is(err,
// errors.ErrUnsupported) holds, while decoding works for bytes from anywhere.
package tcpmib
