package mib

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// socket is a row whose endpoints are one number. State only grows while it is the same socket.
type socket struct {
	key   int
	owner uint32
	state int
}

var sockets = Order[socket]{
	Key: func(a, b *socket) int { return cmp.Compare(a.key, b.key) },
	Compare: func(a, b socket) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.owner, b.owner), cmp.Compare(a.state, b.state))
	},
	Owner: func(s *socket) uint32 { return s.owner },
	Same: func(older, newer *socket, owner uint32) bool {
		return older.state <= newer.state && (owner == newer.owner || owner == 0 || newer.owner == 0)
	},
}

// event is what Diff yields.
type event struct {
	kind         Kind
	older, newer socket
}

func events(older, newer []socket) (events []event) {
	Diff(&sockets, older, newer, func(kind Kind, older, newer *socket) bool {
		e := event{kind: kind}
		if older != nil {
			e.older = *older
		}
		if newer != nil {
			e.newer = *newer
		}
		events = append(events, e)
		return true
	})
	return events
}

func TestDiff(t *testing.T) {
	a, b, c := socket{1, 7, 1}, socket{2, 7, 1}, socket{3, 7, 1}
	later, gone, other, none := socket{2, 7, 2}, socket{2, 7, 0}, socket{2, 8, 1}, socket{2, 0, 2}
	for _, test := range []struct {
		name         string
		older, newer []socket
		want         []event
	}{
		{"nothing", nil, nil, nil},
		{"the same", []socket{a, b}, []socket{a, b}, nil},
		{"all new", nil, []socket{a, b}, []event{{Opened, socket{}, a}, {Opened, socket{}, b}}},
		{"all gone", []socket{a, b}, nil, []event{{Closed, a, socket{}}, {Closed, b, socket{}}}},
		{"in between", []socket{a, c}, []socket{a, b, c}, []event{{Opened, socket{}, b}}},
		{"one gone", []socket{a, b, c}, []socket{a, c}, []event{{Closed, b, socket{}}}},
		{"changed", []socket{a, b, c}, []socket{a, later, c}, []event{{Changed, b, later}}},
		{"another state that cannot follow", []socket{b}, []socket{gone}, []event{{Closed, b, socket{}}, {Opened, socket{}, gone}}},
		{"another owner", []socket{b}, []socket{other}, []event{{Closed, b, socket{}}, {Opened, socket{}, other}}},
		{"no owner any more", []socket{b}, []socket{none}, []event{{Changed, b, none}}},
		{"an owner after none that is known", []socket{{2, 0, 1}}, []socket{b}, []event{{Changed, socket{2, 0, 1}, b}}},
		{"twice, then once", []socket{b, later}, []socket{b}, []event{{Closed, later, socket{}}}},
		{"twice, then the other", []socket{b, later}, []socket{later}, []event{{Closed, b, socket{}}}},
		{"once, then twice", []socket{later}, []socket{b, later}, []event{{Opened, socket{}, b}}},
		{"none without an owner, then one", []socket{b}, []socket{{2, 0, 1}, b}, []event{{Opened, socket{}, socket{2, 0, 1}}}},
		{"one without an owner, then none", []socket{{2, 0, 1}, b}, []socket{b}, []event{{Closed, socket{2, 0, 1}, socket{}}}},
		{"two that changed", []socket{b, other}, []socket{{2, 7, 3}, {2, 8, 3}}, []event{{Changed, b, socket{2, 7, 3}}, {Changed, other, socket{2, 8, 3}}}},
		{"one closed, another opened", []socket{b, other}, []socket{other, {2, 9, 1}}, []event{{Closed, b, socket{}}, {Opened, socket{}, socket{2, 9, 1}}}},
	} {
		assert.Equal(t, test.want, events(test.older, test.newer), test.name)
	}
}

// Applied to the older snapshot, events make the newer one. They come in the order of the endpoints,
// for each the closed sockets first, and stop when the loop ends.
func TestDiffInRandomSnapshots(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	snapshot := func() []socket {
		rows := make([]socket, random.IntN(12))
		for i := range rows {
			rows[i] = socket{random.IntN(6), uint32(random.IntN(3)), random.IntN(3)}
		}
		slices.SortFunc(rows, sockets.Compare)
		return rows
	}
	for range 1000 {
		older, newer := snapshot(), snapshot()
		all := events(older, newer)
		rest := slices.Clone(older)
		take := func(s socket) {
			i := slices.Index(rest, s)
			require.GreaterOrEqual(t, i, 0, "%v is not in %v", s, rest)
			rest = slices.Delete(rest, i, i+1)
		}
		last, opened := -1, false
		for _, e := range all {
			s := e.newer
			switch e.kind {
			case Opened:
				rest = append(rest, e.newer)
			case Closed:
				take(e.older)
				s = e.older
			case Changed:
				require.Equal(t, e.older.key, e.newer.key)
				require.True(t, sockets.Same(&e.older, &e.newer, e.older.owner), "%+v", e)
				require.NotEqual(t, e.older, e.newer)
				take(e.older)
				rest = append(rest, e.newer)
			default:
				t.Fatalf("%+v", e)
			}
			require.GreaterOrEqual(t, s.key, last)
			if s.key > last {
				last, opened = s.key, false
			}
			if e.kind == Opened {
				opened = true
			} else {
				require.False(t, opened, "%v, %v: %v", older, newer, all)
			}
		}
		slices.SortFunc(rest, sockets.Compare)
		require.Equal(t, newer, rest)

		for stop := range all {
			n := 0
			Diff(&sockets, older, newer, func(Kind, *socket, *socket) bool {
				n++
				return n <= stop
			})
			require.Equal(t, stop+1, n)
		}
	}
}

