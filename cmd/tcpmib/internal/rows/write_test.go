package rows

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib"
)

func both(yield func(*Row) bool) { _ = yield(full()) && yield(udp()) }

func nothing(func(*Row) bool) {}

func written(t *testing.T, write Writer, columns []Column, header bool, rows iter.Seq[*Row]) string {
	t.Helper()
	var b bytes.Buffer
	out := &Output{Writer: bufio.NewWriter(&b), Columns: columns, Header: header}
	require.NoError(t, write(out, rows))
	require.NoError(t, out.Flush())
	return b.String()
}

func TestFormats(t *testing.T) {
	columns := Named("local", "remotePort", "process", "age")
	for _, tt := range []struct {
		format string
		header bool
		want   string
		empty  string
	}{
		{"table", true, "LOCAL               REMOTE PORT  PROCESS        AGE\n[fe80::1%12]:50120          443  chrome.exe  1m 30s\n0.0.0.0:53                    -  -                -\n",
			"LOCAL  REMOTE PORT  PROCESS  AGE\n"},
		{"table", false, "[fe80::1%12]:50120  443  chrome.exe  1m 30s\n0.0.0.0:53            -  -                -\n", ""},
		{"csv", true, "local,remotePort,process,age\n[fe80::1%12]:50120,443,chrome.exe,90\n0.0.0.0:53,,,\n", "local,remotePort,process,age\n"},
		{"csv", false, "[fe80::1%12]:50120,443,chrome.exe,90\n0.0.0.0:53,,,\n", ""},
		{"json", true, "[\n{\"local\":\"[fe80::1%12]:50120\",\"remotePort\":443,\"process\":\"chrome.exe\",\"age\":90},\n" +
			"{\"local\":\"0.0.0.0:53\",\"remotePort\":null,\"process\":\"\",\"age\":null}\n]\n", "[]\n"},
		{"jsonl", true, "{\"local\":\"[fe80::1%12]:50120\",\"remotePort\":443,\"process\":\"chrome.exe\",\"age\":90}\n" +
			"{\"local\":\"0.0.0.0:53\",\"remotePort\":null,\"process\":\"\",\"age\":null}\n", ""},
	} {
		f, ok := FormatNamed(Formats, tt.format)
		require.True(t, ok)
		assert.Equal(t, tt.want, written(t, f.Write, columns, tt.header, both), tt.format)
		assert.Equal(t, tt.empty, written(t, f.Write, columns, tt.header, nothing), tt.format)
	}
	assert.Equal(t, []string{"table", "wide", "json", "jsonl", "csv"}, FormatNames(Formats))
	_, ok := FormatNamed(Formats, "xml")
	assert.False(t, ok)
	assert.Equal(t, "path\n\"a,\"\"b\"\"\"\n", written(t, WriteCSV, Named("path"), true, func(yield func(*Row) bool) {
		yield(&Row{Known: Known{Owner: &Owner{Path: `a,"b"`}}})
	}))
	assert.Equal(t, "path\n\"a,b\"\n", written(t, WriteCSV, Named("path"), true, func(yield func(*Row) bool) {
		yield(&Row{Known: Known{Owner: &Owner{Path: `a,b`}}})
	}))
	assert.Equal(t, "\"\"\n", written(t, WriteCSV, Named("path"), false, func(yield func(*Row) bool) { yield(&Row{}) }), "no empty line")
	// Table colors: the header is bold, and a state has its own.
	var b bytes.Buffer
	out := &Output{Writer: bufio.NewWriter(&b), Columns: Named("state", "pid"), Header: true, Color: true}
	require.NoError(t, WriteTable(out, both))
	out.Flush()
	assert.Equal(t, "\x1b[1mSTATE\x1b[m         \x1b[1mPID\x1b[m\n\x1b[32mESTABLISHED\x1b[m  9216\n\x1b[33m-\x1b[m               0\n", b.String())
}

