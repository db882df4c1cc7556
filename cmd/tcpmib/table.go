package main

import (
	"bufio"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/tcpmib"
)

// A column of the table for people.
type column struct {
	title string
	right bool // numbers are flush right
	text  func(row) string
	style func(row) lipgloss.Style
}

var columns = []column{
	{title: "LOCAL", text: func(r row) string { return r.Local.String() }},
	{title: "REMOTE", text: func(r row) string { return endpoint(r.Remote) }},
	{title: "STATE", text: func(r row) string { return r.State.String() }, style: func(r row) lipgloss.Style { return stateStyle(r.State) }},
	{title: "PID", right: true, text: func(r row) string { return strconv.FormatUint(uint64(r.PID), 10) }},
	{title: "PROCESS", text: func(r row) string { return dash(r.process) }},
	{title: "OFFLOAD", text: func(r row) string { return r.Offload.String() }},
}

// The colours of the states: waiting for work, working, ending; the words say
// the same.
var (
	titleStyle = lipgloss.NewStyle().Bold(true)
	listening  = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	working    = lipgloss.NewStyle().Foreground(lipgloss.Green)
	ending     = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

var stateStyles = map[tcpmib.State]lipgloss.Style{
	tcpmib.StateListen: listening,
	tcpmib.StateEstab:  working,
}

func stateStyle(s tcpmib.State) lipgloss.Style {
	if style, ok := stateStyles[s]; ok {
		return style
	}
	return ending
}

func endpoint(a netip.AddrPort) string {
	if !a.IsValid() {
		return "-"
	}
	return a.String()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// writeTable aligns the columns and colours them; w drops the colours that the
// reader cannot see.
func writeTable(w io.Writer, rows []row, header bool) error {
	widths := make([]int, len(columns))
	if header {
		for i, c := range columns {
			widths[i] = len(c.title)
		}
	}
	for _, r := range rows {
		for i, c := range columns {
			widths[i] = max(widths[i], lipgloss.Width(c.text(r)))
		}
	}
	b := bufio.NewWriter(w)
	if header {
		writeLine(b, widths, func(c column) (string, lipgloss.Style) { return c.title, titleStyle })
	}
	for _, r := range rows {
		writeLine(b, widths, func(c column) (string, lipgloss.Style) {
			if c.style == nil {
				return c.text(r), lipgloss.NewStyle()
			}
			return c.text(r), c.style(r)
		})
	}
	return b.Flush()
}

func writeLine(b *bufio.Writer, widths []int, cell func(column) (string, lipgloss.Style)) {
	for i, c := range columns {
		text, style := cell(c)
		pad := strings.Repeat(" ", widths[i]-lipgloss.Width(text))
		if i > 0 {
			b.WriteString("  ")
		}
		switch {
		case c.right:
			b.WriteString(pad + style.Render(text))
		case i == len(columns)-1:
			b.WriteString(style.Render(text))
		default:
			b.WriteString(style.Render(text) + pad)
		}
	}
	b.WriteByte('\n')
}
