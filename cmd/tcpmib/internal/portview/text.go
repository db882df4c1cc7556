package portview

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Options are how text is written.
type Options struct {
	Color bool
	Width int // of the screen, to which sentences are wrapped; 0: they are not
}

// WriteText writes for each port what was found and what to do, the sockets on it, and their
// owners.
func WriteText(w io.Writer, r *Report, o Options) error {
	var b bytes.Buffer
	for i, v := range r.Verdicts {
		if i > 0 {
			b.WriteString("\n")
		}
		r.writePort(&b, v, o)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (r *Report) writePort(b *bytes.Buffer, v portcheck.Verdict, o Options) {
	writeFindings(b, v.Findings, o)
	var first []portcheck.Holder // that are listed
	n := 0
	for _, f := range v.Findings {
		first = append(first, f.Holders[:min(len(f.Holders), most-len(first))]...)
		n += len(f.Holders)
	}
	if n == 0 {
		return
	}
	b.WriteString("\n")
	r.writeSockets(b, v.Port, first, n, o)
	shown := map[uint32]bool{}
	for _, f := range v.Findings {
		for i := range f.Holders {
			h := &f.Holders[i]
			if p, ok := r.process(*h); ok && !shown[h.PID] && h.PID != owner.SystemPID {
				shown[h.PID] = true
				r.writeOwner(b, p, o)
			}
		}
	}
}

// writeFindings writes what was found, and then the commands to type, each on a line of its own, so
// that it can be copied. Advice that helps with both protocols is printed once.
func writeFindings(b *bytes.Buffer, findings []portcheck.Finding, o Options) {
	var commands []portcheck.Advice
	once := map[string]bool{}
	for _, f := range findings {
		text := f.Found
		for _, a := range f.Advice {
			switch {
			case len(a.Commands) == 0:
				text += " " + a.Text + "."
			case !once[a.String()]:
				once[a.String()] = true
				commands = append(commands, a)
			}
		}
		b.WriteString(wrap(text, o.Width, "") + "\n")
	}
	for _, a := range commands {
		fmt.Fprintf(b, "\n%s:\n\n", wrap(a.Text, o.Width-1, "")) // 1 for the colon
		for _, command := range a.Commands {
			b.WriteString("    " + cli.Printable(command) + "\n")
		}
	}
}

// wrap breaks a text into lines of at most width columns, between words where it can; all but the
// first are indented. A width of 0 is unlimited.
func wrap(text string, width int, indent string) string {
	text = cli.Printable(text)
	room := width - len(indent)
	if room <= 0 {
		return text
	}
	var lines []string
	var line string // the last one
	var used int    // its width
	for i, word := range strings.Split(text, " ") {
		size := cli.DisplayWidth(word)
		if i > 0 && used+1+size <= room {
			line, used = line+" "+word, used+1+size
			continue
		}
		if i > 0 {
			lines = append(lines, line)
		}
		for size > room { // such as a path
			part := ansi.Truncate(word, room, "")
			if part == "" {
				break // the first character is wider than the room
			}
			lines = append(lines, part)
			word = word[len(part):]
			size = cli.DisplayWidth(word)
		}
		line, used = word, size
	}
	return strings.Join(append(lines, line), "\n"+indent)
}

// most is how many sockets of a port are listed; a busy server has thousands.
const most = 20

var (
	columns  = rows.Named("protocol", "local", "remote", "state", "pid", "age")
	optional = rows.Named("age", "protocol", "remote", "state") // on a narrow screen
)

// writeSockets lists the first of n sockets on a port.
func (r *Report) writeSockets(b *bytes.Buffer, port uint16, holders []portcheck.Holder, n int, o Options) {
	list := make([]*rows.Row, len(holders))
	for i := range list {
		list[i] = r.row(holders[i])
	}
	table := rows.Table{Columns: columns, Optional: optional, MayShare: true, Wraps: true, Color: o.Color}
	table.Fit(slices.Values(list), true, o.Width)
	for _, line := range table.Above(o.Width) {
		b.WriteString(line + "\n")
	}
	b.WriteString(table.Header() + "\n")
	for _, row := range list {
		b.WriteString(table.Line(row) + "\n")
	}
	if more := n - len(holders); more > 0 {
		fmt.Fprintf(b, "and %s: see tcpmib list --local-port %d\n", cli.Count(more, "more socket"), port)
	}
}

// row returns the row that list has of a socket. One that is not connected has no remote endpoint,
// even where Windows reports one of zeros.
func (r *Report) row(h portcheck.Holder) *rows.Row {
	row := &rows.Row{Socket: rows.Socket{Conn: h.Conn, Protocol: h.Protocol}, Process: h.Process}
	row.SetCreated(h.Created, r.At)
	if h.Remote.Port() == 0 && h.Remote.Addr().WithZone("").IsUnspecified() {
		row.Remote = netip.AddrPort{}
	}
	return row
}

// writeOwner writes everything that is known of the owner of a socket.
func (r *Report) writeOwner(b *bytes.Buffer, p owner.Process, o Options) {
	title := cli.Printable(fmt.Sprintf("%s, PID %d", p.Name, p.PID))
	if o.Color {
		title = cli.Title.Render(title)
	}
	b.WriteString("\n" + title + "\n")
	line := func(name, value string) {
		if value != "" {
			const indent = "            "
			fmt.Fprintf(b, "  %-8s  %s\n", name, wrap(value, o.Width, indent))
		}
	}
	details := r.Details[p.PID]
	line("path", details.Path)
	line("command", details.CommandLine)
	line("services", strings.Join(r.Services[p.PID], ", "))
	if parent, ok := r.parent(p); ok {
		line("parent", fmt.Sprintf("%s, PID %d", parent.Name, parent.PID))
	} else if p.Parent != owner.IdlePID {
		line("parent", fmt.Sprintf("PID %d, which has ended", p.Parent))
	}
	line("user", details.User)
	if !p.Created.IsZero() {
		line("age", fmt.Sprintf("%s, since %s", cli.Age(r.At.Sub(p.Created)), p.Created.Local().Format(time.DateTime)))
	}
	if r.Denied[p.PID] {
		text := "Run as administrator to see more."
		if r.Elevated {
			text = "Windows protects this process and shows no more of it."
		}
		b.WriteString("  " + wrap(text, o.Width, "  ") + "\n")
	}
}
