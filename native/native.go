// Package native is the boundary to Windows: one Go function for each function
// of iphlpapi.dll, with the answer written into a buffer of the caller.
//
// There are three implementations of the same Go functions, chosen when the
// program is built:
//
//   - Windows with cgo: shim.c calls the function that iphlpapi.h declares,
//     linked against the import library. This is the default.
//   - Windows without cgo (CGO_ENABLED=0): golang.org/x/sys/windows looks the
//     function up in the system's own iphlpapi.dll.
//   - Everything else: every function returns ERROR_CALL_NOT_IMPLEMENTED.
//
// The package knows no row type, allocates nothing, retries nothing and has no
// opinion. Package tcpmib has.
//
// # Tables
//
// A function that fills a table takes the buffer to fill, which may be empty,
// and order, which asks Windows to sort the rows. It returns the code that
// Windows returned and the size that Windows wrote back: with
// ERROR_INSUFFICIENT_BUFFER (122) the bytes that the table needs.
package native

// The sizes, in bytes, of the header's rows and of their tables with one row.
// Builds with cgo compare them with the header in use and fail when they
// differ; package tcpmib compares its Go types with them in every build.
const (
	SizeofTCPRow2    = 28 // MIB_TCPROW2
	SizeofTCPTable2  = 32 // MIB_TCPTABLE2
	SizeofTCP6Row2   = 60 // MIB_TCP6ROW2
	SizeofTCP6Table2 = 64 // MIB_TCP6TABLE2
)