// A failing write is an error in every format, whenever it happens.
func TestFormatsReportErrors(t *testing.T) {
	many := func(yield func(*Row) bool) {
		for yield(full()) {
		}
	}
	template, _, err := ParseTemplate("{{.process}}")
	require.NoError(t, err)
	for name, write := range map[string]Writer{"json": WriteJSON, "jsonl": WriteJSONLines, "csv": WriteCSV, "template": template} {
		out := &Output{Writer: bufio.NewWriterSize(broken{}, 16), Columns: DataColumns, Header: true}
		assert.ErrorIs(t, write(out, many), errBroken, name)
	}
	out := &Output{Writer: bufio.NewWriterSize(broken{}, 16), Columns: DataColumns, Header: true}
	assert.ErrorIs(t, WriteTable(out, func(yield func(*Row) bool) {
		for range 2 {
			if !yield(full()) {
				return
			}
		}
	}), errBroken)
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestTemplate(t *testing.T) {
	for text, want := range map[string]string{
		"{{.process}} {{.localPort}}":                       "chrome.exe 50120\n 53\n",
		"{{.protocol}}":                                     "tcp\nudp\n",
		`{{.pid}}\t{{.remotePort}}`:                         "9216\t443\n0\t0\n",
		"{{if gt .remotePort 400}}big{{else}}small{{end}}":  "big\nsmall\n",
		"{{with .process}}{{.}}{{end}}":                     "chrome.exe\n\n",
		"{{$p := .process}}{{$p}}{{$.pid}}":                 "chrome.exe9216\n0\n",
		`{{define "x"}}{{.state}}{{end}}{{template "x" .}}`: "ESTABLISHED\n\n",
		"{{json .user}}":                                    "\"OFFICE\\\\anna\"\n\"\"\n",
		"{{.created}}":                                      "",
	} {
		write, named, err := ParseTemplate(text)
		require.NoError(t, err, text)
		assert.NotEmpty(t, named, text)
		if want != "" {
			assert.Equal(t, want, written(t, write, nil, true, both), text)
		}
	}
	write, _, err := ParseTemplate("{{json .}}")
	require.NoError(t, err)
	for _, c := range Columns {
		assert.Contains(t, written(t, write, nil, true, both), fmt.Sprintf("%q:", c.Name), "the whole row")
	}
	_, named, err := ParseTemplate("{{.process}}{{.process}}{{range .user}}{{end}}{{if .path}}{{else}}{{.age}}{{end}}")
	require.NoError(t, err)
	assert.Equal(t, []string{"process", "user", "path", "age"}, Names(named))
	for _, text := range []string{"{{.pid}}", "{{$.pid}}", "{{$x := .}}{{$x.pid}}", "{{(.).pid}}", "{{($).pid}}"} {
		_, named, err := ParseTemplate(text)
		require.NoError(t, err)
		assert.Equal(t, []string{"pid"}, Names(named), text)
	}
	for text, want := range map[string]string{
		"{{.nonsense}}":    "the template uses .nonsense, which is not a column; columns are protocol,",
		"{{.process":       "not a Go template",
		"{{if .x}}{{end}}": ".x",
	} {
		_, _, err := ParseTemplate(text)
		assert.ErrorContains(t, err, want)
	}
	for _, text := range []string{"{{.process.x}}", "{{json .user .pid}}", "{{json}}"} {
		write, _, err := ParseTemplate(text)
		require.NoError(t, err)
		var b bytes.Buffer
		err = write(&Output{Writer: bufio.NewWriter(&b)}, both)
		assert.Equal(t, cli.ExitUsage, cli.ExitCode(err), "%s: %v", text, err)
	}
}

func TestSample(t *testing.T) {
	m, _ := fixture.Office()
	r := tcpmib.Reader{Source: m}
	rows, err := r.TCPTable2(true)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, WriteSample(&b, rows))
	want, err := os.ReadFile(filepath.Join("..", "..", "testdata", "list", "sample.golden"))
	require.NoError(t, err)
	lines := strings.ReplaceAll(string(want), "\r\n", "\n")
	if runtime.GOOS == "windows" { // as C writes text there
		lines = strings.ReplaceAll(lines, "\n", "\r\n")
	}
	assert.Equal(t, lines, b.String())
	assert.ErrorIs(t, WriteSample(broken{}, rows), errBroken)
}

