package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// genHeaders are gen.h on every architecture.
func genHeaders(t *testing.T) []*layout.Headers {
	t.Helper()
	var sets []*layout.Headers
	for _, triple := range []string{"x86_64", "i686", "aarch64"} {
		cc := strings.Fields(clang(t, triple))
		cc[len(cc)-1] = filepath.Join("testdata", "rows")
		h, err := layout.ReadHeaders(t.Context(), layout.Target{CC: cc}, []string{"gen.h"}, nil)
		require.NoError(t, err)
		sets = append(sets, h)
	}
	return sets
}

func TestGenerateForAll(t *testing.T) {
	sets := genHeaders(t)
	for _, test := range []struct {
		name string
		want []string // lines, with single spaces
	}{
		{"ALL", []string{
			"First uint8 `c:\"first\"`", "Either [2]uint64 `c:\"either\"`", "Pointer uintptr `c:\"pointer\"`",
			"Flags AllFlags `c:\"flags\"`", "Low uint32 `c:\"low|high\"`", "Names [2][3]uint16 `c:\"names\"`",
			"Ratio float64 `c:\"ratio\"`", "Kind uint32 `c:\"kind\"`", "Last uint64 `c:\"last\"`",
		}},
		{"LATE", []string{"A uint32 `c:\"a\"`", "_ [4]byte", "B uint64 `c:\"b\"`", "C uintptr `c:\"c\"`", "D uint32 `c:\"d\"`"}},
		{"UNFILLED", []string{"Kind uint32 `c:\"kind\"`", "_ [4]byte", "Union [2]uint64 `c:\"text|number\"`", "After uint32 `c:\"after\"`"}},
		{"STRICT", []string{"_ [0]uint64", "Reserved [32]int8 `c:\"reserved\"`"}},
		{"NOTHING", []string{"Count uint32 `c:\"count\"`"}},
		{"PACKED", nil},
	} {
		text, err := generate(test.name, sets)
		if test.want == nil {
			assert.ErrorContains(t, err, "packed", test.name)
			continue
		}
		require.NoError(t, err, test.name)
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		for _, want := range test.want {
			assert.Contains(t, lines, want, "%s", text)
		}
	}
}

// A C struct that no single Go struct matches on all architectures is refused, and generated for
// each architecture on request.
func TestGenerateRefuses(t *testing.T) {
	sets := genHeaders(t)
	_, err := generate("TAIL", sets)
	assert.ErrorContains(t, err, "use -goarch 386 and -goarch amd64,arm64")
	for _, some := range [][]*layout.Headers{{sets[1]}, {sets[0], sets[2]}} {
		_, err := generate("TAIL", some)
		assert.NoError(t, err)
	}
	open, err := generate("OPEN", sets)
	require.NoError(t, err)
	assert.Contains(t, open, "// Open is OPEN of gen.h. Behind it lies values, as unsigned long[].\n", "Go has no array without a length")
	_, err = generate("EITHER", sets)
	assert.ErrorContains(t, err, "EITHER is a union")
}

// genNames are names of all kinds: unions that are numbers, unions without a name at the end and in
// the middle, members that are alike without their prefix, macros for the wide form, bit-fields,
// arrays without a length, and what Go cannot do.
const genNames = `MIB_TCP6ROW2 MIB_TCPROW2 MIB_TCPTABLE2 MIB_TCPTABLE_OWNER_MODULE MIB_UDP6ROW_OWNER_MODULE IN6_ADDR IN_ADDR SOCKADDR_IN6 SOCKADDR_IN
SOCKADDR_STORAGE INPUT_RECORD KEY_EVENT_RECORD OVERLAPPED SYSTEM_INFO SHELLEXECUTEINFO WNDCLASSEX STARTUPINFO STARTUPINFOEXW PROCESS_INFORMATION
WIN32_FIND_DATA MEMORYSTATUS MEMORYSTATUSEX FILETIME SYSTEMTIME FWPM_FILTER0 FWPM_SESSION0 FWPM_SUBLAYER0 FWP_VALUE0 FWPM_FILTER_CONDITION0 MIB_IF_ROW2
MIB_IPFORWARD_ROW2 MIB_IPINTERFACE_ROW MIB_UNICASTIPADDRESS_ROW IP_ADAPTER_INFO IP_ADAPTER_UNICAST_ADDRESS QUOTA_LIMITS IO_COUNTERS PERFORMANCE_INFORMATION
PROCESS_MEMORY_COUNTERS_EX CERT_CONTEXT CERT_INFO CERT_CHAIN_POLICY_STATUS DNS_RECORDW ADDRINFOEXW WSABUF WSAMSG BITMAPINFO LOGFONTW MSG PAINTSTRUCT GUID LUID
TOKEN_STATISTICS TRUSTEE_W SERVICE_STATUS_PROCESS FILE_NOTIFY_INFORMATION DISK_GEOMETRY_EX STORAGE_PROPERTY_QUERY PARTITION_INFORMATION_EX VARIANT PROPVARIANT
DECIMAL STGMEDIUM STATSTG TYPEDESC TYPEATTR SAFEARRAY INPUT RAWINPUT RAWMOUSE CONSOLE_SCREEN_BUFFER_INFO CHAR_INFO EXCEPTION_RECORD UNICODE_STRING
PROCESS_BASIC_INFORMATION MINIDUMP_STRING DEVMODEW PDH_FMT_COUNTERVALUE EVENT_RECORD IP_ADAPTER_ADDRESSES JOBOBJECT_EXTENDED_LIMIT_INFORMATION WSADATA
TASKDIALOGCONFIG BITMAPFILEHEADER CONTEXT M128A LARGE_INTEGER NET_LUID SOCKADDR_INET TBBUTTON NMTOOLBARW NCB DOT11_PEER_INFO_LIST PMKID_CANDIDATE SecPkgContext_Lifespan userHBITMAP RemotableHandle
FILE_ID_DESCRIPTOR IMAGE_THUNK_DATA IMAGE_OPTIONAL_HEADER PERF_OBJECT_TYPE RUNTIME_FUNCTION INET_PORT_RESERVATION_INSTANCE`

