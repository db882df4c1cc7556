package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

func TestListFormats(t *testing.T) {
	for name, args := range map[string][]string{
		"table":   nil,
		"colour":  {"--color=always"},
		"wide":    {"--format=wide"},
		"json":    {"--format=json"},
		"jsonl":   {"--format=jsonl"},
		"csv":     {"--format=csv"},
		"columns": {"--columns=pid,local,localPort", "--no-header", "--limit=5", "--sort=pid,localPort", "--reverse"},
	} {
		t.Run(name, func(t *testing.T) {
			fixture.Golden(t, "list/"+name+".golden", runOffice(t, args...))
		})
	}
}

// The sample's lines end as those of a C program on the same system do.
func TestListSample(t *testing.T) {
	text := runOffice(t, "--format=sample")
	if runtime.GOOS == "windows" {
		assert.Equal(t, strings.Count(text, "\n"), strings.Count(text, "\r\n"))
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	fixture.Golden(t, "list/sample.golden", text)
}

// Everything that a row holds comes back out of JSON, JSON lines and CSV.
func TestListDataIsWhole(t *testing.T) {
	var array []map[string]any
	require.NoError(t, json.Unmarshal([]byte(runOffice(t, "--format=json")), &array))
	require.Len(t, array, 31)
	want := map[string]any{
		"protocol": "tcp", "family": "ipv6", "localAddress": "::ffff:192.168.1.23", "localPort": 8443.0,
		"remoteAddress": "::ffff:192.168.1.50", "remotePort": 49800.0,
		"state": "ESTABLISHED", "stateCode": 5.0, "pid": 5120.0, "process": "näme \"<&>,\x1b[31m.exe",
		"offload": "InHost", "offloadCode": 0.0,
	}
	assert.Empty(t, cmp.Diff(want, array[26]))
	listen := array[0]
	assert.Contains(t, listen, "remoteAddress")
	assert.Nil(t, listen["remoteAddress"])
	assert.Nil(t, listen["remotePort"])

	var lines []map[string]any
	for d := json.NewDecoder(strings.NewReader(runOffice(t, "--format=jsonl"))); ; {
		var line map[string]any
		err := d.Decode(&line)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		lines = append(lines, line)
	}
	assert.Empty(t, cmp.Diff(array, lines))

	records, err := csv.NewReader(strings.NewReader(runOffice(t, "--format=csv"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, records, 32)
	assert.Equal(t, []string{"tcp", "ipv6", "::ffff:192.168.1.23", "8443", "::ffff:192.168.1.50", "49800",
		"ESTABLISHED", "5", "5120", "näme \"<&>,\ufffd[31m.exe", "InHost", "0"}, records[27])
}

func TestListFilters(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string // local ports
	}{
		{[]string{"--state", "listen", "-4"}, "135 445 3389 5432 139"},
		{[]string{"--listening", "--ipv6"}, "135 445 49669 2179"},
		{[]string{"--state", "syn_sent,MIB_TCP_STATE_CLOSING", "--state", "State(77)"}, "50127 50128 50133"},
		{[]string{"--state", "!listen,!established,!TimeWait", "-4", "--pid", "9216"}, "50122 50123 50124"},
		{[]string{"--established", "--state", "time-wait", "-6"}, "8443 50141 50142 50140"},
		{[]string{"--port", "5432"}, "5432 5432 50112"},
		{[]string{"--local-port", "5432"}, "5432 5432"},
		{[]string{"--remote-port", "22,8000-8999"}, "50127 50128 50129 50130 50131 50133"},
		{[]string{"--port", "22,443", "--port", "!50120-50130"}, "50131 50133 50141 50142"},
		{[]string{"--remote", "198.51.100.0/24", "--remote", "!198.51.100.41"}, "50122 50123"},
		{[]string{"--addr", "192.168.1.0/26", "--remote-port", "49800"}, "8443"}, // mapped into IPv6
		{[]string{"--addr", "fe80::/10"}, "2179 50140"},
		{[]string{"--addr", "fe80::9e05:d6ff:fe00:1%12"}, "50140"},
		{[]string{"--addr", "fe80::9e05:d6ff:fe00:1"}, "50140"},
		{[]string{"--addr", "::ffff:192.168.1.23"}, "8443"},
		{[]string{"--process", "SQL*,ssh"}, "50112 50127 50128 50129 50130 50131"},
		{[]string{"--process", "!*.exe", "--pid", "!4,!0"}, "50132 50133"},
		{[]string{"--pid", "3120", "-4", "-6"}, "5432 5432 49669"},
		{[]string{"list", "--sort", "remotePort", "--pid", "8088,7340", "--limit", "2"}, "50128 50129"},
		{[]string{"--sort", "process", "--pid", "7340,8088,3120", "-4"}, "5432 5432 50112 50127 50128 50129 50130 50131"},
		{[]string{"--reverse", "--pid", "8088"}, "50131 50130 50129 50128"},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			got := runOffice(t, append(tt.args, "--format=template={{.localPort}}")...)
			assert.Equal(t, tt.want, strings.Join(strings.Fields(got), " "))
		})
	}
}

