package machine

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// ResolveTime is how long all names together may take.
const ResolveTime = 3 * time.Second

const resolveWorkers = 32

// resolve looks up the names of remote addresses concurrently. Those that take too long stay
// without a name: it does not wait for lookups that ignore their context, as those of Windows do.
func (r *Reader) resolve(s *rows.Snapshot, _ tcpmib.Family) error {
	if s.Hosts != nil {
		return nil
	}
	defer r.Terminal.Progress("looking up the names of remote addresses")()
	ctx, cancel := context.WithTimeout(context.Background(), ResolveTime)
	defer cancel()

	addrs := remoteAddrs(s.Sockets)
	todo := make(chan netip.Addr, len(addrs))
	for _, addr := range addrs {
		todo <- addr
	}
	close(todo)
	type answer struct {
		addr netip.Addr
		host string
	}
	answers := make(chan answer, len(addrs)) // nobody waits for the late ones
	for range min(resolveWorkers, len(addrs)) {
		go func() {
			for addr := range todo {
				if ctx.Err() != nil {
					return
				}
				host := ""
				if names, err := r.Lookup(ctx, addr.WithZone("").String()); err == nil && len(names) > 0 {
					host = strings.TrimSuffix(names[0], ".")
				}
				answers <- answer{addr, host}
			}
		}()
	}
	s.Hosts = map[netip.Addr]string{}
	for range addrs {
		select {
		case found := <-answers:
			s.Hosts[found.addr] = found.host
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// remoteAddrs returns the remote addresses of connections, each once.
func remoteAddrs(sockets []rows.Socket) []netip.Addr {
	var addrs []netip.Addr
	seen := map[netip.Addr]bool{}
	for _, c := range sockets {
		addr := c.Remote.Addr()
		if addr.IsValid() && !addr.IsUnspecified() && !seen[addr] {
			seen[addr] = true
			addrs = append(addrs, addr)
		}
	}
	return addrs
}
