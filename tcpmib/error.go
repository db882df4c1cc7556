package tcpmib

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

// Error is a code that a Windows function returned.
//
// errors.Is knows what common codes mean: fs.ErrPermission,
// errors.ErrUnsupported, fs.ErrNotExist.
type Error struct {
	Func string // the Windows function, such as "GetTcpTable2"
	Code uint32 // what it returned
}

// A Windows error code, as far as this package has something to say of it.
type code struct {
	name    string
	meaning string
	is      error // what errors.Is finds, or nil
}

// CodeNoAnswer is the code of a Source that has no answer to a query, such as a
// capture in which the function was not recorded. Windows does not return it:
// bit 29 marks the codes of applications. errors.Is(err, errors.ErrUnsupported)
// holds for an Error with it.
// https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-setlasterror
const CodeNoAnswer = 1<<29 | 1

// The codes that the functions of the header are documented or known to return.
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
const (
	errorSuccess            = 0
	errorInsufficientBuffer = 122
	errorProcNotFound       = 127
	errorNoData             = 232
	statusUnsuccessful      = 0xC0000001
)

var codes = map[uint32]code{
	1:                       {"ERROR_INVALID_FUNCTION", "this Windows does not have the function", errors.ErrUnsupported},
	2:                       {"ERROR_FILE_NOT_FOUND", "the system could not find what it needs", fs.ErrNotExist},
	5:                       {"ERROR_ACCESS_DENIED", "access is denied: run as administrator", fs.ErrPermission},
	8:                       {"ERROR_NOT_ENOUGH_MEMORY", "Windows is out of memory", nil},
	14:                      {"ERROR_OUTOFMEMORY", "Windows is out of memory", nil},
	31:                      {"ERROR_GEN_FAILURE", "the network stack does not answer", nil},
	50:                      {"ERROR_NOT_SUPPORTED", "not supported: the protocol is not installed", errors.ErrUnsupported},
	65:                      {"ERROR_NETWORK_ACCESS_DENIED", "access is denied: run as administrator", fs.ErrPermission},
	87:                      {"ERROR_INVALID_PARAMETER", "an argument is not valid", nil},
	120:                     {"ERROR_CALL_NOT_IMPLEMENTED", "the function exists on Windows only", errors.ErrUnsupported},
	errorInsufficientBuffer: {"ERROR_INSUFFICIENT_BUFFER", "the table does not fit its buffer", nil},
	126:                     {"ERROR_MOD_NOT_FOUND", "iphlpapi.dll was not found", errors.ErrUnsupported},
	errorProcNotFound:       {"ERROR_PROC_NOT_FOUND", "this Windows does not have the function", errors.ErrUnsupported},
	errorNoData:             {"ERROR_NO_DATA", "there is nothing to report", nil},
	299:                     {"ERROR_PARTIAL_COPY", "only part of the answer could be read", nil},
	317:                     {"ERROR_MR_MID_NOT_FOUND", "no such connection, or not run as administrator", fs.ErrNotExist},
	998:                     {"ERROR_NOACCESS", "invalid access to memory", nil},
	1168:                    {"ERROR_NOT_FOUND", "not found: no such connection", fs.ErrNotExist},
	1314:                    {"ERROR_PRIVILEGE_NOT_HELD", "a privilege is missing: run as administrator", fs.ErrPermission},
	1784:                    {"ERROR_INVALID_USER_BUFFER", "the buffer is not valid", nil},
	CodeNoAnswer:            {"no answer", "it was not recorded", errors.ErrUnsupported},
	statusUnsuccessful:      {"STATUS_UNSUCCESSFUL", "the table changed while it was read", nil},
}

// Error names the function, what the code means, and the code.
func (e *Error) Error() string {
	c, ok := codes[e.Code]
	switch {
	case ok:
		return fmt.Sprintf("%s: %s (%s, %s)", e.Func, c.meaning, c.name, number(e.Code))
	default:
		return fmt.Sprintf("%s: Windows error %s", e.Func, number(e.Code))
	}
}

// Unwrap returns what the code means to the standard library, or nil.
func (e *Error) Unwrap() error { return codes[e.Code].is }

// result is what a function returned, as an error or nil.
func result(function string, code uint32) error {
	if code == errorSuccess {
		return nil
	}
	return &Error{Func: function, Code: code}
}

// number writes NTSTATUS values, which start at 0x80000000, the way they are
// looked up.
func number(code uint32) string {
	if code >= 1<<31 {
		return fmt.Sprintf("0x%08X", code)
	}
	return strconv.FormatUint(uint64(code), 10)
}