// Every column can be sorted by, in either direction.
func TestListSortsByEveryColumn(t *testing.T) {
	m, processes := fixture.Office()
	for _, c := range rows.Columns {
		t.Run(c.Name, func(t *testing.T) {
			a := testApp(m, processes)
			got := runApp(a, "--sort", c.Name, "--format=jsonl")
			back := runApp(a, "--sort", c.Name, "--reverse", "--format=jsonl")
			require.Zero(t, got.code, got.stderr)
			lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
			var reversed []string
			for line := range strings.Lines(back.stdout) {
				reversed = append([]string{strings.TrimSpace(line)}, reversed...)
			}
			// Rows of unknown age are last in either direction.
			known := func(line string) bool {
				return c.Name != "age" && c.Name != "created" || !strings.Contains(line, `"pid":0,`)
			}
			unknown := func(line string) bool { return !known(line) }
			assert.Equal(t, slices.DeleteFunc(slices.Clone(lines), unknown), slices.DeleteFunc(slices.Clone(reversed), unknown))
			slices.Reverse(reversed)
			for _, sorted := range [][]string{lines, reversed} {
				if first := slices.IndexFunc(sorted, unknown); first >= 0 {
					assert.False(t, slices.ContainsFunc(sorted[first:], known), sorted)
				}
			}

			s := &rows.Snapshot{Processes: processes}
			r := tcpmib.Reader{Source: m}
			conns, err := r.AppendConns(nil, tcpmib.Both)
			require.NoError(t, err)
			s.Sockets = rows.AppendTCP(nil, conns)
			by := []rows.Column{c}
			s.Sort(by, false)
			order := rows.Order(by, false)
			var last *rows.Row
			for r := range s.Rows() {
				if last != nil {
					assert.LessOrEqual(t, order(last, r), 0)
				}
				copied := *r
				last = &copied
			}
		})
	}
}

// A flag that is switched off is as if it were not there.
func TestListFlagsOff(t *testing.T) {
	for args, want := range map[string]string{
		"--ipv4":            "23",
		"--ipv4=false":      "31",
		"-4 --ipv4=false":   "31",
		"--ipv4=false -6":   "8",
		"--listening":       "9",
		"--listening=false": "31",
		"--listening --listening=false --established": "8",
	} {
		assert.Equal(t, want+"\n", runOffice(t, append([]string{"--count"}, strings.Fields(args)...)...), args)
	}
	assert.NotContains(t, runOffice(t, "--created=false"), "CREATED")
}

func TestListCount(t *testing.T) {
	assert.Equal(t, "31\n", runOffice(t, "--count"))
	assert.Equal(t, "3\n", runOffice(t, "--count", "--state=time-wait"))
	got := runApp(officeApp(), "--count", "--port=1")
	assert.Equal(t, result{"0\n", "", cli.ExitNothing}, got)
}

