package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// What diff, list --not-in and summary --ephemeral say about sockets of this process.
func TestLiveDiff(t *testing.T) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("tcpmib-base-%d.zip", os.Getpid())) // Wine 8 cannot empty the folder of testing's TempDir
	t.Cleanup(func() { os.Remove(path) })
	require.Zero(t, runApp(newApp(), "capture", path).code)
	server := listen(t, "tcp4", "127.0.0.1:0")
	client, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", server))
	require.NoError(t, err)
	defer client.Close()
	port := client.LocalAddr().(*net.TCPAddr).Port
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"diff", path, "--listening", "--local-port", fmt.Sprint(server)}, cli.ExitNothing, "1 opened in "},
		{[]string{"diff", path, "--local-port", fmt.Sprint(port)}, cli.ExitNothing, fmt.Sprintf("+  127.0.0.1:%d  127.0.0.1:%d  ESTABLISHED", port, server)},
		{[]string{"diff", path, "--pid", "4294967295"}, cli.ExitOK, "no difference in "},
		{[]string{"list", "--not-in", path, "--listening", "--local-port", fmt.Sprint(server), "--count"}, cli.ExitOK, "1\n"},
		{[]string{"list", "--not-in", path, "--local-port", fmt.Sprint(port), "--count"}, cli.ExitOK, "1\n"},
		{[]string{"summary", "--ephemeral", "--dynamic-range", fmt.Sprintf("%d-%[1]d", port), "--remote-port", fmt.Sprint(server), "--format=json"}, cli.ExitOK,
			fmt.Sprintf(`"localAddress":"127.0.0.1","remoteAddress":"127.0.0.1","remotePort":%d,"used":1,"of":1,"timeWait":0,"bound":0,`, server)},
	} {
		// Wine reads Linux's tables, which list a socket twice or not at all while others come and
		// go.
		require.EventuallyWithT(t, func(t *assert.CollectT) {
			got := runApp(newApp(), test.args...)
			require.Equal(t, test.code, got.code, got.stdout+got.stderr)
			require.Contains(t, got.stdout, test.want)
		}, 2*time.Minute, 100*time.Millisecond)
	}
}
