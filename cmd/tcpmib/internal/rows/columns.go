package rows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// Column is one thing that is known about a row, and what it is called everywhere: its name is its
// key in JSON and templates, its header in CSV, and its name for --columns, --sort and the filters
// that are typed on the screen. Case and dashes do not matter there.
type Column struct {
	Name   string
	Also   []string                                     // what other programs call it
	Filter Filter                                       // the filter by its values, if there is one
	Title  string                                       // header in tables
	Number bool                                         // unquoted in JSON, aligned right in tables
	Text   func(dst []byte, r *Row) []byte              // appends the value, or nothing if there is none
	Data   func(dst []byte, r *Row) []byte              // appends the value for programs; nil: as Text does
	JSON   func(dst []byte, r *Row, quote quote) []byte // appends it as JSON; nil: derived from Data
	Rank   func(r *Row) uint64                          // the order of --sort for a number or a time
	Word   func(r *Row) string                          // the same for a text, of which a million rows have a few hundred different ones
	Order  func(a, b *Row) int                          // the same for anything else
	Style  func(r *Row) lipgloss.Style                  // its color in tables; nil: none
	Shrink func(text string, width int) string          // shortens it on a narrow screen; nil: never shortened
}

// Filter is the filter by the values of a column.
type Filter struct {
	Flag  string // its name on the command line; "": there is none
	Kind  string // what its values are, in one word
	Usage string // for help, with the word in backquotes
}

// appendData appends the value for programs, or nothing if there is none. Tables may show it in
// another way: times are local there, and an age has units.
func (c *Column) appendData(dst []byte, r *Row) []byte {
	if c.Data == nil {
		return c.Text(dst, r)
	}
	return c.Data(dst, r)
}

// isAddress reports whether the column shows addresses, which are cut only if nothing else helps.
func (c *Column) isAddress() bool {
	return slices.Contains([]string{"local", "localAddress", "remote", "remoteAddress"}, c.Name)
}

// isOfSocket reports whether the column shows a part of the socket itself, for which no process has
// to be known.
func (c *Column) isOfSocket() bool {
	return slices.Contains([]string{
		"protocol", "family", "local", "localAddress", "localPort", "remote", "remoteAddress", "remotePort",
		"state", "stateCode", "pid", "offload", "offloadCode",
	}, c.Name)
}

