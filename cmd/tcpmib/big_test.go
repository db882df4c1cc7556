package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Modules take one call each: only the printed rows ask for them, or all rows to sort by them.
func TestModulesOfPrintedRows(t *testing.T) {
	for args, want := range map[string]int{
		"--format=wide --limit=3":                 3,
		"--format=wide --limit=3 --sort=process":  3,
		"--module --count":                        0,
		"--module --limit=2":                      2,
		"--format=template={{.module}} --limit=1": 1,
		"--sort=module --limit=1 --format=wide":   28, // all that have an owner
		"--sort=module --module":                  28,
	} {
		a := officeApp()
		got := runApp(a, append([]string{"--state=!time-wait"}, strings.Fields(args)...)...)
		require.Zero(t, got.code, got.stderr)
		assert.Equal(t, want, fake(a).asked, args)
	}
}

// recorded is a Source that records what it was asked.
type recorded struct {
	tcpmib.Source
	asked map[string]bool
}

func (r *recorded) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	r.asked[fmt.Sprintf("%s %d %d", q.Func, q.Family, q.Class)] = true
	return r.Source.Ask(q, buf)
}

// A creation time is read from the table of the protocol that is listed, and from no other.
func TestCreatedAsksForItsProtocol(t *testing.T) {
	tcp := []string{"GetTcpTable2 0 0", "GetTcp6Table2 0 0", "GetExtendedTcpTable 2 8", "GetExtendedTcpTable 23 8"}
	udp := []string{"GetExtendedUdpTable 2 2", "GetExtendedUdpTable 23 2"}
	for args, want := range map[string][]string{
		"--tcp --created":       tcp,
		"--udp --created":       udp,
		"--tcp --udp --created": slices.Concat(tcp, udp),
		"-t --sort=age":         tcp,
		"-u --sort=age":         udp,
		"-4 -u --created":       udp[:1],
	} {
		m, processes := fixture.Office()
		r := &recorded{m, map[string]bool{}}
		got := runApp(testApp(r, processes), append([]string{"--format=csv"}, strings.Fields(args)...)...)
		require.Zero(t, got.code, got.stderr)
		assert.ElementsMatch(t, want, slices.Collect(maps.Keys(r.asked)), args)
	}
}

// --listening asks Windows for listening sockets only, so that it does not copy all connections.
func TestListeningAsksForListenersOnly(t *testing.T) {
	const class = tcpmib.TCPTableOwnerPIDListener
	listeners := []string{fmt.Sprintf("GetExtendedTcpTable 2 %d", class), fmt.Sprintf("GetExtendedTcpTable 23 %d", class)}
	all := []string{"GetTcpTable2 0 0", "GetTcp6Table2 0 0"}
	for args, want := range map[string][]string{
		"--listening":                     listeners,
		"--state=listen --port=135":       listeners,
		"--listening -6":                  listeners[1:],
		"--listening --state=established": all,
		"--state=!established":            all,
		"--port=135":                      all,
	} {
		m, processes := fixture.Office()
		r := &recorded{m, map[string]bool{}}
		got := runApp(testApp(r, processes), append([]string{"--format=csv"}, strings.Fields(args)...)...)
		require.Zero(t, got.code, got.stderr)
		assert.ElementsMatch(t, want, slices.Collect(maps.Keys(r.asked)), args)

		// The rows are those of the full table.
		full := testApp(onlyFull{m}, processes)
		assert.Equal(t, runApp(full, append([]string{"--format=csv"}, strings.Fields(args)...)...), got, args)
	}
}

// onlyFull is a Source without tables of listening sockets, as captures are.
type onlyFull struct{ tcpmib.Source }

func (o onlyFull) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if q.Func == "GetExtendedTcpTable" {
		return 0, tcpmib.CodeNoAnswer
	}
	return o.Source.Ask(q, buf)
}

// answered is a Source that answers each query as another did the first time, without its cost.
type answered struct {
	tcpmib.Source
	answers map[tcpmib.Query][]byte
}

func (a *answered) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if answer, ok := a.answers[q]; ok && len(answer) <= len(buf) {
		return uint32(copy(buf, answer)), 0
	}
	size, code = a.Source.Ask(q, buf)
	if code == 0 {
		a.answers[q] = bytes.Clone(buf[:size])
	}
	return size, code
}

// list of a million connections next to the plain table, interleaved. The metrics are the user
// and system time of each, and their ratio, which should be at most 2. The connections are made up,
// or those of the synthetic system if WINMIB_SCENARIO asks it for a million (see build.sh bench).
func BenchmarkMillion(b *testing.B) {
	m := &fixture.Machine{}
	processes := owner.Processes{}
	for n := range 1_000_000 {
		i := n * 7919 % 1_000_000 // in no order, as Windows has them
		pid := uint32(4 + i%300*4)
		m.Conns = append(m.Conns, tcpmib.Conn{
			Local:  netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 49920),
			Remote: netip.MustParseAddrPort("203.0.113.7:443"),
			State:  tcpmib.StateEstab, PID: pid,
		})
		processes[pid] = owner.Process{PID: pid, Name: fmt.Sprintf("program%d.exe", pid%37)}
	}
	source := &answered{m, map[tcpmib.Query][]byte{}}
	appOf := func() *app { return testApp(source, processes) }
	if os.Getenv("WINMIB_SCENARIO") != "" {
		appOf = newApp
	}
	run := func(args ...string) time.Duration {
		a := appOf()
		a.In, a.Out, a.Err = &bytes.Buffer{}, io.Discard, io.Discard
		start := cpuTime(b)
		require.Zero(b, a.run(append(args, "-4")))
		return cpuTime(b) - start
	}
	for _, args := range []string{"--sort=process,pid", "--format=wide --limit=10"} {
		b.Run(args, func(b *testing.B) {
			run(strings.Fields(args)...) // answers are remembered
			var plain, other time.Duration
			for b.Loop() {
				plain += run()
				other += run(strings.Fields(args)...)
			}
			b.ReportMetric(plain.Seconds()/float64(b.N), "plain-cpu-s/op")
			b.ReportMetric(other.Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(other)/float64(plain), "ratio")
		})
	}
}