func TestListNothing(t *testing.T) {
	for format, want := range map[string]string{
		"table":             "LOCAL  REMOTE  STATE  PID  PROCESS  OFFLOAD\n",
		"json":              "[]\n",
		"jsonl":             "",
		"csv":               "protocol,family,localAddress,localPort,remoteAddress,remotePort,state,stateCode,pid,process,offload,offloadCode\n",
		"template={{.pid}}": "",
	} {
		got := runApp(testApp(&fixture.Machine{}, nil), "list", "--format", format)
		stderr := ""
		if format == "table" {
			stderr = "tcpmib: no connection matches\n"
		}
		assert.Equal(t, result{want, stderr, cli.ExitNothing}, got, format)
	}
	got := runApp(testApp(&fixture.Machine{}, nil), "list", "--format=sample")
	assert.Equal(t, cli.ExitNothing, got.code)
	assert.Equal(t, "\tNumber of entries: 0", strings.TrimRight(got.stdout, "\r\n"))
}

// Rows of one family come out together with the error of the other.
func TestListHalf(t *testing.T) {
	m, processes := fixture.Office()
	m.Code6 = 50
	got := runApp(testApp(m, processes), "--port=139", "--format=template={{.local}}")
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Equal(t, "192.168.1.23:139\n", got.stdout)
	assert.Contains(t, got.stderr, "GetTcp6Table2: not supported")

	m.Code4 = 5
	got = runApp(testApp(m, processes))
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Empty(t, got.stdout)
	assert.Contains(t, got.stderr, "GetTcpTable2: access is denied")
	assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one sentence")
}

func TestListWithoutProcessNames(t *testing.T) {
	m, processes := fixture.Office()
	a := testApp(m, nil)
	fake(a).listProcs = func() (owner.Processes, error) { return processes, fs.ErrPermission }
	got := runApp(a, "--port=139", "--format=template={{.process}}")
	assert.Equal(t, result{"System\n", "tcpmib: process names are missing: permission denied\n", cli.ExitOK}, got)
}

func TestUsageErrors(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--state=foo", `--state "foo": unknown state; want one of closed, listen, syn-sent,`},
		{"--state=listen,", `--state "listen,": nothing follows the comma`},
		{"--port=70000", `--port "70000": want a port from 0 to 65535, or a range such as 8000-8999`},
		{"--local-port=9-8", `--local-port "9-8": want a port`},
		{"--remote-port=http", `--remote-port "http": want a port`},
		{"--addr=10.0.0.0/33", `--addr "10.0.0.0/33": want an address such as`},
		{"--remote=example.org", `--remote "example.org": want an address`},
		{"--pid=-1", `--pid "-1": want a process ID`},
		{"--process=", `--process "": want a process name`},
		{"--sort=old", `--sort "old": unknown column "old"; columns are protocol, family,`},
		{"--columns=local,", `--columns "local,": nothing follows the comma`},
		{"--columns=pid,local,PID", `--columns "pid,local,PID": column pid is named twice`},
		{"--columns=local --columns=local", `--columns "local": column local is named twice`},
		{"--sort=pid,pid", `--sort "pid,pid": column pid is named twice`},
		{"--limit=-1", `--limit "-1": want a whole number, 0 or more`},
		{"--limit=few", `--limit "few": `},
		{"--format=xml", `--format "xml": want table, wide, json, jsonl, csv, sample or template=...`},
		{"--format=template={{.port}}", `the template uses .port, which is not a column; columns are protocol,`},
		{"--format=template={{if(.remotePort)}}{{$.Local}}{{end}}", `the template uses .Local, which is not a column; columns are protocol,`},
		{"--format=template={{", `not a Go template`},
		{"--format=sample -6", `remove --ipv6`},
		{"--format=sample --port=1", `remove --port`},
		{"--color=blue", `--color "blue": want auto, always or never`},
		{"lst", `unknown command "lst"; did you mean list?`},
		{"list more", `tcpmib list takes no arguments, got "more"`},
		{"--nonsense", `unknown flag --nonsense`},
	} {
		t.Run(tt.args, func(t *testing.T) {
			got := runApp(officeApp(), strings.Fields(tt.args)...)
			assert.Equal(t, cli.ExitUsage, got.code)
			assert.Empty(t, got.stdout)
			assert.Contains(t, got.stderr, tt.want)
			assert.Contains(t, got.stderr, "--help)\n")
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "one sentence")
		})
	}
}

