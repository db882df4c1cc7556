package mib

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// The codes that the fetch loop acts on.
const (
	CodeSuccess            = 0          // NO_ERROR
	CodeInsufficientBuffer = 122        // ERROR_INSUFFICIENT_BUFFER
	CodeProcNotFound       = 127        // ERROR_PROC_NOT_FOUND
	CodeNoData             = 232        // ERROR_NO_DATA
	CodeUnsuccessful       = 0xC0000001 // STATUS_UNSUCCESSFUL
	CodeNoAnswer           = 1<<29 | 1  // not a code of Windows: bit 29 marks those of applications
)

// code is a Windows error code, as far as there is something to say about it.
type code struct {
	name    string
	meaning string
	is      error // what errors.Is finds, or nil
}

// codes are those that the functions of the headers are documented or known to return.
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
var codes = map[uint32]code{
	1:                      {"ERROR_INVALID_FUNCTION", "this Windows does not have the function", errors.ErrUnsupported},
	2:                      {"ERROR_FILE_NOT_FOUND", "the system could not find what it needs", fs.ErrNotExist},
	5:                      {"ERROR_ACCESS_DENIED", "access is denied", fs.ErrPermission},
	8:                      {"ERROR_NOT_ENOUGH_MEMORY", "Windows is out of memory", nil},
	14:                     {"ERROR_OUTOFMEMORY", "Windows is out of memory", nil},
	31:                     {"ERROR_GEN_FAILURE", "the network stack does not answer", nil},
	32:                     {"ERROR_SHARING_VIOLATION", "a port is in use or reserved", nil},
	50:                     {"ERROR_NOT_SUPPORTED", "not supported: the protocol is not installed", errors.ErrUnsupported},
	65:                     {"ERROR_NETWORK_ACCESS_DENIED", "access is denied", fs.ErrPermission},
	87:                     {invalidParameter, "an argument is not valid", nil},
	120:                    {"ERROR_CALL_NOT_IMPLEMENTED", "the function exists on Windows only", errors.ErrUnsupported},
	CodeInsufficientBuffer: {"ERROR_INSUFFICIENT_BUFFER", "the table does not fit its buffer", nil},
	126:                    {"ERROR_MOD_NOT_FOUND", "iphlpapi.dll was not found", errors.ErrUnsupported},
	CodeProcNotFound:       {"ERROR_PROC_NOT_FOUND", "this Windows does not have the function", errors.ErrUnsupported},
	CodeNoData:             {"ERROR_NO_DATA", "there is nothing to report", nil},
	299:                    {"ERROR_PARTIAL_COPY", "only part of the answer could be read", nil},
	317:                    {"ERROR_MR_MID_NOT_FOUND", "no such connection, or access is denied", fs.ErrNotExist},
	998:                    {"ERROR_NOACCESS", "invalid access to memory", nil},
	1168:                   {"ERROR_NOT_FOUND", "not found", fs.ErrNotExist},
	1314:                   {"ERROR_PRIVILEGE_NOT_HELD", "a privilege is missing", fs.ErrPermission},
	1784:                   {"ERROR_INVALID_USER_BUFFER", "the buffer is not valid", nil},
	CodeNoAnswer:           {"CodeNoAnswer", "the source has no answer", errors.ErrUnsupported},
	CodeUnsuccessful:       {"STATUS_UNSUCCESSFUL", "the table changed while it was read", nil},
}

const (
	invalidParameter = "ERROR_INVALID_PARAMETER"
	notFound         = "ERROR_NOT_FOUND"
)

// codesOf are those that mean something else from some functions: the first whose name begins so.
// Microsoft's page of each function says what it returns.
var codesOf = []struct {
	function string
	code     uint32
	is       code
}{
	{"GetOwnerModuleFrom", 87, code{invalidParameter, "the process has ended", fs.ErrNotExist}},
	{"GetOwnerModuleFrom", 299, code{"ERROR_PARTIAL_COPY",
		"the process cannot be read whole, as a 64-bit one from a 32-bit program: use a 64-bit program", errors.ErrUnsupported}},
	{"GetOwnerModuleFrom", 1168, code{notFound, "no module owns it, or the process has ended", fs.ErrNotExist}},
	{"SetTcpEntry", 87, code{invalidParameter, "not a connection that can be closed", nil}},
	{"GetPerTcp", 1168, code{notFound, "no such connection", fs.ErrNotExist}},
	{"SetPerTcp", 1168, code{notFound, "no such connection", fs.ErrNotExist}},
	{"CreatePersistent", 87, code{invalidParameter, "not a range of ports that can be reserved", nil}},
	{"DeletePersistent", 1168, code{notFound, "no reservation of exactly these ports", fs.ErrNotExist}},
	{"LookupPersistent", 1168, code{notFound, "no reservation of exactly these ports", fs.ErrNotExist}},
}

// of returns what is known of a code that a function has returned.
func of(function string, number uint32) (c code, ok bool) {
	for _, special := range codesOf {
		if special.code == number && strings.HasPrefix(function, special.function) {
			return special.is, true
		}
	}
	c, ok = codes[number]
	return c, ok
}

// Meaning says what the code of a function means, with its name and number.
func Meaning(function string, code uint32) string {
	c, ok := of(function, code)
	if !ok {
		return "Windows error " + number(code)
	}
	return fmt.Sprintf("%s (%s, %s)", c.meaning, c.name, number(code))
}

// number writes NTSTATUS values, which start at 0x80000000, the way they are looked up.
func number(code uint32) string {
	if code >= 1<<31 {
		return fmt.Sprintf("0x%08X", code)
	}
	return strconv.FormatUint(uint64(code), 10)
}

// Is reports whether target is what the code of a function means to the standard library.
func Is(function string, code uint32, target error) bool {
	c, _ := of(function, code)
	return c.is != nil && target == c.is
}
