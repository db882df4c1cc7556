package udpmib_test

import (
	"testing"

	"github.com/winmib/winmib/tcpmib/internal/mibtest"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// The structs are laid out as C lays them out, on this architecture too.
func TestLayout(t *testing.T) {
	mibtest.AsInC(t,
		udpmib.UDPRow{}, udpmib.UDPTable{}, udpmib.UDP6Row{}, udpmib.UDP6Table{}, udpmib.UDPRow2{},
		udpmib.UDPTable2{}, udpmib.UDP6Row2{}, udpmib.UDP6Table2{}, udpmib.UDPRowOwnerPID{},
		udpmib.UDPTableOwnerPID{}, udpmib.UDP6RowOwnerPID{}, udpmib.UDP6TableOwnerPID{},
		udpmib.UDPRowOwnerModule{}, udpmib.UDPTableOwnerModule{}, udpmib.UDP6RowOwnerModule{},
		udpmib.UDP6TableOwnerModule{}, udpmib.UDPStats{}, udpmib.UDPStats2{},
	)
}
