package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// writers are the values of -format.
var writers = map[string]func(w io.Writer, r *result) error{
	"text":   writeText,
	"json":   writeJSON,
	"github": writeGitHub,
}

func writeJSON(w io.Writer, r *result) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// writeText writes one block a struct that is wrong, then what was not compared, then the numbers.
func writeText(w io.Writer, r *result) error {
	var b strings.Builder
	for _, d := range r.Differences {
		if d.Allowed != "" {
			continue
		}
		fmt.Fprintf(&b, "%s:%d: %s is not %s on %s\n", d.File, d.Line, d.Go, d.C, strings.Join(d.GOARCH, ", "))
		for _, f := range d.Findings {
			fmt.Fprintf(&b, "  %s\n", f)
		}
		if d.Table != "" {
			b.WriteString("\n" + d.Table)
		}
		b.WriteString("\n")
	}
	writeAllowed(&b, r)
	writeUnmatched(&b, r)
	for _, line := range r.StaleAllows {
		fmt.Fprintf(&b, "%s no longer occurs: remove the line\n", line)
	}
	for _, line := range r.UnusedMaps {
		fmt.Fprintf(&b, "%s is not in these packages: remove the line\n", line)
	}
	writeNumbers(&b, r)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeAllowed(b *strings.Builder, r *result) {
	heading := "Accepted differences:\n"
	for _, d := range r.Differences {
		if d.Allowed != "" {
			fmt.Fprintf(b, "%s  %s on %s: %s\n", heading, d.Go, strings.Join(d.GOARCH, ", "), d.Allowed)
			heading = ""
		}
	}
	if heading == "" {
		b.WriteString("\n")
	}
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
		fmt.Fprintf(b, "  %d %s: %s: ", len(list), what, g.reason)
		if g.constant && len(list) > manyNames {
			fmt.Fprintf(b, "%s, ... (-format json has all)\n", strings.Join(list[:manyNames], ", "))
			continue
		}
		fmt.Fprintf(b, "%s\n", strings.Join(list, ", "))
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
		fmt.Fprintf(b, "386: %d of the structs are aligned to 8 bytes in C and to 4 in Go, which cannot do better there\n", n)
	}
}

// writeGitHub writes an annotation a struct that is wrong, and the numbers as a notice.
func writeGitHub(w io.Writer, r *result) error {
	var b strings.Builder
	for _, d := range r.Differences {
		if d.Allowed != "" {
			continue
		}
		title := fmt.Sprintf("%s is not %s on %s", d.Go, d.C, strings.Join(d.GOARCH, ", "))
		text := strings.Join(d.Findings, "\n")
		if d.Table != "" {
			text += "\n" + d.Table
		}
		fmt.Fprintf(&b, "::error file=%s,line=%d,title=%s::%s\n", escapeProperty(d.File), d.Line, escapeProperty(title), escapeData(text))
	}
	for _, line := range r.StaleAllows {
		fmt.Fprintf(&b, "::error title=stale -allow line::%s\n", escapeData(line+" no longer occurs: remove the line"))
	}
	for _, line := range r.UnusedMaps {
		fmt.Fprintf(&b, "::error title=unused -map line::%s\n", escapeData(line+" is not in these packages: remove the line"))
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
