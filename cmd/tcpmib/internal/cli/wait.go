package cli

import (
	"context"
	"time"
)

// Sleep waits for d, and reports whether ctx let it.
func Sleep(ctx context.Context, d time.Duration) (whole bool) {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
