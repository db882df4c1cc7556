package owner

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

func (p Processes) read() error {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return fmt.Errorf("owner: list processes: %w", err)
	}
	defer windows.CloseHandle(snapshot)

	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		p[entry.ProcessID] = windows.UTF16ToString(entry.ExeFile[:])
	}
	if err != windows.ERROR_NO_MORE_FILES {
		return fmt.Errorf("owner: list processes: %w", err)
	}
	return nil
}
