package tcpmib_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

func TestError(t *testing.T) {
	for _, test := range []struct {
		code uint32
		text string
		is   error
	}{
		{5, "GetTcpTable2: access is denied (ERROR_ACCESS_DENIED, 5)", fs.ErrPermission},
		{50, "GetTcpTable2: not supported: the protocol is not installed (ERROR_NOT_SUPPORTED, 50)", errors.ErrUnsupported},
		{120, "GetTcpTable2: the function exists on Windows only (ERROR_CALL_NOT_IMPLEMENTED, 120)", errors.ErrUnsupported},
		{127, "GetTcpTable2: this Windows does not have the function (ERROR_PROC_NOT_FOUND, 127)", errors.ErrUnsupported},
		{317, "GetTcpTable2: no such connection, or access is denied (ERROR_MR_MID_NOT_FOUND, 317)", fs.ErrNotExist},
		{87, "GetTcpTable2: an argument is not valid (ERROR_INVALID_PARAMETER, 87)", nil},
		{0xC0000001, "GetTcpTable2: the table changed while it was read (STATUS_UNSUCCESSFUL, 0xC0000001)", nil},
		{4711, "GetTcpTable2: Windows error 4711", nil},
		{0xC0000022, "GetTcpTable2: Windows error 0xC0000022", nil},
	} {
		err := error(&tcpmib.Error{Query: tcpmib.Query{Func: "GetTcpTable2"}, Code: test.code})
		assert.Equal(t, test.text, err.Error())
		for _, target := range []error{fs.ErrPermission, fs.ErrNotExist, errors.ErrUnsupported} {
			assert.Equal(t, target == test.is, errors.Is(err, target), "%v is %v", err, target)
		}
	}
}

// The errors of both families, and of all classes, read differently.
func TestErrorNamesFamilyAndClass(t *testing.T) {
	for want, q := range map[string]tcpmib.Query{
		"GetTcpTable2": {Func: "GetTcpTable2", Order: true},
		"GetExtendedTcpTable(ipv4, OwnerModuleAll)": {
			Func: "GetExtendedTcpTable", Family: tcpmib.AFInet, Class: uint32(tcpmib.TCPTableOwnerModuleAll)},
		"GetExtendedTcpTable(ipv6, BasicListener)":    {Func: "GetExtendedTcpTable", Family: tcpmib.AFInet6},
		"GetExtendedTcpTable(ipv6, TCPTableClass(9))": {Func: "GetExtendedTcpTable", Family: tcpmib.AFInet6, Class: 9},
		"GetExtendedUdpTable(ipv4, Basic)":            {Func: "GetExtendedUdpTable", Family: tcpmib.AFInet},
		"GetExtendedUdpTable(ipv6, OwnerModule)":      {Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6, Class: 2},
		"GetExtendedUdpTable(ipv4, UDPTableClass(9))": {Func: "GetExtendedUdpTable", Family: tcpmib.AFInet, Class: 9},
		"GetSomething(family 0, class 2)":             {Func: "GetSomething", Class: 2},
		"GetTcpStatisticsEx(ipv6)":                    {Func: "GetTcpStatisticsEx", Family: tcpmib.AFInet6},
		"GetTcpStatisticsEx(family 7)":                {Func: "GetTcpStatisticsEx", Family: 7},
	} {
		assert.Equal(t, want, q.String())
		err := &tcpmib.Error{Query: q, Code: 5}
		assert.Equal(t, want+": access is denied (ERROR_ACCESS_DENIED, 5)", err.Error())
	}
}

// Each code that Microsoft documents for a function, or that it is known to return, has a meaning:
// for some functions a different one.
func TestEveryDocumentedCodeHasAMeaning(t *testing.T) {
	const (
		accessDenied, notEnoughMemory, genFailure, sharing, notSupported = 5, 8, 31, 32, 50
		invalidParameter, insufficientBuffer, noData, partialCopy        = 87, 122, 232, 299
		noAccess, notFound, invalidUserBuffer                            = 998, 1168, 1784
	)
	for function, codes := range map[string][]uint32{
		"GetTcpTable":                        {insufficientBuffer, invalidParameter, notSupported, unsuccessful, noData},
		"GetTcp6Table":                       {insufficientBuffer, invalidParameter, notSupported, noData},
		"GetTcpTable2":                       {insufficientBuffer, invalidParameter, notSupported, noData, genFailure},
		"GetTcp6Table2":                      {insufficientBuffer, invalidParameter, notSupported, noData},
		"GetExtendedTcpTable":                {insufficientBuffer, invalidParameter},
		"GetOwnerModuleFromTcpEntry":         {insufficientBuffer, invalidParameter, notEnoughMemory, notFound, partialCopy},
		"GetOwnerModuleFromTcp6Entry":        {insufficientBuffer, invalidParameter, notEnoughMemory, notFound, partialCopy},
		"GetOwnerModuleFromUdpEntry":         {insufficientBuffer, invalidParameter, notEnoughMemory, notFound, partialCopy},
		"SetTcpEntry":                        {accessDenied, invalidParameter, notSupported, 65, 317},
		"GetTcpStatistics":                   {invalidParameter},
		"GetTcpStatisticsEx":                 {invalidParameter, notSupported},
		"GetTcpStatisticsEx2":                {invalidParameter, notSupported},
		"GetUdpTable":                        {insufficientBuffer, invalidParameter, notSupported},
		"GetExtendedUdpTable":                {insufficientBuffer, invalidParameter},
		"GetPerTcpConnectionEStats":          {insufficientBuffer, invalidParameter, invalidUserBuffer, noAccess, notFound, notSupported},
		"SetPerTcpConnectionEStats":          {accessDenied, invalidParameter, invalidUserBuffer, noAccess, notFound, notSupported},
		"CreatePersistentTcpPortReservation": {accessDenied, invalidParameter, sharing},
		"DeletePersistentTcpPortReservation": {accessDenied, invalidParameter, notFound},
		"LookupPersistentTcpPortReservation": {invalidParameter, notFound},
	} {
		for _, code := range codes {
			assert.NotContains(t, tcpmib.Query{Func: function}.Err(code).Error(), "Windows error", "%s, %d", function, code)
		}
	}

	module := tcpmib.Query{Func: "GetOwnerModuleFromTcp6Entry"}
	assert.ErrorIs(t, module.Err(invalidParameter), fs.ErrNotExist, "of a process that has just ended")
	assert.ErrorIs(t, module.Err(notFound), fs.ErrNotExist)
	assert.ErrorIs(t, module.Err(partialCopy), errors.ErrUnsupported, "a 32-bit process asks about a 64-bit one")
	assert.NotErrorIs(t, tcpmib.Query{Func: "GetTcpTable2"}.Err(invalidParameter), fs.ErrNotExist)
	assert.EqualError(t, module.Err(partialCopy), "GetOwnerModuleFromTcp6Entry: the process cannot be read whole, as a 64-bit one from a 32-bit program: "+
		"use a 64-bit program (ERROR_PARTIAL_COPY, 299)")
	assert.NoError(t, module.Err(tcpmib.CodeSuccess))
}
