//go:build !windows

package machine

import (
	"errors"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

func bindPort(rows.Protocol, tcpmib.Family, uint16) (code uint32, err error) {
	return 0, errors.ErrUnsupported
}
