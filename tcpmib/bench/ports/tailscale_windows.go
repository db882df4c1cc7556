package ports

import (
	"errors"
	"io/fs"

	"tailscale.com/net/netstat"

	"github.com/winmib/winmib/tcpmib"
)

// Get is Get of tailscale's package net/netstat: the TCP connections, each with a way to ask for its
// owner's module.
//
// The original makes 192.0.2.1 of ::ffff:192.0.2.1, calls TIME-WAIT "DELETE-TCB" and DELETE-TCB
// "unknown-state-12", shows a remote endpoint that has no meaning for listeners, has no connections
// at all where one family cannot be read, refuses tables of more than 10 MiB, and on 386 reads each
// row 4 bytes before its start.
func Get() (*netstat.Table, error) {
	table := new(netstat.Table)
	rows4, err4 := tcpmib.GetExtendedTcpTable[tcpmib.TCPRowOwnerModule](tcpmib.AllRows, true)
	for i := range rows4 {
		add(table, rows4[i].Conn(), func() (tcpmib.OwnerModule, error) { return tcpmib.GetOwnerModuleFromTcpEntry(&rows4[i]) })
	}
	rows6, err6 := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerModule](tcpmib.AllRows, true)
	for i := range rows6 {
		add(table, rows6[i].Conn(), func() (tcpmib.OwnerModule, error) { return tcpmib.GetOwnerModuleFromTcp6Entry(&rows6[i]) })
	}
	return table, errors.Join(err4, err6)
}

func add(table *netstat.Table, c tcpmib.Conn, owner module) {
	table.Entries = append(table.Entries, netstat.Entry{
		Local: c.Local, Remote: c.Remote, Pid: int(c.PID), State: c.State.String(), OSMetadata: owner,
	})
}

type module func() (tcpmib.OwnerModule, error)

// GetModule returns the name of the module, or "" if Windows does not find one.
func (m module) GetModule() (string, error) {
	owner, err := m()
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return owner.Name, err
}
