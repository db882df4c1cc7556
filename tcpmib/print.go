package tcpmib

import (
	"fmt"
	"time"
)

// String returns the endpoints, such as "10.0.0.1:50120 -> 203.0.113.7:443", or the local one alone
// if there is no other.
func (e Endpoints) String() string {
	if !e.Remote.IsValid() {
		return e.Local.String()
	}
	return e.Local.String() + " -> " + e.Remote.String()
}

// String returns the connection in one line, such as
// "10.0.0.1:50120 -> 203.0.113.7:443 ESTABLISHED pid 9216", "0.0.0.0:135 LISTEN pid 1044" or
// "10.0.0.1:50119 -> 203.0.113.7:443 TIME-WAIT", which has no owner.
func (c Conn) String() string {
	if !c.Local.IsValid() {
		return "invalid Conn"
	}
	return c.Endpoints().String() + " " + c.condition()
}

// condition is the state and, if there is one, the owner.
func (c Conn) condition() string {
	if c.PID == 0 {
		return c.State.String()
	}
	return fmt.Sprintf("%v pid %d", c.State, c.PID)
}

// String returns what Conn.String does and, where it is known, the creation time (RFC 3339), such as
// "0.0.0.0:135 LISTEN pid 1044 since 2024-01-17T21:20:00Z".
func (c DatedConn) String() string {
	if c.Created.IsZero() {
		return c.Conn.String()
	}
	return c.Conn.String() + " since " + c.Created.Format(time.RFC3339)
}

// String returns the change in one line, such as "opened 10.0.0.1:50120 -> 203.0.113.7:443 SYN-SENT
// pid 9216". For Changed it says what was before: "changed 10.0.0.1:50120 -> 203.0.113.7:443
// TIME-WAIT, was ESTABLISHED pid 9216".
func (c Change) String() string {
	text := c.Kind.String() + " " + DatedConn{c.Conn, c.Created}.String()
	if c.Kind == Changed {
		text += ", was " + c.Old.condition()
	}
	return text
}