// Columns are all columns of a socket, in the order in which help lists them.
var Columns = []Column{
	{Name: "protocol", Title: "PROTO",
		Also: []string{"proto", "netid"},
		Text: func(dst []byte, r *Row) []byte { return append(dst, r.Protocol.String()...) },
		Rank: func(r *Row) uint64 { return uint64(r.Protocol) }},
	{Name: "family", Title: "FAMILY",
		Text: func(dst []byte, r *Row) []byte { return append(dst, r.Family().String()...) },
		Rank: func(r *Row) uint64 { return uint64(r.Family()) }},
	{Name: "local", Title: "LOCAL", Shrink: shrinkEndpoint,
		Also:   []string{"laddr", "src"},
		Filter: Filter{"local", "addresses", "local `addresses` or endpoints"},
		Text:   func(dst []byte, r *Row) []byte { return r.Local.AppendTo(dst) },
		Order:  func(a, b *Row) int { return a.Local.Compare(b.Local) }},
	{Name: "localAddress", Title: "LOCAL ADDRESS", Shrink: shrinkMiddle,
		Text:  func(dst []byte, r *Row) []byte { return r.Local.Addr().AppendTo(dst) },
		Order: func(a, b *Row) int { return a.Local.Addr().Compare(b.Local.Addr()) }},
	{Name: "localPort", Title: "LOCAL PORT", Number: true,
		Also:   []string{"lport", "sport"},
		Filter: Filter{"local-port", "ports", "local `ports`"},
		Text:   func(dst []byte, r *Row) []byte { return appendUint(dst, r.Local.Port()) },
		Rank:   func(r *Row) uint64 { return uint64(r.Local.Port()) }},
	{Name: "remote", Title: "REMOTE", Shrink: shrinkEndpoint,
		Also:   []string{"raddr", "dst", "peer", "foreign"},
		Filter: Filter{"remote", "addresses", "remote `addresses` or endpoints, such as 203.0.113.7:443"},
		Text: func(dst []byte, r *Row) []byte {
			if !r.Remote.IsValid() {
				return dst
			}
			return r.Remote.AppendTo(dst)
		},
		Order: func(a, b *Row) int { return a.Remote.Compare(b.Remote) }},
	{Name: "remoteAddress", Title: "REMOTE ADDRESS", Shrink: shrinkMiddle,
		Text:  func(dst []byte, r *Row) []byte { return r.Remote.Addr().AppendTo(dst) },
		Order: func(a, b *Row) int { return a.Remote.Addr().Compare(b.Remote.Addr()) }},
	{Name: "remotePort", Title: "REMOTE PORT", Number: true,
		Also:   []string{"rport", "dport"},
		Filter: Filter{"remote-port", "ports", "remote `ports`"},
		Text: func(dst []byte, r *Row) []byte {
			if !r.Remote.IsValid() {
				return dst
			}
			return appendUint(dst, r.Remote.Port())
		},
		Rank: func(r *Row) uint64 { return uint64(r.Remote.Port()) }},
	{Name: "remoteName", Title: "REMOTE NAME", Shrink: shrinkEnd,
		Also:  []string{"host", "hostname"},
		Text:  func(dst []byte, r *Row) []byte { return append(dst, r.RemoteName...) },
		Order: func(a, b *Row) int { return compareFold(a.RemoteName, b.RemoteName) }},
	{Name: "state", Title: "STATE",
		Also:   []string{"status"},
		Filter: Filter{"state", "states", "`states`, such as listen,time-wait"},
		Text:   ofTCP(func(dst []byte, r *Row) []byte { return append(dst, r.State.String()...) }),
		Rank:   func(r *Row) uint64 { return uint64(r.State) },
		Style:  func(r *Row) lipgloss.Style { return stateStyle(r.State) }},
	{Name: "stateCode", Title: "STATE CODE", Number: true,
		Text: ofTCP(func(dst []byte, r *Row) []byte { return appendUint(dst, r.State) }),
		Rank: func(r *Row) uint64 { return uint64(r.State) }},
	{Name: "pid", Title: "PID", Number: true,
		Also:   []string{"processId", "owningProcess"},
		Filter: Filter{"pid", "PIDs", "`IDs` of the owning processes"},
		Text:   func(dst []byte, r *Row) []byte { return appendUint(dst, r.PID) },
		Rank:   func(r *Row) uint64 { return uint64(r.PID) }},
	{Name: "process", Title: "PROCESS", Shrink: shrinkEnd,
		Also:   []string{"command", "program", "processName"},
		Filter: Filter{"process", "names", "`names` of the owning processes, such as chrome or sql*"},
		Text:   func(dst []byte, r *Row) []byte { return append(dst, r.Process...) },
		JSON:   func(dst []byte, r *Row, quote quote) []byte { return quote(dst, r.Process) },
		Word:   func(r *Row) string { return r.Process }},
	{Name: "path", Title: "PATH", Shrink: shrinkMiddle,
		Also:   []string{"exe", "executable"},
		Filter: Filter{"path", "text", "`text` in the path of the owning program"},
		Text:   ofOwner(func(dst []byte, o *Owner) []byte { return append(dst, o.Path...) }),
		Word:   func(r *Row) string { return r.owner().Path }},
	{Name: "user", Title: "USER", Shrink: shrinkEnd,
		Also:   []string{"username", "owner"},
		Filter: Filter{"user", "text", "`text` in the user of the owning process"},
		Text:   ofOwner(func(dst []byte, o *Owner) []byte { return append(dst, o.User...) }),
		Word:   func(r *Row) string { return r.owner().User }},
	{Name: "parent", Title: "PARENT", Number: true,
		Also: []string{"ppid", "parentPid"},
		Text: ofOwner(func(dst []byte, o *Owner) []byte {
			if o.Parent == 0 {
				return dst
			}
			return appendUint(dst, o.Parent)
		}),
		Rank: func(r *Row) uint64 { return uint64(r.owner().Parent) }},
	{Name: "parentProcess", Title: "PARENT PROCESS", Shrink: shrinkEnd,
		Text: ofOwner(func(dst []byte, o *Owner) []byte { return append(dst, o.ParentProcess...) }),
		Word: func(r *Row) string { return r.owner().ParentProcess }},
	{Name: "commandLine", Title: "COMMAND LINE", Shrink: shrinkEnd,
		Also:   []string{"cmdline", "args"},
		Filter: Filter{"command-line", "text", "`text` in the command line of the owning process"},
		Text:   ofOwner(func(dst []byte, o *Owner) []byte { return append(dst, o.CommandLine...) }),
		Word:   func(r *Row) string { return r.owner().CommandLine }},
	{Name: "offload", Title: "OFFLOAD",
		Text: ofTCP(func(dst []byte, r *Row) []byte { return append(dst, r.Offload.String()...) }),
		Rank: func(r *Row) uint64 { return uint64(r.Offload) }},
	{Name: "offloadCode", Title: "OFFLOAD CODE", Number: true,
		Text: ofTCP(func(dst []byte, r *Row) []byte { return appendUint(dst, r.Offload) }),
		Rank: func(r *Row) uint64 { return uint64(r.Offload) }},
	{Name: "age", Title: "AGE", Number: true,
		Text: func(dst []byte, r *Row) []byte {
			if r.Created.IsZero() {
				return dst
			}
			return append(dst, cli.Age(r.Age)...)
		},
		Data: func(dst []byte, r *Row) []byte {
			if r.Created.IsZero() {
				return dst
			}
			return strconv.AppendInt(dst, int64(r.Age/time.Second), 10)
		},
		Rank: func(r *Row) uint64 { return uint64(r.Age) }},
	{Name: "created", Title: "CREATED",
		Also: []string{"since", "started"},
		Text: func(dst []byte, r *Row) []byte {
			if r.Created.IsZero() {
				return dst
			}
			return r.Created.Local().AppendFormat(dst, time.RFC3339)
		},
		Data: func(dst []byte, r *Row) []byte {
			if r.Created.IsZero() {
				return dst
			}
			return r.Created.UTC().AppendFormat(dst, time.RFC3339Nano)
		},
		Rank: func(r *Row) uint64 { return uint64(MomentOf(r.Created)) }},
	{Name: "module", Title: "MODULE", Shrink: shrinkEnd,
		Text: func(dst []byte, r *Row) []byte { return append(dst, r.Module...) },
		Word: func(r *Row) string { return r.Module }},
	{Name: "services", Title: "SERVICES", Shrink: shrinkEnd,
		Also:   []string{"service"},
		Filter: Filter{"service", "names", "`names` of services that run in the owning process"},
		Text:   func(dst []byte, r *Row) []byte { return append(dst, strings.Join(r.Services, ", ")...) },
		JSON:   func(dst []byte, r *Row, quote quote) []byte { return appendList(dst, r.Services, quote) },
		Word:   func(r *Row) string { return strings.Join(r.Services, "\x00") }}, // which is below all that names have
}

