//go:build !windows

package tcpmib_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func requireLive(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, errors.ErrUnsupported)
}
