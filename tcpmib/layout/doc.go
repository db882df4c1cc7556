// Package layout proves that Go structs have the layout of the C structs they stand for, by asking the C headers.
//
// No number is typed by hand. For a set of Go types, tagged with the C names they mirror, and a set of named
// constants, [Run]
//
//  1. computes Go's own layout for the asked GOARCH with [go/types.SizesFor], so that one machine checks them all;
//  2. writes a C file that includes only public headers and lays sizeof, alignof, offsetof, the sizes and signedness
//     of members and the values of constants down as arrays of 64-bit numbers;
//  3. compiles it with the compiler it is given (gcc, clang, clang with an MSVC target, clang-cl or cl) and reads
//     the numbers back out of the object file. Nothing is executed, so an amd64 Linux machine proves 386 and
//     arm64 Windows;
//  4. compares the two and reports every struct, field, offset and size side by side.
//
// # What agreement means
//
// For a struct: sizeof is the same, so that arrays of it have the same stride, and every tagged Go field has the
// offset, the size and, where both sides are numbers, the signedness of the C member it names. For a field that is
// an array of anything but bytes, the elements agree as well. A field or an element that is a struct in Go must be
// among the types itself, so that its own fields are compared, and the C compiler must take its C name for the member's
// type. Go arrays of bytes are taken as opaque: that is how fields in network byte order, unions, and nested C structs
// that Go has no struct for are written.
//
// With gcc and clang the probe's debug information shows the members themselves, and each must lie in bytes that a Go
// field names: a member that Go forgot cannot hide where Go has padding. cl writes no such information, so with cl
// padding is only known to be padding by the offsets around it; the report counts its bytes.
//
// On 386 Go aligns 64-bit integers to 4 bytes and C to 8. That cannot be expressed in Go, and does no harm as long
// as every offset, every size and so every stride is the same. The check demands that, and marks such structs.
// A Go type that wants more alignment than C gives is a difference.
//
// For an enum, whose signedness C leaves to the compiler, size is compared, and with debug information that it is an
// enum. Fields of a Go type that [Enum] declares may have the signedness of the C enum. For a constant the value is
// compared, and its sign.
//
// # Header sets and what they lack
//
// The probe finds out which headers it was compiled with: MinGW-w64's, Wine's or those of a Windows SDK. A [Gap]
// says what one header set is known to lack, to name otherwise or to give another value for, and why. Each gap is
// checked to be true: when the header gains the thing, the check fails and says so. What is absent and not a known
// gap is a difference. [Unproven] adds that nothing may be absent from all header sets of a run, except what [Spec.Only]
// says a certain header set alone can prove.
//
// # Completeness
//
// With gcc and clang, [Spec.Complete] turns the question round: each struct, union, enum and enumerator declared in
// the named header files must be among the types and constants, or in [Spec.Omitted] with a reason.
package layout