// EitherEnd are filters by the local and the remote end at once, which are no columns.
var EitherEnd = []Column{
	{Name: "port", Filter: Filter{"port", "ports", "local or remote `ports`, such as 443,8000-8999"}},
	{Name: "addr", Also: []string{"address"}, Filter: Filter{"addr", "addresses", "local or remote `addresses` or endpoints, such as 10.0.0.0/8"}},
}

// Measurements are the columns of estats, after those of the connection.
var Measurements = []Column{
	{Name: "bytesIn", Title: "BYTES IN", Number: true,
		Text: func(dst []byte, r *Row) []byte { return appendUint(dst, r.Measured.BytesIn) }},
	{Name: "bytesOut", Title: "BYTES OUT", Number: true,
		Text: func(dst []byte, r *Row) []byte { return appendUint(dst, r.Measured.BytesOut) }},
	{Name: "segmentsRetransmitted", Title: "RETRANSMITTED", Number: true,
		Text: func(dst []byte, r *Row) []byte { return appendUint(dst, r.Measured.Retransmitted) }},
	{Name: "rttMilliseconds", Title: "RTT MS", Number: true,
		Text: func(dst []byte, r *Row) []byte { return appendRTT(dst, r.Measured.RTT) }},
	{Name: "rttMinMilliseconds", Title: "MIN", Number: true,
		Text: func(dst []byte, r *Row) []byte { return appendRTT(dst, r.Measured.RTTMin) }},
	{Name: "rttMaxMilliseconds", Title: "MAX", Number: true,
		Text: func(dst []byte, r *Row) []byte { return appendRTT(dst, r.Measured.RTTMax) }},
}

