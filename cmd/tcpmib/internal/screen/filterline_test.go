package screen

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// A half-typed filter is not in force: neither a name that may become that of a filter, nor a
// filter without a whole value.
func TestHalfTypedFilter(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/")
	all := len(s.shown)
	for _, word := range []string{"localPort=3389", "foo=3389", "state=listen", "protocol=tcp"} {
		for i, key := range text(word) {
			types(s, key)
			typed := word[:i+1]
			if f, err := filter.Parse(typed); err == nil && f.Any() && len(typed) > len("protocol=") {
				continue // a whole filter
			}
			if s.filterText == "" {
				assert.Len(t, s.shown, all, typed)
			}
			assert.NotContains(t, s.filterText, "=\"", typed)
			assert.NotContains(t, []string{"localport", "localPort", "foo="}, s.filterText, typed)
		}
		types(s, "ctrl+u")
		assert.Len(t, s.shown, all)
	}
	types(s, text("ssh foo=")...)
	assert.Equal(t, "ssh", s.filterText, "what is whole stays in force")
	assert.Contains(t, s.draw(), "unknown filter")
	types(s, "enter")
	assert.Equal(t, modeFilter, s.mode, "the line stays open")
	assert.Equal(t, "ssh", s.filterText, "with what is whole in force")
	types(s, "ctrl+u")
	types(s, text("sta")...)
	assert.Empty(t, s.filterText, "it may become state=")
	types(s, "enter")
	assert.Equal(t, "sta", s.filterText, "enter says that it is a word")
	assert.Equal(t, modeTable, s.mode)
}

// Words are looked for in the columns that the user sees, and in no others.
func TestWordsSearchWhatIsShown(t *testing.T) {
	s := testScreen(t, fixture.Office)
	s.snapshot.Owners = map[uint32]*rows.Owner{9216: {User: `OFFICE\anna`, Path: `C:\Program Files\Google\chrome.exe`}}
	s.snapshot.Services = fixture.OfficeServices()
	search := func(words string) int {
		types(s, "/", "ctrl+u")
		types(s, text(words)...)
		types(s, "enter")
		shown := len(s.shown)
		types(s, "esc")
		return shown
	}
	reload := func(columns ...string) {
		s.columns = rows.Named(columns...)
		s.Update(Look{Request: s.request(), Snapshot: s.snapshot, At: s.at})
	}
	assert.Zero(t, search("inhost"), "OFFLOAD is InHost nearly everywhere, and not on a narrow screen")
	assert.Zero(t, search("anna"))
	assert.Equal(t, 3, search("CLOSE_WAIT")+search("SYN_SENT")+search("fin_wait_1"))
	assert.Equal(t, search("listen"), search("LISTENING"))
	assert.Equal(t, 6, search("chrome*"))
	reload("local", "user", "services")
	assert.Equal(t, 6, search("anna"))
	assert.Equal(t, 3, search("termserv"))
	assert.Zero(t, search("chrome"), "no process is shown")
	reload("local", "path")
	assert.Equal(t, 6, search("google"))
	assert.Zero(t, search("anna"))
}

// A filter that needs other tables, or more of the owners, asks for them.
func TestFilterAsksForWhatItNeeds(t *testing.T) {
	s := testScreen(t, fixture.Office)
	var asked []Request
	s.world.Look = func(r Request) Look { asked = append(asked, r); return Look{Request: r, At: s.at} }
	ask := func(words string) Request {
		asked = nil
		types(s, "/", "ctrl+u")
		types(s, text(words)...)
		cmd := types(s, "enter")
		if cmd == nil {
			require.True(t, s.looking, words)
			s.looking = false
			cmd = s.look()
		}
		s.Update(cmd())
		require.NotEmpty(t, asked, words)
		return asked[len(asked)-1]
	}
	assert.Equal(t, rows.Tables{Families: tcpmib.Both, UDP: true}, ask("protocol=udp").Tables)
	assert.Equal(t, rows.Tables{Families: tcpmib.Both, TCP: true, UDP: true}, ask("protocol=tcp,udp").Tables)
	assert.True(t, ask("state=bound").Tables.Bound)
	assert.True(t, ask("user=anna").Owners)
	assert.True(t, ask("service=rpcss").Services)
}

// The screen takes the columns, the order and the baseline that list takes.
func TestOptionsOfList(t *testing.T) {
	m, processes := fixture.Office()
	conns, err := (&tcpmib.Reader{Source: m}).AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	snapshot := rows.Snapshot{Sockets: rows.AppendTCP(nil, conns), Processes: processes}
	known := rows.Snapshot{Sockets: snapshot.Sockets[:20], Processes: processes}
	s := New(Options{
		Columns: rows.Named("process", "pid", "local"), Extra: rows.Named("services", "pid"),
		Sort: rows.Named("process", "local"), NotIn: filter.NewBaseline(&known),
	})
	s.width, s.height = 100, 20
	s.Update(Look{Request: s.request(), Snapshot: snapshot, At: fixture.Now})
	assert.Equal(t, []string{"process", "pid", "local", "services"}, rows.Names(s.table.Columns))
	assert.True(t, s.request().Services)
	assert.Len(t, s.shown, len(snapshot.Sockets)-20)
	order := rows.Order(rows.Named("process", "local"), false)
	for i := 1; i < len(s.shown); i++ {
		above, below := s.row(s.shown[i-1]), s.row(s.shown[i])
		assert.Negative(t, order(&above, &below))
	}
	types(s, "3")
	assert.Equal(t, "local", s.sortBy)
	assert.Empty(t, s.sortThen)
	assert.True(t, New(Options{Sort: rows.Named("user")}).request().Owners, "what the sort needs is read")
}
