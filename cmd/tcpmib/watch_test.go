package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// scripted is a Source that has another machine for each look; the last stays.
type scripted struct {
	machines []*machine
	asked    map[string]int
}

func (s *scripted) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	i := min(s.asked[q.Func], len(s.machines)-1)
	size, code = s.machines[i].Ask(q, buf)
	if code != 122 { // or it is asked once more
		s.asked[q.Func]++
	}
	return size, code
}

func script(machines ...*machine) *scripted {
	return &scripted{machines, map[string]int{}}
}

func events(t *testing.T, stdout string) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(stdout) {
		var e struct {
			Time      time.Time
			Event     string
			LocalPort int
			Process   string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		assert.False(t, e.Time.IsZero())
		list = append(list, e.Event+" "+e.Process)
	}
	return list
}

func TestWatchEvents(t *testing.T) {
	one, two := &machine{}, &machine{}
	one.add4("0.0.0.0:80", "", tcpmib.StateListen, 7, tcpmib.OffloadStateInHost)
	one.add4("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateEstab, 8, tcpmib.OffloadStateInHost)
	two.add4("0.0.0.0:80", "", tcpmib.StateListen, 7, tcpmib.OffloadStateInHost)
	two.add4("10.0.0.1:80", "10.0.0.2:2000", tcpmib.StateEstab, 9, tcpmib.OffloadStateInHost)
	broken := &machine{code4: 31, code6: 31}
	half := &machine{rows4: one.rows4, code6: 50}
	empty := &machine{code6: 50}
	const no6 = "tcpmib: GetTcp6Table2: not supported: the protocol is not installed (ERROR_NOT_SUPPORTED, 50)\n"

	for name, tt := range map[string]struct {
		machines []*machine
		args     []string
		want     []string
		stderr   string
		code     int
	}{
		"for": {[]*machine{one, one, two}, []string{"--for=2500ms"},
			[]string{"present seven", "present eight", "closed eight", "opened nine"}, "", exitOK},
		"once": {[]*machine{one, two, one}, []string{"--once"},
			[]string{"present seven", "present eight", "closed eight", "opened nine"}, "", exitOK},
		"trouble": {[]*machine{one, broken, broken, two}, []string{"--for=3500ms", "-4"},
			[]string{"present seven", "present eight", "closed eight", "opened nine"},
			"tcpmib: GetTcpTable2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n", exitOK},
		"once in trouble": {[]*machine{one, broken}, []string{"--once", "-4"},
			[]string{"present seven", "present eight"},
			"tcpmib: GetTcpTable2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n", exitFailure},
		"half": {[]*machine{half}, []string{"--for=2500ms"},
			[]string{"present seven", "present eight"}, no6, exitOK},
		"half, empty at first": {[]*machine{empty, half}, []string{"--for=2500ms"},
			[]string{"opened seven", "opened eight"}, no6, exitOK},
		"half, once": {[]*machine{half}, []string{"--once"},
			[]string{"present seven", "present eight"}, no6, exitFailure},
		"half, at the second look": {[]*machine{one, half}, []string{"--once"},
			[]string{"present seven", "present eight"}, no6, exitFailure},
		"trouble alone": {[]*machine{broken}, []string{"--for=3500ms"}, nil,
			"tcpmib: GetTcpTable2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n" +
				"tcpmib: GetTcp6Table2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n", exitFailure},
		"no IPv6": {[]*machine{half}, []string{"-6"}, nil, no6, exitFailure}, // ends by itself
		"nothing": {[]*machine{{}}, []string{"--for=1500ms"}, nil, "", exitNothing},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// Names are looked up in each beat in which something happens, and
				// what ended with its process keeps its name.
				looked := 0
				a := testApp(script(tt.machines...), nil)
				a.processes = func() (owner.Processes, error) {
					looked++
					if looked == 1 {
						return named(map[uint32]string{7: "seven", 8: "eight"}), nil
					}
					return named(map[uint32]string{7: "seven", 9: "nine"}), nil
				}
				got := runApp(a, append([]string{"watch", "--interval=1s"}, tt.args...)...)
				assert.Equal(t, tt.want, events(t, got.stdout))
				assert.Equal(t, tt.stderr, got.stderr)
				assert.Equal(t, tt.code, got.code)
			})
		})
	}
}

// Who was late has read what there is: nothing.
func TestWatchLate(t *testing.T) {
	a := testApp(&machine{}, nil)
	var stderr bytes.Buffer
	a.stderr = &stderr
	late := func(yield func(tcpmib.Change, error) bool) {
		yield(tcpmib.Change{}, &tcpmib.MissedError{Ticks: 2, Interval: time.Second})
	}
	assert.ErrorIs(t, a.writeEvents(late, &watchFlags{}, replayed{}), errNothing)
	assert.Contains(t, stderr.String(), "ticks missed: 2")
}

func TestWatchClosedPipe(t *testing.T) {
	m, processes := office()
	a := testApp(m, processes)
	var stderr bytes.Buffer
	a.stdin, a.stdout, a.stderr = &bytes.Buffer{}, &closedWriter{}, &stderr
	assert.Equal(t, exitOK, a.run([]string{"watch"}))
	assert.Empty(t, stderr.String())
}
