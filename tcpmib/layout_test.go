package tcpmib_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

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

// The structs of Windows 2000 are the same bytes as those that followed them: only types of fields differ.
func TestW2K(t *testing.T) {
	type field struct {
		Name         string
		Offset, Size uintptr
	}
	fields := func(s any) (list []field) {
		typ := reflect.TypeOf(s)
		for i := range typ.NumField() {
			f := typ.Field(i)
			list = append(list, field{f.Name, f.Offset, f.Type.Size()})
		}
		return append(list, field{"", typ.Size(), 0})
	}
	assert.Empty(t, cmp.Diff(fields(tcpmib.TCPRow{}), fields(tcpmib.TCPRowW2K{})))
	assert.Empty(t, cmp.Diff(fields(tcpmib.TCPStats{}), fields(tcpmib.TCPStatsW2K{})))
}
