package tcpmib_test

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// day is a machine with some hundred sockets in each table, which has a spike once in a while and
// often has to be asked again.
type day struct {
	rng        *rand.Rand
	now, spike int // rows of each table
	hiccups    int // answers to come that ask for another call
}

// next is the next tick.
func (d *day) next(spike bool) {
	d.now = 300 + d.rng.IntN(50)
	if spike {
		d.now = d.spike
	}
	d.hiccups = 0
	if d.rng.IntN(10) == 0 {
		d.hiccups = 1 + d.rng.IntN(9)
	}
}

func (d *day) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if d.hiccups > 0 {
		d.hiccups--
		return 1 << 30, tcpmib.CodeUnsuccessful
	}
	offset, row := 4, 28
	switch {
	case q.Func == "GetExtendedUdpTable" || q.Func == "GetExtendedTcpTable":
		offset, row = 8, map[uint32]int{tcpmib.AFInet: 160, tcpmib.AFInet6: 176}[q.Family]
		if q.Func == "GetExtendedTcpTable" {
			row = map[uint32]int{tcpmib.AFInet: 160, tcpmib.AFInet6: 192}[q.Family]
		}
	case q.Func == "GetTcp6Table2" || q.Func == "InternalGetBoundTcp6EndpointTable":
		row = 60
	}
	need := offset + d.now*row
	if len(buf) < need {
		return uint32(need), tcpmib.CodeInsufficientBuffer
	}
	clear(buf[:need])
	binary.LittleEndian.PutUint32(buf, uint32(d.now))
	for i := range d.now { // rows differ in something
		binary.LittleEndian.PutUint32(buf[offset+i*row+8:], uint32(i))
	}
	return uint32(need), tcpmib.CodeSuccess
}

// daemon is what a program that watches all tables keeps in memory.
type daemon struct {
	tcpReader tcpmib.Reader
	udpReader udpmib.Reader
	tcp       tcpmib.Tracker
	udp       udpmib.Tracker
}

func (d *daemon) tick(t testing.TB) {
	for _, err := range d.tcp.Changes(&d.tcpReader, tcpmib.Both, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range d.udp.Changes(&d.udpReader, tcpmib.Both, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// run lets a daemon run for so many ticks, with a spike at those that spikes names.
func (d *daemon) run(t testing.TB, machine *day, ticks int, spikes func(tick int) bool) {
	d.tcpReader.Source, d.udpReader.Source = machine, machine
	for tick := range ticks {
		machine.next(spikes(tick))
		d.tick(t)
	}
}

// The memory of a spike is given back, for every table that is watched.
func TestDaemonForgetsASpike(t *testing.T) {
	for _, created := range []bool{false, true} {
		d := &daemon{tcp: tcpmib.Tracker{Created: created, Bound: true}}
		machine := &day{rng: rand.New(rand.NewPCG(1, 2)), spike: 20_000}
		none := func(int) bool { return false }
		d.run(t, machine, 10, none)
		before := heap()
		d.run(t, machine, 1, func(int) bool { return true })
		assert.Greater(t, heap(), before+10<<20, "the spike takes memory")
		d.run(t, machine, 70, none)
		assert.Less(t, heap(), before+1<<20, "with creation times: %v", created)
		runtime.KeepAlive(d)
	}
}

// A day of a program that watches every table, every ten seconds, with a spike of 100,000 sockets
// in each table every three hours, and tables that have to be asked for again in a tenth of the
// ticks. Its metrics are the heap at the end, and what the largest tables of the last hour take as
// they are.
func BenchmarkDaemon(b *testing.B) {
	const hour = 360 // ticks
	for b.Loop() {
		before := heap()
		d := &daemon{tcp: tcpmib.Tracker{Bound: true}}
		machine := &day{rng: rand.New(rand.NewPCG(1, 2)), spike: 100_000}
		d.run(b, machine, 24*hour, func(tick int) bool { return tick%(3*hour) == hour })
		b.ReportMetric(float64(heap()-before), "heap-B")
		b.ReportMetric(350*(28+60+28+60+160+176), "tables-B")
		runtime.KeepAlive(d)
	}
}
