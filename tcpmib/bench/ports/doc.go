// Package ports has four well-known readers of the Windows tables, written on this module as their
// authors would write them today: the connections of gopsutil, the netstat of tailscale, the tables
// of portmaster and the netstat plugin of velociraptor. Its tests compare their results with the
// originals'.
//
// A port names its original, and the differences that its caller would see.
package ports
