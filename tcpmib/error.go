package tcpmib

import (
	"fmt"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// ErrMalformed is what errors.Is finds when bytes are not the table that they should be.
var ErrMalformed = mib.ErrMalformed

// ErrTooLarge is what errors.Is finds when a table is larger than a Reader's MaxBytes or has more
// than 65,536 scope IDs, and when a capture is past the limits of package capture.
var ErrTooLarge = mib.ErrTooLarge

// Error is a code that a Windows function returned, and the query that it returned it for.
//
// errors.Is finds what common codes mean: fs.ErrPermission, errors.ErrUnsupported, fs.ErrNotExist.
// On Windows it also finds the code itself, such as windows.ERROR_ACCESS_DENIED.
type Error struct {
	Query Query
	Code  uint32
}

// Error names the function, its family and class, what the code means, and the code.
func (e *Error) Error() string {
	return fmt.Sprintf("%v: %s", e.Query, mib.Meaning(e.Query.Func, e.Code))
}

// Is reports whether target is what the code means to the standard library.
func (e *Error) Is(target error) bool { return mib.Is(e.Query.Func, e.Code, target) }

// Unwrap returns the code as a syscall.Errno on Windows, and nil elsewhere, where an Errno is
// something else. For CodeNoAnswer, which Windows does not have, it returns nil.
func (e *Error) Unwrap() error { return mib.Errno(e.Code) }
