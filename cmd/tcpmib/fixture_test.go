package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// machine is a Source that answers with rows made up by a test.
type machine struct {
	rows4 []tcpmib.TCPRow2
	rows6 []tcpmib.TCP6Row2
	code4 uint32 // what all questions about IPv4 fail with
	code6 uint32

	stats4, stats6 tcpmib.TCPStats2
}

func (m *machine) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	switch q.Func {
	case "GetTcpTable2":
		return answer(m.code4, len(m.rows4), m.rows4, buf)
	case "GetTcp6Table2":
		return answer(m.code6, len(m.rows6), m.rows6, buf)
	case "GetExtendedTcpTable":
		return m.askOwnerModules(q, buf)
	case "GetTcpStatisticsEx2":
		if q.Family == afInet {
			return answerStruct(m.code4, m.stats4, buf)
		}
		return answerStruct(m.code6, m.stats6, buf)
	}
	return 0, 127 // ERROR_PROC_NOT_FOUND
}

const (
	afInet          = 2
	ownerModuleAll  = 8                  // TCP_TABLE_OWNER_MODULE_ALL
	ticksAt20240506 = 133594488000000000 // 2024-05-06 06:00:00 UTC
	ticksPerMinute  = 600_000_000
)

// askOwnerModules answers with the same rows, created a minute after each other,
// as far as somebody owns them.
func (m *machine) askOwnerModules(q tcpmib.Query, buf []byte) (size, code uint32) {
	created := func(i int, pid uint32) int64 {
		if pid == 0 {
			return 0
		}
		return ticksAt20240506 + int64(i)*ticksPerMinute + 1234567
	}
	var table bytes.Buffer
	if q.Family == afInet {
		binary.Write(&table, binary.LittleEndian, uint64(len(m.rows4))) // and four bytes of padding
		for i, r := range m.rows4 {
			binary.Write(&table, binary.LittleEndian, tcpmib.TCPRowOwnerModule{
				State: r.State, LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
				OwningPid: r.OwningPid, CreateTimestamp: created(i, r.OwningPid),
			})
		}
		return answerBytes(m.code4, table.Bytes(), buf)
	}
	binary.Write(&table, binary.LittleEndian, uint64(len(m.rows6)))
	for i, r := range m.rows6 {
		binary.Write(&table, binary.LittleEndian, tcpmib.TCP6RowOwnerModule{
			State: r.State, LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
			LocalScopeID: r.LocalScopeID, RemoteScopeID: r.RemoteScopeID,
			OwningPid: r.OwningPid, CreateTimestamp: created(i, r.OwningPid),
		})
	}
	return answerBytes(m.code6, table.Bytes(), buf)
}

func answerStruct(code uint32, s any, buf []byte) (size, _ uint32) {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, s); err != nil {
		panic(err)
	}
	return answerBytes(code, b.Bytes(), buf)
}

func answerBytes(code uint32, answer, buf []byte) (size, _ uint32) {
	switch {
	case code != 0:
		return 0, code
	case len(answer) > len(buf):
		return uint32(len(answer)), 122 // ERROR_INSUFFICIENT_BUFFER
	}
	return uint32(copy(buf, answer)), 0
}

func answer(code uint32, n int, rows any, buf []byte) (uint32, uint32) {
	var table bytes.Buffer
	binary.Write(&table, binary.LittleEndian, uint32(n))
	if err := binary.Write(&table, binary.LittleEndian, rows); err != nil {
		panic(err)
	}
	return answerBytes(code, table.Bytes(), buf)
}

// add4 and add6 add a row. The upper halves of ports are garbage, as Windows may
// leave them, and so is the remote endpoint in LISTEN.
func (m *machine) add4(local, remote string, state tcpmib.State, pid uint32, offload tcpmib.OffloadState) {
	r := tcpmib.TCPRow2{State: state, OwningPid: pid, OffloadState: offload}
	l := netip.MustParseAddrPort(local)
	r.LocalAddr, r.LocalPort = l.Addr().As4(), portBytes(l.Port())
	if state == tcpmib.StateListen {
		remote = "0.0.0.0:0"
	}
	p := netip.MustParseAddrPort(remote)
	r.RemoteAddr, r.RemotePort = p.Addr().As4(), portBytes(p.Port())
	m.rows4 = append(m.rows4, r)
}

func (m *machine) add6(local string, localScope uint32, remote string, remoteScope uint32, state tcpmib.State, pid uint32) {
	r := tcpmib.TCP6Row2{State: state, OwningPid: pid, LocalScopeID: localScope, RemoteScopeID: remoteScope}
	l := netip.MustParseAddrPort(local)
	r.LocalAddr, r.LocalPort = l.Addr().As16(), portBytes(l.Port())
	if state == tcpmib.StateListen {
		remote = "[::]:0"
	}
	p := netip.MustParseAddrPort(remote)
	r.RemoteAddr, r.RemotePort = p.Addr().As16(), portBytes(p.Port())
	m.rows6 = append(m.rows6, r)
}

