package rows

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

// wideRows are rows with long names and addresses.
func wideRows(n int) (list []*Row) {
	for i := range n {
		list = append(list, &Row{
			Socket: Socket{Conn: tcpmib.Conn{
				Local:  netip.MustParseAddrPort("[2001:db8:1111:2222:3333:4444:5555:6666]:50000"),
				Remote: netip.MustParseAddrPort(fmt.Sprintf("[2001:db8:1111:2222:3333:4444:5555:%x]:443", 0x1000+i)), State: tcpmib.StateEstab,
			}},
			Process: fmt.Sprintf("%d-%s.exe", i, strings.Repeat("name", 10)),
		})
	}
	return list
}

// Names and addresses shrink in three steps, but not below their titles.
func TestFloors(t *testing.T) {
	table := Table{Columns: Named("process", "remote", "pid", "commandLine")}
	for i, f := range table.measure(slices.Values(wideRows(3)), true) {
		want := [][3]int{{20, 12, 7}, {24, 18, 9}, {3, 3, 3}, {12, 12, 12}}[i]
		assert.Equal(t, want, [3]int{f.good, f.floor, f.least}, table.Columns[i].Name)
	}
	assert.Equal(t, [3]int{7, 7, 7}, func() [3]int {
		f := table.measure(slices.Values([]*Row{{Process: "a"}}), true)[0]
		return [3]int{f.good, f.floor, f.least}
	}())
	for _, f := range table.measure(slices.Values([]*Row{}), false) {
		assert.Zero(t, f.width, "nothing to show")
	}
}

// The last column stays, whatever may go.
func TestTheLastColumnStays(t *testing.T) {
	same := slices.Repeat(wideRows(1), 3)
	for _, name := range []string{"local", "process", "state", "offload"} {
		for _, share := range []bool{false, true} {
			table := Table{Columns: Named(name), Optional: Named(name), MayShare: share}
			table.Fit(slices.Values(same), true, 1)
			assert.Equal(t, []string{name}, Names(table.Columns), "MayShare %v", share)
			assert.Empty(t, table.Shared)
		}
	}
	table := Table{Columns: Named("state", "process"), Optional: Named("state", "process"), MayShare: true}
	table.Fit(slices.Values(same), true, 1)
	assert.Equal(t, []string{"process"}, Names(table.Columns), "of two one goes")
	assert.Equal(t, []string{"STATE ESTABLISHED", ""}, table.Above(80), "and is not lost")
	table = Table{Columns: Named("state", "process"), Optional: Named("state")}
	table.Fit(slices.Values(wideRows(3)), true, 1)
	assert.Equal(t, []string{"process"}, Names(table.Columns))
	table = Table{Columns: Named("offload", "process"), Optional: Named("offload")}
	table.Fit(slices.Values(wideRows(3)), true, 30)
	assert.Equal(t, []string{"process"}, Names(table.Columns))
}

// A screen of one column is one: columns are as narrow as they can be.
func TestNarrowestScreen(t *testing.T) {
	table := Table{Columns: Named("process", "remote")}
	table.Fit(slices.Values(wideRows(3)), true, 1)
	assert.Equal(t, []int{7, 9}, table.Widths)
	table = Table{Columns: Named("process", "remote"), Wraps: true}
	table.Fit(slices.Values(wideRows(3)), true, 1)
	assert.Equal(t, []int{46, 44}, table.Widths, "nothing is cut where lines wrap")
	table.Fit(slices.Values(wideRows(3)), true, 17)
	assert.Equal(t, []int{46, 44}, table.Widths, "they do not fit by one column")
	table.Fit(slices.Values(wideRows(3)), true, 18)
	assert.Equal(t, []int{7, 9}, table.Widths, "they just fit")
	table.Fit(slices.Values(wideRows(3)), true, 0)
	assert.Equal(t, []int{46, 44}, table.Widths, "a screen without an end")
}

// A line above the table begins with a value, even on a screen too narrow for it, and no name is cut to
// fewer columns than a person can read.
func TestAboveOnNarrowScreens(t *testing.T) {
	state, name := Value{Named("state")[0], "LISTEN"}, Value{Named("process")[0], "longname.exe"}
	for _, tt := range []struct {
		screen int
		shared []Value
		want   []string
	}{
		{5, nil, nil},
		{5, []Value{state}, []string{"STATE LISTEN", ""}},
		{5, []Value{state, state}, []string{"STATE LISTEN", "STATE LISTEN", ""}},
		{20, []Value{name}, []string{"PROCESS longname.exe", ""}},
		{19, []Value{name}, []string{"PROCESS longname.e…", ""}},
		{16, []Value{name}, []string{"PROCESS longnam…", ""}},
		{15, []Value{name}, []string{"PROCESS longname.exe", ""}},
		{1, []Value{name}, []string{"PROCESS longname.exe", ""}},
		{47, []Value{state, state, name}, []string{"STATE LISTEN  STATE LISTEN", "PROCESS longname.exe", ""}},
		{48, []Value{state, state, name}, []string{"STATE LISTEN  STATE LISTEN  PROCESS longname.exe", ""}},
	} {
		table := Table{Shared: tt.shared}
		assert.Equal(t, tt.want, table.Above(tt.screen), "%d columns", tt.screen)
	}
}

// What one row has otherwise is not shared, whichever row it is.
func TestNotShared(t *testing.T) {
	for _, n := range []int{2, 3} {
		for other := range n {
			list := slices.Repeat([]*Row{{Process: "same.exe"}}, n)
			list[other] = &Row{Process: "other.exe"}
			table := Table{Columns: Named("process", "pid"), Optional: Named("process", "pid"), MayShare: true}
			table.Fit(slices.Values(list), true, 8)
			assert.Equal(t, []string{"process"}, Names(table.Columns), "row %d of %d", other, n)
			assert.Equal(t, []string{"PID 0", ""}, table.Above(80))
		}
	}
}
