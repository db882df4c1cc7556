package synthetic_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

// What a cold Reader makes of a scenario: how many rows of each family come back,
// after how many calls into the DLL, and with which error.
var cases = []struct {
	name         string
	scenario     string
	rows4, rows6 int
	calls        int
	is           error
	text         string
}{
	// Tables of every size, that hold still.
	{"three rows", "rows=3", 3, 3, 2, nil, ""},
	{"no rows", "rows=0", 0, 0, 2, nil, ""},
	{"no data", "codes=232", 0, 0, 2, nil, ""},
	{"as many as the first buffer holds", "rows4=1170 rows6=546", 1170, 546, 2, nil, ""},
	{"one more", "rows4=1171 rows6=0", 1171, 0, 3, nil, ""},
	{"a million rows", "rows=1000000", 1_000_000, 1_000_000, 4, nil, ""},

	// Tables that do not.
	{"grows a little at each call", "rows=10000 grow=500", 10_500, 10_500, 4, nil, ""},
	{"grows by half at each call", "rows=10000 grow=5000", 25_000, 25_000, 8, nil, ""},
	{"shrinks at each call", "rows=10000 grow=-3000", 7000, 7000, 4, nil, ""},
	{"shrinks to nothing", "rows=10000 grow=-10000", 0, 0, 4, nil, ""},
	{"grows tenfold at the first call", "rows=10000 grow=100000", 310_000, 310_000, 8, nil, ""},
	{"churns once", "codes=0xC0000001,0", 3, 3, 4, nil, ""},
	{"churns four times", "codes=0xC0000001,0xC0000001,0xC0000001,0xC0000001,0", 3, 3, 10, nil, ""},
	{"churns for ever", "codes=0xC0000001", 0, 0, 20, nil, "no answer after 10 attempts"},
	{"churns and grows", "rows=10000 grow=100 codes=0,0xC0000001,122,0", 10_300, 10_300, 8, nil, ""},

	// Sizes that lie.
	{"asks for less than it needs", "rows=10000 ask=100", 10_000, 10_000, 10, nil, ""},
	{"asks for nothing", "rows=10000 ask=0", 10_000, 10_000, 10, nil, ""},
	{"asks for what it was given", "rows=10000 ask=keep", 10_000, 10_000, 10, nil, ""},
	{"asks for one byte less than it needs", "rows=10000 ask=-1", 10_000, 10_000, 4, nil, ""},
	{"asks for much more than it needs", "rows=10000 ask=+50000000", 10_000, 10_000, 4, nil, ""},
	{"asks for all memory", "rows=10000 ask=0xFFFFFFFF", 0, 0, 2, tcpmib.ErrTooLarge, "asks for 4294967295 bytes"},
	{"asks for more room for ever", "codes=122 ask=+1000000", 0, 0, 20, nil, "outgrew its buffer 10 times"},
	{"tells one byte less than it wrote", "tell=-1", 0, 0, 2, tcpmib.ErrMalformed, "with 3 rows needs 88 bytes, got 87"},
	{"tells nothing", "tell=0", 0, 0, 2, tcpmib.ErrMalformed, "got 0"},
	{"tells 3 bytes", "tell=3", 0, 0, 2, tcpmib.ErrMalformed, "got 3"},
	{"tells one byte more than it wrote", "tell=+1", 3, 3, 2, nil, ""},
	{"tells more than the buffer has", "tell=+1000000", 0, 0, 2, tcpmib.ErrMalformed, "1000088 bytes in a buffer of 32768"},
	{"tells 4 GiB", "tell=0xFFFFFFFF", 0, 0, 2, tcpmib.ErrMalformed, "4294967295 bytes in a buffer of 32768"},
	{"tells the size of the buffer", "tell=keep", 3, 3, 2, nil, ""},

	// Numbers of rows that lie.
	{"counts one row more", "entries=+1", 0, 0, 2, tcpmib.ErrMalformed, "with 4 rows needs 116 bytes, got 88"},
	{"counts one row less", "entries=-1", 2, 2, 2, nil, ""},
	{"counts no rows", "entries=0", 0, 0, 2, nil, ""},
	{"counts as many as wrap 32 bits (IPv4)", "entries=153391690", 0, 0, 2, tcpmib.ErrMalformed, "with 153391690 rows"},
	{"counts as many as wrap 32 bits (IPv6)", "entries=71582789", 0, 0, 2, tcpmib.ErrMalformed, "with 71582789 rows"},
	{"counts as many as wrap 31 bits", "entries=0x7FFFFFFF", 0, 0, 2, tcpmib.ErrMalformed, "with 2147483647 rows"},
	{"counts as many as it can", "entries=0xFFFFFFFE", 0, 0, 2, tcpmib.ErrMalformed, "with 4294967294 rows"},

	// Success that cannot be true.
	{"succeeds and writes nothing", "blank=1", 0, 0, 2, tcpmib.ErrMalformed, "wrote nothing"},
	{"succeeds, writes nothing and tells nothing", "blank=1 tell=0", 0, 0, 2, tcpmib.ErrMalformed, "wrote nothing"},

	// One family, or none.
	{"no IPv6 in this Windows", "codes6=50", 3, 0, 2, errors.ErrUnsupported, "GetTcp6Table2"},
	{"no IPv4 in this Windows", "codes4=50", 0, 3, 2, errors.ErrUnsupported, "GetTcpTable2"},
	{"IPv6 is denied", "codes6=5", 3, 0, 2, fs.ErrPermission, "GetTcp6Table2: access is denied"},
	{"IPv6 churns for ever", "codes6=0xC0000001", 3, 0, 11, nil, "GetTcp6Table2"},
	{"IPv4 lies", "entries4=+1", 0, 3, 2, tcpmib.ErrMalformed, "MIB_TCPTABLE2"},
	{"both are denied", "codes=5", 0, 0, 2, fs.ErrPermission, "GetTcp6Table2: access is denied"},

	// Nothing is left over from the case before.
	{"three rows again", "rows=3", 3, 3, 2, nil, ""},
}

func TestCases(t *testing.T) {
	t.Log(native.Implementation)
	t.Logf("%-42s %8s %8s %5s  %s", "case", "IPv4", "IPv6", "calls", "error")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			log := synthetic.NewLog(t)
			synthetic.Scenario(t, c.scenario, log.Word())
			var r tcpmib.Reader
			conns, err := r.AppendConns(nil, tcpmib.Both)
			calls := len(log.Calls(t))
			if c.text == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.text)
			}
			if c.is != nil {
				assert.ErrorIs(t, err, c.is)
			}
			var rows [3]int
			for _, conn := range conns {
				rows[conn.Family()]++
			}
			assert.Equal(t, c.rows4, rows[tcpmib.IPv4])
			assert.Equal(t, c.rows6, rows[tcpmib.IPv6])
			assert.Equal(t, c.calls, calls)
			t.Logf("%-42s %8d %8d %5d  %.200v", c.name, rows[tcpmib.IPv4], rows[tcpmib.IPv6], calls, err)
		})
	}
}