// A history reports the first snapshot as present, then what Diff yields, and nothing for one that
// could not be read.
func TestHistory(t *testing.T) {
	var h History[socket]
	errRead := errors.New("cannot be read")
	read := func(err error, rows ...socket) (got []event, errRead error) {
		errRead = h.Read(&sockets, func(dst []socket) ([]socket, error) { return append(dst, rows...), err })
		for i := range h.Len() {
			kind, older, newer := h.Change(i)
			e := event{kind: kind}
			if older != nil {
				e.older = *older
			}
			if newer != nil {
				e.newer = *newer
			}
			got = append(got, e)
		}
		return got, errRead
	}
	want := func(want []event, rows ...socket) {
		t.Helper()
		got, err := read(nil, rows...)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	a, b := socket{1, 7, 1}, socket{2, 7, 1}
	fails := func(rows ...socket) {
		got, err := read(errRead, rows...)
		require.ErrorIs(t, err, errRead)
		assert.Nil(t, got)
	}
	fails(a)
	assert.Nil(t, h.Rows())
	want([]event{{Present, socket{}, a}, {Present, socket{}, b}}, b, a) // in any order
	assert.Equal(t, []socket{a, b}, h.Rows())
	want(nil, a, b)
	want([]event{{Closed, b, socket{}}}, a)
	fails()
	assert.Equal(t, []socket{a}, h.Rows())
	want([]event{{Closed, a, socket{}}})
	want([]event{{Opened, socket{}, a}}, a)

	// The last owner is remembered while there is none, in changed rows and in those that stay.
	orphan := socket{1, 0, 1}
	want([]event{{Changed, a, orphan}}, orphan)
	want(nil, orphan)
	want([]event{{Opened, socket{}, b}}, orphan, b)
	want([]event{{Closed, orphan, socket{}}, {Opened, socket{}, socket{1, 8, 1}}}, socket{1, 8, 1}, b)
	want([]event{{Changed, socket{1, 8, 1}, orphan}}, orphan, b)
	want([]event{{Changed, orphan, socket{1, 8, 2}}}, socket{1, 8, 2}, b)

	// That of each, where several have none.
	orphans := []socket{{1, 0, 3}, {2, 0, 3}, {3, 0, 3}}
	want([]event{{Changed, socket{1, 8, 2}, orphans[0]}, {Changed, b, orphans[1]}, {Opened, socket{}, socket{3, 5, 3}}}, orphans[0], orphans[1], socket{3, 5, 3})
	want([]event{{Changed, socket{3, 5, 3}, orphans[2]}}, orphans...)
	want([]event{{Closed, orphans[0], socket{}}, {Closed, orphans[1], socket{}}, {Changed, orphans[2], socket{3, 5, 4}}}, socket{3, 5, 4})
	want([]event{{Opened, socket{}, socket{1, 8, 2}}, {Changed, socket{3, 5, 4}, socket{3, 0, 4}}}, socket{1, 8, 2}, socket{3, 0, 4})
	want([]event{{Opened, socket{}, b}}, socket{1, 8, 2}, b, socket{3, 0, 4})
	want([]event{{Closed, socket{3, 0, 4}, socket{}}, {Opened, socket{}, socket{3, 6, 4}}}, socket{1, 8, 2}, b, socket{3, 6, 4})
	want([]event{{Closed, socket{3, 6, 4}, socket{}}}, socket{1, 8, 2}, b)

	want([]event{{Opened, socket{}, socket{1, 9, 2}}, {Closed, b, socket{}}}, socket{1, 9, 2}, socket{1, 8, 2})
	assert.Equal(t, []socket{{1, 8, 2}, {1, 9, 2}}, h.Rows(), "rows with the same endpoints are sorted, too")

	// A row that loses its owner takes nothing from one after it that has lost its own before.
	want([]event{{Closed, socket{1, 9, 2}, socket{}}, {Opened, socket{}, b}}, socket{1, 8, 2}, b)
	want([]event{{Changed, b, socket{2, 0, 1}}}, socket{1, 8, 2}, socket{2, 0, 1})
	want([]event{{Changed, socket{1, 8, 2}, socket{1, 0, 2}}}, socket{1, 0, 2}, socket{2, 0, 1})
	want([]event{{Closed, socket{2, 0, 1}, socket{}}, {Opened, socket{}, socket{2, 9, 1}}}, socket{1, 0, 2}, socket{2, 9, 1})

	var empty History[socket]
	require.NoError(t, empty.Read(&sockets, func([]socket) ([]socket, error) { return nil, nil }))
	require.NoError(t, empty.Read(&sockets, func(dst []socket) ([]socket, error) { return append(dst, a), nil }))
	require.Equal(t, 1, empty.Len(), "an empty snapshot is one")
	kind, _, _ := empty.Change(0)
	assert.Equal(t, Opened, kind)
	empty.Skip()
	assert.Zero(t, empty.Len())
}
