package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// binds answers attempts to bind, by protocol and family; the others work.
type binds map[string]uint32

func (b binds) try(p rows.Protocol, family tcpmib.Family, _ uint16) (uint32, error) {
	return b[p.String()+" "+family.String()], nil
}

// broken is a source of which one function fails.
type broken struct {
	tcpmib.Source
	function string
	code     uint32
}

func (b broken) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if q.Func == b.function {
		return 0, b.code
	}
	return b.Source.Ask(q, buf)
}

// What the tables of a machine do not show, other calls do.
func TestPort(t *testing.T) {
	for _, test := range []struct {
		name    string
		args    []string
		prepare func(m *fakeMachine)
		code    int
		want    []string // words of the output, of stderr, or of both with a $ between
	}{
		{"free", []string{"9999"}, nil, cli.ExitNothing, []string{"TCP port 9999 is free.\nUDP port 9999 is free.\n"}},
		{"reserved", []string{"-t", "9999"}, func(m *fakeMachine) { m.reservations = map[rows.Protocol][]uint16{rows.TCP: {9999}} },
			cli.ExitOK, []string{"TCP port 9999 is reserved: "}},
		{"reserved for UDP", []string{"9999"}, func(m *fakeMachine) { m.reservations = map[rows.Protocol][]uint16{rows.UDP: {9999}} },
			cli.ExitOK, []string{"TCP port 9999 is free.\n", "UDP port 9999 is reserved: ", "protocol=udp"}},
		{"excluded", []string{"9999"}, func(m *fakeMachine) { m.tryBind = binds{"tcp ipv4": 10013}.try },
			cli.ExitOK, []string{"refuses to bind it over IPv4 (WSAEACCES, 10013)", "protocol=tcp", "UDP port 9999 is free.\n"}},
		{"in use", []string{"-u", "9999"}, func(m *fakeMachine) { m.tryBind = binds{"udp ipv6": 10048}.try },
			cli.ExitOK, []string{"UDP port 9999 is held, but by whom is not known: ", "over IPv6 (WSAEADDRINUSE, 10048)"}},
		{"no IPv6", []string{"9999"}, func(m *fakeMachine) { m.tryBind = binds{"tcp ipv6": 10047, "udp ipv6": 10047}.try },
			cli.ExitNothing, []string{"TCP port 9999 is free.\nUDP port 9999 is free.\n"}},
		{"no bind", []string{"-t", "9999"}, func(m *fakeMachine) {
			m.tryBind = func(rows.Protocol, tcpmib.Family, uint16) (uint32, error) { return 0, errors.New("no Winsock") }
		}, cli.ExitFailure, []string{"Whether TCP port 9999 is free is not known.", "no bind could be tried: no Winsock."}},
		{"held, and a table unreadable", []string{"-t", "135"}, func(m *fakeMachine) { m.asks = broken{m.asks, "InternalGetBoundTcpEndpointTable", 5} },
			cli.ExitOK, []string{"TCP port 135 is held by svchost.exe"}},
		{"a table unreadable", []string{"-u", "9999"}, func(m *fakeMachine) { m.asks = broken{m.asks, "GetExtendedUdpTable", 5} },
			cli.ExitFailure, []string{"Whether UDP port 9999 is free is not known.", "the table of UDP sockets could not be read: GetExtendedUdpTable(ipv4, OwnerModule): "}},
		{"no bound sockets before Windows 10 1809", []string{"-t", "9999"}, func(m *fakeMachine) { m.asks = broken{m.asks, "InternalGetBoundTcpEndpointTable", 127} },
			cli.ExitNothing, []string{"TCP port 9999 is free.\n"}},
		{"in use, before Windows 10 1809", []string{"-t", "9999"}, func(m *fakeMachine) {
			m.asks, m.tryBind = broken{m.asks, "InternalGetBoundTcpEndpointTable", 127}, binds{"tcp ipv4": 10048}.try
		}, cli.ExitOK, []string{"It may be in one that could not be read: this Windows has no table of bound TCP sockets, which came with Windows 10 version 1809. Choose"}},
		{"held and free, of several", []string{"-t", "9999", "135"}, nil, cli.ExitOK, []string{"TCP port 9999 is free.\n\nTCP port 135 is held"}},
		{"no details", []string{"-t", "49669"}, func(m *fakeMachine) { m.refuseDetails = true },
			cli.ExitOK, []string{"postgres.exe, PID 3120\n", "Run as administrator to see more."}},
		{"no command line", []string{"-t", "49669"}, func(m *fakeMachine) { m.refuseCommandLine = true },
			cli.ExitOK, []string{"since 2024-05-06 05:05:12\n  Run as administrator to see more.\n$"}},
		{"no command line, elevated", []string{"-t", "49669"}, func(m *fakeMachine) { m.refuseCommandLine, m.elevated = true, true },
			cli.ExitOK, []string{"end postgres.exe -D \"C:\\Data\" (PID 3120):\n\n    taskkill /F /PID 3120\n", "\n  Windows protects this process and shows no more of it.\n$"}},
		{"a service", []string{"-t", "3389"}, nil, cli.ExitOK, []string{"stop the service TermService as administrator:\n\n    sc.exe stop TermService\n"}},
		{"a service, elevated", []string{"-t", "3389"}, func(m *fakeMachine) { m.elevated = true }, cli.ExitOK, []string{"stop the service TermService:\n\n    sc.exe stop TermService\n"}},
		{"no processes", []string{"-t", "49669"}, func(m *fakeMachine) {
			m.listProcs = func() (owner.Processes, error) { return owner.Processes{}, fs.ErrPermission }
		}, cli.ExitOK, []string{"held by the process with PID 3120, which listens on ::1.", "process names are missing: permission denied"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := officeApp()
			if test.prepare != nil {
				test.prepare(fake(a))
			}
			got := runApp(a, append([]string{"port"}, test.args...)...)
			assert.Equal(t, test.code, got.code)
			for _, want := range test.want {
				assert.Contains(t, got.stdout+"$"+got.stderr, want)
			}
		})
	}
}

