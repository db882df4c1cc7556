package owner

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

func TestText(t *testing.T) {
	for want, units := range map[string][]uint16{
		"":             {},
		"a":            {'a', 0, 'b'},
		"ä𝄞":           {'ä', 0xD834, 0xDD1E},
		"a\uFFFDb":     {'a', 0xD834, 'b'},
		"\uFFFD":       {0xDD1E},
		"\uFFFD\uFFFD": {0xDD1E, 0xD834},
		"\uFFFD ":      {0xD834, ' ', 0},
	} {
		got := text(units)
		assert.Equal(t, want, got)
		assert.True(t, utf8.ValidString(got))
	}
}

// A process can be given a command line that is not UTF-16.
func TestCommandLineOfALoneSurrogate(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	line, err := windows.UTF16FromString(`"` + self + `" name `)
	require.NoError(t, err)
	line = append(line[:len(line)-1], 0xD834, 'x', 0)
	start := windows.StartupInfo{Cb: uint32(unsafe.Sizeof(windows.StartupInfo{}))}
	var child windows.ProcessInformation
	require.NoError(t, windows.CreateProcess(nil, &line[0], nil, nil, false, windows.CREATE_SUSPENDED, nil, nil, &start, &child))
	defer windows.CloseHandle(child.Process)
	defer windows.CloseHandle(child.Thread)
	defer windows.TerminateProcess(child.Process, 0)
	processes, err := Snapshot()
	require.NoError(t, err)
	got, err := processes[child.ProcessId].CommandLine()
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(got, " name \uFFFDx"), "%q", got)
}

// The token of an elevated program has the privilege enabled after it was needed.
func TestEnableDebugPrivilege(t *testing.T) {
	if !Elevated() {
		t.Skip("this program is not elevated")
	}
	require.NoError(t, enableDebugPrivilege())
	assert.True(t, debugPrivilege())
	name, err := windows.UTF16PtrFromString("SeDebugPrivilege")
	require.NoError(t, err)
	var luid windows.LUID
	require.NoError(t, windows.LookupPrivilegeValue(nil, name, &luid))
	token := windows.GetCurrentProcessToken()
	var size uint32
	windows.GetTokenInformation(token, windows.TokenPrivileges, nil, 0, &size)
	buf := make([]uint64, size/8+1)
	require.NoError(t, windows.GetTokenInformation(token, windows.TokenPrivileges, (*byte)(unsafe.Pointer(&buf[0])), uint32(8*len(buf)), &size))
	for _, p := range (*windows.Tokenprivileges)(unsafe.Pointer(&buf[0])).AllPrivileges() {
		if p.Luid == luid {
			assert.NotZero(t, p.Attributes&windows.SE_PRIVILEGE_ENABLED)
			return
		}
	}
	t.Fatal("the token does not have SeDebugPrivilege")
}
