//go:build !windows

package owner_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/owner"
)

func TestNotWindows(t *testing.T) {
	_, err := owner.Snapshot()
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = owner.Services()
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = owner.Process{PID: 1}.Path()
	assert.ErrorIs(t, err, errors.ErrUnsupported)
}