// A port that a table explains is not bound: that would say nothing new, and could get in a
// program's way.
func TestPortBindsOnlyWhatNoTableExplains(t *testing.T) {
	var tried []string
	a := officeApp()
	fake(a).tryBind = func(p rows.Protocol, family tcpmib.Family, port uint16) (uint32, error) {
		assert.Equal(t, uint16(8081), port)
		tried = append(tried, p.String()+" "+family.String())
		return 0, nil
	}
	require.Zero(t, runApp(a, "port", "8081", "--json").code)
	assert.Equal(t, []string{"udp ipv4", "udp ipv6"}, tried)
}

// Sentences are wrapped to the screen, and whole in pipes.
func TestPortOnAScreen(t *testing.T) {
	for _, width := range []string{"80", "200"} {
		a := officeApp()
		a.Environ = append(a.Environ, "CLICOLOR_FORCE=1", "COLUMNS="+width)
		got := runApp(a, "port", "3389", "50132", "8443")
		require.Zero(t, got.code, got.stderr)
		fixture.Golden(t, "port/width"+width+".golden", got.stdout)
	}
}

// A busy server has thousands of connections on its port: the first are shown.
func TestPortWithManySockets(t *testing.T) {
	m := &fixture.Machine{}
	m.Add("0.0.0.0:80", "", tcpmib.StateListen, 10)
	for range 100 {
		m.Add("10.0.0.1:80", "10.0.0.2:5000", tcpmib.StateEstab, 10)
	}
	got := runApp(testApp(m, fixture.Named(map[uint32]string{10: "server.exe"})), "port", "-t", "80")
	require.Zero(t, got.code)
	assert.Contains(t, got.stdout, "\nand 81 more sockets: see tcpmib list --local-port 80\n")

	got = runApp(testApp(m, nil), "port", "-t", "80", "--json")
	var ports []struct{ Protocols []struct{ Holders []any } }
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &ports))
	assert.Len(t, ports[0].Protocols[0].Holders, 101)
}

// A process that has the PID of a socket's owner by now is not shown as the owner, in no format.
func TestPortOfAReusedPID(t *testing.T) {
	m, processes := fixture.Office()
	p := processes[3120]
	p.Created = time.Date(2024, 5, 6, 7, 0, 0, 0, time.UTC)
	processes[3120] = p
	got := runApp(testApp(m, processes), "port", "-t", "5432")
	assert.Contains(t, got.stdout, "held by a process that has ended (PID 3120)")
	assert.NotContains(t, got.stdout, "postgres")
	got = runApp(testApp(m, processes), "port", "-t", "5432", "--json")
	assert.NotContains(t, got.stdout, "postgres")
	assert.Contains(t, got.stdout, `"process":"","created":"2024-05-06T06:03:00.1234567Z","age":3908,"path":null,"services":[],"parent":null,"parentProcess":null,"user":null,"processCreated":null`)
}

// details counts the processes that are asked about.
type details struct {
	*fakeMachine
	asked *[]uint32
}

func (d details) Details(p owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
	*d.asked = append(*d.asked, pids...)
	return d.fakeMachine.Details(p, pids...)
}

// Only the processes with sockets on the ports are asked about, each once, and not the kernel.
func TestPortAsksAboutOwners(t *testing.T) {
	for port, want := range map[string][]uint32{
		"135": {1044}, "445": nil, "3389": {1288}, "8081": {7340}, "5353": {9216}, "50132": nil, "9999": nil, "135,3389,5353": {1044, 1288, 9216},
	} {
		a := officeApp()
		var asked []uint32
		a.live = details{fake(a), &asked}
		runApp(a, "port", port)
		assert.ElementsMatch(t, want, asked, port)
	}
}
