package main

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

const (
	resolveTime    = 3 * time.Second // for all names together
	resolveWorkers = 32
)

// resolve looks up the names of remote addresses concurrently. Those that take too long stay without
// a name.
func (a *app) resolve(_ machine, s *rows.Snapshot, _ tcpmib.Family) error {
	defer a.Progress("looking up the names of remote addresses")()
	ctx, cancel := context.WithTimeout(context.Background(), resolveTime)
	defer cancel()

	addrs := make(chan netip.Addr)
	var mu sync.Mutex
	hosts := map[netip.Addr]string{}
	var workers sync.WaitGroup
	for range resolveWorkers {
		workers.Go(func() {
			for addr := range addrs {
				names, err := a.lookup(ctx, addr.WithZone("").String())
				if err != nil || len(names) == 0 {
					continue
				}
				mu.Lock()
				hosts[addr] = strings.TrimSuffix(names[0], ".")
				mu.Unlock()
			}
		})
	}
	seen := map[netip.Addr]bool{}
	for _, c := range s.Conns {
		addr := c.Remote.Addr()
		if !addr.IsValid() || addr.IsUnspecified() || seen[addr] {
			continue
		}
		seen[addr] = true
		select {
		case addrs <- addr:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(addrs)
	workers.Wait()
	s.Hosts = hosts
	return nil
}
