package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// The commands on the sockets of this machine, of which the test knows some.
func TestLive(t *testing.T) {
	for _, tt := range []struct{ network, address, family string }{
		{"tcp4", "127.0.0.1:0", "ipv4"},
		{"tcp6", "[::1]:0", "ipv6"},
	} {
		t.Run(tt.family, func(t *testing.T) {
			listener, err := net.Listen(tt.network, tt.address)
			require.NoError(t, err)
			defer listener.Close()
			client, err := net.Dial(tt.network, listener.Addr().String())
			require.NoError(t, err)
			defer client.Close()
			server, err := listener.Accept()
			require.NoError(t, err)
			defer server.Close()
			port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)

			run := func(t require.TestingT, args ...string) string {
				got := runApp(newApp(), args...)
				require.Zero(t, got.code, got.stderr)
				require.Empty(t, got.stderr)
				return got.stdout
			}
			// Linux lists a socket twice or not at all while others come and go, so
			// each command may look again.
			eventually := func(check func(t *assert.CollectT)) {
				t.Helper()
				require.EventuallyWithT(t, check, 2*time.Minute, 100*time.Millisecond)
			}
			eventually(func(t *assert.CollectT) {
				var rows []map[string]any
				require.NoError(t, json.Unmarshal([]byte(run(t, "list", "--port", port, "--format=json")), &rows))
				require.Len(t, rows, 3)
				states := map[any]int{}
				for _, r := range rows {
					require.Equal(t, tt.family, r["family"])
					states[r["state"]]++
				}
				require.Equal(t, map[any]int{"LISTEN": 1, "ESTABLISHED": 2}, states)
			})
			eventually(func(t *assert.CollectT) {
				require.Equal(t, "1\n", run(t, "list", "--local-port", port, "--listening", "--count"))
			})
			eventually(func(t *assert.CollectT) {
				require.Contains(t, run(t, "summary", "--port", port), "3 connections\n")
				require.Contains(t, run(t, "summary", "--format=prometheus"), `tcpmib_port_connections{port="`+port+`"} 1`)
			})
			path := filepath.Join(os.TempDir(), "tcpmib-live-"+port+".zip") // Wine 8 cannot empty the folder of testing's TempDir
			t.Cleanup(func() { os.Remove(path) })
			eventually(func(t *assert.CollectT) {
				os.Remove(path) // of the look before
				require.Empty(t, run(t, "capture", path))
				require.Equal(t, "3\n", run(t, "list", "--from", path, "--port", port, "--count"))
			})

			// watch: after the first look one side closes.
			events := &firstWrite{then: func() { client.Close() }}
			a := newApp()
			a.Out, a.Err, a.In = events, io.Discard, strings.NewReader("")
			require.Zero(t, a.run([]string{"watch", "--once", "--interval=1s", "--port", port}))
			seen := events.String()
			assert.Contains(t, seen, `"event":"present"`)
			assert.Contains(t, seen, `"previousState":"ESTABLISHED"`)
			assert.Contains(t, seen, `"state":"CLOSE-WAIT"`)
		})
	}
}

// A UDP socket of this machine. (That all kinds equal /proc/net is shown in tcpmib/udpmib.)
func TestLiveUDP(t *testing.T) {
	port := fmt.Sprint(bindOnly(t, windows.SOCK_DGRAM))
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		got := runApp(newApp(), "list", "-u", "--port", port, "--format=csv", "--columns=protocol,localAddress,localPort,remotePort,state", "--no-header")
		require.Zero(t, got.code, got.stderr)
		require.Equal(t, "udp,127.0.0.1,"+port+",,\n", got.stdout)
	}, 2*time.Minute, 100*time.Millisecond)
	got := runApp(newApp(), "list", "-t", "--local-port", port, "--count")
	assert.Equal(t, "0\n", got.stdout, "TCP has no part in it")
}

// firstWrite does something at the first write.
type firstWrite struct {
	strings.Builder
	then func()
}

func (w *firstWrite) Write(b []byte) (int, error) {
	if w.Len() == 0 {
		w.then()
	}
	return w.Builder.Write(b)
}

func TestLiveStats(t *testing.T) {
	got := runApp(newApp(), "stats", "--format=json")
	require.Zero(t, got.code, got.stderr)
	var list []map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &list))
	require.Len(t, list, 2)
	assert.Equal(t, "ipv4", list[0]["family"])
	assert.NotZero(t, list[0]["segmentsIn"])
}
