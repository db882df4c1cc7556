package synthetic_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

// Order reaches Windows, and the call is what it should be: one, with the buffer
// at hand, and with the flag.
func TestOrder(t *testing.T) {
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, "rows=5", log.Word())
	compare := func(a, b tcpmib.TCPRow2) int { return a.Local().Compare(b.Local()) }

	sorted, err := tcpmib.GetTcpTable2(true)
	require.NoError(t, err)
	assert.Len(t, sorted, 5)
	assert.True(t, slices.IsSortedFunc(sorted, compare))

	rows, err := tcpmib.GetTcpTable2(false)
	require.NoError(t, err)
	assert.Len(t, rows, 5)
	assert.False(t, slices.IsSortedFunc(rows, compare))

	for _, order := range []bool{true, false} {
		rows6, err := tcpmib.GetTcp6Table2(order)
		require.NoError(t, err)
		assert.Len(t, rows6, 5)
		assert.Equal(t, order, slices.IsSortedFunc(rows6, func(a, b tcpmib.TCP6Row2) int { return a.Local().Compare(b.Local()) }))
	}

	assert.Equal(t, []string{
		"GetTcpTable2 family=2 filter=2 table=buffer size=32768 order=1 code=0 told=144",
		"GetTcpTable2 family=2 filter=2 table=buffer size=32768 order=0 code=0 told=144",
		"GetTcp6Table2 family=23 filter=2 table=buffer size=32768 order=1 code=0 told=304",
		"GetTcp6Table2 family=23 filter=2 table=buffer size=32768 order=0 code=0 told=304",
	}, log.Calls(t))
}
