package tcpmib_test

import (
	"testing"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mibtest"
)

// The structs are laid out as C lays them out, on this architecture too.
func TestLayout(t *testing.T) {
	mibtest.AsInC(t,
		tcpmib.OwnerModuleBasicInfo{}, tcpmib.TCPRow{}, tcpmib.TCPRowW2K{}, tcpmib.TCPTable{}, tcpmib.TCP6Row{},
		tcpmib.TCP6Table{}, tcpmib.TCPRow2{}, tcpmib.TCPTable2{}, tcpmib.TCP6Row2{}, tcpmib.TCP6Table2{},
		tcpmib.TCPRowOwnerPID{}, tcpmib.TCPTableOwnerPID{}, tcpmib.TCPRowOwnerModule{},
		tcpmib.TCPTableOwnerModule{}, tcpmib.TCP6RowOwnerPID{}, tcpmib.TCP6TableOwnerPID{},
		tcpmib.TCP6RowOwnerModule{}, tcpmib.TCP6TableOwnerModule{}, tcpmib.TCPStats{}, tcpmib.TCPStatsW2K{},
		tcpmib.TCPStats2{},
	)
}
