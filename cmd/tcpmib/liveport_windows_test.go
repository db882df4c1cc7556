package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// What port says about sockets of this process.
func TestLivePort(t *testing.T) {
	const tcp, udp = 0, 1
	for _, test := range []struct {
		name     string
		open     func(t *testing.T) (port int)
		protocol int
		code     int
		cause    string
		owned    bool // Windows says that the socket is this process's
	}{
		{"listener", func(t *testing.T) int { return listen(t, "tcp4", "127.0.0.1:0") }, tcp, cli.ExitOK, "listening", true},
		{"dual-stack listener", func(t *testing.T) int { return listen(t, "tcp", "[::]:0") }, tcp, cli.ExitOK, "listening", true},
		{"TIME-WAIT", timeWait, tcp, cli.ExitOK, "time-wait", false},
		{"bound", func(t *testing.T) int { return bindOnly(t, windows.SOCK_STREAM) }, tcp, cli.ExitOK, boundCause(t), boundCause(t) == "bound"},
		{"UDP", func(t *testing.T) int { return bindOnly(t, windows.SOCK_DGRAM) }, udp, cli.ExitOK, "bound", true},
		{"free", freePort, tcp, cli.ExitNothing, "none", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			port := fmt.Sprint(test.open(t))
			// Other programs may have the port over the other protocol.
			limit := []string{"--tcp", "--udp"}[test.protocol]
			// Wine reads Linux's tables, which list a socket twice or not at all while others come
			// and go.
			require.EventuallyWithT(t, func(t *assert.CollectT) {
				got := runApp(newApp(), "port", limit, "--json", port)
				require.Equal(t, test.code, got.code, got.stdout+got.stderr)
				var ports []struct {
					Protocols []struct {
						Cause   string
						Holders []struct {
							PID     int
							Process string
						}
					}
				}
				require.NoError(t, json.Unmarshal([]byte(got.stdout), &ports))
				finding := ports[0].Protocols[0]
				require.Equal(t, test.cause, finding.Cause, got.stdout)
				// Wine's own table does not know every owner.
				wine := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
				maybeUnowned := wine && os.Getenv("WINMIB_TABLE") != "standin"
				if test.owned && !(maybeUnowned && finding.Holders[0].PID == 0) {
					exe, err := os.Executable()
					require.NoError(t, err)
					require.Equal(t, os.Getpid(), finding.Holders[0].PID)
					require.Equal(t, filepath.Base(exe), finding.Holders[0].Process)
				}
			}, 2*time.Minute, 100*time.Millisecond)
			t.Logf("\n%s", runApp(newApp(), "port", port).stdout)
		})
	}
}

func listen(t *testing.T, network, address string) (port int) {
	listener, err := net.Listen(network, address)
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// timeWait leaves a connection in TIME-WAIT on its local port: that of the side that closes first.
func timeWait(t *testing.T) (port int) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	client, err := net.Dial("tcp4", listener.Addr().String())
	require.NoError(t, err)
	server, err := listener.Accept()
	require.NoError(t, err)
	require.NoError(t, client.Close())
	_, err = server.Read(make([]byte, 1))
	require.Error(t, err) // the client has closed
	require.NoError(t, server.Close())
	return client.LocalAddr().(*net.TCPAddr).Port
}

// bindOnly binds a socket that neither listens nor connects. Wine 8 lacks what the package net
// needs for UDP.
func bindOnly(t *testing.T, kind int) (port int) {
	require.NoError(t, windows.WSAStartup(0x202, &windows.WSAData{}))
	t.Cleanup(func() { windows.WSACleanup() })
	socket, err := windows.Socket(windows.AF_INET, kind, 0)
	require.NoError(t, err)
	t.Cleanup(func() { windows.Closesocket(socket) })
	require.NoError(t, windows.Bind(socket, &windows.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	address, err := windows.Getsockname(socket)
	require.NoError(t, err)
	return address.(*windows.SockaddrInet4).Port
}

// boundCause is what a bound socket is to this system: before Windows 10 version 1809, and to Wine,
// no table shows it, and only a bind shows it.
func boundCause(t *testing.T) string {
	var r tcpmib.Reader
	if _, err := r.AppendBound(nil, tcpmib.IPv4); errors.Is(err, errors.ErrUnsupported) {
		return "hidden"
	}
	return "bound"
}

func freePort(t *testing.T) (port int) {
	listener, err := net.Listen("tcp", "[::]:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// Each way to bind, and what refuses it.
func TestLiveBind(t *testing.T) {
	port := uint16(freePort(t))
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		for _, protocol := range []rows.Protocol{rows.TCP, rows.UDP} {
			for range 2 { // the first lets go of the port
				code, err := machine.Live{}.Bind(protocol, family, port)
				require.NoError(t, err)
				assert.Zero(t, code, "%v %v", protocol, family)
			}
		}
	}
	held := uint16(listen(t, "tcp4", "127.0.0.1:0"))
	code, err := machine.Live{}.Bind(rows.TCP, tcpmib.IPv4, held)
	require.NoError(t, err)
	assert.Contains(t, []windows.Errno{windows.WSAEADDRINUSE, windows.WSAEACCES}, windows.Errno(code), "held on one address: not free for all of them")
	code, err = machine.Live{}.Bind(rows.TCP, tcpmib.IPv6, held)
	require.NoError(t, err)
	assert.Zero(t, code, "IPv6 alone is free")
}
