package synthetic_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"reflect"
	"strconv"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// structs are those of one kind; nil are those that it does not have.
type structs struct{ rw, ros, rod any }

// counting is a struct of the type of like whose bytes count from first, or are 0
// while off.
func counting(like any, first int, on bool) any {
	if like == nil {
		return nil
	}
	v := reflect.New(reflect.TypeOf(like))
	for i := range sizeof(like) {
		if b := (*byte)(unsafe.Add(v.UnsafePointer(), i)); on {
			*b = byte(first + i)
		}
	}
	return v.Elem().Interface()
}

func sizeof(v any) int {
	if v == nil {
		return 0
	}
	return int(reflect.TypeOf(v).Size())
}

// sized returns the size of a struct with members of type SIZE_T, on 64-bit Windows or on 386.
func sized(on64, on386 int) int {
	if strconv.IntSize == 32 {
		return on386
	}
	return on64
}

// The nine kinds, with the sizes of their structs in C.
var kinds = []struct {
	name            string
	typ             int
	rw, ros, rod    int
	on              string // RW that enables it, in hexadecimal
	get             func(tcpmib.Conn) (structs, error)
	enable, disable func(tcpmib.Conn) error
}{
	{"SynOpts", 0, 0, 12, 0, "", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.SynOpts](c)
		return structs{nil, s.SynOptsROSv0, nil}, err
	}, nil, nil},
	{"Data", 1, 1, 0, 96, "01", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.Data](c)
		return structs{s.RW, nil, s.DataRODv0}, err
	}, tcpestats.Enable[tcpestats.Data], tcpestats.Disable[tcpestats.Data]},
	{"SndCong", 2, 1, 4, sized(88, 72), "01", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.SndCong](c)
		return structs{s.RW, s.SndCongROSv0, s.SndCongRODv0}, err
	}, tcpestats.Enable[tcpestats.SndCong], tcpestats.Disable[tcpestats.SndCong]},
	{"Path", 3, 1, 0, 160, "01", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.Path](c)
		return structs{s.RW, nil, s.PathRODv0}, err
	}, tcpestats.Enable[tcpestats.Path], tcpestats.Disable[tcpestats.Path]},
	{"SendBuff", 4, 1, 0, sized(32, 16), "01", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.SendBuff](c)
		return structs{s.RW, nil, s.SendBuffRODv0}, err
	}, tcpestats.Enable[tcpestats.SendBuff], tcpestats.Disable[tcpestats.SendBuff]},
	{"Rec", 5, 1, 0, sized(72, 56), "01", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.Rec](c)
		return structs{s.RW, nil, s.RecRODv0}, err
	}, tcpestats.Enable[tcpestats.Rec], tcpestats.Disable[tcpestats.Rec]},
	{"ObsRec", 6, 1, 0, 16, "01", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.ObsRec](c)
		return structs{s.RW, nil, s.ObsRecRODv0}, err
	}, tcpestats.Enable[tcpestats.ObsRec], tcpestats.Disable[tcpestats.ObsRec]},
	{"Bandwidth", 7, 8, 0, 40, "0100000001000000", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.Bandwidth](c)
		return structs{s.RW, nil, s.BandwidthRODv0}, err
	}, tcpestats.Enable[tcpestats.Bandwidth], tcpestats.Disable[tcpestats.Bandwidth]},
	{"FineRtt", 8, 1, 0, 16, "01", func(c tcpmib.Conn) (structs, error) {
		s, err := tcpestats.Get[tcpestats.FineRtt](c)
		return structs{s.RW, nil, s.FineRttRODv0}, err
	}, tcpestats.Enable[tcpestats.FineRtt], tcpestats.Disable[tcpestats.FineRtt]},
}

// A connection of each family, with its row in hexadecimal.
var estatsConns = []struct{ digit, local, remote, row string }{
	{"", "10.1.2.3:49152", "192.0.2.7:443", "05000000" + "0a010203" + "c0000000" + "c0000207" + "01bb0000"},
	{"6", "[fe80::1%7]:49152", "[fe80::2%7]:443", "05000000" +
		"fe800000000000000000000000000001" + "07000000" + "c0000000" +
		"fe800000000000000000000000000002" + "07000000" + "01bb0000"},
}

