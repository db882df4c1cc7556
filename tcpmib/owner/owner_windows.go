package owner

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// read uses SystemProcessInformation, from which Toolhelp32's snapshots are made as well: one call
// instead of one for each process, and it has the start times of processes that may not be opened.
func (p Processes) read() error {
	buf, err := systemProcesses()
	if err != nil {
		return fmt.Errorf("owner: list processes: %w", err)
	}
	// Windows aligns the entries to 8, Wine does not: each is read from here.
	const size = unsafe.Sizeof(windows.SYSTEM_PROCESS_INFORMATION{})
	var aligned [(size + 7) / 8]uint64
	for entry := buf; uintptr(len(entry)) >= size; {
		// Sound: aligned has room for the struct, and the name lies in buf, which KeepAlive below
		// keeps.
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&aligned)), size), entry)
		info := (*windows.SYSTEM_PROCESS_INFORMATION)(unsafe.Pointer(&aligned))
		process := Process{
			PID:     uint32(info.UniqueProcessID),
			Parent:  uint32(info.InheritedFromUniqueProcessID),
			Created: mib.Time(info.CreateTime),
		}
		process.Name = text(info.ImageName.Slice())
		p[process.PID] = process
		if info.NextEntryOffset == 0 || uint64(info.NextEntryOffset) > uint64(len(entry)) {
			break
		}
		entry = entry[info.NextEntryOffset:]
	}
	runtime.KeepAlive(buf)
	return nil
}

// systemProcesses returns SYSTEM_PROCESS_INFORMATION entries.
// https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
func systemProcesses() ([]byte, error) {
	const attempts = 10 // the list grows between calls
	size := uint32(256 << 10)
	var err error
	for range attempts {
		buf := make([]byte, size)
		err = windows.NtQuerySystemInformation(windows.SystemProcessInformation, unsafe.Pointer(&buf[0]), size, &size)
		if err == nil {
			return buf[:min(uint64(size), uint64(len(buf)))], nil
		}
		if !errors.Is(err, windows.STATUS_INFO_LENGTH_MISMATCH) {
			return nil, err
		}
		size = max(size, uint32(len(buf))) + 64<<10
	}
	return nil, err
}

func (p Process) path() (string, error) {
	path, err := p.ask(windows.PROCESS_QUERY_LIMITED_INFORMATION, func(handle windows.Handle) (string, error) {
		name := make([]uint16, windows.MAX_LONG_PATH)
		size := uint32(len(name))
		if err := windows.QueryFullProcessImageName(handle, 0, &name[0], &size); err != nil {
			return "", err
		}
		return text(name[:size]), nil
	})
	if err != nil {
		return "", fmt.Errorf("owner: path of process %d: %w", p.PID, err)
	}
	return path, nil
}

func (p Process) commandLine() (string, error) {
	line, err := p.ask(windows.PROCESS_QUERY_LIMITED_INFORMATION, readCommandLine)
	if errors.Is(err, windows.STATUS_INVALID_INFO_CLASS) { // Wine 8
		line, err = p.ask(windows.PROCESS_QUERY_INFORMATION|windows.PROCESS_VM_READ, readCommandLineInMemory)
	}
	if err != nil {
		return "", fmt.Errorf("owner: command line of process %d: %w", p.PID, err)
	}
	return line, nil
}

func (p Process) user(known users) (string, error) {
	user, err := p.ask(windows.PROCESS_QUERY_LIMITED_INFORMATION, func(handle windows.Handle) (string, error) {
		return readUser(handle, known)
	})
	if err != nil {
		return "", fmt.Errorf("owner: user of process %d: %w", p.PID, err)
	}
	return user, nil
}

// ask opens the process, if it is still this one, for a question about it.
func (p Process) ask(access uint32, question func(windows.Handle) (string, error)) (string, error) {
	handle, err := windows.OpenProcess(access, false, p.PID)
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) && debugPrivilege() {
		handle, err = windows.OpenProcess(access, false, p.PID)
	}
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return "", fs.ErrNotExist // this is how OpenProcess says that there is no such process
	}
	if err != nil {
		return "", err
	}
	defer windows.CloseHandle(handle)

	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(handle, &created, &exited, &kernel, &user); err != nil {
		return "", err
	}
	if now := mib.Time(int64(created.HighDateTime)<<32 | int64(created.LowDateTime)); !p.Created.IsZero() && !now.Equal(p.Created) {
		return "", fs.ErrNotExist
	}
	// A process that has ended can be opened while somebody holds on to it.
	const stillActive = 259 // STILL_ACTIVE
	var code uint32
	if err := windows.GetExitCodeProcess(handle, &code); err == nil && code != stillActive {
		return "", fs.ErrNotExist
	}
	return question(handle)
}

// readCommandLine asks for ProcessCommandLineInformation, which Windows has since 8.1 and Microsoft
// does not document. The answer is a UNICODE_STRING with its text behind it.
// https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntqueryinformationprocess
func readCommandLine(handle windows.Handle) (string, error) {
	const most = 1<<16 - 1 // bytes of a UNICODE_STRING
	const header = unsafe.Sizeof(windows.NTUnicodeString{})
	buf := make([]uint64, (header+most+7)/8)
	size := uint32(8 * len(buf))
	err := windows.NtQueryInformationProcess(handle, windows.ProcessCommandLineInformation, unsafe.Pointer(&buf[0]), size, &size)
	if err != nil {
		return "", err
	}
	// Sound: buf has room for header and text, whatever Windows wrote; Buffer is not followed.
	length := (*windows.NTUnicodeString)(unsafe.Pointer(&buf[0])).Length
	return text(unsafe.Slice((*uint16)(unsafe.Add(unsafe.Pointer(&buf[0]), header)), length/2)), nil
}

