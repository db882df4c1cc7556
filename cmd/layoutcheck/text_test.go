package main

import (
	"bytes"
	"fmt"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

func someResult() *result {
	return &result{
		Targets:   []target{{"amd64", "MinGW-w64 10.0"}, {"386", "MinGW-w64 10.0"}},
		Structs:   counts{Checked: 3, Right: 1, Wrong: 1, Allowed: 1, Unmatched: 2},
		Constants: counts{Checked: 8, Right: 7, Wrong: 1, Unmatched: 1},
		Differences: []difference{
			{Go: "w.Row", C: "ROW", File: "a,b.go", Line: 7, GOARCH: []string{"386"}, Findings: []string{"100% wrong: pad", "more"}, With: []string{"w.In", "w.Out"}, Table: "  table\n"},
			{Go: "w.Old", C: "OLD", File: "b.go", Line: 9, GOARCH: []string{"386"}, Findings: []string{"short"}, With: []string{"w.Older"}, Allowed: "a prefix"},
			{Go: "w.MAX", C: "MAX", File: "b.go", Line: 11, GOARCH: []string{"amd64", "386"}, Findings: []string{"it is 3 in C and 4 in Go"}},
		},
		Unmatched: []unmatched{
			{"w.X", "e.com/w", "b.go", 1, false, "no struct of C has its name"}, {"w.Y", "e.com/w", "b.go", 2, false, "no struct of C has its name"},
			{"w.C", "e.com/w", "b.go", 3, true, "no constant of C has its name"},
		},
		StaleAllows: []string{"allow:1: w.Gone"},
		UnusedMaps:  []string{"map:1: Nobody"},
	}
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeText(&b, someResult()))
	assert.Equal(t, `a,b.go:7: w.Row is not ROW on 386
  100% wrong: pad
  more
  wrong with it: w.In, w.Out

  table

b.go:11: w.MAX is not MAX on amd64, 386
  it is 3 in C and 4 in Go

Accepted differences:
  w.Old, w.Older on 386: a prefix

Not compared:
  2 structs: no struct of C has its name: w.X, w.Y
  1 constant: no constant of C has its name: w.C

allow:1: w.Gone no longer occurs: remove the line
map:1: Nobody is not in these packages: remove the line
amd64  MinGW-w64 10.0
386    MinGW-w64 10.0
structs: 3 checked, 1 right, 1 wrong, 1 accepted; 2 not compared
constants: 8 checked, 7 right, 1 wrong; 1 not compared
`, b.String())
}

// Short leaves out what was accepted, compared and not compared, and nothing that is wrong.
func TestShort(t *testing.T) {
	var text, short bytes.Buffer
	require.NoError(t, writeText(&text, someResult()))
	require.NoError(t, writeShort(&short, someResult()))
	assert.Contains(t, text.String(), "no struct of C has its name")
	assert.NotContains(t, short.String(), "no struct of C has its name")
	for _, kept := range []string{"w.Row is not ROW on 386", "100% wrong: pad", "w.MAX is not MAX", "w.Gone", "Nobody", "3 checked, 1 right, 1 wrong"} {
		assert.Contains(t, short.String(), kept)
	}
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeGitHub(&b, someResult()))
	assert.Equal(t, `::error file=a%2Cb.go,line=7,title=w.Row is not ROW on 386::100%25 wrong: pad%0Amore%0Awrong with it: w.In, w.Out%0A  table%0A
::error file=b.go,line=11,title=w.MAX is not MAX on amd64%2C 386::it is 3 in C and 4 in Go
::error title=stale -allow line::allow:1: w.Gone no longer occurs: remove the line
::error title=unused -map line::map:1: Nobody is not in these packages: remove the line
::notice title=layoutcheck::amd64  MinGW-w64 10.0%0A386    MinGW-w64 10.0%0Astructs: 3 checked, 1 right, 1 wrong, 1 accepted; 2 not compared%0Aconstants: 8 checked, 7 right, 1 wrong; 1 not compared
`, b.String())
}

// A struct counts once, and as wrong if it is wrong anywhere.
func TestTally(t *testing.T) {
	var l tally
	at := func(name string, line int) place {
		return place{"e.com/p", name, token.Position{Filename: "a.go", Line: line}}
	}
	l.add(at("A", 1), stateRight)
	l.add(at("A", 1), stateWrong)
	l.add(at("B", 2), stateUnmatched)
	l.add(at("B", 2), stateRight)
	l.add(at("B", 3), stateUnmatched) // another of the same name, in a function
	l.add(at("C", 4), stateAllowed)
	l.add(at("C", 4), stateRight)
	assert.Equal(t, counts{Checked: 3, Right: 1, Wrong: 1, Allowed: 1, Unmatched: 1}, l.counts())
}

