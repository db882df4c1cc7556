package cli

import "golang.org/x/sys/windows"

// ClosedPipeErrors are the errors of writing to a pipe that has no reader.
var ClosedPipeErrors = []error{windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA, windows.ERROR_PIPE_NOT_CONNECTED}

// nonblock is nothing here: a named pipe of Windows is there only while a program serves it.
const nonblock = 0

func noReader(error) bool { return false }
