package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/tcpmib"
)

// A column is one thing that is known of a row, under its public name: the key
// in JSON and templates, the head of a CSV column, the value of --columns and
// --sort.
type column struct {
	name    string
	title   string                              // over a table
	number  bool                                // JSON does not quote it and tables set it flush right
	text    func(dst []byte, r *row) []byte     // appends the value; nothing, if there is none
	json    func(dst []byte, r *row) []byte     // where it is not the text
	compare func(a, b *row) int                 // how --sort orders it
	style   func(r *row) lipgloss.Style         // where the table gives it one
	shrink  func(text string, width int) string // how to cut it where a screen is too narrow; nil keeps it
}

var columns = []column{
	{name: "family", title: "FAMILY",
		text:    func(dst []byte, r *row) []byte { return append(dst, r.Family().String()...) },
		compare: func(a, b *row) int { return cmp.Compare(a.Family(), b.Family()) }},
	{name: "local", title: "LOCAL", shrink: shrinkMiddle,
		text:    func(dst []byte, r *row) []byte { return r.Local.AppendTo(dst) },
		compare: func(a, b *row) int { return a.Local.Compare(b.Local) }},
	{name: "localAddress", title: "LOCAL ADDRESS", shrink: shrinkMiddle,
		text:    func(dst []byte, r *row) []byte { return r.Local.Addr().AppendTo(dst) },
		compare: func(a, b *row) int { return a.Local.Addr().Compare(b.Local.Addr()) }},
	{name: "localPort", title: "LOCAL PORT", number: true,
		text:    func(dst []byte, r *row) []byte { return appendUint(dst, r.Local.Port()) },
		compare: func(a, b *row) int { return cmp.Compare(a.Local.Port(), b.Local.Port()) }},
	{name: "remote", title: "REMOTE", shrink: shrinkMiddle,
		text: func(dst []byte, r *row) []byte {
			if !r.Remote.IsValid() {
				return dst
			}
			return r.Remote.AppendTo(dst)
		},
		compare: func(a, b *row) int { return a.Remote.Compare(b.Remote) }},
	{name: "remoteAddress", title: "REMOTE ADDRESS", shrink: shrinkMiddle,
		text:    func(dst []byte, r *row) []byte { return r.Remote.Addr().AppendTo(dst) },
		compare: func(a, b *row) int { return a.Remote.Addr().Compare(b.Remote.Addr()) }},
	{name: "remotePort", title: "REMOTE PORT", number: true,
		text: func(dst []byte, r *row) []byte {
			if !r.Remote.IsValid() {
				return dst
			}
			return appendUint(dst, r.Remote.Port())
		},
		compare: func(a, b *row) int { return cmp.Compare(a.Remote.Port(), b.Remote.Port()) }},
	{name: "remoteName", title: "REMOTE NAME", shrink: shrinkEnd,
		text:    func(dst []byte, r *row) []byte { return append(dst, r.remoteName...) },
		compare: func(a, b *row) int { return compareFold(a.remoteName, b.remoteName) }},
	{name: "state", title: "STATE",
		text:    func(dst []byte, r *row) []byte { return append(dst, r.State.String()...) },
		compare: func(a, b *row) int { return cmp.Compare(a.State, b.State) },
		style:   func(r *row) lipgloss.Style { return stateStyle(r.State) }},
	{name: "stateCode", title: "STATE CODE", number: true,
		text:    func(dst []byte, r *row) []byte { return appendUint(dst, r.State) },
		compare: func(a, b *row) int { return cmp.Compare(a.State, b.State) }},
	{name: "pid", title: "PID", number: true,
		text:    func(dst []byte, r *row) []byte { return appendUint(dst, r.PID) },
		compare: func(a, b *row) int { return cmp.Compare(a.PID, b.PID) }},
	{name: "process", title: "PROCESS", shrink: shrinkEnd,
		text:    func(dst []byte, r *row) []byte { return append(dst, r.process...) },
		json:    func(dst []byte, r *row) []byte { return appendQuoted(dst, r.process) },
		compare: func(a, b *row) int { return compareFold(a.process, b.process) }},
	{name: "offload", title: "OFFLOAD",
		text:    func(dst []byte, r *row) []byte { return append(dst, r.Offload.String()...) },
		compare: func(a, b *row) int { return cmp.Compare(a.Offload, b.Offload) }},
	{name: "offloadCode", title: "OFFLOAD CODE", number: true,
		text:    func(dst []byte, r *row) []byte { return appendUint(dst, r.Offload) },
		compare: func(a, b *row) int { return cmp.Compare(a.Offload, b.Offload) }},
	{name: "created", title: "CREATED",
		text: func(dst []byte, r *row) []byte {
			if r.created.IsZero() {
				return dst
			}
			return r.created.Local().AppendFormat(dst, time.RFC3339)
		},
		json: func(dst []byte, r *row) []byte {
			if r.created.IsZero() {
				return append(dst, "null"...)
			}
			return append(r.created.UTC().AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
		},
		compare: func(a, b *row) int { return a.created.Compare(b.created) }},
	{name: "module", title: "MODULE", shrink: shrinkEnd,
		text:    func(dst []byte, r *row) []byte { return append(dst, r.module...) },
		compare: func(a, b *row) int { return compareFold(a.module, b.module) }},
	{name: "services", title: "SERVICES", shrink: shrinkEnd,
		text:    func(dst []byte, r *row) []byte { return append(dst, strings.Join(r.services, ", ")...) },
		json:    func(dst []byte, r *row) []byte { return appendList(dst, r.services) },
		compare: func(a, b *row) int { return slices.CompareFunc(a.services, b.services, compareFold) }},
}

// The columns of a format that was not told which.
var (
	tableColumns = columnsNamed("local", "remote", "state", "pid", "process", "offload")
	wideColumns  = columnsNamed("family", "local", "remote", "state", "stateCode", "pid", "process",
		"offload", "offloadCode", "created", "module", "services")
	dataColumns = columnsNamed("family", "localAddress", "localPort", "remoteAddress", "remotePort",
		"state", "stateCode", "pid", "process", "offload", "offloadCode")
)

func columnsNamed(names ...string) []column {
	list := make([]column, len(names))
	for i, name := range names {
		c, err := parseColumn(name)
		if err != nil {
			panic(err) // a name above is wrong
		}
		list[i] = c
	}
	return list
}

func parseColumn(name string) (column, error) {
	for _, c := range columns {
		if strings.EqualFold(c.name, name) {
			return c, nil
		}
	}
	return column{}, fmt.Errorf("no column is called %q: want some of %s", name, strings.Join(columnNames(), ", "))
}

func columnNames() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

func has(list []column, name string) bool {
	return slices.ContainsFunc(list, func(c column) bool { return c.name == name })
}

// columnList is the flag that takes columns.
type columnList struct{ list *[]column }

func (l columnList) String() string { return "" }
func (l columnList) Type() string   { return "columns" }
func (l columnList) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		c, err := parseColumn(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		if has(*l.list, c.name) { // readers of JSON and CSV reject a second one
			return fmt.Errorf("the column %s is named twice", c.name)
		}
		*l.list = append(*l.list, c)
	}
	return nil
}

