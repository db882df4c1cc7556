package owner

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// read asks for what Toolhelp32 and Process.Created are both made of, because
// that is one call instead of one for each process, and because it tells the
// times of processes that may not be opened.
func (p Processes) read() error {
	buf, err := systemProcesses()
	if err != nil {
		return fmt.Errorf("owner: list processes: %w", err)
	}
	// Windows aligns the entries to 8, Wine does not: each is read from here.
	const size = unsafe.Sizeof(windows.SYSTEM_PROCESS_INFORMATION{})
	var aligned [(size + 7) / 8]uint64
	for entry := buf; uintptr(len(entry)) >= size; {
		// Sound: aligned has room for the struct, and the name lies in buf, which
		// KeepAlive below keeps.
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&aligned)), size), entry)
		info := (*windows.SYSTEM_PROCESS_INFORMATION)(unsafe.Pointer(&aligned))
		process := Process{PID: uint32(info.UniqueProcessID), Created: filetime(info.CreateTime)}
		if info.ImageName.Buffer != nil {
			process.Name = info.ImageName.String()
		}
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
	fail := func(err error) (string, error) {
		// This is how OpenProcess says that there is no such process.
		if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
			err = fs.ErrNotExist
		}
		return "", fmt.Errorf("owner: path of process %d: %w", p.PID, err)
	}
	handle, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, p.PID)
	if err != nil {
		return fail(err)
	}
	defer windows.CloseHandle(handle)

	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(handle, &created, &exited, &kernel, &user); err != nil {
		return fail(err)
	}
	if now := filetime(int64(created.HighDateTime)<<32 | int64(created.LowDateTime)); !p.Created.IsZero() && !now.Equal(p.Created) {
		return fail(fs.ErrNotExist)
	}
	// A process that has ended can be opened while somebody holds on to it.
	const stillActive = 259 // STILL_ACTIVE
	var code uint32
	if err := windows.GetExitCodeProcess(handle, &code); err == nil && code != stillActive {
		return fail(fs.ErrNotExist)
	}
	name := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(name))
	if err := windows.QueryFullProcessImageName(handle, 0, &name[0], &size); err != nil {
		return fail(err)
	}
	return windows.UTF16ToString(name[:size]), nil
}

// filetime is a time that Windows counts in units of 100 ns since 1601; 0 is
// unknown.
func filetime(ticks int64) time.Time {
	if ticks == 0 {
		return time.Time{}
	}
	t := windows.Filetime{HighDateTime: uint32(ticks >> 32), LowDateTime: uint32(ticks)}
	return time.Unix(0, t.Nanoseconds()).UTC()
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
		// Sound: Windows has filled in that many, and their names lie in buf,
		// which KeepAlive below keeps.
		for _, s := range unsafe.Slice((*windows.ENUM_SERVICE_STATUS_PROCESS)(unsafe.Pointer(&buf[0])), returned) {
			pid := s.ServiceStatusProcess.ProcessId
			byPID[pid] = append(byPID[pid], windows.UTF16PtrToString(s.ServiceName))
		}
		runtime.KeepAlive(buf)
		if err == nil || returned == 0 {
			return byPID, nil
		}
	}
}
