// Package ports has eight well-known readers of the Windows tables, written on this module as their
// authors would write them today: the connections of gopsutil, the netstat of tailscale, the tables
// of portmaster, the netstat plugin of velociraptor, the states that windows_exporter counts, the
// endpoints of packetbeat, the process search of sing-box, and the sockets of witr. Its tests compare
// their results with the originals', or with those of another reader where an original cannot be
// imported.
//
// A port names its original, and the differences that its caller would see.
package ports