// sorter orders rows by columns, and rows that are equal there as Conn.Compare
// does.
func sorter(by []column, reverse bool) func(a, b *row) int {
	return func(a, b *row) int {
		order := 0
		for i := 0; i < len(by) && order == 0; i++ {
			order = by[i].compare(a, b)
		}
		if order == 0 {
			order = a.Conn.Compare(b.Conn)
		}
		if reverse {
			return -order
		}
		return order
	}
}

// compareFold orders names as Windows does: case does not matter.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if order := cmp.Compare(lower(a[i]), lower(b[i])); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(a), len(b))
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

func appendUint[N ~uint16 | ~uint32 | ~uint64](dst []byte, n N) []byte {
	return strconv.AppendUint(dst, uint64(n), 10)
}

// appendJSON appends the value as JSON.
func (c *column) appendJSON(dst []byte, r *row) []byte {
	if c.json != nil {
		return c.json(dst, r)
	}
	start := len(dst)
	if c.number {
		if dst = c.text(dst, r); len(dst) == start {
			return append(dst, "null"...)
		}
		return dst
	}
	dst = c.text(append(dst, '"'), r)
	value := dst[start+1:]
	switch {
	case len(value) == 0:
		return append(dst[:start], "null"...)
	case plain(value):
		return append(dst, '"')
	default:
		return appendQuoted(dst[:start], string(value))
	}
}

// plain reports whether JSON takes text between quotes as it is.
func plain[S string | []byte](text S) bool {
	for i := range len(text) {
		if b := text[i]; b < ' ' || b >= 0x7f || b == '"' || b == '\\' {
			return false
		}
	}
	return true
}

func appendQuoted[S string | []byte](dst []byte, text S) []byte {
	if plain(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	quoted, err := json.Marshal(string(text))
	if err != nil { // a string is always marshalled
		panic(err)
	}
	return append(dst, quoted...)
}

func appendList(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuoted(dst, s)
	}
	return append(dst, ']')
}

// The colours of the states: waiting for work, working, coming or going. The
// words say the same.
var (
	listening = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	working   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	passing   = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

var stateStyles = map[tcpmib.State]lipgloss.Style{
	tcpmib.StateListen: listening,
	tcpmib.StateEstab:  working,
}

func stateStyle(s tcpmib.State) lipgloss.Style {
	if style, ok := stateStyles[s]; ok {
		return style
	}
	return passing
}
