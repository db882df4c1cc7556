package main

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// allowance is a line of the file that -allow names: a difference that was looked at and accepted.
type allowance struct {
	name     string      // windows.MibIfRow2, windows.MibIfRow2.Alias, windows.AF_MAX, or a path.Match pattern
	goarches []string    // empty: all
	sets     []condition // empty: all header sets
	at       string      // "rows.go:12", the declaration's place; empty: any
	reason   string
	where    string // file and line
	used     bool
	clashes  []string // the declarations that have the name, if there are several
}

// condition is a header set, or the Windows SDKs before a build.
type condition struct {
	set    string
	before int // 0: all
}

// parseCondition reads MinGW-w64, Wine, SDK or SDK<20348.
func parseCondition(text string) (c condition, ok bool) {
	switch text {
	case layout.SetMinGW, layout.SetWine:
		return condition{set: text}, true
	case "SDK":
		return condition{set: layout.SetSDK}, true
	}
	build, isSDK := strings.CutPrefix(text, "SDK<")
	n, err := strconv.Atoi(build)
	return condition{layout.SetSDK, n}, isSDK && err == nil && n > 0
}

// holds reports whether the line is about a header set and its architecture.
func (a *allowance) holds(h *layout.Headers) bool {
	is := func(c condition) bool { return c.set == h.Set && h.Before(c.before) }
	return (a.goarches == nil || slices.Contains(a.goarches, h.GOARCH)) && (a.sets == nil || slices.ContainsFunc(a.sets, is))
}

// allowed are the lines of the file.
type allowed []*allowance

// parseAllowed reads lines of a name and a reason, such as "windows.Servent on 386 and amd64 ...".
// The name may end in "@" and a list of architectures and header sets: "windows.MibIfRow2@386",
// "windows.MibIfRow2@MinGW-w64,SDK<20348".
func parseAllowed(file, text string) (allowed, error) {
	var list allowed
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		name, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" {
			continue
		}
		a := &allowance{reason: strings.TrimSpace(reason), where: fmt.Sprintf("%s:%d", file, number)}
		if a.reason == "" {
			return nil, fmt.Errorf("%s: %s has no reason: write it behind the name", a.where, name)
		}
		a.name, name, _ = strings.Cut(name, "@")
		if _, err := path.Match(a.name, ""); err != nil {
			return nil, fmt.Errorf("%s: %s is not a name or a pattern: %w", a.where, a.name, err)
		}
		if name != "" {
			for _, word := range strings.Split(name, ",") {
				if slices.Contains(goarches, word) {
					a.goarches = append(a.goarches, word)
				} else if c, ok := parseCondition(word); ok {
					a.sets = append(a.sets, c)
				} else if file, line, ok := strings.Cut(word, ":"); ok && file != "" && line != "" {
					a.at = word
				} else {
					return nil, fmt.Errorf("%s: unknown architecture or header set %q; want some of %s, MinGW-w64, Wine, SDK, SDK<BUILD", a.where, word, strings.Join(goarches, ", "))
				}
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// isPattern reports whether a line may hold for several declarations.
func (a *allowance) isPattern() bool { return strings.ContainsAny(a.name, `*?[\`) }

// names reports whether a line names a declaration or a field of it. A line that names a
// declaration applies to its fields.
func (a *allowance) names(p place, field string) bool {
	if a.at != "" && a.at != fmt.Sprintf("%s:%d", filepath.Base(p.pos.Filename), p.pos.Line) {
		return false
	}
	_, short, _ := strings.Cut(p.name, ".")
	for _, name := range []string{p.name, p.path + "." + short} {
		for _, full := range []string{name, name + "." + field} {
			if ok, _ := path.Match(a.name, full); ok {
				return true
			}
		}
	}
	return false
}

// declare finds the lines whose name fits several declarations of one architecture. They apply to
// none.
func (list allowed) declare(g *layout.Go) {
	var plain allowed
	for _, a := range list {
		if !a.isPattern() {
			plain = append(plain, a)
		}
	}
	if len(plain) == 0 {
		return
	}
	found := map[*allowance][]place{}
	add := func(p place, fields []layout.GoField) {
		for _, a := range plain {
			if a.names(p, "") || slices.ContainsFunc(fields, func(f layout.GoField) bool { return a.names(p, f.Name) }) {
				found[a] = append(found[a], p)
			}
		}
	}
	for _, s := range g.Structs {
		add(place{s.Path, s.Name, s.Pos}, s.Fields)
	}
	for _, k := range g.Consts {
		add(place{k.Path, k.Name, k.Pos}, nil)
	}
	for a, places := range found {
		if len(places) < 2 {
			continue
		}
		for _, p := range places {
			_, short, _ := strings.Cut(p.name, ".")
			name := p.path + "." + short
			if slices.ContainsFunc(places, func(o place) bool { return o.path == p.path && o.pos != p.pos }) {
				name += fmt.Sprintf("@%s:%d", filepath.Base(p.pos.Filename), p.pos.Line)
			}
			a.clashes = union(a.clashes, []string{name})
		}
	}
}

// ambiguous returns a sentence for each line that applies to nothing because several declarations
// have its name.
func (list allowed) ambiguous() []string {
	var all []string
	for _, a := range list {
		if a.clashes != nil {
			all = append(all, fmt.Sprintf("%s: %s is declared more than once: write %s", a.where, a.name, strings.Join(a.clashes, " or ")))
		}
	}
	return all
}

// find returns the reason why a difference is accepted: of a struct or a constant, or of one field.
func (list allowed) find(h *layout.Headers, at place, field string) (reason string, ok bool) {
	for _, a := range list {
		if a.clashes == nil && a.names(at, field) && a.holds(h) {
			a.used = true
			return a.reason, true
		}
	}
	return "", false
}

// unused returns the lines whose difference does not occur in any of the header sets checked.
func (list allowed) unused(checked []*layout.Headers) allowed {
	var left allowed
	for _, a := range list {
		if !a.used && a.clashes == nil && slices.ContainsFunc(checked, a.holds) {
			left = append(left, a)
		}
	}
	return left
}
