package cli

import "golang.org/x/sys/windows"

// ClosedPipeErrors are the errors of writing to a pipe that has no reader.
var ClosedPipeErrors = []error{windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA, windows.ERROR_PIPE_NOT_CONNECTED}
