// Package udpmib is the Windows header udpmib.h in Go: the UDP sockets of a computer and the
// counters of UDP. It is built like package tcpmib, whose [tcpmib.Family], [tcpmib.Source] and
// [tcpmib.Error] it uses.
//
// Most programs need the Go layer only: [Endpoints] returns the UDP sockets as [Endpoint] values,
// and a [Reader] does so again and again without allocating. [Watch] yields what opens and closes,
// and [ReadStats] returns the counters of UDP.
//
// The header layer has the header's names. Functions keep theirs, such as [GetExtendedUdpTable].
// Types lose MIB_ and say first what they are in C: "UDPRow is MIB_UDPROW". Fields lose their
// Hungarian prefixes and carry their C name as the tag c; those in network byte order are byte
// arrays. [DecodeUDPTable] and its siblings check bytes from anywhere and return their rows.
//
// UDP has no connections: a socket has only a local endpoint, even after connect. No documented
// function returns [UDPRow2], the one row with a remote endpoint.
//
// The package builds everywhere. On other systems than Windows its calls return
// errors.ErrUnsupported, unless a [Reader] has a Source, and decoding works for bytes from
// anywhere.
package udpmib
