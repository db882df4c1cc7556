package layoutview

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// A run with all there is to show: two header sets, one of which differs.
func exampleRun() *Run {
	row := layout.StructReport{
		C: "MIB_ROW", Go: "tcpmib.Row", Status: layout.Agrees, GoSize: 16, GoAlign: 8, Size: 16, Align: 8,
		Fields: []layout.FieldReport{
			{Name: "State", Type: "uint32", C: "dwState", Go: layout.Place{Offset: 0, Size: 4, Sign: "unsigned"}, Header: &layout.Place{Offset: 0, Size: 4, Sign: "unsigned"}, OK: true},
			{Name: "_", Type: "[4]uint8", Go: layout.Place{Offset: 4, Size: 4}, OK: true},
			{Name: "Time", Type: "int64", C: "liTime", Go: layout.Place{Offset: 8, Size: 8, Sign: "signed"}, Header: &layout.Place{Offset: 8, Size: 8, Sign: "signed"}, OK: true},
		},
	}
	stats := layout.StructReport{C: "MIB_STATS2", Go: "tcpmib.Stats2", Status: layout.Absent, Reason: "new"}
	report := func(target, goarch, cc string) *layout.Report {
		return &layout.Report{
			Target: target, Set: target, GOARCH: goarch, CC: []string{cc}, DebugInfo: true,
			Structs: []layout.StructReport{row, stats},
			Enums:   []layout.EnumReport{{C: "MIB_STATE", Go: "tcpmib.State", Status: layout.Agrees}},
			Constants: []layout.ConstantReport{
				{C: "STATE_ONE", GoType: "tcpmib.State", Status: layout.Agrees, GoValue: "1", Value: "1"},
				{C: "STATE_TWO", GoType: "tcpmib.State", Status: layout.Absent, GoValue: "2", Reason: "ends at one"},
				{C: "SIZE", GoType: "int", Status: layout.Agrees, GoValue: "16", Value: "16"},
			},
			Functions: []layout.FunctionReport{{C: "GetTable", Status: layout.Agrees, Params: 3}},
		}
	}
	run := &Run{
		Reports: []*layout.Report{report("MinGW-w64", "amd64", "x86_64-w64-mingw32-gcc"), report("MinGW-w64", "386", "i686-w64-mingw32-gcc"), report("Wine", "amd64", "/usr/bin/clang")},
		Missing: []string{"no compiler for arm64"},
		rules:   layout.Rules{Exclusive: []layout.Exclusive{{Name: "MIB_STATS2", Set: layout.SetSDK}}},
	}
	run.Reports[1].Structs[0].GoAlign = 4
	run.Reports[1].Structs[0].Accepted = []layout.AcceptedFinding{{Reason: "C aligns it to 8 bytes and Go to 4"}}
	run.Reports[2].Omitted = []layout.Omission{{Name: "MIB_UDPROW", Reason: "UDP"}}
	return run
}

func renderLayout(t *testing.T, run *Run, verbose bool) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteTable(colorprofile.NewWriter(&b, nil), run, verbose))
	assert.NotContains(t, b.String(), " \n", "blanks at the end of a line")
	return b.String()
}

func TestLayoutTable(t *testing.T) {
	run := exampleRun()
	assert.False(t, run.Differs())
	want := `                               MinGW-w64       Wine
                               amd64   386     amd64
C           Go                   gcc   gcc     clang
structs: sizeof
MIB_ROW     tcpmib.Row            16    16*       16
MIB_STATS2  tcpmib.Stats2          -     -         -
enums: constants that agree
MIB_STATE   tcpmib.State         1/2   1/2       1/2
other constants
SIZE        int                   16    16        16
functions: parameters
GetTable                           3     3         3
* C aligns it to 8 bytes and Go to 4

not in MinGW-w64, known
  STATE_TWO: ends at one

not in Wine, known
  STATE_TWO: ends at one

only in a Windows SDK, known
  MIB_STATS2: new

left out of Go, declared by iprtrmib.h and iphlpapi.h
  MIB_UDPROW: UDP

note: no compiler for arm64
✓ 1 struct, 1 enum, 2 constants and 1 function agree on 3 targets; 1 name not in these headers
`
	assert.Empty(t, cmp.Diff(want, renderLayout(t, run, false)))
}

func TestLayoutTableOfDifferences(t *testing.T) {
	run := exampleRun()
	wine := run.Reports[2]
	wine.Findings = []layout.Finding{{Kind: layout.KindOffset, Item: "MIB_ROW.liTime", Detail: "offset is 4 in C and 8 in Go"}}
	row := &wine.Structs[0]
	row.Status, row.Size, row.Align = layout.Differs, 12, 4
	row.Fields[2].OK, row.Fields[2].Note, row.Fields[2].Header.Offset = false, "offset", 4
	run.Unproven = []layout.Finding{{Kind: layout.KindUnproven, Item: "MIB_OLD", Detail: "no header set has it"}}
	assert.True(t, run.Differs())

	got := renderLayout(t, run, false)
	assert.Contains(t, got, `✗ Wine amd64 differs
  MIB_ROW.liTime: offset: offset is 4 in C and 8 in Go

MIB_ROW  tcpmib.Row  sizeof 12, Go 16; alignof 4, Go 8
     Go field  type      offset  size  sign      C member  offset  size  sign
     State     uint32         0     4  unsigned  dwState        0     4  unsigned
     _         [4]uint8       4     4
  ✗  Time      int64          8     8  signed    liTime         4     8  signed    offset

✗ absent from every header set of this run
  MIB_OLD: unproven: no header set has it
`)
	assert.Contains(t, got, "\nMIB_ROW     tcpmib.Row            16    16*        ✗")
	assert.True(t, strings.HasSuffix(got, "\n✗ 1 of 3 targets differ, 1 name unproven\n"), got)
	assert.Equal(t, 1, strings.Count(got, "sizeof 12"))

	verbose := renderLayout(t, run, true)
	assert.Contains(t, verbose, "MinGW-w64 386  i686-w64-mingw32-gcc\n\nMIB_ROW  tcpmib.Row  sizeof 16, Go 16; alignof 8, Go 4\n")
}
