// Package source reads Go packages from source and hands their structs and constants to package
// layout.
//
// [Load] lists packages with the go command, for Windows and one GOARCH, and type-checks them. It
// neither compiles nor runs them, so any machine sees what each architecture's compiler would make
// of them: files chosen by build tags, and arrays whose length depends on the size of a pointer.
//
// A Go struct names its C struct by a tag (`c:"MIB_TCPROW2"` on a blank structs.HostLayout), by a
// line of a [Mapping], or by its own name, which [Names] finds in any spelling that is usual in Go.
package source