func TestListResolve(t *testing.T) {
	a := officeApp()
	a.lookup = func(_ context.Context, addr string) ([]string, error) {
		switch addr {
		case "192.0.2.9":
			return []string{"ssh.example.org.", "other.example.org."}, nil
		case "fe80::9e05:d6ff:fe00:1": // without its zone
			return []string{"router.example.org."}, nil
		}
		return nil, errors.New("no such host")
	}
	got := runApp(a, "--resolve", "--remote-port=22,445", "--columns=remote")
	assert.Equal(t, cli.ExitOK, got.code)
	fixture.Golden(t, "list/resolve.golden", got.stdout)
}

// Names that do not come cost the time that they are given, and no row, also where a lookup goes on
// for longer than its context, as those of Windows do when no DNS server answers.
func TestListResolveGivesUp(t *testing.T) {
	for name, lookup := range map[string]func(context.Context, string) ([]string, error){
		"ends with its context": func(ctx context.Context, _ string) ([]string, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
		"ignores its context": func(context.Context, string) ([]string, error) {
			time.Sleep(18 * time.Second)
			return []string{"late.example."}, nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := officeApp()
			a.lookup = lookup
			start := time.Now()
			got := runApp(a, "--resolve", "--columns=remoteName", "--no-header")
			assert.Equal(t, result{strings.Repeat("-\n", 31), "", cli.ExitOK}, got, name)
			assert.Equal(t, machine.ResolveTime, time.Since(start), name)
			time.Sleep(time.Minute) // the lookups end, and nobody waits for them
		})
	}
}

func TestResolveTwice(t *testing.T) {
	looked := make(chan string, 100)
	a := officeApp()
	a.lookup = func(_ context.Context, addr string) ([]string, error) {
		looked <- addr
		return nil, nil
	}
	require.Zero(t, runApp(a, "--resolve").code)
	close(looked)
	times := map[string]int{}
	for addr := range looked {
		times[addr]++
	}
	for addr, n := range times {
		assert.Equal(t, 1, n, addr)
	}
	assert.Len(t, times, 12)
}

// closedWriter is a pipe whose reader leaves after the first bytes.
type closedWriter struct{ written int }

func (w *closedWriter) Write(b []byte) (int, error) {
	if w.written > 0 {
		return 0, &fs.PathError{Op: "write", Path: "|1", Err: cli.ClosedPipeErrors[0]}
	}
	w.written += len(b)
	return len(b), nil
}

func TestClosedPipe(t *testing.T) {
	m, processes := fixture.Office()
	for len(m.Dated) < 10_000 {
		m.Dated = append(m.Dated, m.Dated[:23]...)
	}
	for _, format := range []string{"table", "json", "jsonl", "csv", "sample", "template={{.local}}"} {
		a := testApp(m, processes)
		var stderr bytes.Buffer
		a.In, a.Out, a.Err = &bytes.Buffer{}, &closedWriter{}, &stderr
		assert.Equal(t, cli.ExitOK, a.run([]string{"--format", format}), format)
		assert.Empty(t, stderr.String(), format)
	}
}

