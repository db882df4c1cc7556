package cli

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		done := startProgress(&b, "looking")
		time.Sleep(900 * time.Millisecond)
		done()
		assert.Empty(t, b.String(), "it did not take long")

		done = startProgress(&b, "looking")
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, "\rtcpmib: looking ...", b.String())
		done()
		assert.Equal(t, "\rtcpmib: looking ...\r                   \r", b.String())
	})
	// Progress is shown on terminals only.
	terminal := Terminal{Err: &strings.Builder{}}
	terminal.Progress("looking")()
}