// owner returns what is known of the process of a row, if anything is.
func (r *Row) owner() Owner {
	if r.Owner == nil {
		return Owner{}
	}
	return *r.Owner
}

func ofOwner(text func(dst []byte, o *Owner) []byte) func(dst []byte, r *Row) []byte {
	return func(dst []byte, r *Row) []byte {
		if r.Owner == nil {
			return dst
		}
		return text(dst, r.Owner)
	}
}

// ofTCP returns text without a value for UDP sockets.
func ofTCP(text func(dst []byte, r *Row) []byte) func(dst []byte, r *Row) []byte {
	return func(dst []byte, r *Row) []byte {
		if r.Protocol == UDP {
			return dst
		}
		return text(dst, r)
	}
}

// Names returns the names of columns.
func Names(columns []Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// Named returns the columns with these names. An unknown name panics. Tables of columns are made of
// it when the program starts, so it looks for exactly these names.
func Named(names ...string) []Column {
	list := make([]Column, len(names))
	for i, name := range names {
		at := slices.IndexFunc(Columns, func(c Column) bool { return c.Name == name })
		if at < 0 {
			panic("no column is named " + name) // the caller misspelled it
		}
		list[i] = Columns[at]
	}
	return list
}

// Has reports whether columns contains the one with this name.
func Has(columns []Column, name string) bool {
	return slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name })
}

// ColumnList is the value of a flag that takes columns. It implements pflag.Value.
type ColumnList struct{ List *[]Column }

func (l ColumnList) String() string { return "" }

// Type is the name of the value in help.
func (l ColumnList) Type() string { return "columns" }

// Repeated says that each value adds to the list.
func (l ColumnList) Repeated() {}

// Set appends the columns that text names, separated by commas.
func (l ColumnList) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		c, err := find(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		if Has(*l.List, c.Name) { // readers of JSON and CSV reject a duplicate
			return fmt.Errorf("column %s is named twice", c.Name)
		}
		*l.List = append(*l.List, c)
	}
	return nil
}

func find(name string) (Column, error) {
	for _, c := range Columns {
		if c.IsCalled(name) {
			return c, nil
		}
	}
	if near := cli.Nearest(name, Names(Columns)); near != "" {
		return Column{}, fmt.Errorf("unknown column %q; did you mean %s?", name, near)
	}
	return Column{}, fmt.Errorf("unknown column %q; columns are %s", name, strings.Join(Names(Columns), ", "))
}

// IsCalled reports whether name is one of the names of the column. Case and dashes do not matter.
func (c *Column) IsCalled(name string) bool {
	name = folded(name)
	same := func(other string) bool { return folded(other) == name }
	return same(c.Name) || c.Filter.Flag != "" && same(c.Filter.Flag) || slices.ContainsFunc(c.Also, same)
}

func folded(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "-", ""), "_", "")
}