func TestEvents(t *testing.T) {
	e := NewEvents(Named("pid", "state"))
	at := time.Date(2024, 5, 6, 9, 8, 9, 5000, time.FixedZone("", 2*60*60))
	line := func(kind tcpmib.ChangeKind) string {
		return string(e.Line(at, &Change{Kind: kind, old: changeable{state: tcpmib.StateSynSent}}, full()))
	}
	assert.Equal(t, `{"time":"2024-05-06T07:08:09.000005Z","event":"opened","pid":9216,"state":"ESTABLISHED"}`+"\n", line(tcpmib.Opened))
	assert.Equal(t, `{"time":"2024-05-06T07:08:09.000005Z","event":"changed","previousState":"SYN-SENT","pid":9216,"state":"ESTABLISHED"}`+"\n", line(tcpmib.Changed))
	at = at.Add(time.Second) // the next tick
	assert.Contains(t, line(tcpmib.Opened), `{"time":"2024-05-06T07:08:10.000005Z","event":"opened"`)
}

func TestDiffColumns(t *testing.T) {
	s := longNames()
	changes := []Change{
		{Kind: tcpmib.Opened},
		{Kind: tcpmib.Closed},
		{Kind: tcpmib.Changed, old: changeable{state: tcpmib.StateSynSent}},
		{Kind: tcpmib.Changed, old: changeable{state: tcpmib.StateEstab}},
	}
	got := written(t, WriteTable, DiffColumns, false, func(yield func(*Row) bool) {
		for i := range changes {
			r := s.Row(s.Sockets[i])
			r.Change, r.Process = &changes[i], "a.exe"
			if !yield(&r) {
				return
			}
		}
	})
	assert.Equal(t, strings.Join([]string{
		"+  tcp  192.168.100.200:65120  [2001:db8:ffff:ffff:ffff:ffff:ffff:1]:65000  LISTEN                    4000000000  a.exe",
		"-  tcp  192.168.100.200:65121  [2001:db8:ffff:ffff:ffff:ffff:ffff:1]:65000  SYN-SENT                  4000000001  a.exe",
		"~  tcp  192.168.100.200:65122  [2001:db8:ffff:ffff:ffff:ffff:ffff:1]:65000  SYN-SENT -> SYN-RECEIVED  4000000002  a.exe",
		"~  tcp  192.168.100.200:65123  [2001:db8:ffff:ffff:ffff:ffff:ffff:1]:65000  ESTABLISHED               4000000003  a.exe", "",
	}, "\n"), got)
	for i, c := range changes {
		r := &Row{Change: &changes[i]}
		assert.Equal(t, Marks[c.Kind].Style.GetForeground(), DiffColumns[0].Style(r).GetForeground())
	}
}

// The names that a sort needs: reversed, and where something is not known.
func TestSortUnknown(t *testing.T) {
	s := longNames()
	s.Created = &Created{}
	for i, socket := range s.Sockets {
		if i != 1 {
			s.Created.Add(socket, created.Add(time.Duration(i)*time.Hour))
		}
	}
	s.At = created.Add(100 * time.Hour)
	ports := func(by string, reverse bool) (last []uint16) {
		s.Sort(Named(by), reverse)
		for r := range s.Rows() {
			last = append(last, r.Local.Port()-65120)
		}
		return last
	}
	assert.Equal(t, []uint16{0, 2, 3, 1}, ports("created", false))
	assert.Equal(t, []uint16{3, 2, 0, 1}, ports("created", true), "unknown is last")
	assert.Equal(t, []uint16{3, 2, 0, 1}, ports("age", false))
	assert.Equal(t, []uint16{0, 2, 3, 1}, ports("age", true))
	s.Sort(nil, true)
	assert.Equal(t, uint16(65123), s.Sockets[0].Local.Port())
	s.Sort(nil, false)
	assert.Equal(t, uint16(65120), s.Sockets[0].Local.Port())
}
