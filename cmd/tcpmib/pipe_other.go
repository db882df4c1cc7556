//go:build !windows

package main

import "syscall"

var closedPipeErrors = []error{syscall.EPIPE}
