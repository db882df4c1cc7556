package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

func TestCandidates(t *testing.T) {
	names := NewNames([]string{
		"MIB_IF_ROW2", "struct _MIB_IF_ROW2",
		"STARTUPINFOA", "STARTUPINFOW", "STARTUPINFO",
		"IP_ADAPTER_ADDRESSES_LH", "IP_ADAPTER_ADDRESSES_XP", "IP_ADAPTER_ADDRESSES",
		"struct tagPOINT", "POINT", "struct tagged", "struct hostent", "HOSTENT", "struct sockaddr_in6",
		"PROCESS_MEMORY_COUNTERS", "PROCESS_MEMORY_COUNTERS_EX",
	})
	for _, test := range []struct {
		goName string
		want   []string
	}{
		{"MibIfRow2", []string{"MIB_IF_ROW2", "struct _MIB_IF_ROW2"}},
		{"mibIfRow2", []string{"MIB_IF_ROW2", "struct _MIB_IF_ROW2"}},
		{"MIB_IF_ROW2", []string{"MIB_IF_ROW2", "struct _MIB_IF_ROW2"}},
		{"_MIB_IF_ROW2", []string{"MIB_IF_ROW2", "struct _MIB_IF_ROW2"}},
		{"StartupInfo", []string{"STARTUPINFO", "STARTUPINFOW", "STARTUPINFOA"}},
		{"StartupInfoW", []string{"STARTUPINFOW"}},
		{"IpAdapterAddresses", []string{"IP_ADAPTER_ADDRESSES", "IP_ADAPTER_ADDRESSES_LH", "IP_ADAPTER_ADDRESSES_XP"}},
		{"Point", []string{"POINT", "struct tagPOINT"}},
		{"Tagged", []string{"struct tagged"}},
		{"HOSTENT", []string{"HOSTENT", "struct hostent"}},
		{"Hostent", []string{"HOSTENT", "struct hostent"}},
		{"RawSockaddrInet6", nil},
	} {
		assert.Equal(t, test.want, names.Candidates(test.goName), test.goName)
	}
}

func TestParseMapping(t *testing.T) {
	_, err := ParseMapping("map", "\n# all of it\nA B C\n")
	assert.EqualError(t, err, `map:3: want two words, such as "GoType C_TYPE", got "A B C"`)
	_, err = ParseMapping("map", "A B\nA C")
	assert.EqualError(t, err, `map:2: A is mapped twice, at map:1 already`)

	m, err := ParseMapping("map", "A B # why\n\np.C D\nA.F m.n|o\nNobody X\n")
	require.NoError(t, err)
	// Mapped types take the C name of the map, and the others keep theirs.
	g := &layout.Go{
		Structs: []layout.GoStruct{{Name: "p.A", Fields: []layout.GoField{{Name: "F"}, {Name: "G", C: []string{"g"}}}}, {Name: "p.Z", C: "Z"}},
		Consts:  []layout.GoConst{{Name: "p.C"}, {Name: "p.K", C: "K"}},
	}
	m.Apply(g)
	assert.Equal(t, []string{"map:5: Nobody"}, m.Unused())
	want := &layout.Go{
		Structs: []layout.GoStruct{{Name: "p.A", C: "B", How: layout.ByMap, Fields: []layout.GoField{{Name: "F", C: []string{"m.n", "o"}}, {Name: "G", C: []string{"g"}}}}, {Name: "p.Z", C: "Z"}},
		Consts:  []layout.GoConst{{Name: "p.C", C: "D"}, {Name: "p.K", C: "K"}},
	}
	assert.Equal(t, want, g)
}