// readCommandLineInMemory follows the pointers of another process, by way of the documented fields of
// PEB and RTL_USER_PROCESS_PARAMETERS. They are numbers here: the collector must not take them for
// Go's.
// https://learn.microsoft.com/windows/win32/api/winternl/ns-winternl-rtl_user_process_parameters
func readCommandLineInMemory(handle windows.Handle) (string, error) {
	var basic struct { // PROCESS_BASIC_INFORMATION
		_   uintptr
		peb uintptr
		_   [4]uintptr
	}
	err := windows.NtQueryInformationProcess(handle, windows.ProcessBasicInformation, unsafe.Pointer(&basic), uint32(unsafe.Sizeof(basic)), nil)
	if err != nil {
		return "", err
	}
	var parameters uintptr
	err = readMemory(handle, basic.peb+unsafe.Offsetof(windows.PEB{}.ProcessParameters), unsafe.Pointer(&parameters), unsafe.Sizeof(parameters))
	if err != nil {
		return "", err
	}
	var line struct { // UNICODE_STRING
		length, _ uint16 // in bytes
		buffer    uintptr
	}
	at := parameters + unsafe.Offsetof(windows.RTL_USER_PROCESS_PARAMETERS{}.CommandLine)
	if err := readMemory(handle, at, unsafe.Pointer(&line), unsafe.Sizeof(line)); err != nil {
		return "", err
	}
	units := make([]uint16, line.length/2)
	if len(units) == 0 {
		return "", nil
	}
	if err := readMemory(handle, line.buffer, unsafe.Pointer(&units[0]), uintptr(2*len(units))); err != nil {
		return "", err
	}
	return text(units), nil
}

// readMemory copies size bytes of a process to memory of this one that has room for them.
func readMemory(handle windows.Handle, from uintptr, to unsafe.Pointer, size uintptr) error {
	return windows.ReadProcessMemory(handle, from, (*byte)(to), size, nil)
}

// text is UTF-16 up to its first NUL as UTF-8. Names come from whoever made the process or the
// file, and need not be UTF-16: each surrogate without its other half becomes U+FFFD.
func text(units []uint16) string {
	if end := slices.Index(units, 0); end >= 0 {
		units = units[:end]
	}
	return string(utf16.Decode(units))
}

func elevated() bool { return windows.GetCurrentProcessToken().IsElevated() }

// debugPrivilege enables SeDebugPrivilege in the token of this process and reports whether that
// could help: an elevated administrator has it, disabled.
var debugPrivilege = sync.OnceValue(func() bool { return elevated() && enableDebugPrivilege() == nil })

func enableDebugPrivilege() error {
	var token windows.Token
	err := windows.OpenProcessToken(windows.CurrentProcess(), windows.TOKEN_ADJUST_PRIVILEGES|windows.TOKEN_QUERY, &token)
	if err != nil {
		return err
	}
	defer token.Close()
	name, err := windows.UTF16PtrFromString("SeDebugPrivilege")
	if err != nil {
		return err
	}
	privileges := windows.Tokenprivileges{PrivilegeCount: 1}
	privileges.Privileges[0].Attributes = windows.SE_PRIVILEGE_ENABLED
	if err := windows.LookupPrivilegeValue(nil, name, &privileges.Privileges[0].Luid); err != nil {
		return err
	}
	return windows.AdjustTokenPrivileges(token, false, &privileges, 0, nil, nil)
}

func readUser(handle windows.Handle, known users) (string, error) {
	var token windows.Token
	if err := windows.OpenProcessToken(handle, windows.TOKEN_QUERY, &token); err != nil {
		return "", err
	}
	defer token.Close()
	owner, err := token.GetTokenUser()
	if err != nil {
		return "", err
	}
	sid := owner.User.Sid.String()
	if name, ok := known[sid]; ok {
		return name, nil
	}
	name := sid
	if account, domain, _, err := owner.User.Sid.LookupAccount(""); err == nil {
		name = account // of a directory, which checks it
		if domain != "" {
			name = domain + `\` + account
		}
	}
	known[sid] = name
	return name, nil
}

func services() (map[uint32][]string, error) {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_ENUMERATE_SERVICE)
	if err != nil {
		return nil, fmt.Errorf("owner: list services: %w", err)
	}
	defer windows.CloseServiceHandle(manager)

	byPID := map[uint32][]string{}
	buf := make([]byte, 256<<10) // the most that Windows takes
	for resume := uint32(0); ; {
		var needed, returned uint32
		err := windows.EnumServicesStatusEx(manager, windows.SC_ENUM_PROCESS_INFO, windows.SERVICE_WIN32, windows.SERVICE_ACTIVE,
			&buf[0], uint32(len(buf)), &needed, &returned, &resume, nil)
		if err != nil && err != windows.ERROR_MORE_DATA {
			return nil, fmt.Errorf("owner: list services: %w", err)
		}
		// Sound: Windows has filled in that many, and their names lie in buf, which KeepAlive below
		// keeps.
		for _, s := range unsafe.Slice((*windows.ENUM_SERVICE_STATUS_PROCESS)(unsafe.Pointer(&buf[0])), returned) {
			pid := s.ServiceStatusProcess.ProcessId
			byPID[pid] = append(byPID[pid], strings.ToValidUTF8(windows.UTF16PtrToString(s.ServiceName), "\uFFFD"))
		}
		runtime.KeepAlive(buf)
		if err == nil || returned == 0 {
			return byPID, nil
		}
	}
}
