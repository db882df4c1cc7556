package ports

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	gopsutil "github.com/shirou/gopsutil/v4/net"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
	"tailscale.com/net/netstat"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

// These tests need the synthetic iphlpapi.dll: ./build.sh ports.

// scenario starts a scenario of the synthetic iphlpapi.dll.
func scenario(t *testing.T, words ...string) {
	t.Helper()
	if !onSynthetic() {
		require.Empty(t, os.Getenv("WINMIB_SYNTHETIC"), "this is not the synthetic iphlpapi.dll")
		t.Skip("needs the synthetic iphlpapi.dll, which ./build.sh ports brings")
	}
	synthetic.Scenario(t, words...)
}

func onSynthetic() bool {
	return windows.NewLazyDLL("iphlpapi.dll").NewProc("winmib_scenario").Find() == nil
}

// scenarios are tables that the originals read without an error.
var scenarios = []string{
	"rows=1000", "rows=0", "rows4=5 rows6=0", "rows=40 garbage=1", "rows=40 states=all", "rows=40 zones=12", "rows=40 mapped=1",
}

func TestSyntheticGopsutil(t *testing.T) {
	for _, words := range scenarios {
		for kind := range kinds {
			for _, pid := range []int32{0, 1004, 7} {
				t.Run(fmt.Sprintf("%s %s %d", words, kind, pid), func(t *testing.T) {
					scenario(t, words)
					want, err := gopsutil.ConnectionsPid(kind, pid)
					require.NoError(t, err)
					got, err := ConnectionsPid(kind, pid)
					require.NoError(t, err)
					assert.Empty(t, diff(asGopsutil(want), asGopsutil(got)))
				})
			}
		}
	}
	_, want := gopsutil.ConnectionsPid("unix", 0)
	_, got := ConnectionsPid("unix", 0)
	assert.EqualError(t, got, want.Error())
}

func TestSyntheticTailscale(t *testing.T) {
	for _, words := range scenarios {
		t.Run(words, func(t *testing.T) {
			scenario(t, words)
			want, err := netstat.Get()
			require.NoError(t, err)
			got, err := Get()
			require.NoError(t, err)
			assert.Empty(t, diff(compared(want), asTailscale(got)))
		})
	}
}

// The module of each row is read with the row that Windows returned.
func TestSyntheticTailscaleModules(t *testing.T) {
	scenario(t, "rows=3 module=good")
	want, err := netstat.Get()
	require.NoError(t, err)
	got, err := Get()
	require.NoError(t, err)
	require.Len(t, got.Entries, 6)
	for i := range want.Entries {
		log := synthetic.NewLog(t)
		scenario(t, "module=good", log.Word())
		wantName, err := want.Entries[i].OSMetadata.GetModule()
		require.NoError(t, err)
		gotName, err := got.Entries[i].OSMetadata.GetModule()
		require.NoError(t, err)
		assert.Equal(t, wantName, gotName)
		assert.NotEmpty(t, gotName)
		assert.Len(t, rowsOf(t, log.Calls(t)), 1, "both asked with the same row")

		for _, code := range []int{1168, 5} {
			scenario(t, fmt.Sprint("codes=", code))
			wantName, want := want.Entries[i].OSMetadata.GetModule()
			gotName, got := got.Entries[i].OSMetadata.GetModule()
			assert.Empty(t, wantName+gotName)
			assert.Equal(t, want == nil, got == nil)
			assert.ErrorIs(t, got, want)
		}
	}
}

