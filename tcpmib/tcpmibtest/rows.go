package tcpmibtest

import (
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func tcpRows[Row any](conns []tcpmib.DatedConn, row func(tcpmib.DatedConn) Row) (rows []Row) {
	for _, c := range conns {
		rows = append(rows, row(c))
	}
	return rows
}

func tcpRow(c tcpmib.DatedConn) tcpmib.TCPRow { return must(c.TCPRow()) }

func tcp6Row(c tcpmib.DatedConn) tcpmib.TCP6Row { return must(c.TCP6Row()) }

func tcpRow2(c tcpmib.DatedConn) tcpmib.TCPRow2 {
	r := tcpRow(c)
	return tcpmib.TCPRow2{
		State: r.State, LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
		OwningPid: c.PID, OffloadState: c.Offload,
	}
}

func tcp6Row2(c tcpmib.DatedConn) tcpmib.TCP6Row2 {
	r := tcp6Row(c)
	return tcpmib.TCP6Row2{
		LocalAddr: r.LocalAddr, LocalScopeID: r.LocalScopeID, LocalPort: r.LocalPort,
		RemoteAddr: r.RemoteAddr, RemoteScopeID: r.RemoteScopeID, RemotePort: r.RemotePort,
		State: r.State, OwningPid: c.PID, OffloadState: c.Offload,
	}
}

func tcpRowOwnerPID(c tcpmib.DatedConn) tcpmib.TCPRowOwnerPID {
	r := tcpRow(c)
	return tcpmib.TCPRowOwnerPID{
		State: r.State, LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
		OwningPid: c.PID,
	}
}

func tcp6RowOwnerPID(c tcpmib.DatedConn) tcpmib.TCP6RowOwnerPID {
	r := tcp6Row(c)
	return tcpmib.TCP6RowOwnerPID{
		LocalAddr: r.LocalAddr, LocalScopeID: r.LocalScopeID, LocalPort: r.LocalPort,
		RemoteAddr: r.RemoteAddr, RemoteScopeID: r.RemoteScopeID, RemotePort: r.RemotePort,
		State: r.State, OwningPid: c.PID,
	}
}

func tcpRowOwnerModule(c tcpmib.DatedConn) tcpmib.TCPRowOwnerModule {
	r := tcpRow(c)
	return tcpmib.TCPRowOwnerModule{
		State: r.State, LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
		OwningPid: c.PID, CreateTimestamp: ticks(c.Created),
	}
}

func tcp6RowOwnerModule(c tcpmib.DatedConn) tcpmib.TCP6RowOwnerModule {
	r := tcp6Row(c)
	return tcpmib.TCP6RowOwnerModule{
		LocalAddr: r.LocalAddr, LocalScopeID: r.LocalScopeID, LocalPort: r.LocalPort,
		RemoteAddr: r.RemoteAddr, RemoteScopeID: r.RemoteScopeID, RemotePort: r.RemotePort,
		State: r.State, OwningPid: c.PID, CreateTimestamp: ticks(c.Created),
	}
}

func udpRows[Row any](sockets []udpmib.Endpoint, row func(udpmib.Endpoint) Row) (rows []Row) {
	for _, e := range sockets {
		rows = append(rows, row(e))
	}
	return rows
}

// local4 and local6 are the local endpoint of a socket in the fields of a row.

func local4(e udpmib.Endpoint) tcpmib.TCPRow { return must(tcpmib.Conn{Local: e.Local}.TCPRow()) }

func local6(e udpmib.Endpoint) tcpmib.TCP6Row { return must(tcpmib.Conn{Local: e.Local}.TCP6Row()) }

func udpRow(e udpmib.Endpoint) udpmib.UDPRow {
	r := local4(e)
	return udpmib.UDPRow{LocalAddr: r.LocalAddr, LocalPort: r.LocalPort}
}

func udp6Row(e udpmib.Endpoint) udpmib.UDP6Row {
	r := local6(e)
	return udpmib.UDP6Row{LocalAddr: r.LocalAddr, LocalScopeID: r.LocalScopeID, LocalPort: r.LocalPort}
}

func udpRowOwnerPID(e udpmib.Endpoint) udpmib.UDPRowOwnerPID {
	r := local4(e)
	return udpmib.UDPRowOwnerPID{LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, OwningPid: e.PID}
}

func udp6RowOwnerPID(e udpmib.Endpoint) udpmib.UDP6RowOwnerPID {
	r := local6(e)
	return udpmib.UDP6RowOwnerPID{LocalAddr: r.LocalAddr, LocalScopeID: r.LocalScopeID, LocalPort: r.LocalPort, OwningPid: e.PID}
}

func udpRowOwnerModule(e udpmib.Endpoint) udpmib.UDPRowOwnerModule {
	r := local4(e)
	return udpmib.UDPRowOwnerModule{
		LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, OwningPid: e.PID, CreateTimestamp: ticks(e.Created),
	}
}

func udp6RowOwnerModule(e udpmib.Endpoint) udpmib.UDP6RowOwnerModule {
	r := local6(e)
	return udpmib.UDP6RowOwnerModule{
		LocalAddr: r.LocalAddr, LocalScopeID: r.LocalScopeID, LocalPort: r.LocalPort,
		OwningPid: e.PID, CreateTimestamp: ticks(e.Created),
	}
}
