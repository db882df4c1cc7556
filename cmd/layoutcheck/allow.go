package main

import (
	"fmt"
	"path"
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
	reason   string
	where    string // file and line
	used     bool
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

// parseAllowed reads lines of a name and a reason, such as "windows.Servent on 386 and amd64 ...". The name may end
// in "@" and a list of architectures and header sets: "windows.MibIfRow2@386", "windows.MibIfRow2@MinGW-w64,SDK<20348".
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
				} else {
					return nil, fmt.Errorf("%s: unknown architecture or header set %q; want some of %s, MinGW-w64, Wine, SDK, SDK<BUILD", a.where, word, strings.Join(goarches, ", "))
				}
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// find returns the reason why a difference is accepted: of a struct or a constant, or of one field.
func (list allowed) find(h *layout.Headers, names ...string) (reason string, ok bool) {
	for _, a := range list {
		matches := func(name string) bool { ok, _ := path.Match(a.name, name); return ok }
		if slices.ContainsFunc(names, matches) && a.holds(h) {
			a.used = true
			return a.reason, true
		}
	}
	return "", false
}

// unused are the lines that accept what no longer occurs in any of the header sets that were checked.
func (list allowed) unused(checked []*layout.Headers) allowed {
	var left allowed
	for _, a := range list {
		if !a.used && slices.ContainsFunc(checked, a.holds) {
			left = append(left, a)
		}
	}
	return left
}
