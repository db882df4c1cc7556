package main

import (
	"os/exec"
	"syscall"
)

// hidden gives a program a console that nobody sees.
func hidden(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: 0x08000000} // CREATE_NO_WINDOW
	return cmd
}
