//go:build !windows

package ps1

import "os/exec"

func hideWindow(*exec.Cmd) {}
