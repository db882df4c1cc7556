package portview

import (
	"bytes"
	"fmt"
	"io"
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

// WriteText writes for each port a sentence or two for each protocol, the sockets on it, and their
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
	var holders []portcheck.Holder
	for _, f := range v.Findings {
		text := cli.Printable(f.Message)
		if o.Width > 0 {
			text = ansi.Wordwrap(text, o.Width, " ")
		}
		b.WriteString(text + "\n")
		holders = append(holders, f.Holders...)
	}
	if len(holders) == 0 {
		return
	}
	b.WriteString("\n")
	r.writeSockets(b, holders, o)
	told := map[uint32]bool{}
	for _, h := range holders {
		if p, ok := r.process(h); ok && !told[h.PID] && h.PID != owner.SystemPID {
			told[h.PID] = true
			r.writeOwner(b, p, o)
		}
	}
}

// most is how many sockets of a port are listed; a busy server has thousands.
const most = 20

func (r *Report) writeSockets(b *bytes.Buffer, holders []portcheck.Holder, o Options) {
	table := [][]string{{"PROTOCOL", "LOCAL", "REMOTE", "STATE", "PID", "AGE"}}
	for _, h := range holders[:min(most, len(holders))] {
		table = append(table, []string{h.Protocol.String(), h.Local.String(), remote(h), state(h), fmt.Sprint(h.PID), r.age(h.Created)})
	}
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for n, line := range table {
		text := ""
		for i, cell := range line {
			pad := cli.Spaces(widths[i] - len(cell))
			if i >= 4 { // numbers
				text += pad + cell + "  "
			} else {
				text += cell + pad + "  "
			}
		}
		text = strings.TrimRight(text, " ")
		if n == 0 && o.Color {
			text = cli.Title.Render(text)
		}
		b.WriteString(text + "\n")
	}
	if more := len(holders) - most; more > 0 {
		fmt.Fprintf(b, "and %s: see tcpmib list --local-port %d\n", cli.Count(more, "more socket"), holders[0].Local.Port())
	}
}

func remote(h portcheck.Holder) string {
	if !h.Remote.IsValid() || h.Remote.Addr().IsUnspecified() && h.Remote.Port() == 0 {
		return "-"
	}
	return h.Remote.String()
}

func state(h portcheck.Holder) string {
	if h.Protocol == rows.UDP {
		return "-"
	}
	return h.State.String()
}

func (r *Report) age(since time.Time) string {
	if since.IsZero() {
		return "-"
	}
	return cli.Age(r.At.Sub(since))
}

func (r *Report) writeOwner(b *bytes.Buffer, p owner.Process, o Options) {
	title := cli.Printable(fmt.Sprintf("%s, PID %d", p.Name, p.PID))
	if o.Color {
		title = cli.Title.Render(title)
	}
	b.WriteString("\n" + title + "\n")
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, "  %-8s  %s\n", name, cli.Printable(value))
		}
	}
	details := r.Details[p.PID]
	line("path", details.Path)
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
		b.WriteString("  Windows tells more about it to an administrator.\n")
	}
}
