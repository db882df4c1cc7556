//go:build !windows

package tcpmib_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

func requireLive(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

// The statistics of a system that is not Windows are an error, and so are those of no family or of two.
func TestStatisticsWithoutWindows(t *testing.T) {
	_, err := tcpmib.GetTcpStatistics()
	requireLive(t, err)
	for family, want := range map[tcpmib.Family]error{
		0: fs.ErrInvalid, tcpmib.IPv4: errors.ErrUnsupported, tcpmib.IPv6: errors.ErrUnsupported, tcpmib.Both: fs.ErrInvalid,
	} {
		_, err = tcpmib.GetTcpStatisticsEx(family)
		require.ErrorIs(t, err, want, family)
		_, err = tcpmib.GetTcpStatisticsEx2(family)
		require.ErrorIs(t, err, want, family)
	}
}