// A disk that is full is not a reader that has gone.
func TestFailedWrite(t *testing.T) {
	a := officeApp()
	var stderr bytes.Buffer
	a.In, a.Out, a.Err = &bytes.Buffer{}, failingWriter{}, &stderr
	assert.Equal(t, cli.ExitFailure, a.run(nil))
	assert.Equal(t, "tcpmib: no space left\n", stderr.String())
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// onScreen returns a program on a screen of this width.
func onScreen(width int) *app {
	a := officeApp()
	a.Environ = []string{"TERM=xterm", "CLICOLOR_FORCE=1", fmt.Sprint("COLUMNS=", width), "NO_COLOR=1"}
	return a
}

// A screen that is wide enough shows all, and a pipe has no width.
func TestWidth(t *testing.T) {
	whole := runOffice(t)
	assert.Equal(t, whole, runApp(onScreen(200)).stdout, "a wide screen shows all")
	a := officeApp()
	a.Environ = []string{"TERM=xterm", "COLUMNS=40"} // a pipe
	assert.Equal(t, whole, runApp(a).stdout)
}

// What somebody asked for by name stays, whatever the width: the columns of --columns, of the flags
// that add one, and of --sort.
func TestWidthKeepsWhatWasAsked(t *testing.T) {
	for _, tt := range []struct {
		args   string
		width  int
		header string
	}{
		{"-4 --pid=9216,8088 --state=established --columns=local,offload,remote,state,pid", 40, "LOCAL OFFLOAD REMOTE STATE PID"},
		{"-4 --pid=9216,8088 --state=established --sort=offload", 80, "LOCAL REMOTE STATE PID PROCESS OFFLOAD"},
		{"-4 --pid=9216,8088 --state=established --sort=offload", 60, "LOCAL REMOTE PROCESS OFFLOAD"},
		{"-4 --services", 60, "LOCAL REMOTE PID PROCESS SERVICES"},
		{"-4 --created", 80, "LOCAL REMOTE PID PROCESS CREATED"},
		{"-4 --local-port=3389 --listening", 48, "LOCAL REMOTE STATE PID PROCESS"}, // one row
	} {
		got := runApp(onScreen(tt.width), strings.Fields(tt.args)...)
		header := ""
		for line := range strings.Lines(got.stdout) {
			if strings.HasPrefix(line, "LOCAL") {
				header = line
			}
		}
		assert.Equal(t, tt.header, strings.Join(strings.Fields(header), " "), "%s %d\n%s", tt.args, tt.width, got.stdout)
	}
}

func TestColour(t *testing.T) {
	const escape = "\x1b["
	for _, tt := range []struct {
		environ string
		args    string
		want    bool
	}{
		{"TERM=xterm", "", false}, // stdout is no terminal
		{"TERM=xterm CLICOLOR_FORCE=1", "", true},
		{"TERM=xterm CLICOLOR_FORCE=1 NO_COLOR=1", "", false},
		{"TERM=xterm CLICOLOR_FORCE=1", "--color=never", false},
		{"TERM=xterm NO_COLOR=1", "--color=always", true},
	} {
		a := officeApp()
		a.Environ = strings.Fields(tt.environ)
		got := runApp(a, append(strings.Fields(tt.args), "--limit=3")...)
		assert.Equal(t, tt.want, strings.Contains(got.stdout, escape), "%s %s", tt.environ, tt.args)
	}
}

func TestListExtras(t *testing.T) {
	text := runOffice(t, "--pid=1044", "-4", "--services", "--module", "--created", "--format=jsonl")
	assert.Contains(t, text, `,"services":["RpcEptMapper","RpcSs"],"module":"module1044","created":"2024-05-06T06:00:00.1234567Z"}`)
	text = runOffice(t, "--pid=9216", "-6", "--services", "--module", "--format=jsonl")
	assert.Contains(t, text, `,"services":[],"module":null}`)

	a := officeApp()
	fake(a).listServices = func() (map[uint32][]string, error) { return nil, fs.ErrPermission }
	got := runApp(a, "--pid=1044", "-4", "--services", "--format=template={{.services}}|")
	assert.Equal(t, result{"|\n", "tcpmib: services are missing: permission denied\n", cli.ExitOK}, got)
}

// A process that started after a connection only has the PID of its owner.
func TestListReusedPID(t *testing.T) {
	m, processes := fixture.Office()
	svchost := processes[1288]
	svchost.Created = time.Date(2024, 5, 6, 6, 4, 0, 0, time.UTC)
	processes[1288] = svchost
	got := runApp(testApp(m, processes), "--pid=1288", "-4", "--created", "--services", "--format=template={{.created}} {{.process}} {{.services}}")
	assert.Equal(t, "2024-05-06T06:02:00.1234567Z  \n2024-05-06T06:07:00.1234567Z svchost.exe TermService\n", got.stdout)
}

// A reader of CSV skips empty lines: a row of one empty field is none.
func TestCSVOfOneEmptyField(t *testing.T) {
	text := runOffice(t, "--format=csv", "--columns=remotePort", "--local-port=3389", "-4")
	assert.Equal(t, "remotePort\n\"\"\n61022\n", text)
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"remotePort"}, {""}, {"61022"}}, records)
}

