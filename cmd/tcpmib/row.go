package main

import (
	"strconv"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// row is what every format renders: a connection and who is behind it.
type row struct {
	tcpmib.Conn
	process string
}

func rowsOf(conns []tcpmib.Conn, processes owner.Processes) []row {
	rows := make([]row, len(conns))
	for i, c := range conns {
		rows[i] = row{c, processes[c.PID].Name}
	}
	return rows
}

// A field of a row under its public name: the key in JSON, the head of a column
// in CSV. Null fields print as null or as nothing.
type field struct {
	name   string
	quoted bool // whether JSON writes it as a string
	text   func(row) (text string, null bool)
}

var fields = []field{
	{"family", true, func(r row) (string, bool) { return r.Family().String(), false }},
	{"localAddress", true, func(r row) (string, bool) { return r.Local.Addr().String(), false }},
	{"localPort", false, func(r row) (string, bool) { return strconv.Itoa(int(r.Local.Port())), false }},
	{"remoteAddress", true, func(r row) (string, bool) { return r.Remote.Addr().String(), !r.Remote.IsValid() }},
	{"remotePort", false, func(r row) (string, bool) { return strconv.Itoa(int(r.Remote.Port())), !r.Remote.IsValid() }},
	{"state", true, func(r row) (string, bool) { return r.State.String(), false }},
	{"stateCode", false, func(r row) (string, bool) { return strconv.Itoa(int(r.State)), false }},
	{"pid", false, func(r row) (string, bool) { return strconv.FormatUint(uint64(r.PID), 10), false }},
	{"process", true, func(r row) (string, bool) { return r.process, false }},
	{"offload", true, func(r row) (string, bool) { return r.Offload.String(), false }},
	{"offloadCode", false, func(r row) (string, bool) { return strconv.Itoa(int(r.Offload)), false }},
}