func TestSameWordsOnSeveralArchitectures(t *testing.T) {
	var r result
	m := merger{map[place][]int{}, map[compareKey]int{}, map[unmatched]bool{}}
	for _, goarch := range []string{"amd64", "386", "arm64"} {
		d := difference{Go: "A", C: "A", GOARCH: []string{goarch}, Findings: []string{"short"}}
		if goarch == "386" {
			d.Findings = []string{"shorter"}
		}
		m.addDifference(&r, place{name: "A"}, d)
	}
	require.Len(t, r.Differences, 2)
	assert.Equal(t, []string{"amd64", "arm64"}, r.Differences[0].GOARCH)
	assert.Equal(t, []string{"386"}, r.Differences[1].GOARCH)
}

// A difference that is another in one respect alone is reported on its own.
func TestOtherWordsOnAnotherArchitecture(t *testing.T) {
	for name, change := range map[string]func(d *difference){
		"C type": func(d *difference) { d.C = "B" }, "table": func(d *difference) { d.Table = "table" },
		"accepted": func(d *difference) { d.Allowed = "reason" }, "findings": func(d *difference) { d.Findings = nil },
	} {
		var r result
		m := merger{map[place][]int{}, map[compareKey]int{}, map[unmatched]bool{}}
		one := difference{Go: "A", C: "A", GOARCH: []string{"amd64"}, Findings: []string{"short"}}
		other := difference{Go: "A", C: "A", GOARCH: []string{"386"}, Findings: []string{"short"}}
		change(&other)
		m.addDifference(&r, place{name: "A"}, one)
		m.addDifference(&r, place{name: "A"}, other)
		assert.Equal(t, []difference{one, other}, r.Differences, name)
	}
}

// A struct that is wrong because of one in its fields is listed with that one, counts as it does,
// and has no difference of its own. The same goes for a struct that contains it.
func TestCaused(t *testing.T) {
	at := func(name string) place { return place{"e.com/p", name, token.Position{Filename: "a.go"}} }
	causes := func(name string) []layout.Cause {
		return []layout.Cause{{Go: name, Path: "e.com/p", Pos: token.Position{Filename: "a.go"}}}
	}
	for _, state := range []int{stateWrong, stateAllowed} {
		c := checker{merger: merger{differences: map[place][]int{}}}
		c.merger.addDifference(&c.result, at("p.Point"), difference{Go: "p.Point", GOARCH: []string{"386"}})
		c.structs.add(at("p.Point"), state)
		for _, name := range []string{"p.Rect", "p.Window", "p.Other"} {
			c.structs.add(at(name), stateRight)
		}
		c.caused = []caused{{at("p.Window"), causes("p.Rect")}, {at("p.Rect"), causes("p.Point")}, {at("p.Rect"), causes("p.Point")}}
		c.addCaused()
		require.Len(t, c.result.Differences, 1)
		assert.ElementsMatch(t, []string{"p.Window", "p.Rect"}, c.result.Differences[0].With)
		want := counts{Checked: 4, Right: 1, Wrong: 3}
		if state == stateAllowed {
			want = counts{Checked: 4, Right: 1, Allowed: 3}
		}
		assert.Equal(t, want, c.structs.counts())
	}
}

// Names are wrapped at 100 columns, and none is cut.
func TestWriteWrapped(t *testing.T) {
	long := strings.Repeat("x", 120)
	for _, test := range []struct {
		items []string
		want  string
	}{
		{[]string{"a"}, "  a\n"},
		{[]string{"a", "b", "c"}, "  a, b, c\n"},
		{[]string{strings.Repeat("a", 48), strings.Repeat("b", 47), "c"}, "  " + strings.Repeat("a", 48) + ", " + strings.Repeat("b", 47) + ",\n  c\n"},
		{[]string{strings.Repeat("a", 48), strings.Repeat("b", 48), "c"}, "  " + strings.Repeat("a", 48) + ",\n  " + strings.Repeat("b", 48) + ", c\n"},
		{[]string{strings.Repeat("a", 48), strings.Repeat("b", 48)}, "  " + strings.Repeat("a", 48) + ", " + strings.Repeat("b", 48) + "\n"},
		{[]string{long, "b"}, "  " + long + ",\n  b\n"},
		{[]string{"a", long}, "  a,\n  " + long + "\n"},
	} {
		var b strings.Builder
		writeWrapped(&b, test.items)
		assert.Equal(t, test.want, b.String())
	}
}