// A name with escape sequences does nothing to a screen, nor to the screen that shows a file later.
// JSON has the whole name.
func TestEscapes(t *testing.T) {
	for _, args := range []string{"--format=csv", "--format=template={{.process}}", "summary --format=prometheus", "--format=table", "summary"} {
		for _, a := range []*app{onScreen(200), officeApp()} {
			got := runApp(a, append(strings.Fields(args), "--pid=5120")...)
			assert.NotContains(t, got.stdout, "\x1b", args)
			assert.Contains(t, got.stdout, "\ufffd[31m.exe", args)
		}
	}
	assert.Contains(t, runOffice(t, "--format=jsonl", "--pid=5120"), `\u001b[31m.exe`)
}

// noOwners is a Source whose owner module tables fail, each family with another code.
type noOwners struct{ tcpmib.Source }

func (n noOwners) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if q.Func == "GetExtendedTcpTable" && q.Class == uint32(tcpmib.TCPTableOwnerModuleAll) {
		return 0, map[uint32]uint32{tcpmib.AFInet: 31, tcpmib.AFInet6: 1168}[q.Family]
	}
	return n.Source.Ask(q, buf)
}

// Of two families that fail, both are reported.
func TestListReportsBothFamilies(t *testing.T) {
	m, processes := fixture.Office()
	got := runApp(testApp(noOwners{m}, processes), "--created")
	assert.Zero(t, got.code)
	for _, want := range []string{"creation times are missing", "GetExtendedTcpTable(ipv4, OwnerModuleAll)", "GetExtendedTcpTable(ipv6, OwnerModuleAll)"} {
		assert.Contains(t, got.stderr, want)
	}
}

// JSON escapes the characters of a name that would change the screen.
func TestListOfHostileNames(t *testing.T) {
	m, processes := fixture.Office()
	const name = "evil\u009b2J\u202e\x7f\U000e0041.exe"
	for pid, p := range processes {
		p.Name = name
		processes[pid] = p
	}
	for _, format := range []string{"json", "jsonl"} {
		got := runApp(testApp(m, processes), "--port=139", "--format="+format)
		require.Zero(t, got.code, got.stderr)
		assert.Contains(t, got.stdout, `"evil\u009b2J\u202e\u007f\udb40\udc41.exe"`, format)
		var decoded struct{ Process string }
		require.NoError(t, json.Unmarshal([]byte(strings.Trim(got.stdout, "[]\n")), &decoded))
		assert.Equal(t, name, decoded.Process)
	}
}

// A command that fails leaves the file of --output as it was.
func TestOutputOfAFailure(t *testing.T) {
	path := filepath.Join(fixture.TempDir(t), "f")
	for _, args := range []string{
		"list --from none.zip", "summary --from none.zip", "summary --ephemeral --from none.zip", "stats --from none.zip", "port 80 --from none.zip",
		"port 65536", "diff none.zip", "estats 1 2",
	} {
		require.NoError(t, os.WriteFile(path, []byte("before"), 0o600))
		got := runApp(officeApp(), append(strings.Fields(args), "--output", path)...)
		assert.Contains(t, []int{cli.ExitUsage, cli.ExitFailure}, got.code, args)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "before", string(text), args)
	}
}

// One dash before the name of a long flag is a mistake, of the flags that the command has.
func TestOneDash(t *testing.T) {
	for args, want := range map[string]string{
		"watch -interval 5s":     "-interval: write --interval, with two dashes",
		"-interval 5s":           "",
		"list -pid=7":            "-pid=7: write --pid, with two dashes",
		"-tcp":                   "-tcp: write --tcp, with two dashes",
		"list -tu":               "",
		"list -Process chrome":   "-Process: write --process, with two dashes",
		"list -- -pid":           "",
		"wach -process chrome":   "-process: write --process, with two dashes",
		"list --process -4":      "",
		"summary -ephemeral -4a": "-ephemeral: write --ephemeral, with two dashes",
	} {
		help, err := checkDashes(officeApp().rootCommand(), strings.Fields(args))
		assert.False(t, help, args)
		if want == "" {
			assert.NoError(t, err, args)
			continue
		}
		assert.EqualError(t, err, want, args)
		assert.Equal(t, cli.ExitUsage, cli.ExitCode(err), args)
	}
	for _, args := range []string{"/?", "list -?", "list --pid 7 /?"} {
		help, err := checkDashes(officeApp().rootCommand(), strings.Fields(args))
		assert.NoError(t, err, args)
		assert.True(t, help, args)
	}
}
