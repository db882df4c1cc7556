package tcpmib_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// The type of the rows and which of them are wanted make one query.
func TestExtendedQueries(t *testing.T) {
	var asked tcpmib.Query
	r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
		asked = q
		return 0, 232 // no rows
	})}
	for _, table := range []struct {
		name   string
		get    func(rows tcpmib.Rows, order bool) (n int, err error)
		family uint32
		class  tcpmib.TCPTableClass // of the listeners
	}{
		{"TCPRow", length[tcpmib.TCPRow](&r), tcpmib.AFInet, tcpmib.TCPTableBasicListener},
		{"TCP6Row", length[tcpmib.TCP6Row](&r), tcpmib.AFInet6, tcpmib.TCPTableBasicListener},
		{"TCPRowOwnerPID", length[tcpmib.TCPRowOwnerPID](&r), tcpmib.AFInet, tcpmib.TCPTableOwnerPIDListener},
		{"TCP6RowOwnerPID", length[tcpmib.TCP6RowOwnerPID](&r), tcpmib.AFInet6, tcpmib.TCPTableOwnerPIDListener},
		{"TCPRowOwnerModule", length[tcpmib.TCPRowOwnerModule](&r), tcpmib.AFInet, tcpmib.TCPTableOwnerModuleListener},
		{"TCP6RowOwnerModule", length[tcpmib.TCP6RowOwnerModule](&r), tcpmib.AFInet6, tcpmib.TCPTableOwnerModuleListener},
	} {
		for rows, offset := range map[tcpmib.Rows]tcpmib.TCPTableClass{tcpmib.Listeners: 0, tcpmib.Connections: 1, tcpmib.AllRows: 2} {
			for _, order := range []bool{false, true} {
				n, err := table.get(rows, order)
				require.NoError(t, err)
				assert.Zero(t, n)
				assert.Equal(t, tcpmib.Query{
					Func: "GetExtendedTcpTable", Family: table.family, Class: uint32(table.class + offset), Order: order,
				}, asked, fmt.Sprint(table.name, " ", rows))
			}
		}
		_, err := table.get(3, false)
		assert.ErrorContains(t, err, "invalid selection Rows(3)", table.name)
	}
}

func length[Row tcpmib.ExtendedRow](r *tcpmib.Reader) func(tcpmib.Rows, bool) (int, error) {
	return func(rows tcpmib.Rows, order bool) (int, error) {
		got, err := tcpmib.ReadExtendedTcpTable[Row](r, rows, order)
		return len(got), err
	}
}

func TestCreateTime(t *testing.T) {
	for ticks, want := range map[int64]time.Time{
		0:                   {},
		116444736000000000:  time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		133500000000000001:  time.Date(2024, 1, 17, 21, 20, 0, 100, time.UTC),
		1:                   time.Date(1601, 1, 1, 0, 0, 0, 100, time.UTC),
		9223372036854775807: {}, // no time that JSON has
		-1:                  {},
	} {
		row4, row6 := tcpmib.TCPRowOwnerModule{CreateTimestamp: ticks}, tcpmib.TCP6RowOwnerModule{CreateTimestamp: ticks}
		assert.Equal(t, want, row4.CreateTime(), ticks)
		assert.Equal(t, want, row6.CreateTime(), ticks)
	}
}
