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

		b.Reset()
		done = startProgress(&b, "reading \x1b]0;日本.zip\x07") // the name of a file
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		done()
		assert.Equal(t, "\rtcpmib: reading �]0;日本.zip� ...\r"+Spaces(33)+"\r", b.String())

		// Progress is shown on terminals only.
		b.Reset()
		terminal := Terminal{Err: &b}
		done = terminal.Progress("looking")
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		done()
		assert.Empty(t, b.String())
	})
}
