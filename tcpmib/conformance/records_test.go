package conformance

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

var update = flag.Bool("update", false, "write testdata/types-*.json")

// Every machine proves the claim against every SDK, compiler or not.
func TestAgreesWithEverySDK(t *testing.T) {
	reports, err := CheckRecords()
	require.NoError(t, err)
	require.Len(t, reports, 9)
	for _, r := range reports {
		assert.Equal(t, layout.SetSDK, r.Set)
		assert.True(t, r.OK(), "%s\n%v", r.Name(), r)
	}
	assert.Empty(t, layout.Across(Spec().Rules, reports), "nothing is left for a Windows SDK to prove")
	for _, r := range reports { // an old one alone lacks what it is known to lack
		assert.Empty(t, layout.Across(Spec().Rules, []*layout.Report{r}), r.Name())
	}
	assert.Equal(t, "Windows SDK 10.0.20348 to 28000 amd64", reports[0].Name())

	one, err := CheckRecords("386")
	require.NoError(t, err)
	require.Len(t, one, 3)
	assert.Equal(t, "386", one[0].GOARCH)
}

// types-*.json explains the names of Windows's basic types, as MinGW-w64 declares them. It is what
// a live run says; -update writes it.
func TestTypesAreMinGWs(t *testing.T) {
	for _, target := range mingw(t) {
		types := typesFrom(t, probed(t, target))
		name := filepath.Join("testdata", "types-"+target.GOARCH+".json")
		want, err := json.MarshalIndent(types, "", " ")
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(name, append(want, '\n'), 0o600))
		}
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(string(append(want, '\n')), string(got)), "go test ./tcpmib/conformance -run Types -update")
	}
}

// typesFrom is what the records of an architecture mention and do not declare.
func typesFrom(t *testing.T, live *layout.Headers) *layout.Headers {
	t.Helper()
	names, err := filepath.Glob("testdata/sdk-*-" + live.GOARCH + ".json")
	require.NoError(t, err)
	require.Len(t, names, 3)
	kept := &layout.Headers{
		Compiler: "any with MinGW-w64's headers", Method: "what the records mention and do not declare",
		Set: live.Set, GOARCH: live.GOARCH,
		Typedefs: map[string]string{}, Scalars: map[string]layout.CScalar{},
		Structs: map[string]*layout.CStruct{}, Enums: map[string]*layout.CEnum{},
		Functions: map[string]*layout.CFunc{}, Macros: map[string]layout.CValue{},
	}
	for _, name := range names {
		f, err := os.Open(name)
		require.NoError(t, err)
		h, err := layout.ReadRecord(f)
		f.Close()
		require.NoError(t, err)
		own := map[string]bool{}
		for name := range h.Structs {
			own[name] = true
		}
		for name, to := range sdkTypedefs {
			h.Typedefs[name] = to
		}
		h.Explain(live)
		for name, s := range h.Structs {
			if !own[name] {
				kept.Structs[name] = s
			}
		}
		for name, to := range h.Typedefs {
			if sdkTypedefs[name] == "" {
				kept.Typedefs[name] = to
			}
		}
		for name, s := range h.Scalars {
			kept.Scalars[name] = s
		}
	}
	return kept
}

// The witness of the SDKs and the engine agree where the header sets do: what both MinGW-w64 and
// the SDK declare has one layout, member by member. The differences that remain are MinGW-w64's
// own.
func TestWitnessesAgree(t *testing.T) {
	records, err := Records()
	require.NoError(t, err)
	for _, target := range mingw(t) {
		live := probed(t, target)
		i := slices.IndexFunc(records, func(h *layout.Headers) bool { return h.GOARCH == target.GOARCH })
		sdk := records[i] // the newest
		differences := slices.DeleteFunc(disagreements(sdk, live), func(d string) bool { return strings.HasSuffix(d, " is gone") })
		assert.Equal(t, []string{
			"the sign of MIB_UDP6ROW_OWNER_MODULE.dwFlags: recorded signed, now unsigned",
			"the sign of MIB_UDPROW_OWNER_MODULE.dwFlags: recorded signed, now unsigned",
		}, differences)
		compared := 0
		for name := range sdk.Structs {
			if live.Struct(name) != nil {
				compared++
			}
		}
		assert.Greater(t, compared, 45, "structs that both have")
	}
	corrupted := *records[0]
	corrupted.Structs = maps.Clone(corrupted.Structs)
	row := *corrupted.Structs["MIB_TCPROW2"]
	row.Members = slices.Clone(row.Members)
	row.Members[1].Offset += 4
	row.Align = 8
	corrupted.Structs["MIB_TCPROW2"] = &row
	delete(corrupted.Structs, "MIB_UDPROW")
	assert.Equal(t, []string{
		"MIB_TCPROW2.dwLocalAddr: recorded [4 4], now [8 4]", "MIB_UDPROW is gone", "alignof MIB_TCPROW2: recorded 4, now 8",
	}, disagreements(records[0], &corrupted))
}

// A record written, read back and compared is what the live run is, for MinGW-w64's and Wine's
// headers.
func TestRecordIsTheLiveRun(t *testing.T) {
	spec := Spec()
	for _, target := range headerSets(t) {
		live := probed(t, target)
		text, err := json.Marshal(live.Record(Files()))
		require.NoError(t, err)
		read, err := layout.ReadRecord(strings.NewReader(string(text)))
		require.NoError(t, err)
		require.NoError(t, read.Check())
		g, err := spec.Go(live.GOARCH)
		require.NoError(t, err)
		want, got := layout.Compare(g, live, spec.Rules), layout.Compare(g, read, spec.Rules)
		assert.Empty(t, cmp.Diff(want, got), target.CC)
		assert.True(t, got.OK(), got)
		assert.Less(t, len(text), 400_000, "what other headers declare is left out")
	}
}

// gcc and clang are two witnesses of one header set.
func TestCompilersAgree(t *testing.T) {
	mingw(t) // or skip
	for arch, triple := range map[string]string{"amd64": "x86_64", "386": "i686"} {
		gcc := layout.Target{GOARCH: arch, CC: []string{triple + "-w64-mingw32-gcc"}}
		clang := layout.Target{GOARCH: arch, CC: []string{"clang", "--target=" + triple + "-w64-windows-gnu", "-isystem", "/usr/share/mingw-w64/include"}}
		var records []*layout.Headers
		for _, target := range []layout.Target{gcc, clang} {
			if _, err := exec.LookPath(target.CC[0]); err != nil {
				t.Skip(err)
			}
			h := probed(t, target).Record(Files())
			h.Compiler = ""
			records = append(records, h)
		}
		assert.Empty(t, cmp.Diff(records[0], records[1], cmpopts.IgnoreUnexported(layout.Headers{}),
			cmpopts.IgnoreFields(layout.Headers{}, "Typedefs")), arch) // ULONG is declared twice, with one meaning
	}
}
