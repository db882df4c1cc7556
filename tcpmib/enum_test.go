package tcpmib_test

import (
	"encoding"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// Every value of every enum prints, parses and goes through JSON.
func TestEnumsRoundTrip(t *testing.T) {
	type enums struct {
		State     tcpmib.State
		Offload   tcpmib.OffloadState
		Algorithm tcpmib.RTOAlgorithm
		Class     tcpmib.TCPTableClass
		Info      tcpmib.OwnerModuleInfoClass
		Family    tcpmib.Family
		Rows      tcpmib.Rows
		Kind      tcpmib.ChangeKind
	}
	values := []uint32{math.MaxInt32, math.MaxUint32}
	for n := range uint32(300) {
		values = append(values, n)
	}
	for _, n := range values {
		want := enums{tcpmib.State(n), tcpmib.OffloadState(n), tcpmib.RTOAlgorithm(n), tcpmib.TCPTableClass(n),
			tcpmib.OwnerModuleInfoClass(n), tcpmib.Family(n), tcpmib.Rows(n), tcpmib.ChangeKind(n)}
		text, err := json.Marshal(want)
		require.NoError(t, err)
		var got enums
		require.NoError(t, json.Unmarshal(text, &got), string(text))
		require.Equal(t, want, got)
	}
}

func TestEnumsParse(t *testing.T) {
	for _, test := range []struct {
		enum interface {
			encoding.TextUnmarshaler
			String() string
		}
		text, want string
		err        string
	}{
		{new(tcpmib.Family), "IPv6", "ipv6", ""},
		{new(tcpmib.Family), "family(7)", "Family(7)", ""},
		{new(tcpmib.Family), "Family(256)", "", `tcpmib: unknown family "Family(256)"; want ipv4, ipv6, both`},
		{new(tcpmib.Rows), "Listeners", "listeners", ""},
		{new(tcpmib.Rows), "some", "", `tcpmib: unknown selection of rows "some"; want all, listeners, connections`},
		{new(tcpmib.ChangeKind), "opened", "opened", ""},
		{new(tcpmib.ChangeKind), "", "", `tcpmib: unknown kind of change ""; want present, opened, closed, changed`},
		{new(tcpmib.RTOAlgorithm), "vanj", "Vanj", ""},
		{new(tcpmib.RTOAlgorithm), "RTOAlgorithm(", "", "want Other, Constant, Rsre, Vanj"},
		{new(tcpmib.TCPTableClass), "OwnerPIDAll", "OwnerPIDAll", ""},
		{new(tcpmib.OwnerModuleInfoClass), "Basic", "Basic", ""},
		{new(tcpmib.OffloadState), "x", "", `tcpmib: unknown offload state "x"; want InHost, Offloading, Offloaded, Uploading`},
		{new(tcpmib.OffloadState), "TcpConnectionOffloadStateOffloaded", "Offloaded", ""},
		{new(tcpmib.OffloadState), "TcpConnectionOffloadState", "", `tcpmib: unknown offload state "TcpConnectionOffloadState"`},
	} {
		err := test.enum.UnmarshalText([]byte(test.text))
		if test.err != "" {
			assert.ErrorContains(t, err, test.err)
			continue
		}
		assert.NoError(t, err)
		assert.Equal(t, test.want, test.enum.String())
	}
}

func TestChangeGoesThroughJSON(t *testing.T) {
	want := tcpmib.Change{
		Kind: tcpmib.Changed, Conn: at(1, 0, tcpmib.StateTimeWait), Old: at(1, 7, tcpmib.StateEstab),
		Created: time.Unix(1_700_000_000, 0).UTC(), Time: time.Unix(1_700_000_060, 0).UTC(),
	}
	text, err := json.Marshal(want)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"Kind":"changed"`)
	assert.Contains(t, string(text), `"State":"TIME-WAIT"`)
	var got tcpmib.Change
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Empty(t, cmp.Diff(want, got, compareChanges))
}
