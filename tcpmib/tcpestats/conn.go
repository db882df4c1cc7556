package tcpestats

import "github.com/winmib/winmib/tcpmib"

// Get returns one kind of statistics of a connection:
//
//	data, err := tcpestats.Get[tcpestats.Data](conn)
//
// Values that are not collected are 0; data.RW says whether they are. Needs elevation: without it
// Get returns fs.ErrPermission. A connection that has gone is fs.ErrNotExist. Anything that is not a
// connection is fs.ErrInvalid, and Windows is not asked.
func Get[S Statistics](c tcpmib.Conn) (S, error) {
	if c.Family() == tcpmib.IPv4 {
		row, err := c.TCPRow()
		if err != nil {
			return *new(S), err
		}
		return GetPerTcpConnectionEStats[S](&row)
	}
	row, err := c.TCP6Row()
	if err != nil {
		return *new(S), err
	}
	return GetPerTcp6ConnectionEStats[S](&row)
}

// Set sets what stats has in RW and ignores the rest, so stats may be what Get returned. Errors are
// those of Get.
func Set[S Collected](c tcpmib.Conn, stats S) error {
	if c.Family() == tcpmib.IPv4 {
		row, err := c.TCPRow()
		if err != nil {
			return err
		}
		return SetPerTcpConnectionEStats(&row, stats)
	}
	row, err := c.TCP6Row()
	if err != nil {
		return err
	}
	return SetPerTcp6ConnectionEStats(&row, stats)
}

// Enable starts the collection of one kind of statistics of a connection, from 0. It costs a little
// for every segment, until Disable or the end of the connection. Errors are those of Get.
func Enable[S Collected](c tcpmib.Conn) error {
	var stats S
	switchOn(&stats)
	return Set(c, stats)
}

// Disable stops what Enable started. Errors are those of Get.
func Disable[S Collected](c tcpmib.Conn) error {
	var stats S // its switch is off
	return Set(c, stats)
}
