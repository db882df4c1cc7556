package machine

import (
	"context"
	"errors"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Reader is a machine as the commands read it. It shows on the terminal what takes long, and says
// there what is missing.
type Reader struct {
	Machine
	Terminal *cli.Terminal
	Lookup   func(ctx context.Context, addr string) (names []string, err error) // of DNS
}

// Read takes a snapshot of all sockets in some tables. If only a part of the tables could be read,
// it returns both a snapshot and an error.
func (r *Reader) Read(tables rows.Tables) (*rows.Snapshot, error) {
	defer r.Terminal.Progress("reading the tables")()
	sockets, err := Sockets(r, tables)
	if len(sockets) == 0 && err != nil {
		return nil, err
	}
	return &rows.Snapshot{Sockets: sockets, Processes: r.KnownProcesses()}, err
}

// KnownProcesses returns the processes of the machine. Connections without the names of their
// owners are better than none.
func (r *Reader) KnownProcesses() owner.Processes {
	processes, err := r.Processes()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		r.Terminal.Say("process names are missing: %s", cli.Sentence(err))
	}
	return processes
}

// Sockets reads the sockets in some tables of a machine. A table may have a million rows: each is
// let go of before the next is read.
func Sockets(m Machine, tables rows.Tables) (sockets []rows.Socket, err error) {
	var errTCP, errBound, errUDP error
	if tables.TCP {
		var conns []tcpmib.Conn
		conns, errTCP = readConns(&tcpmib.Reader{Source: m.Source()}, tables)
		sockets = rows.AppendTCP(sockets, conns)
	}
	if tables.Bound {
		var conns []tcpmib.Conn
		r := tcpmib.Reader{Source: m.Source()}
		conns, errBound = r.AppendBound(nil, tables.Families)
		sockets = rows.AppendTCP(sockets, conns)
	}
	if tables.UDP {
		var endpoints []udpmib.Endpoint
		r := udpmib.Reader{Source: m.Source()}
		endpoints, errUDP = r.AppendEndpoints(nil, tables.Families)
		sockets = rows.AppendUDP(sockets, endpoints)
	}
	return sockets, errors.Join(LacksTable(errTCP), LacksTable(errBound), LacksTable(errUDP))
}

// unsorted has Windows return a table as it is: what needs an order sorts rows.
const unsorted = false

// readConns reads the TCP tables. Windows has one of listening sockets alone, which spares a busy
// machine its connections, and which captures do not have.
func readConns(r *tcpmib.Reader, tables rows.Tables) ([]tcpmib.Conn, error) {
	if tables.Listening {
		conns, err := readListening(r, tables.Families)
		if !errors.Is(err, errors.ErrUnsupported) {
			return conns, err
		}
	}
	return r.AppendConns(nil, tables.Families)
}

// readListening reads the listening sockets. Their table has no offload states; a socket without a
// connection has none to offload, so the zero value, in host, is what the full table has.
func readListening(r *tcpmib.Reader, families tcpmib.Family) (conns []tcpmib.Conn, err error) {
	var err4, err6 error
	if families&tcpmib.IPv4 != 0 {
		var table []tcpmib.TCPRowOwnerPID
		table, err4 = tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerPID](r, tcpmib.Listeners, unsorted)
		for i := range table {
			conns = append(conns, table[i].Conn())
		}
	}
	if families&tcpmib.IPv6 != 0 {
		var table []tcpmib.TCP6RowOwnerPID
		table, err6 = tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerPID](r, tcpmib.Listeners, unsorted)
		for i := range table {
			conns = append(conns, table[i].Conn())
		}
	}
	return conns, errors.Join(err4, err6)
}
