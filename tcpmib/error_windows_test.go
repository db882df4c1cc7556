package tcpmib_test

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
)

// Callers of other packages compare with syscall.Errno.
func TestErrorIsErrno(t *testing.T) {
	err := error(&tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5})
	assert.ErrorIs(t, err, windows.ERROR_ACCESS_DENIED)
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.NotErrorIs(t, err, windows.ERROR_NOT_SUPPORTED)
	var errno syscall.Errno
	assert.True(t, errors.As(err, &errno))
	assert.EqualValues(t, 5, errno)

	// Go gives the number of CodeNoAnswer to EACCES.
	err = &tcpmib.Error{Code: tcpmib.CodeNoAnswer}
	assert.NotErrorIs(t, err, fs.ErrPermission)
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	assert.False(t, errors.As(err, &errno))
}
