package main

import (
	"fmt"
	"slices"
	"strings"
)

// allowance is a line of the file that -allow names: a difference that was looked at and accepted.
type allowance struct {
	name    string   // windows.MibIfRow2, windows.MibIfRow2.Alias or windows.AF_MAX
	goarchs []string // empty: all
	reason  string
	where   string // file and line
	used    bool
}

// allowed are the lines of the file.
type allowed []*allowance

// parseAllowed reads lines of a name and a reason, such as "windows.Servent on 386 and amd64 ...". The name may end
// in "@" and a list of architectures: "windows.MibIfRow2@386".
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
		if name != "" {
			a.goarchs = strings.Split(name, ",")
			for _, goarch := range a.goarchs {
				if !slices.Contains(goarches, goarch) {
					return nil, fmt.Errorf("%s: unknown architecture %q; want one of %s", a.where, goarch, strings.Join(goarches, ", "))
				}
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// find returns the reason why a difference is accepted: of a struct or a constant, or of one field.
func (list allowed) find(goarch string, names ...string) (reason string, ok bool) {
	for _, a := range list {
		if slices.Contains(names, a.name) && (a.goarchs == nil || slices.Contains(a.goarchs, goarch)) {
			a.used = true
			return a.reason, true
		}
	}
	return "", false
}

// unused are the lines that accept what no longer occurs on one of the architectures that were checked.
func (list allowed) unused(checked []string) allowed {
	var left allowed
	for _, a := range list {
		relevant := a.goarchs == nil || slices.ContainsFunc(a.goarchs, func(goarch string) bool {
			return slices.Contains(checked, goarch)
		})
		if !a.used && relevant {
			left = append(left, a)
		}
	}
	return left
}
