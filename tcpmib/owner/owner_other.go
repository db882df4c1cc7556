//go:build !windows

package owner

import (
	"errors"
	"fmt"
)

func (Processes) read() error {
	return fmt.Errorf("owner: list processes: %w", errors.ErrUnsupported)
}
