// Package bench reads one table through this module and through others that read
// it, and says what each takes. It is a module of its own, so that nobody who uses
// tcpmib downloads the others.
package bench

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
	"time"

	cakturk "github.com/cakturk/go-netstat/netstat"
	gopsutil "github.com/shirou/gopsutil/v4/net"
	tailscale "tailscale.com/net/netstat"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

// The rows of each family. Of one family alone tailscale does not read 100,000.
const each = 50_000

// reads are the ways to read both families, one line each; the first is ours that
// the others are held against. read says how many rows it got, and rows is how many
// there are.
var reads = []struct {
	name string
	rows int
	read func() (rows int, err error)
}{
	{"tcpmib, Conns", 2 * each, func() (int, error) { c, err := tcpmib.Conns(tcpmib.Both); return len(c), err }},
	{"tcpmib, Reader.AppendConns, warm", 2 * each, appendConns},
	{"tcpmib, Reader.TCPTable2 and TCP6Table2, warm", 2 * each, rawRows},
	{"go-netstat, GetTCPTable2 and GetTCP6Table2", 2 * each, cakturkTables},
	// Each of its rows has it walk the list of processes: few rows have to do.
	{"go-netstat, TCPSocks and TCP6Socks", 1000, cakturkSocks},
	{"gopsutil, Connections", 2 * each, func() (int, error) { c, err := gopsutil.Connections("tcp"); return len(c), err }},
	{"tailscale, netstat.Get", 2 * each, tailscaleGet},
}

var (
	reader tcpmib.Reader
	conns  []tcpmib.Conn
)

func appendConns() (n int, err error) {
	conns, err = reader.AppendConns(conns[:0], tcpmib.Both)
	return len(conns), err
}

func rawRows() (int, error) {
	rows4, err4 := reader.TCPTable2(false)
	n := len(rows4) // valid until the next call
	rows6, err6 := reader.TCP6Table2(false)
	return n + len(rows6), errors.Join(err4, err6)
}

func cakturkTables() (int, error) {
	table4, err := cakturk.GetTCPTable2(false)
	if err != nil {
		return 0, err
	}
	table6, err := cakturk.GetTCP6Table2(false)
	if err != nil {
		return 0, err
	}
	return len(table4.Rows()) + len(table6.Rows()), nil
}

func cakturkSocks() (int, error) {
	socks4, err4 := cakturk.TCPSocks(cakturk.NoopFilter)
	socks6, err6 := cakturk.TCP6Socks(cakturk.NoopFilter)
	return len(socks4) + len(socks6), errors.Join(err4, err6)
}

func tailscaleGet() (int, error) {
	table, err := tailscale.Get()
	if err != nil {
		return 0, err
	}
	return len(table.Entries), nil
}

func TestMain(m *testing.M) { os.Exit(synthetic.Main(m)) }

func BenchmarkRead(b *testing.B) {
	for i := range reads {
		b.Run(reads[i].name, func(b *testing.B) { benchmark(b, i) })
	}
}

func benchmark(b *testing.B, i int) {
	r := reads[i]
	// go-netstat takes the last error for the call's.
	synthetic.Scenario(b, fmt.Sprintf("rows=%d last=0", r.rows/2))
	for range 2 { // so that what can be warm is
		if n, err := r.read(); err != nil || n != r.rows {
			b.Fatalf("%d rows of %d: %v", n, r.rows, err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		r.read()
	}
}

// TestTable prints a table of them all. They take turns, and the fastest turn of
// each counts.
func TestTable(t *testing.T) {
	best := make([]testing.BenchmarkResult, len(reads))
	for range 3 {
		for i, r := range reads {
			result := testing.Benchmark(func(b *testing.B) { benchmark(b, i) })
			if result.N == 0 {
				t.Fatal(r.name, "failed")
			}
			if best[i].N == 0 || perOp(result) < perOp(best[i]) {
				best[i] = result
			}
		}
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "ns/row\tbytes/row\tallocs/row\tx Conns\tx AppendConns\trows\t")
	base, warm := best[0], best[1]
	for i, r := range reads {
		rows := float64(r.rows)
		ns := perOp(best[i]) / rows
		fmt.Fprintf(out, "%.2f\t%.1f\t%.4f\t%.2f\t%.2f\t%d\t  %s\n", ns,
			float64(best[i].AllocedBytesPerOp())/rows, float64(best[i].AllocsPerOp())/rows,
			ns/(perOp(base)/float64(reads[0].rows)), ns/(perOp(warm)/float64(reads[1].rows)),
			r.rows, r.name)
	}
	out.Flush()
}

func perOp(r testing.BenchmarkResult) float64 { return float64(r.T) / float64(time.Duration(r.N)) }
