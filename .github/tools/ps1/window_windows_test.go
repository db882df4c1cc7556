package ps1

import (
	"os/exec"
	"syscall"
)

// hideWindow gives a program a console that nobody sees.
func hideWindow(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: 0x08000000} // CREATE_NO_WINDOW
}
