// Package layout proves that Go structs have the layout of the C structs they stand for, by asking
// the C headers. No number is typed by hand, and nothing is executed: a Linux machine proves 386
// and arm64 Windows.
//
// To check whole packages without writing a test, run the command:
//
//	go run github.com/winmib/winmib/cmd/layoutcheck@latest ./...
//
// In a test of any project, which needs a compiler for Windows (on Debian or Ubuntu
// apt-get install gcc-mingw-w64-i686, or clang with it):
//
//	import "github.com/winmib/winmib/tcpmib/layout"
//
//	type wsaBuf struct {
//		Len uint32
//		Buf *byte
//	}
//
//	func TestLayout(t *testing.T) {
//		target := layout.Target{CC: []string{"i686-w64-mingw32-gcc"}, Headers: []string{"winsock2.h"}}
//		layout.Check(t, target, []layout.Type{layout.Struct[wsaBuf]("WSABUF")}, nil)
//	}
//
// [Discover] finds the compilers of this machine, for all architectures. Without a compiler Check skips
// the test, and fails it where the variable CI is set.
//
// A field stands for the member that has its name, in any spelling that is usual in Go: State is
// dwState. A tag says it where the names differ, and a field that names nothing in C is an error:
//
//	type wsaBuf struct {
//		_   structs.HostLayout `c:"WSABUF"`
//		Len uint32             `c:"len"`
//		Buf *byte              `c:"buf"`
//	}
//
// # Two sides
//
// Everything is a comparison of plain data, [Compare], which does not know where either side comes
// from:
//
//   - [Go], what Go claims, laid out for one architecture: from the types of the running program with
//     [Spec.Go], or from the source of any package with layout/source. The running program's types
//     have the array lengths and build tags of the host; where these depend on the architecture, use
//     source.
//   - [Headers], what the C headers declare: from a compiled probe and its debug information
//     ([Spec.Probe], [ReadHeaders]), with gcc or clang (for MinGW or MSVC); or from a record of an earlier
//     run, which is the same as JSON ([ReadRecord], [Headers.Record]).
//
// [Run] does it all for a [Spec] and a [Target]: a compiler and, with it, a set of headers.
// [Discover] finds those of this machine.
//
// # Three laws
//
// Names ask, layouts answer. Which member a field stands for is decided before any number is read:
// by its tag or mapping, or else by its very name, or else by its name in another spelling. Fields
// that have no name in common with C go by their order between those that have. An embedded struct
// around members that C has without one is opened.
//
// One field, one member of its kind and size. The exceptions are a closed list:
//
//   - an array of bytes, for what it covers exactly;
//   - the pair of 32 bits and the 64-bit integer, for a LARGE_INTEGER, a FILETIME or a LUID, and such
//     a pair for a 64-bit integer;
//   - for a union one of its members, or storage of its size: an array of unsigned integers, as a
//     field or as all that a struct holds;
//   - integers, for the unit of some bit-fields;
//   - padding: blank fields, and fields that are called so.
//
// A type is its declaration. Two types of one name, in two packages or in two functions, are two.
//
// # What agreement means
//
// For a struct: the same size, and so the same stride; each field at the offset of its member, with
// its size, and of its kind: a number with its sign, a float, a pointer, an array with its
// elements, a struct that is itself compared. Every member of C must lie in bytes that a Go field
// stands for, so that none hides in padding. Enums have any sign, which C leaves to the compiler,
// but one enum is not another.
//
// For a constant: its value. For a function: the number of its parameters, and of each, and of the
// result, kind, size and sign.
//
// A [Finding] is one mistake in one sentence, with what to do about it: a field that lies 4 bytes
// early moves all that follow, which is said once.
//
// # What is known
//
// [Rules] say what is known to differ, each with its reason: a [Gap] is what one header set lacks,
// or says otherwise, [Exclusive] what one alone declares, [Accepted] a difference that does no
// harm. On 386, for one, Go aligns 64-bit integers to 4 bytes and C to 8, which Go cannot express.
// Each of them must be true: when it ceases to be, or names nothing, the check fails and says so.
// [Rules.Complete] turns the question round: all that a header file declares must be claimed, or be
// an [Omission]. [Across] looks at all reports of a run: nothing may be absent from every header
// set.
package layout
