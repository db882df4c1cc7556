package rows

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

var created = time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC)

// full is a row of which everything is known.
func full() *Row {
	return &Row{
		Socket: Socket{Conn: tcpmib.Conn{
			Local: netip.MustParseAddrPort("[fe80::1%12]:50120"), Remote: netip.MustParseAddrPort("[fe80::2%12]:443"),
			State: tcpmib.StateEstab, PID: 9216, Offload: tcpmib.OffloadStateOffloaded,
		}},
		Process: "chrome.exe",
		Known: Known{
			RemoteName: "host.example", Created: created, Age: 90 * time.Second, Module: "RpcSs", Services: []string{"Dnscache", "RpcSs"},
			Owner: &Owner{Path: `C:\chrome.exe`, User: `OFFICE\anna`, CommandLine: "chrome.exe --x", Parent: 612, ParentProcess: "explorer.exe"},
		},
		Measured: &Measured{BytesIn: 1, BytesOut: 2, Retransmitted: 3, RTT: 4, RTTMin: 5, RTTMax: 6},
	}
}

// udp is a UDP socket of which nothing more is known.
func udp() *Row {
	return &Row{Socket: Socket{tcpmib.Conn{Local: netip.MustParseAddrPort("0.0.0.0:53")}, UDP}, Measured: &Measured{RTTMin: 1<<32 - 1}}
}

// The columns of the socket, and no others, show the same when nothing else is known.
func TestColumnsOfSocket(t *testing.T) {
	whole := full()
	alone := &Row{Socket: whole.Socket}
	for _, c := range Columns {
		assert.Equal(t, string(c.Text(nil, whole)) == string(c.Text(nil, alone)), c.isOfSocket(), c.Name)
	}
}

func TestColumnValues(t *testing.T) {
	for _, tt := range []struct{ name, text, json, emptyText, emptyJSON string }{
		{"protocol", "tcp", `"tcp"`, "udp", `"udp"`},
		{"family", "IPv6", `"IPv6"`, "IPv4", `"IPv4"`},
		{"local", "[fe80::1%12]:50120", `"[fe80::1%12]:50120"`, "0.0.0.0:53", `"0.0.0.0:53"`},
		{"localAddress", "fe80::1%12", `"fe80::1%12"`, "0.0.0.0", `"0.0.0.0"`},
		{"localPort", "50120", "50120", "53", "53"},
		{"remote", "[fe80::2%12]:443", `"[fe80::2%12]:443"`, "", "null"},
		{"remoteAddress", "fe80::2%12", `"fe80::2%12"`, "", "null"},
		{"remotePort", "443", "443", "", "null"},
		{"remoteName", "host.example", `"host.example"`, "", "null"},
		{"state", "ESTABLISHED", `"ESTABLISHED"`, "", "null"},
		{"stateCode", "5", "5", "", "null"},
		{"pid", "9216", "9216", "0", "0"},
		{"process", "chrome.exe", `"chrome.exe"`, "", `""`},
		{"path", `C:\chrome.exe`, `"C:\\chrome.exe"`, "", "null"},
		{"user", `OFFICE\anna`, `"OFFICE\\anna"`, "", "null"},
		{"parent", "612", "612", "", "null"},
		{"parentProcess", "explorer.exe", `"explorer.exe"`, "", "null"},
		{"commandLine", "chrome.exe --x", `"chrome.exe --x"`, "", "null"},
		{"offload", "Offloaded", `"Offloaded"`, "", "null"},
		{"offloadCode", "2", "2", "", "null"},
		{"age", "1m 30s", "90", "", "null"},
		{"created", created.Local().Format(time.RFC3339), `"2024-05-06T07:08:09.123456789Z"`, "", "null"},
		{"module", "RpcSs", `"RpcSs"`, "", "null"},
		{"services", "Dnscache, RpcSs", `["Dnscache","RpcSs"]`, "", "[]"},
		{"bytesIn", "1", "1", "0", "0"},
		{"bytesOut", "2", "2", "0", "0"},
		{"segmentsRetransmitted", "3", "3", "0", "0"},
		{"rttMilliseconds", "4", "4", "", "null"},
		{"rttMinMilliseconds", "5", "5", "", "null"},
		{"rttMaxMilliseconds", "6", "6", "", "null"},
	} {
		i := slices.IndexFunc(slices.Concat(Columns, Measurements), func(c Column) bool { return c.Name == tt.name })
		require.GreaterOrEqual(t, i, 0, tt.name)
		c := slices.Concat(Columns, Measurements)[i]
		if tt.name == "family" {
			tt.text, tt.json, tt.emptyText, tt.emptyJSON = strings.ToLower(tt.text), strings.ToLower(tt.json), strings.ToLower(tt.emptyText), strings.ToLower(tt.emptyJSON)
		}
		assert.Equal(t, tt.text, string(c.Text(nil, full())), tt.name)
		assert.Equal(t, tt.json, string(c.AppendJSON(nil, full())), tt.name)
		assert.Equal(t, tt.emptyText, string(c.Text(nil, udp())), tt.name)
		assert.Equal(t, tt.emptyJSON, string(c.AppendJSON(nil, udp())), tt.name)
	}
	assert.Len(t, slices.Concat(Columns, Measurements), 30, "each has a line above")
	for _, name := range []string{"path", "user", "parent", "parentProcess", "commandLine"} {
		c := Named(name)[0]
		assert.Equal(t, "null", string(c.AppendJSON(nil, &Row{Known: Known{Owner: &Owner{}}})), "the owner is known, but not its %s", name)
	}
}

