//go:build !windows

package owner

import (
	"errors"
	"fmt"
)

func (Processes) read() error {
	return fmt.Errorf("owner: list processes: %w", errors.ErrUnsupported)
}

func (p Process) path() (string, error) {
	return "", fmt.Errorf("owner: path of process %d: %w", p.PID, errors.ErrUnsupported)
}

func (p Process) commandLine() (string, error) {
	return "", fmt.Errorf("owner: command line of process %d: %w", p.PID, errors.ErrUnsupported)
}

func (p Process) user(users) (string, error) {
	return "", fmt.Errorf("owner: user of process %d: %w", p.PID, errors.ErrUnsupported)
}

func elevated() bool { return false }

func services() (map[uint32][]string, error) {
	return nil, fmt.Errorf("owner: list services: %w", errors.ErrUnsupported)
}
