package layout

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A member that no field stands for has a line of its own where C has it, and a finding in JSON.
func TestForgottenMembersInTheTable(t *testing.T) {
	type (
		row    struct{ State, Port uint32 }
		prefix struct{ State, Addr uint32 }
		union  struct{ Kind, After uint32 }
	)
	const members = "S 16 4: dwState 0 DWORD; dwAddr 4 DWORD; dwPort 8 DWORD; dwPid 12 DWORD"
	for name, c := range map[string]struct {
		typ  Type
		c    string
		want string
	}{
		"in the midst and at the end": {Struct[row]("S"), members, `S  layout.row  sizeof 16, Go 8; alignof 4, Go 4
     Go field  type    offset  size  sign      C member  offset  size  sign
     State     uint32       0     4  unsigned  dwState        0     4  unsigned
  ✗  -                                         dwAddr         4     4  unsigned  forgotten
     Port      uint32       4     4  unsigned  dwPort         8     4  unsigned
  ✗  -                                         dwPid         12     4  unsigned  forgotten
`},
		"a prefix": {Struct[prefix]("S"), members, `S  layout.prefix  sizeof 16, Go 8; alignof 4, Go 4
     Go field  type    offset  size  sign      C member  offset  size  sign
     State     uint32       0     4  unsigned  dwState        0     4  unsigned
     Addr      uint32       4     4  unsigned  dwAddr         4     4  unsigned
  ✗  -                                         dwPort         8     4  unsigned  forgotten
  ✗  -                                         dwPid         12     4  unsigned  forgotten
`},
		"a union and bit-fields": {Struct[union]("S"), "S 16 4: low 0 DWORD:3@0; high 0 DWORD:29@3; kind 4 DWORD; x 8 LONG; y 8 WORD; after 12 DWORD", `S  layout.union  sizeof 16, Go 8; alignof 4, Go 4
     Go field  type    offset  size  sign      C member  offset  size  sign
  ✗  -                                         low+high       0     4  unsigned  forgotten
     Kind      uint32       0     4  unsigned  kind           4     4  unsigned
  ✗  -                                         x|y            8     4            forgotten
     After     uint32       4     4  unsigned  after         12     4  unsigned
`},
	} {
		g, err := Spec{Types: []Type{c.typ}}.Go("amd64")
		require.NoError(t, err)
		r := Compare(g, byHand(t, "amd64", c.c), Rules{})
		require.Len(t, r.Structs, 1)
		assert.Equal(t, c.want, r.Structs[0].Table(), name)
		text, err := json.Marshal(r)
		require.NoError(t, err)
		assert.NotContains(t, string(text), `"Forgotten"`)
		assert.NotContains(t, string(text), `"name":""`, "every field in JSON is one of Go")
	}
}

// A field that stands for several members has no sign in C, as bytes have none.
func TestSignOfSeveralMembers(t *testing.T) {
	type raw struct {
		Both  [4]byte
		Third uint16
	}
	h := byHand(t, "amd64", "S 6 2: first 0 WORD; second 2 WORD; third 4 WORD")
	g, err := Spec{Types: []Type{Struct[raw]("S")}}.Go(h.GOARCH)
	require.NoError(t, err)
	fields := Compare(g, h, Rules{}).Structs[0].Fields
	require.Len(t, fields, 2)
	assert.Equal(t, &Place{0, 4, ""}, fields[0].Header)
	assert.Equal(t, "first+second", fields[0].C)
	assert.Equal(t, &Place{4, 2, unsigned}, fields[1].Header)
}

// Headers that have a struct by another name say so once, even if Go's type has the same name.
func TestNameOfTheHeadersInTheTable(t *testing.T) {
	s := StructReport{C: "ROW", Go: "windows.ROW", As: "ROW_LH", Size: 4, GoSize: 4, Align: 4, GoAlign: 4}
	assert.Contains(t, s.Table(), "ROW (here ROW_LH)  windows.ROW  sizeof 4, Go 4; alignof 4, Go 4\n")
}

// A report with a finding is not OK.
func TestOK(t *testing.T) {
	assert.True(t, (&Report{}).OK())
	assert.False(t, (&Report{Findings: []Finding{{Kind: KindSize}}}).OK())
}