// The log lists what was compared as a group. A long annotation is cut where GitHub would cut it.
func TestGitHubGroup(t *testing.T) {
	r := &result{
		Targets:     []target{{"amd64", "MinGW-w64 10.0"}},
		Compared:    []compared{{Go: "w.Row", C: "ROW", How: layout.ByName, GOARCH: []string{"amd64"}}},
		Differences: []difference{{Go: "w.Row", C: "ROW", How: layout.ByName, Path: "e.com/w", File: "a.go", Line: 7, GOARCH: []string{"amd64"}, Findings: []string{"x" + strings.Repeat("ü", 40_000)}}},
	}
	var b bytes.Buffer
	require.NoError(t, writeGitHub(&b, r))
	lines := strings.SplitAfter(b.String(), "\n")
	const head = "::error file=a.go,line=7,title=w.Row is not ROW on amd64::"
	assert.Equal(t, head+"x"+strings.Repeat("ü", 29_999)+"...\n", lines[0], "at most 60,000 bytes, in whole characters")
	assert.Equal(t, "::group::Compared, by name:\n  w.Row = ROW\n::endgroup::\n", strings.Join(lines[1:4], ""))
}

// A struct that was compared on some architectures only says on which.
func TestWriteCompared(t *testing.T) {
	r := &result{Targets: []target{{"amd64", ""}, {"386", ""}}, Compared: []compared{
		{Go: "w.A", C: "A", How: layout.ByTag, GOARCH: []string{"amd64", "386"}},
		{Go: "w.B", C: "B", How: layout.ByFoldedName, GOARCH: []string{"386"}},
		{Go: "w.C", C: "C", How: layout.ByMap, GOARCH: []string{"amd64", "386"}},
	}}
	var b strings.Builder
	writeCompared(&b, r)
	assert.Equal(t, "Compared, by tag:\n  w.A = A\n\nCompared, by map:\n  w.C = C\n\nCompared, by folded name:\n  w.B = B on 386\n\n", b.String())
}

// Constants that C does not have are many: the text names some. Structs are all named, on as many
// lines as they need.
func TestWriteUnmatched(t *testing.T) {
	list := func(n int, constant bool) string {
		r := &result{}
		for i := range n {
			r.Unmatched = append(r.Unmatched, unmatched{Go: fmt.Sprintf("windows.N%04d", i), Constant: constant, Reason: "none"})
		}
		var b strings.Builder
		writeUnmatched(&b, r)
		return b.String()
	}
	assert.Empty(t, list(0, true))
	assert.Equal(t, "Not compared:\n  1 constant: none: windows.N0000\n\n", list(1, true))
	assert.Equal(t, "Not compared:\n  2 structs: none: windows.N0000, windows.N0001\n\n", list(2, false))
	assert.NotContains(t, list(6, true), "...")
	assert.Contains(t, list(7, true), "7 constants: none:\n    windows.N0000, windows.N0001, windows.N0002, windows.N0003, windows.N0004,\n    windows.N0005, ... (-format json has all)\n\n")
	assert.Equal(t, 20, strings.Count(list(20, false), "windows.N"))
	for reason, wrapped := range map[int]bool{83: false, 84: true} { // a line of 100 columns, or of 101
		var b strings.Builder
		writeUnmatched(&b, &result{Unmatched: []unmatched{{Go: "w.A", Reason: strings.Repeat("x", reason)}}})
		assert.Equal(t, wrapped, strings.Contains(b.String(), ":\n    w.A"), b.String())
	}
}

// A struct that was found by its name alone may not be meant.
func TestHint(t *testing.T) {
	for how, want := range map[string]string{
		layout.ByName:       `its name finds ROW; if it is not meant, write "e.com/w.Row -" into the -map file`,
		layout.ByFoldedName: `its folded name finds ROW; if it is not meant, write "e.com/w.Row -" into the -map file`,
		layout.ByTag:        "",
		layout.ByMap:        "",
	} {
		d := difference{Go: "w.Row", Path: "e.com/w", C: "ROW", How: how, Findings: []string{"short"}, With: []string{"w.In"}}
		assert.Equal(t, want, d.hint())
		assert.Equal(t, []string{"short", "wrong with it: w.In"}, d.lines()[:2])
		d.Accept = "w.Row.Field so"
		assert.Equal(t, `to accept it, write "w.Row.Field so" into the -allow file`, d.hint())
	}
}

func TestUnderaligned(t *testing.T) {
	for n, want := range []string{
		"", "386: 1 of the structs is aligned to 8 bytes in C and to 4 in Go, which cannot do better there\n",
		"386: 2 of the structs are aligned to 8 bytes in C and to 4 in Go, which cannot do better there\n",
	} {
		var b strings.Builder
		writeNumbers(&b, &result{Underaligned: []string{"w.A", "w.B"}[:n]})
		_, line, _ := strings.Cut(b.String(), "constants: 0 checked, 0 right, 0 wrong; 0 not compared\n")
		assert.Equal(t, want, line)
	}
}
