package tcpmib

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

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
	c, ok := codes[e.Code]
	if !ok {
		return fmt.Sprintf("%v: Windows error %s", e.Query, number(e.Code))
	}
	return fmt.Sprintf("%v: %s (%s, %s)", e.Query, c.meaning, c.name, number(e.Code))
}

// Is reports whether target is what the code means to the standard library.
func (e *Error) Is(target error) bool {
	is := codes[e.Code].is
	return is != nil && target == is
}

// Unwrap returns the code as a syscall.Errno on Windows, and nil elsewhere, where an Errno is
// something else. For CodeNoAnswer, which Windows does not have, it returns nil.
func (e *Error) Unwrap() error { return errno(e.Code) }

// code is a Windows error code, as far as this package has something to say about it.
type code struct {
	name    string
	meaning string
	is      error // what errors.Is finds, or nil
}

// codes are those that the functions of the header are documented or known to return.
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
var codes = map[uint32]code{
	1:                      {"ERROR_INVALID_FUNCTION", "this Windows does not have the function", errors.ErrUnsupported},
	2:                      {"ERROR_FILE_NOT_FOUND", "the system could not find what it needs", fs.ErrNotExist},
	5:                      {"ERROR_ACCESS_DENIED", "access is denied: run as administrator", fs.ErrPermission},
	8:                      {"ERROR_NOT_ENOUGH_MEMORY", "Windows is out of memory", nil},
	14:                     {"ERROR_OUTOFMEMORY", "Windows is out of memory", nil},
	31:                     {"ERROR_GEN_FAILURE", "the network stack does not answer", nil},
	32:                     {"ERROR_SHARING_VIOLATION", "a port is in use or reserved", nil},
	50:                     {"ERROR_NOT_SUPPORTED", "not supported: the protocol is not installed", errors.ErrUnsupported},
	65:                     {"ERROR_NETWORK_ACCESS_DENIED", "access is denied: run as administrator", fs.ErrPermission},
	87:                     {"ERROR_INVALID_PARAMETER", "an argument is not valid", nil},
	120:                    {"ERROR_CALL_NOT_IMPLEMENTED", "the function exists on Windows only", errors.ErrUnsupported},
	CodeInsufficientBuffer: {"ERROR_INSUFFICIENT_BUFFER", "the table does not fit its buffer", nil},
	126:                    {"ERROR_MOD_NOT_FOUND", "iphlpapi.dll was not found", errors.ErrUnsupported},
	codeProcNotFound:       {"ERROR_PROC_NOT_FOUND", "this Windows does not have the function", errors.ErrUnsupported},
	CodeNoData:             {"ERROR_NO_DATA", "there is nothing to report", nil},
	299:                    {"ERROR_PARTIAL_COPY", "only part of the answer could be read", nil},
	317:                    {"ERROR_MR_MID_NOT_FOUND", "no such connection, or not run as administrator", fs.ErrNotExist},
	998:                    {"ERROR_NOACCESS", "invalid access to memory", nil},
	1168:                   {"ERROR_NOT_FOUND", "not found", fs.ErrNotExist},
	1314:                   {"ERROR_PRIVILEGE_NOT_HELD", "a privilege is missing: run as administrator", fs.ErrPermission},
	1784:                   {"ERROR_INVALID_USER_BUFFER", "the buffer is not valid", nil},
	CodeNoAnswer:           {"CodeNoAnswer", "the source has no answer", errors.ErrUnsupported},
	CodeUnsuccessful:       {"STATUS_UNSUCCESSFUL", "the table changed while it was read", nil},
}

// number writes NTSTATUS values, which start at 0x80000000, the way they are looked up.
func number(code uint32) string {
	if code >= 1<<31 {
		return fmt.Sprintf("0x%08X", code)
	}
	return strconv.FormatUint(uint64(code), 10)
}