// rowsOf returns the rows that owners were asked for with, each once.
func rowsOf(t *testing.T, calls []string) []string {
	var rows []string
	for _, call := range calls {
		row := regexp.MustCompile(` row=[0-9a-f]+`).FindString(call)
		require.NotEmpty(t, row, call)
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// portmaster itself cannot be imported. Its tables have what gopsutil's have, but for the state,
// which only sorts listeners out.
func TestSyntheticPortmaster(t *testing.T) {
	for _, words := range scenarios {
		t.Run(words, func(t *testing.T) {
			scenario(t, words)
			comparePortmaster(t)
		})
	}
}

func comparePortmaster(t require.TestingT) {
	for family, digit := range digits {
		tcp, err := gopsutil.Connections("tcp" + digit)
		require.NoError(t, err)
		udp, err := gopsutil.Connections("udp" + digit)
		require.NoError(t, err)
		var wantListeners, wantBinds []*BindInfo
		var wantConnections []*ConnectionInfo
		for _, c := range tcp {
			if c.Status == "LISTEN" {
				wantListeners = append(wantListeners, &BindInfo{endpoint(c.Laddr, family), int(c.Pid)})
			} else {
				wantConnections = append(wantConnections, &ConnectionInfo{endpoint(c.Laddr, family), endpoint(c.Raddr, family), int(c.Pid)})
			}
		}
		for _, c := range udp {
			wantBinds = append(wantBinds, &BindInfo{endpoint(c.Laddr, family), int(c.Pid)})
		}
		connections, listeners, err := TCPTable(family)
		require.NoError(t, err)
		binds, err := UDPTable(family)
		require.NoError(t, err)
		require.Empty(t, diff(wantConnections, connections))
		require.Empty(t, diff(wantListeners, listeners))
		require.Empty(t, diff(wantBinds, binds))
	}
}

var digits = map[tcpmib.Family]string{tcpmib.IPv4: "4", tcpmib.IPv6: "6"}

// endpoint is an endpoint of gopsutil as portmaster has it: 4 or 16 bytes.
func endpoint(a gopsutil.Addr, family tcpmib.Family) Address {
	ip := net.ParseIP(a.IP).To16()
	if family == tcpmib.IPv4 {
		ip = ip.To4()
	}
	return Address{ip, uint16(a.Port)}
}

// velociraptor itself cannot be imported. But for its names and times it has what gopsutil has; the
// times are those that the DLL is written to give out.
func TestSyntheticVelociraptor(t *testing.T) {
	for _, words := range scenarios {
		t.Run(words, func(t *testing.T) {
			scenario(t, words)
			rows := compareVelociraptor(t)
			for _, row := range rows {
				seconds := 1_705_526_400 + int64(row.Laddr.Port) - 1024
				assert.Equal(t, time.Unix(seconds, 0).UTC(), row.Timestamp)
			}
		})
	}
}

func compareVelociraptor(t require.TestingT) []*ConnectionStat {
	stats, err := gopsutil.Connections("all")
	require.NoError(t, err)
	var want []*ConnectionStat
	for _, c := range asGopsutil(stats) {
		row := &ConnectionStat{Pid: c.Pid, Family: "IPv4", Type: "UDP", Status: velociraptorNames[c.Status], Laddr: c.Laddr, Raddr: c.Raddr}
		if c.Family == windows.AF_INET6 {
			row.Family = "IPv6"
		}
		if c.Type == windows.SOCK_STREAM {
			row.Type = "TCP"
		}
		want = append(want, row)
	}
	rows, err := Netstat()
	require.NoError(t, err)
	var got []*ConnectionStat
	for _, row := range rows {
		plain := *row
		plain.Timestamp = time.Time{}
		plain.Laddr, plain.Raddr = withoutZone(plain.Laddr), withoutZone(plain.Raddr)
		if plain.Status == "LISTEN" {
			plain.Raddr = gopsutil.Addr{}
		}
		if _, err := strconv.Atoi(plain.Status); err == nil || plain.Status == "BOUND" {
			plain.Status = "" // as gopsutil has unknown states
		}
		got = append(got, &plain)
	}
	require.Empty(t, diff(want, got))
	return rows
}

// velociraptorNames are the names that velociraptor has for those of gopsutil.
var velociraptorNames = map[string]string{
	"CLOSED": "CLOSED", "LISTEN": "LISTEN", "SYN_SENT": "SENT", "SYN_RECEIVED": "SYN_RCVD", "ESTABLISHED": "ESTAB",
	"FIN_WAIT_1": "FIN_WAIT1", "FIN_WAIT_2": "FIN_WAIT2", "CLOSE_WAIT": "CLOSE_WAIT", "CLOSING": "CLOSING",
	"LAST_ACK": "LAST_ACK", "TIME_WAIT": "TIME_WAIT", "DELETE": "DELETE_TCB",
}

// What the comparisons let pass: each defect of an original, as the first row shows it.
func TestSyntheticDefects(t *testing.T) {
	first := func(kind string) (original, port gopsutil.ConnectionStat) {
		originals, err := gopsutil.Connections(kind)
		require.NoError(t, err)
		ports, err := ConnectionsPid(kind, 0)
		require.NoError(t, err)
		return slices.MinFunc(originals, byPort), slices.MinFunc(ports, byPort)
	}
	t.Run("gopsutil loses scope IDs", func(t *testing.T) {
		scenario(t, "zones=1")
		original, port := first("tcp6")
		assert.Equal(t, "fe80::a00:0", original.Laddr.IP)
		assert.Equal(t, "fe80::a00:0%1", port.Laddr.IP)
	})
	t.Run("gopsutil makes IPv4 of mapped addresses", func(t *testing.T) {
		scenario(t, "mapped=1")
		original, port := first("udp6")
		assert.Equal(t, "10.0.0.0", original.Laddr.IP)
		assert.Equal(t, "::ffff:10.0.0.0", port.Laddr.IP)
	})
	t.Run("gopsutil has no status for an unknown state", func(t *testing.T) {
		scenario(t, "states=77")
		original, port := first("tcp4")
		assert.Empty(t, original.Status)
		assert.Equal(t, "State(77)", port.Status)
	})
	t.Run("gopsutil shows the remote endpoint of a listener", func(t *testing.T) {
		scenario(t, "states=2")
		original, port := first("tcp4")
		assert.Equal(t, gopsutil.Addr{IP: "198.18.0.0", Port: 443}, original.Raddr)
		assert.Equal(t, gopsutil.Addr{IP: "0.0.0.0"}, port.Raddr)
		original, port = first("tcp6")
		assert.Equal(t, gopsutil.Addr{IP: "2001:db8::c612:0", Port: 443}, original.Raddr)
		assert.Equal(t, gopsutil.Addr{IP: "::"}, port.Raddr)
	})
	t.Run("gopsutil does not report errors", func(t *testing.T) {
		scenario(t, "codes6=5")
		stats, err := gopsutil.Connections("all")
		assert.NoError(t, err)
		assert.Len(t, stats, 6)
		stats, err = ConnectionsPid("all", 0)
		assert.ErrorIs(t, err, fs.ErrPermission)
		assert.Len(t, stats, 6)
	})

	entry := func() (original, port netstat.Entry) {
		originals, err := netstat.Get()
		require.NoError(t, err)
		ports, err := Get()
		require.NoError(t, err)
		return originals.Entries[len(originals.Entries)-1], ports.Entries[len(ports.Entries)-1]
	}
	t.Run("tailscale makes IPv4 of mapped addresses", func(t *testing.T) {
		scenario(t, "rows=1 mapped=1 states=5")
		original, port := entry()
		assert.Equal(t, netip.MustParseAddrPort("10.0.0.0:1024"), original.Local)
		assert.Equal(t, netip.MustParseAddrPort("[::ffff:10.0.0.0]:1024"), port.Local)
	})
	for state, names := range map[string][2]string{
		"11": {"DELETE-TCB", "TIME-WAIT"}, "12": {"unknown-state-12", "DELETE-TCB"}, "77": {"unknown-state-77", "State(77)"},
	} {
		t.Run("tailscale misnames state "+state, func(t *testing.T) {
			scenario(t, "states="+state)
			original, port := entry()
			assert.Equal(t, names, [2]string{original.State, port.State})
		})
	}
	t.Run("tailscale shows the remote endpoint of a listener", func(t *testing.T) {
		scenario(t, "rows=1 states=2")
		original, port := entry()
		assert.Equal(t, netip.MustParseAddrPort("[2001:db8::c612:0]:443"), original.Remote)
		assert.Zero(t, port.Remote)
	})
	t.Run("tailscale has nothing where one family fails", func(t *testing.T) {
		scenario(t, "codes6=50")
		original, err := netstat.Get()
		assert.Error(t, err)
		assert.Nil(t, original)
		port, err := Get()
		assert.ErrorIs(t, err, errors.ErrUnsupported)
		assert.Len(t, port.Entries, 3)
	})
	t.Run("tailscale refuses more than 10 MiB", func(t *testing.T) {
		scenario(t, "rows4=70000")
		_, err := netstat.Get()
		assert.ErrorContains(t, err, "unreasonable")
		port, err := Get()
		assert.NoError(t, err)
		assert.Len(t, port.Entries, 70_003)
	})
}

func byPort(a, b gopsutil.ConnectionStat) int { return cmp.Compare(a.Laddr.Port, b.Laddr.Port) }

// asGopsutil gives rows the defects of gopsutil, and listeners no remote endpoint, so that rows of
// gopsutil and of its port are the same.
func asGopsutil(stats []gopsutil.ConnectionStat) []gopsutil.ConnectionStat {
	for i := range stats {
		c := &stats[i]
		c.Laddr, c.Raddr = withoutZone(c.Laddr), withoutZone(c.Raddr)
		if strings.HasPrefix(c.Status, "State(") || c.Status == "BOUND" {
			c.Status = ""
		}
		if c.Status == "LISTEN" {
			c.Raddr = gopsutil.Addr{}
		}
	}
	return stats
}

func withoutZone(a gopsutil.Addr) gopsutil.Addr {
	if a.IP != "" {
		a.IP = netip.MustParseAddr(a.IP).WithZone("").Unmap().String()
	}
	return a
}

// asTailscale gives rows of the port the defects of tailscale.
func asTailscale(table *netstat.Table) []netstat.Entry {
	for i := range table.Entries {
		e := &table.Entries[i]
		e.Local, e.Remote = unmapped(e.Local), unmapped(e.Remote)
		switch state, _ := tcpmib.ParseState(e.State); {
		case state == 0:
			e.State = ""
		case state == tcpmib.StateTimeWait:
			e.State = "DELETE-TCB"
		case state > tcpmib.StateTimeWait:
			e.State = fmt.Sprintf("unknown-state-%d", state)
		}
	}
	return compared(table)
}

// compared leaves out what has no meaning, and what cannot be compared.
func compared(table *netstat.Table) []netstat.Entry {
	for i := range table.Entries {
		e := &table.Entries[i]
		if e.State == "LISTEN" {
			e.Remote = netip.AddrPort{}
		}
		e.OSMetadata = nil
	}
	return table.Entries
}

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// diff says how two lists differ in anything but their order.
func diff[Row any](want, got []Row) string {
	if len(want)+len(got) == 0 {
		return ""
	}
	byText := func(a, b Row) int { return strings.Compare(text(a), text(b)) }
	slices.SortFunc(want, byText)
	slices.SortFunc(got, byText)
	return gocmp.Diff(want, got, gocmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }))
}

func text(row any) string {
	return fmt.Sprintf("%+v", reflect.Indirect(reflect.ValueOf(row)).Interface())
}
