package layoutview

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib/layout"
)

// Colors of the layout table. Signs say the same.
var (
	good  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad   = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
)

// cell is a cell of the layout table.
type cell struct {
	text  string
	style lipgloss.Style
}

// WriteTable writes a line for each struct and a column for each target, then the differences with
// all their fields, then what is known to be absent, and finally a summary.
func WriteTable(w io.Writer, run *Run, verbose bool) error {
	b := &strings.Builder{} // written at once: a split color sequence cannot be stripped
	if len(run.Reports) > 0 {
		writeMatrix(b, run)
	}
	for _, r := range run.Reports {
		if verbose {
			fmt.Fprintf(b, "\n%s\n", cli.Title.Render(r.Name()+"  "+strings.Join(r.CC, " ")))
			for _, s := range r.Structs {
				if s.Status != layout.Absent {
					b.WriteString("\n" + s.Table())
				}
			}
		}
		if !r.OK() {
			b.WriteString("\n" + bad.Render("✗ "+r.Name()+" differs") + "\n" + r.String())
		}
	}
	for i, f := range run.Unproven {
		if i == 0 {
			b.WriteString("\n" + bad.Render("✗ absent from every header set of this run") + "\n")
		}
		fmt.Fprintln(b, " ", f)
	}
	writeAbsent(b, run, verbose)
	writeSummary(b, run)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeMatrix(b *strings.Builder, run *Run) {
	first := run.Reports[0]
	m := matrix{heads: [][]cell{
		{{}, {}},
		{{}, {}},
		{{"C", cli.Title}, {"Go", cli.Title}},
	}}
	for i, r := range run.Reports {
		label := r.Target
		if i > 0 && run.Reports[i-1].Target == label {
			label = "" // the same header set continues
		}
		for n, text := range []string{label, r.GOARCH + " ", compilerName(r) + " "} {
			m.heads[n] = append(m.heads[n], cell{text, cli.Title})
		}
	}
	lines := func(title string, n int, names func(int) (c, goName string), at func(*layout.Report, int) cell) {
		m.rows = append(m.rows, []cell{{title, faint}})
		for i := range n {
			c, goName := names(i)
			line := []cell{{text: c}, {text: goName}}
			for _, r := range run.Reports {
				line = append(line, at(r, i))
			}
			m.rows = append(m.rows, line)
		}
	}
	lines("structs: sizeof", len(first.Structs),
		func(i int) (string, string) { return first.Structs[i].C, first.Structs[i].Go },
		func(r *layout.Report, i int) cell { return structCell(r.Structs[i]) })
	lines("enums: constants that agree", len(first.Enums),
		func(i int) (string, string) { return first.Enums[i].C, first.Enums[i].Go },
		func(r *layout.Report, i int) cell { return enumCell(r, r.Enums[i]) })
	var others []int
	for i, k := range first.Constants {
		if !slices.ContainsFunc(first.Enums, func(e layout.EnumReport) bool { return e.Go == k.GoType }) {
			others = append(others, i)
		}
	}
	lines("other constants", len(others),
		func(i int) (string, string) { return first.Constants[others[i]].C, first.Constants[others[i]].GoType },
		func(r *layout.Report, i int) cell { return constantCell(r.Constants[others[i]]) })
	lines("functions: parameters", len(first.Functions),
		func(i int) (string, string) { return first.Functions[i].C, "" },
		func(r *layout.Report, i int) cell { return functionCell(r.Functions[i]) })
	m.write(b)
	for _, reason := range accepted(run) {
		b.WriteString(faint.Render("* "+reason) + "\n")
	}
}

// accepted returns the reasons why differences are accepted, each once.
func accepted(run *Run) []string {
	var reasons []string
	for _, r := range run.Reports {
		for _, s := range r.Structs {
			for _, a := range s.Accepted {
				if !slices.Contains(reasons, a.Reason) {
					reasons = append(reasons, a.Reason)
				}
			}
		}
	}
	return reasons
}

func compilerName(r *layout.Report) string {
	if len(r.CC) == 0 {
		return "record"
	}
	name := strings.TrimSuffix(filepath.Base(r.CC[0]), ".exe")
	return name[strings.LastIndexByte(name, '-')+1:] // i686-w64-mingw32-gcc is gcc
}

// Cells end in a space or a star, so that numbers stay aligned.
var (
	absent  = cell{"- ", faint}
	differs = cell{"✗ ", bad}
)

func structCell(s layout.StructReport) cell {
	switch {
	case s.Status == layout.Absent:
		return absent
	case s.Status == layout.Differs:
		return differs
	case len(s.Accepted) > 0:
		return cell{strconv.FormatInt(s.Size, 10) + "*", good}
	}
	return cell{strconv.FormatInt(s.Size, 10) + " ", good}
}

// enumCell returns how many constants of an enum agree, of how many.
func enumCell(r *layout.Report, e layout.EnumReport) cell {
	agree, all := 0, 0
	for _, k := range r.Constants {
		if k.GoType != e.Go {
			continue
		}
		all++
		switch k.Status {
		case layout.Agrees:
			agree++
		case layout.Differs:
			return differs
		}
	}
	switch {
	case e.Status == layout.Differs:
		return differs
	case agree == 0:
		return absent
	case agree < all:
		return cell{fmt.Sprintf("%d/%d ", agree, all), good}
	}
	return cell{strconv.Itoa(agree) + " ", good}
}

func constantCell(k layout.ConstantReport) cell {
	switch k.Status {
	case layout.Absent, layout.Other:
		return absent
	case layout.Differs:
		return differs
	}
	if len(k.Value) > 6 { // too wide for a column
		return cell{"✓ ", good}
	}
	return cell{k.Value + " ", good}
}

func functionCell(f layout.FunctionReport) cell {
	switch f.Status {
	case layout.Absent:
		return absent
	case layout.Differs:
		return differs
	case layout.Unseen: // declared, and cl does not show how
		return cell{"? ", faint}
	}
	return cell{strconv.Itoa(f.Params) + " ", good}
}

// matrix has two columns of names, then one column for each target. A row with one cell is the title
// of the rows below it.
type matrix struct {
	heads [][]cell // the first row has labels, each for its column and the unlabelled ones after it
	rows  [][]cell
}

func (m matrix) write(b *strings.Builder) {
	labels := m.heads[0]
	widths := make([]int, len(labels))
	for _, line := range append(m.heads[1:], m.rows...) {
		for i, c := range line {
			if len(line) > 1 {
				widths[i] = max(widths[i], lipgloss.Width(c.text)+2)
			}
		}
	}
	for i := 2; i < len(labels); i++ {
		if labels[i].text == "" {
			continue
		}
		widths[i] += 2 // room between header sets
		room, last := widths[i], i
		for last+1 < len(labels) && labels[last+1].text == "" {
			last++
			room += widths[last]
		}
		widths[last] += max(0, lipgloss.Width(labels[i].text)+4-room)
	}

	var line strings.Builder
	at := 0
	for i, c := range labels {
		if c.text != "" {
			line.WriteString(strings.Repeat(" ", at+4-lipgloss.Width(line.String())) + c.style.Render(c.text))
		}
		at += widths[i]
	}
	b.WriteString(line.String() + "\n")
	for _, cells := range append(m.heads[1:], m.rows...) {
		line.Reset()
		for i, c := range cells {
			pad := strings.Repeat(" ", max(0, widths[i]-lipgloss.Width(c.text)))
			if i < 2 {
				line.WriteString(c.style.Render(c.text) + pad)
			} else {
				text := strings.TrimRight(c.text, " ") // a colored space would stay at the end of the line
				line.WriteString(pad + c.style.Render(text) + c.text[len(text):])
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// writeAbsent lists what the header sets are known to lack, one line for each reason.
func writeAbsent(b *strings.Builder, run *Run, verbose bool) {
	type key struct{ set, reason string }
	var keys []key
	names := map[key][]string{}
	note := func(set, name, reason string) {
		k := key{set, reason}
		if names[k] == nil {
			keys = append(keys, k)
		}
		if !slices.Contains(names[k], name) {
			names[k] = append(names[k], name)
		}
	}
	omitted := map[string][]string{}
	for _, r := range run.Reports {
		group := func(name string) string {
			switch set := run.only(name); set {
			case "":
				return "not in " + r.Set
			case r.Set:
				return "not in every " + set
			default:
				return "only in a " + set
			}
		}
		for _, s := range r.Structs {
			if s.Status == layout.Absent {
				note(group(s.C), s.C, s.Reason)
			}
			for _, f := range s.Fields {
				for _, m := range f.Absent {
					note(group(s.C), s.C+"."+m.Name, m.Reason)
				}
			}
		}
		for _, e := range r.Enums {
			if e.Status == layout.Absent {
				note(group(e.C), "enum "+e.C, e.Reason)
			}
		}
		for _, k := range r.Constants {
			if k.Status == layout.Absent || k.Status == layout.Other {
				note(group(k.C), k.C, k.Reason)
			}
		}
		for _, f := range r.Functions {
			if f.Status == layout.Absent {
				note(group(f.C), f.C, f.Reason)
			}
		}
		for _, o := range r.Omitted {
			if !slices.Contains(omitted[o.Reason], o.Name) {
				omitted[o.Reason] = append(omitted[o.Reason], o.Name)
			}
		}
	}
	slices.SortStableFunc(keys, func(x, y key) int { return strings.Compare(x.set, y.set) })
	set := ""
	for _, k := range keys {
		if k.set != set {
			set = k.set
			b.WriteString("\n" + cli.Title.Render(set) + faint.Render(", known") + "\n")
		}
		writeNames(b, names[k], k.reason, verbose)
	}
	if len(omitted) > 0 {
		b.WriteString("\n" + cli.Title.Render("left out of Go") + faint.Render(", declared by iprtrmib.h and iphlpapi.h") + "\n")
		var reasons []string
		for reason := range omitted {
			reasons = append(reasons, reason)
		}
		slices.Sort(reasons)
		for _, reason := range reasons {
			writeNames(b, omitted[reason], reason, verbose)
		}
	}
}

func writeNames(b *strings.Builder, names []string, reason string, verbose bool) {
	text := names[0]
	switch {
	case verbose:
		text = strings.Join(names, " ")
	case len(names) == 2:
		text += ", " + names[1]
	case len(names) > 2:
		text += fmt.Sprintf(" and %d more", len(names)-1)
	}
	fmt.Fprintf(b, "  %s: %s\n", text, faint.Render(reason))
}

func writeSummary(b *strings.Builder, run *Run) {
	if len(run.Reports) == 0 {
		return // the error says why
	}
	b.WriteByte('\n')
	for _, m := range run.Missing {
		fmt.Fprintln(b, "note:", m)
	}
	if n := len(run.Failures); n > 0 {
		fmt.Fprintln(b, bad.Render(fmt.Sprintf("✗ no verdict on %s: the compiler failed", cli.Count(n, "target"))))
		return
	}
	differ, proven, elsewhere := 0, map[string]bool{}, map[string]bool{}
	structs, enums, constants, functions := 0, 0, 0, 0
	tally := func(n *int, name string, status layout.Status) {
		if status == layout.Agrees && !proven[name] {
			proven[name] = true
			*n++
		}
	}
	var unseen int64
	for _, r := range run.Reports {
		if !r.OK() {
			differ++
		}
		unseen += r.Unseen
		for _, s := range r.Structs {
			tally(&structs, s.C, s.Status)
		}
		for _, e := range r.Enums {
			tally(&enums, e.C, e.Status)
		}
		for _, k := range r.Constants {
			tally(&constants, k.C, k.Status)
		}
		for _, f := range r.Functions {
			tally(&functions, f.C, f.Status)
		}
	}
	for _, x := range run.rules.Exclusive {
		if !proven[x.Name] {
			elsewhere[x.Name] = true
		}
	}
	if unseen > 0 {
		fmt.Fprintf(b, "note: %s of padding not checked: cl writes no readable debug information\n", cli.Count(int(unseen), "byte"))
	}
	targets := cli.Count(len(run.Reports), "target")
	if run.Differs() {
		fmt.Fprintln(b, bad.Render(fmt.Sprintf("✗ %d of %s differ, %s unproven", differ, targets, cli.Count(len(run.Unproven), "name"))))
		return
	}
	text := fmt.Sprintf("✓ %s, %s, %s and %s agree on %s", cli.Count(structs, "struct"), cli.Count(enums, "enum"),
		cli.Count(constants, "constant"), cli.Count(functions, "function"), targets)
	if n := len(elsewhere); n > 0 {
		text += fmt.Sprintf("; %s not in these headers", cli.Count(n, "name"))
	}
	fmt.Fprintln(b, good.Render(text))
}