// Programs read times in UTC, as JSON has them, and numbers without units.
func TestColumnData(t *testing.T) {
	for name, want := range map[string]string{
		"created": "2024-05-06T07:08:09.123456789Z", "age": "90", "pid": "9216", "state": "ESTABLISHED", "services": "Dnscache, RpcSs",
	} {
		c := Named(name)[0]
		r := full()
		r.Created = r.Created.In(time.FixedZone("", -4*60*60))
		assert.Equal(t, want, string(c.appendData(nil, r)), name)
	}
	for _, name := range []string{"created", "age", "state", "remotePort"} {
		c := Named(name)[0]
		assert.Empty(t, c.appendData(nil, udp()), name)
	}
}

// The order of each column is that of its values, and it is an order.
func TestColumnOrder(t *testing.T) {
	row := func(change func(r *Row)) *Row {
		r := full()
		change(r)
		return r
	}
	addr := netip.MustParseAddrPort
	for name, bigger := range map[string]*Row{
		"protocol":      row(func(r *Row) { r.Protocol = UDP }),
		"local":         row(func(r *Row) { r.Local = addr("[fe80::1%12]:50121") }),
		"localAddress":  row(func(r *Row) { r.Local = addr("[fe80::3%12]:1") }),
		"localPort":     row(func(r *Row) { r.Local = addr("[::]:50121") }),
		"remote":        row(func(r *Row) { r.Remote = addr("[fe80::2%12]:444") }),
		"remoteAddress": row(func(r *Row) { r.Remote = addr("[fe80::3%12]:1") }),
		"remotePort":    row(func(r *Row) { r.Remote = addr("[::]:444") }),
		"remoteName":    row(func(r *Row) { r.RemoteName = "I.example" }),
		"state":         row(func(r *Row) { r.State = tcpmib.StateFinWait1 }),
		"stateCode":     row(func(r *Row) { r.State = 77 }),
		"pid":           row(func(r *Row) { r.PID = 10_000 }),
		"process":       row(func(r *Row) { r.Process = "CHROME2.exe" }),
		"path":          row(func(r *Row) { r.Owner = &Owner{Path: "d"} }),
		"user":          row(func(r *Row) { r.Owner = &Owner{User: "p"} }),
		"parent":        row(func(r *Row) { r.Owner = &Owner{Parent: 613} }),
		"parentProcess": row(func(r *Row) { r.Owner = &Owner{ParentProcess: "f"} }),
		"commandLine":   row(func(r *Row) { r.Owner = &Owner{CommandLine: "d"} }),
		"offload":       row(func(r *Row) { r.Offload = tcpmib.OffloadStateUploading }),
		"offloadCode":   row(func(r *Row) { r.Offload = 9 }),
		"age":           row(func(r *Row) { r.Age *= 2 }),
		"created":       row(func(r *Row) { r.Created = created.Add(time.Microsecond) }),
		"module":        row(func(r *Row) { r.Module = "s" }),
		"services":      row(func(r *Row) { r.Services = []string{"dnscache", "S"} }),
	} {
		c := Named(name)[0]
		assert.Negative(t, c.compare(full(), bigger), name)
		assert.Positive(t, c.compare(bigger, full()), name)
		assert.Zero(t, c.compare(full(), full()), name)
	}
	assert.Positive(t, Named("family")[0].compare(full(), udp()))
	assert.Positive(t, Named("path")[0].compare(full(), udp()), "nothing is known of the owner")
	assert.Zero(t, Named("process")[0].compare(&Row{Process: "AZ.EXE@[`"}, &Row{Process: "az.exe@[`"}))
	assert.NotZero(t, Named("process")[0].compare(&Row{Process: "@["}, &Row{Process: "`{"}), "next to the letters")
	assert.Negative(t, Named("process")[0].compare(&Row{Process: "a"}, &Row{Process: "ab"}))
}

