// Package tcpestats is the Windows header tcpestats.h in Go: the extended statistics that Windows
// can collect for a TCP connection, after RFC 4898.
//
// Each kind of statistics, a [Type], has up to three structs. A name that ends in ROS has read-only
// static values, fixed when the connection opens; ROD has read-only dynamic values, which count from
// the moment collection was enabled; RW has the switch that enables it. Their names end in their
// version, v0, in the header and in Go.
//
// The structs have the header's memory layout on amd64, 386 and arm64. A BOOLEAN is a uint8 that is
// 0 or 1.
package tcpestats