func TestEStats(t *testing.T) {
	for _, conn := range estatsConns {
		c := tcpmib.Conn{Local: netip.MustParseAddrPort(conn.local), Remote: netip.MustParseAddrPort(conn.remote), State: tcpmib.StateEstab}
		for _, k := range kinds {
			t.Run(c.Family().String()+" "+k.name, func(t *testing.T) {
				log := synthetic.NewLog(t)
				synthetic.Scenario(t, log.Word())
				got, err := k.get(c)
				require.NoError(t, err)
				assert.Equal(t, []int{k.rw, k.ros, k.rod}, []int{sizeof(got.rw), sizeof(got.ros), sizeof(got.rod)})
				want := func(like structs, on bool) structs {
					return structs{like.rw, counting(like.ros, 0x80+k.typ, on), counting(like.rod, k.typ, on)}
				}
				part := func(name string, size int) string {
					if size == 0 {
						return name + "=NULL,0,0"
					}
					return fmt.Sprintf("%s=buffer,0,%d", name, size)
				}
				getLine := fmt.Sprintf("GetPerTcp%sConnectionEStats row=%s type=%d %s %s %s code=0", conn.digit, conn.row, k.typ,
					part("rw", k.rw), part("ros", k.ros), part("rod", k.rod))
				setLine := func(rw string) string {
					return fmt.Sprintf("SetPerTcp%sConnectionEStats row=%s type=%d rw=%s,0,%d offset=0 code=0", conn.digit, conn.row, k.typ, rw, k.rw)
				}

				if k.enable == nil {
					assert.Equal(t, want(got, true), got)
					assert.Equal(t, []string{getLine}, log.Calls(t))
					return
				}
				assert.Equal(t, want(got, false), got)
				require.NoError(t, k.enable(c))
				off := got.rw
				got, err = k.get(c)
				require.NoError(t, err)
				assert.Equal(t, want(got, true), got)
				assert.NotEqual(t, off, got.rw)
				require.NoError(t, k.disable(c))
				got, err = k.get(c)
				require.NoError(t, err)
				assert.Equal(t, want(got, false), got)
				assert.Equal(t, off, got.rw)
				zeros := hex.EncodeToString(make([]byte, k.rw))
				assert.Equal(t, []string{getLine, setLine(k.on), getLine, setLine(zeros), getLine}, log.Calls(t))

				synthetic.Scenario(t, "codes=5")
				_, err = k.get(c)
				assert.ErrorIs(t, err, fs.ErrPermission)
				assert.ErrorIs(t, k.enable(c), fs.ErrPermission)
				synthetic.Scenario(t, "codes=1168")
				_, err = k.get(c)
				assert.ErrorIs(t, err, fs.ErrNotExist)
				synthetic.Scenario(t, "codes=50")
				assert.ErrorIs(t, k.disable(c), errors.ErrUnsupported)
			})
		}
	}
}

// Set restores, from the answer of Get, the statistics that were enabled before.
func TestEStatsRestore(t *testing.T) {
	synthetic.Scenario(t)
	c := tcpmib.Conn{Local: netip.MustParseAddrPort("10.1.2.3:49152"), Remote: netip.MustParseAddrPort("192.0.2.7:443"), State: tcpmib.StateEstab}
	require.NoError(t, tcpestats.Set(c, tcpestats.Bandwidth{RW: tcpestats.BandwidthRWv0{EnableCollectionOutbound: tcpestats.BoolOptEnabled}}))
	before, err := tcpestats.Get[tcpestats.Bandwidth](c)
	require.NoError(t, err)
	require.NoError(t, tcpestats.Enable[tcpestats.Bandwidth](c))
	require.NoError(t, tcpestats.Set(c, before))
	after, err := tcpestats.Get[tcpestats.Bandwidth](c)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.Equal(t, tcpestats.BoolOptEnabled, after.RW.EnableCollectionOutbound)
	assert.Equal(t, tcpestats.BoolOptDisabled, after.RW.EnableCollectionInbound)
}

// No bytes are NULL, be they nil or an empty slice, in both implementations.
func TestNoBytesAreNull(t *testing.T) {
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, log.Word())
	var row [native.SizeofTCPRow]byte
	none := native.EStats{Bytes: []byte{}}
	native.GetPerTcpConnectionEStats(&row, 0, none, none, none)
	native.SetPerTcpConnectionEStats(&row, 1, none, 0)
	native.GetTcpTable2([]byte{}, false)
	for _, call := range log.Calls(t) {
		assert.NotContains(t, call, "buffer", "of no bytes")
		assert.Contains(t, call, "NULL")
	}
}
