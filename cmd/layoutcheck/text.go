package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// writers are the values of -format.
var writers = map[string]func(w io.Writer, r *result) error{
	"text":   writeText,
	"short":  writeShort,
	"json":   writeJSON,
	"github": writeGitHub,
}

func writeJSON(w io.Writer, r *result) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// writeText writes a block for each struct that is wrong, then what else has to be fixed, then what
// was compared with what and what was not, then the numbers.
func writeText(w io.Writer, r *result) error {
	var b strings.Builder
	writeDifferences(&b, r)
	writeAllowed(&b, r)
	writeCompared(&b, r)
	writeUnmatched(&b, r)
	writeEnd(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeShort writes the same without what was accepted, compared and not compared; the numbers
// still count it.
func writeShort(w io.Writer, r *result) error {
	var b strings.Builder
	writeDifferences(&b, r)
	writeEnd(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeDifferences(b *strings.Builder, r *result) {
	for _, d := range r.Differences {
		if d.Allowed != "" {
			continue
		}
		fmt.Fprintf(b, "%s:%d: %s\n", d.File, d.Line, d.title())
		for _, line := range d.lines() {
			fmt.Fprintf(b, "  %s\n", line)
		}
		if d.Table != "" {
			b.WriteString("\n" + d.Table)
		}
		b.WriteString("\n")
	}
	writeList(b, "Could not be read", r.Unread)
}

func writeEnd(b *strings.Builder, r *result) {
	writeList(b, "Notes", r.Notes)
	for _, do := range r.todo() {
		b.WriteString(do.line + "\n")
	}
	writeNumbers(b, r)
}

// title says what a difference is about.
func (d *difference) title() string {
	return fmt.Sprintf("%s is not %s on %s", d.Go, d.C, strings.Join(d.GOARCH, ", "))
}

// lines are what is wrong, a sentence each, and what follows from it.
func (d *difference) lines() []string {
	lines := slices.Clone(d.Findings)
	if len(d.With) > 0 {
		lines = append(lines, "wrong with it: "+strings.Join(d.With, ", "))
	}
	if hint := d.hint(); hint != "" {
		lines = append(lines, hint)
	}
	return lines
}

// hint returns what to write into a file: to accept what C cannot prove, or to correct a C type
// that was found by name alone.
func (d *difference) hint() string {
	_, short, _ := strings.Cut(d.Go, ".")
	switch {
	case d.Accept != "":
		return fmt.Sprintf("to accept it, write %q into the -allow file", d.Accept)
	case d.How == layout.ByName || d.How == layout.ByFoldedName:
		return fmt.Sprintf("its %s finds %s; if it is not meant, write \"%s.%s -\" into the -map file", d.How, d.C, d.Path, short)
	}
	return ""
}

// todo is what is to be mended in the files of -allow and -map, by what it is.
func (r *result) todo() []struct{ what, line string } {
	var list []struct{ what, line string }
	add := func(what string, lines []string, ending string) {
		for _, line := range lines {
			list = append(list, struct{ what, line string }{what, line + ending})
		}
	}
	add("stale -allow line", r.StaleAllows, " no longer occurs: remove the line")
	add("unused -map line", r.UnusedMaps, " is not in these packages: remove the line")
	add("ambiguous line", r.Ambiguous, "")
	return list
}

func writeList(b *strings.Builder, heading string, list []string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "%s:\n", heading)
	for _, line := range list {
		fmt.Fprintf(b, "  %s\n", line)
	}
	b.WriteString("\n")
}

func writeAllowed(b *strings.Builder, r *result) {
	var list []string
	for _, d := range r.Differences {
		if d.Allowed != "" {
			names := strings.Join(append([]string{d.Go}, d.With...), ", ")
			list = append(list, fmt.Sprintf("%s on %s: %s", names, strings.Join(d.GOARCH, ", "), d.Allowed))
		}
	}
	writeList(b, "Accepted differences", list)
}

// writeCompared writes which C type each struct was compared with, by how that was found.
func writeCompared(b *strings.Builder, r *result) {
	for _, how := range []string{layout.ByTag, layout.ByMap, layout.ByName, layout.ByFoldedName} {
		var list []string
		for _, c := range r.Compared {
			if c.How != how {
				continue
			}
			item := c.Go + " = " + c.C
			if len(c.GOARCH) < len(r.Targets) {
				item += " on " + strings.Join(c.GOARCH, " and ")
			}
			list = append(list, item)
		}
		if len(list) > 0 {
			fmt.Fprintf(b, "Compared, by %s:\n", how)
			writeWrapped(b, list)
			b.WriteString("\n")
		}
	}
}

// columns is how wide a line of names is, if a name is not wider.
const columns = 100

// writeWrapped writes items with commas between them.
func writeWrapped(b *strings.Builder, items []string) {
	line := " "
	for i, item := range items {
		if i < len(items)-1 {
			item += ","
		}
		if len(line)+1+len(item) > columns && line != " " {
			b.WriteString(line + "\n")
			line = " "
		}
		line += " " + item
	}
	b.WriteString(line + "\n")
}

// manyNames is how many names a line of unmatched constants shows.
const manyNames = 6

// writeUnmatched writes a line a reason, with the names that it holds for.
func writeUnmatched(b *strings.Builder, r *result) {
	type group struct {
		reason   string
		constant bool
	}
	names := map[group][]string{}
	var order []group
	for _, u := range r.Unmatched {
		g := group{u.Reason, u.Constant}
		if names[g] == nil {
			order = append(order, g)
		}
		names[g] = append(names[g], u.Go)
	}
	if len(order) > 0 {
		b.WriteString("Not compared:\n")
	}
	for _, g := range order {
		list, what := names[g], "struct"
		if g.constant {
			what = "constant"
		}
		if len(list) > 1 {
			what += "s"
		}
		more := ""
		if g.constant && len(list) > manyNames {
			list, more = list[:manyNames], ", ... (-format json has all)"
		}
		line := fmt.Sprintf("  %d %s: %s: %s%s", len(names[g]), what, g.reason, strings.Join(list, ", "), more)
		if len(line) <= columns {
			b.WriteString(line + "\n")
			continue
		}
		fmt.Fprintf(b, "  %d %s: %s:\n", len(names[g]), what, g.reason)
		var wrapped strings.Builder
		writeWrapped(&wrapped, append(slices.Clone(list[:len(list)-1]), list[len(list)-1]+more))
		b.WriteString("  " + strings.ReplaceAll(strings.TrimSuffix(wrapped.String(), "\n"), "\n", "\n  ") + "\n")
	}
	if len(order) > 0 {
		b.WriteString("\n")
	}
}

func writeNumbers(b *strings.Builder, r *result) {
	for _, t := range r.Targets {
		fmt.Fprintf(b, "%-6s %s\n", t.GOARCH, t.Headers)
	}
	for _, line := range []struct {
		what string
		counts
	}{{"structs", r.Structs}, {"constants", r.Constants}} {
		fmt.Fprintf(b, "%s: %d checked, %d right, %d wrong", line.what, line.Checked, line.Right, line.Wrong)
		if line.Allowed > 0 {
			fmt.Fprintf(b, ", %d accepted", line.Allowed)
		}
		fmt.Fprintf(b, "; %d not compared\n", line.Unmatched)
	}
	if n := len(r.Underaligned); n > 0 {
		are := "are"
		if n == 1 {
			are = "is"
		}
		fmt.Fprintf(b, "386: %d of the structs %s aligned to 8 bytes in C and to 4 in Go, which cannot do better there\n", n, are)
	}
}

// mostAnnotation is how many bytes of an annotation GitHub shows; the rest it drops.
const mostAnnotation = 60_000

// writeGitHub writes an annotation for each struct that is wrong and each line to fix, what was
// compared as a group of the log, and the numbers as a notice.
func writeGitHub(w io.Writer, r *result) error {
	var b strings.Builder
	for _, d := range r.Differences {
		if d.Allowed != "" {
			continue
		}
		text := strings.Join(d.lines(), "\n")
		if d.Table != "" {
			text += "\n" + d.Table
		}
		if len(text) > mostAnnotation {
			text = strings.ToValidUTF8(text[:mostAnnotation], "") + "..."
		}
		fmt.Fprintf(&b, "::error file=%s,line=%d,title=%s::%s\n", escapeProperty(d.File), d.Line, escapeProperty(d.title()), escapeData(text))
	}
	for _, do := range r.todo() {
		fmt.Fprintf(&b, "::error title=%s::%s\n", escapeProperty(do.what), escapeData(do.line))
	}
	for _, line := range r.Unread {
		fmt.Fprintf(&b, "::error title=could not be read::%s\n", escapeData(line))
	}
	for _, line := range r.Notes {
		fmt.Fprintf(&b, "::notice title=layoutcheck::%s\n", escapeData(line))
	}
	if len(r.Compared) > 0 {
		var list strings.Builder
		writeCompared(&list, r)
		fmt.Fprintf(&b, "::group::%s::endgroup::\n", strings.TrimSuffix(list.String(), "\n")) // list ends a line
	}
	var numbers strings.Builder
	writeNumbers(&numbers, r)
	fmt.Fprintf(&b, "::notice title=layoutcheck::%s\n", escapeData(strings.TrimSpace(numbers.String())))
	_, err := io.WriteString(w, b.String())
	return err
}

// escapeData and escapeProperty are how GitHub's workflow commands want text.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
