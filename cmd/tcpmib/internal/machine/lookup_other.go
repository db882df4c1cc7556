//go:build !windows

package machine

import (
	"context"
	"net"
)

// LookupAddr returns the names of an address, as the system's resolver has them.
func LookupAddr(ctx context.Context, addr string) ([]string, error) {
	return net.DefaultResolver.LookupAddr(ctx, addr)
}
