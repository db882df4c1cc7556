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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

			run := func(args ...string) string {
				t.Helper()
				got := runApp(newApp(), args...)
				require.Zero(t, got.code, got.stderr)
				require.Empty(t, got.stderr)
				return got.stdout
			}
			// list
			var rows []map[string]any
			require.NoError(t, json.Unmarshal([]byte(run("list", "--port", port, "--format=json")), &rows))
			require.Len(t, rows, 3)
			states := map[any]int{}
			for _, r := range rows {
				assert.Equal(t, tt.family, r["family"])
				states[r["state"]]++
			}
			assert.Equal(t, map[any]int{"LISTEN": 1, "ESTABLISHED": 2}, states)
			assert.Equal(t, "1\n", run("list", "--local-port", port, "--listening", "--count"))

			// summary
			assert.Contains(t, run("summary", "--port", port), "3 connections\n")
			assert.Contains(t, run("summary", "--format=prometheus"), `tcpmib_port_connections{port="`+port+`"} 1`)

			// capture
			path := filepath.Join(os.TempDir(), "tcpmib-live-"+port+".zip") // Wine 8 cannot empty the folder of testing's TempDir
			t.Cleanup(func() { os.Remove(path) })
			assert.Empty(t, run("capture", path))
			assert.Equal(t, "3\n", run("list", "--from", path, "--port", port, "--count"))

			// watch: after the first look one side closes.
			events := &firstWrite{then: func() { client.Close() }}
			a := newApp()
			a.stdout, a.stderr, a.stdin = events, io.Discard, strings.NewReader("")
			require.Zero(t, a.run([]string{"watch", "--once", "--interval=1s", "--port", port}))
			seen := events.String()
			assert.Equal(t, 3, strings.Count(seen, `"event":"present"`), seen)
			assert.Contains(t, seen, `"previousState":"ESTABLISHED"`)
			assert.Contains(t, seen, `"state":"CLOSE-WAIT"`)
		})
	}
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