func portBytes(port uint16) [4]byte { return [4]byte{byte(port >> 8), byte(port), 0xAB, 0xCD} }

// office is a made-up Windows machine with a bit of everything: every state and
// one that no header knows, both families, zones, an IPv4 address in IPv6, owners
// with and without a name, and one with a name that is hard to print.
func office() (*machine, owner.Processes) {
	m := machine{
		stats4: tcpmib.TCPStats2{
			RtoAlgorithm: tcpmib.RTOAlgorithmVanj, RtoMin: 5, RtoMax: 4294967295, MaxConn: tcpmib.TCPMaxConnDynamic,
			ActiveOpens: 15320, PassiveOpens: 2210, AttemptFails: 311, EstabResets: 902, CurrEstab: 6,
			InSegs: 8_123_456_789, OutSegs: 9_876_543_210, RetransSegs: 41233, InErrs: 12, OutRsts: 5120, NumConns: 18,
		},
		stats6: tcpmib.TCPStats2{
			RtoAlgorithm: tcpmib.RTOAlgorithmVanj, RtoMin: 5, RtoMax: 4294967295, MaxConn: tcpmib.TCPMaxConnDynamic,
			ActiveOpens: 830, PassiveOpens: 97, AttemptFails: 4, EstabResets: 11, CurrEstab: 3,
			InSegs: 512_000, OutSegs: 498_000, RetransSegs: 77, OutRsts: 40, NumConns: 4,
		},
	}
	m.add4("0.0.0.0:135", "", tcpmib.StateListen, 1044, tcpmib.OffloadStateInHost)
	m.add4("0.0.0.0:445", "", tcpmib.StateListen, 4, tcpmib.OffloadStateInHost)
	m.add4("0.0.0.0:3389", "", tcpmib.StateListen, 1288, tcpmib.OffloadStateInHost)
	m.add4("127.0.0.1:5432", "", tcpmib.StateListen, 3120, tcpmib.OffloadStateInHost)
	m.add4("127.0.0.1:5432", "127.0.0.1:50112", tcpmib.StateEstab, 3120, tcpmib.OffloadStateInHost)
	m.add4("127.0.0.1:50112", "127.0.0.1:5432", tcpmib.StateEstab, 7340, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:139", "", tcpmib.StateListen, 4, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:3389", "192.168.1.77:61022", tcpmib.StateEstab, 1288, tcpmib.OffloadStateOffloaded)
	m.add4("192.168.1.23:50120", "203.0.113.7:443", tcpmib.StateEstab, 9216, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50121", "203.0.113.7:443", tcpmib.StateEstab, 9216, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50122", "198.51.100.40:443", tcpmib.StateCloseWait, 9216, tcpmib.OffloadStateUploading)
	m.add4("192.168.1.23:50123", "198.51.100.40:443", tcpmib.StateFinWait1, 9216, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50124", "198.51.100.41:80", tcpmib.StateFinWait2, 9216, tcpmib.OffloadStateOffloading)
	m.add4("192.168.1.23:50125", "198.51.100.41:80", tcpmib.StateTimeWait, 0, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50126", "198.51.100.41:80", tcpmib.StateTimeWait, 0, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50127", "192.0.2.250:8080", tcpmib.StateSynSent, 7340, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:445", "192.168.1.99:52001", tcpmib.StateSynRcvd, 4, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50128", "192.0.2.9:22", tcpmib.StateClosing, 8088, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50129", "192.0.2.9:22", tcpmib.StateLastAck, 8088, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50130", "192.0.2.9:22", tcpmib.StateClosed, 8088, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50131", "192.0.2.9:22", tcpmib.StateDeleteTCB, 8088, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50132", "0.0.0.0:0", tcpmib.StateReserved, 6006, tcpmib.OffloadStateInHost)
	m.add4("192.168.1.23:50133", "192.0.2.9:22", 77, 6006, 9)
	m.add6("[::]:135", 0, "", 0, tcpmib.StateListen, 1044)
	m.add6("[::]:445", 0, "", 0, tcpmib.StateListen, 4)
	m.add6("[::1]:49669", 0, "", 0, tcpmib.StateListen, 3120)
	m.add6("[fe80::1c2b:3fff:fe4a:5d6e]:2179", 12, "", 0, tcpmib.StateListen, 1288)
	m.add6("[fe80::1c2b:3fff:fe4a:5d6e]:50140", 12, "[fe80::9e05:d6ff:fe00:1]:445", 12, tcpmib.StateEstab, 4)
	m.add6("[2001:db8:1:2::23]:50141", 0, "[2001:db8:ffff:ffff:ffff:ffff:ffff:1]:443", 0, tcpmib.StateEstab, 9216)
	m.add6("[2001:db8:1:2::23]:50142", 0, "[2001:db8:aa::40]:443", 0, tcpmib.StateTimeWait, 0)
	m.add6("[::ffff:192.168.1.23]:8443", 0, "[::ffff:192.168.1.50]:49800", 0, tcpmib.StateEstab, 5120)
	return &m, named(map[uint32]string{
		0: "System Idle Process", 4: "System", 1044: "svchost.exe", 1288: "svchost.exe", 3120: "postgres.exe",
		7340: "sqlclient.exe", 9216: "chrome.exe", 8088: "ssh.exe", 5120: "näme \"<&>,\x1b[31m.exe",
	})
}

// named is processes of which the names are known.
func named(names map[uint32]string) owner.Processes {
	processes := owner.Processes{}
	for pid, name := range names {
		processes[pid] = owner.Process{PID: pid, Name: name}
	}
	return processes
}

// result is what a run of the program left behind.
type result struct {
	stdout, stderr string
	code           int
}

// testApp is the program before a made-up machine.
func testApp(m tcpmib.Source, processes owner.Processes) *app {
	return &app{
		environ:   []string{"TERM=xterm-256color"},
		source:    m,
		processes: func() (owner.Processes, error) { return processes, nil },
		lookup:    func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") },
		services: func() (map[uint32][]string, error) {
			return map[uint32][]string{1044: {"RpcEptMapper", "RpcSs"}, 1288: {"TermService"}}, nil
		},
		module4: func(r *tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error) {
			return tcpmib.OwnerModule{Name: fmt.Sprintf("module%d", r.OwningPid)}, nil
		},
		module6: func(*tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error) {
			return tcpmib.OwnerModule{}, fs.ErrPermission
		},
		path:           func(p owner.Process) (string, error) { return `C:\Programs\` + p.Name, nil },
		closeConn:      func(tcpmib.Conn) error { return fs.ErrPermission },
		untilInterrupt: context.WithCancel,
	}
}

func runApp(a *app, args ...string) result {
	var stdout, stderr bytes.Buffer
	a.stdout, a.stderr = &stdout, &stderr
	if a.stdin == nil {
		a.stdin = &bytes.Buffer{}
	}
	code := a.run(args)
	return result{stdout.String(), stderr.String(), code}
}

// runOffice runs the program before the made-up machine, which must go well.
func runOffice(t testing.TB, args ...string) string {
	t.Helper()
	r := runApp(testApp(office()), args...)
	require.Zero(t, r.code, r.stderr)
	require.Empty(t, r.stderr)
	return r.stdout
}

// The captures in testdata are made of made-up machines: office.zip of office,
// later.zip of the same two seconds later, empty.zip of one without connections
// and half.zip of one whose GetTcp6Table2 fails.
func TestFixtures(t *testing.T) {
	info := capture.Info{
		Time:           time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
		WindowsVersion: "10.0.22631",
		GOARCH:         "amd64",
	}
	for name, make := range map[string]func() (*machine, owner.Processes){
		"office.zip": office,
		"later.zip":  later,
		"empty.zip":  func() (*machine, owner.Processes) { return &machine{}, nil },
		"half.zip": func() (*machine, owner.Processes) {
			m, processes := office()
			m.code6 = 50
			return m, processes
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, processes := make()
			info := info
			info.Processes = map[uint32]string{}
			for pid, process := range processes {
				info.Processes[pid] = process.Name
			}
			if name == "later.zip" {
				info.Time = info.Time.Add(2 * time.Second)
			}
			path := filepath.Join("testdata", name)
			if *update {
				var b bytes.Buffer
				require.NoError(t, capture.Write(&b, m, info))
				require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
			}
			c, err := capture.Open(path)
			require.NoError(t, err)
			info.Version = capture.Version
			assert.Empty(t, cmp.Diff(info, c.Info()))
			for _, q := range capture.Queries {
				want, wantErr := (&tcpmib.Reader{Source: m}).Raw(q)
				got, err := (&tcpmib.Reader{Source: c}).Raw(q)
				assert.Equal(t, wantErr, err)
				assert.Empty(t, cmp.Diff(want, got), q.Func)
			}
		})
	}
}

// later is office after a few seconds.
func later() (*machine, owner.Processes) {
	m, processes := office()
	for i := range m.rows4 {
		if r := &m.rows4[i]; r.State == tcpmib.StateSynSent {
			r.State = tcpmib.StateEstab
		}
	}
	m.rows4 = slices.DeleteFunc(m.rows4, func(r tcpmib.TCPRow2) bool { return r.State == tcpmib.StateLastAck })
	m.add4("192.168.1.23:50134", "203.0.113.8:443", tcpmib.StateSynSent, 9216, tcpmib.OffloadStateInHost)
	return m, processes
}