// cannot is what one Go struct cannot be, and why.
var cannot = map[string]string{
	"EVENT_RECORD": "a file for each", "IP_ADAPTER_ADDRESSES": "a file for each", "JOBOBJECT_EXTENDED_LIMIT_INFORMATION": "a file for each",
	"WSADATA": "in another order on 386", "TASKDIALOGCONFIG": "is packed", "BITMAPFILEHEADER": "is packed",
	"CONTEXT": "is aligned to 16 bytes", "M128A": "is aligned to 16 bytes",
	"IMAGE_OPTIONAL_HEADER": "a file for each", "PERF_OBJECT_TYPE": "a file for each", "INET_PORT_RESERVATION_INSTANCE": "has no members",
	"LARGE_INTEGER": "is a union", "NET_LUID": "is a union", "SOCKADDR_INET": "is a union",
}

// genSets are the folders of the header sets, and the default headers that do not compile in one.
var genSets = []struct {
	name  string
	dirs  []string
	least int // how many names are right
	lacks string
}{
	{"MinGW-w64", []string{"/usr/share/mingw-w64/include"}, 85, ""},
	{"Wine", []string{"/usr/include/wine/wine/windows", "/usr/include/wine/wine/msvcrt"}, 60, "bluetoothapis.h evntrace.h virtdisk.h"},
}

func TestGenerateManyNames(t *testing.T) {
	if testing.Short() {
		t.Skip("reads all headers of two sets for three architectures")
	}
	for _, set := range genSets {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(filepath.Join(set.dirs[0], "iphlpapi.h")); err != nil {
				t.Skip("no headers of " + set.name)
			}
			// If the set lacks a header, clang would find it in another set, where it may not compile.
			// Each header that does not compile costs another run of the compiler; layout's
			// TestHeadersThatDoNotCompile covers that.
			headers := regexp.MustCompile(`#include <(.*)>`).ReplaceAllStringFunc(defaultHeaders, func(line string) string {
				name := strings.TrimSuffix(strings.TrimPrefix(line, "#include <"), ">")
				there := slices.ContainsFunc(set.dirs, func(dir string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil })
				if !there || slices.Contains(strings.Fields(set.lacks), name) {
					return ""
				}
				return line
			})
			var sets []*layout.Headers
			for _, triple := range []string{"x86_64", "i686", "aarch64"} {
				cc := strings.Fields(clang(t, triple))
				for _, dir := range set.dirs {
					cc = append(cc, "-isystem", dir)
				}
				h, err := layout.ReadText(t.Context(), layout.Target{CC: cc}, headers, nil)
				require.NoError(t, err)
				assert.Empty(t, h.Notes)
				sets = append(sets, h)
			}
			right := 0
			for _, name := range strings.Fields(genNames) {
				if slices.ContainsFunc(sets, func(h *layout.Headers) bool { return h.Struct(declared(name, sets)) == nil }) {
					continue
				}
				_, err := generate(name, sets)
				if err == nil {
					right++
					continue
				}
				why := cannot[name]
				if why == "" && set.name == "Wine" { // which packs and orders some otherwise
					assert.Regexp(t, "is packed|a file for each", err.Error(), name)
				} else {
					require.NotEmpty(t, why, "%s: %v", name, err)
					assert.ErrorContains(t, err, why, name)
				}
				if strings.Contains(err.Error(), "-goarch") { // the advice, followed
					for _, some := range [][]*layout.Headers{{sets[0], sets[2]}, {sets[1]}} {
						_, err := generate(name, some)
						assert.NoError(t, err, name)
					}
				}
			}
			assert.Greater(t, right, set.least)
			t.Logf("%d structs are right on three architectures", right)
		})
	}
}

// What a name without its prefix would be twice keeps it.
func TestFieldNames(t *testing.T) {
	b := &structBuilder{structs: []*layout.CStruct{{Members: layout.CMembers{
		{Name: "dwState"}, {Name: "cbSize"}, {Name: "Size"}, {Name: "subLayerKey"}, {Name: "layerKey"}, {Name: "numItems"}, {Name: "sin_port"}, {Name: "_reserved"}, {Name: "3d"}, {Name: "dwAngle"}, {Name: "dwZone"},
	}}}}
	got := map[string]string{}
	for _, m := range b.structs[0].Members {
		got[m.Name] = b.fieldName(m.Name)
	}
	assert.Equal(t, map[string]string{
		"dwState": "State", "cbSize": "CbSize", "Size": "Size", "subLayerKey": "SubLayerKey", "layerKey": "LayerKey", "numItems": "NumItems",
		"sin_port": "SinPort", "_reserved": "Reserved", "3d": "X3d", "dwAngle": "Angle", "dwZone": "Zone",
	}, got)
}

func TestGoName(t *testing.T) {
	for c, want := range map[string]string{
		"MIB_IF_ROW2": "MibIfRow2", "sin_addr": "SinAddr", "struct _TAIL": "Tail", "WSADATA": "Wsadata", "A.b": "AB", "dwState": "DwState",
	} {
		assert.Equal(t, want, goName(c), c)
	}
}