func TestColumnNames(t *testing.T) {
	seen := map[string]string{}
	for _, c := range slices.Concat(Columns, EitherEnd) {
		for _, name := range append(slices.Clone(c.Also), c.Name) {
			assert.Empty(t, seen[folded(name)], "%s is a name of %s too", name, c.Name)
			seen[folded(name)] = c.Name
			assert.True(t, c.IsCalled(name) && c.IsCalled(strings.ToUpper(name)))
		}
		if flag := c.Filter.Flag; flag != "" {
			assert.True(t, c.IsCalled(flag), flag)
			assert.True(t, seen[folded(flag)] == "" || seen[folded(flag)] == c.Name)
			assert.NotEmpty(t, c.Filter.Kind)
			assert.NotEmpty(t, c.Filter.Usage)
		}
		assert.False(t, c.IsCalled("x"))
		assert.False(t, c.IsCalled(""))
	}
	assert.Panics(t, func() { Named("nonsense") })
	assert.Equal(t, []string{"pid", "local"}, Names(Named("pid", "local")))
	assert.True(t, Has(Columns, "pid"))
	assert.False(t, Has(Columns, "PID"))

	var list []Column
	value := ColumnList{&list}
	require.NoError(t, value.Set("local, REMOTE-PORT"))
	require.NoError(t, value.Set("proto"))
	assert.Equal(t, []string{"local", "remotePort", "protocol"}, Names(list))
	assert.ErrorContains(t, value.Set("lport,localPort"), "column localPort is named twice")
	assert.ErrorContains(t, value.Set("proces"), `unknown column "proces"; did you mean process?`)
	assert.ErrorContains(t, value.Set("zzzzzz"), `unknown column "zzzzzz"; columns are protocol, family, local,`)
	assert.ErrorContains(t, value.Set(""), "unknown column")
}

func TestStates(t *testing.T) {
	assert.Equal(t, "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT DELETE-TCB BOUND",
		strings.Join(StateNames(), " "))
	style := func(s tcpmib.State) string {
		return fmt.Sprint(Named("state")[0].Style(&Row{Socket: Socket{Conn: tcpmib.Conn{State: s}}}).GetForeground())
	}
	assert.NotEqual(t, style(tcpmib.StateListen), style(tcpmib.StateEstab))
	assert.NotEqual(t, style(tcpmib.StateListen), style(tcpmib.StateTimeWait))
	assert.NotEqual(t, style(tcpmib.StateEstab), style(tcpmib.StateTimeWait))
	assert.Equal(t, style(tcpmib.StateCloseWait), style(tcpmib.StateTimeWait))
}
