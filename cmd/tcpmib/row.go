package main

import (
	"time"

	"github.com/winmib/winmib/tcpmib"
)

// row is what every format renders: a connection and what is known of it.
type row struct {
	tcpmib.Conn
	process string // the program that owns it

	// Read only where they are asked for; the zero values are unknown.
	remoteName string    // what the remote address is called
	created    time.Time // when the socket was bound or connected
	module     string    // the part of the program that opened it
	services   []string  // what runs in the process
	measured   *measured // what went through it, in estats alone
}
