package api

import (
	"fmt"
	"slices"
	"strings"
)

// verdicts classifies each difference between two lists of exported names by what it means for
// programs that link the module.
func verdicts(before, after []string) []string {
	was, is := features(before), features(after)
	var out []string
	for feature, how := range was {
		now, ok := is[feature]
		switch {
		case !ok:
			out = append(out, feature+": removed: programs that use it no longer compile")
		case now != how:
			out = append(out, fmt.Sprintf("%s: was %q, is %q: %s", feature, how, now, changed(feature, how, now)))
		}
	}
	for feature := range is {
		if _, ok := was[feature]; !ok {
			out = append(out, feature+": added: "+added(feature, was))
		}
	}
	slices.Sort(out)
	return out
}

// changed says what another declaration of the same name does.
func changed(feature, was, is string) string {
	kind := kindOf(feature)
	switch {
	case kind == "const":
		return "programs get another value when they are built again; those that store or compare the old one break"
	case kind == "field" && strings.Contains(was+is, "json:"):
		return "what is read and written as JSON changes"
	case kind == "type" && strings.HasPrefix(is, "interface"):
		return "types that implement it, or programs that call it, may no longer compile"
	}
	return "programs that use it may no longer compile"
}

// added says what a new name does.
func added(feature string, was map[string]string) string {
	if kindOf(feature) == "field" {
		pkg, name, _ := strings.Cut(feature, ", field ")
		owner, _, _ := strings.Cut(name, ".")
		if _, ok := was[pkg+", type "+owner]; ok {
			return "composite literals without field names no longer compile; all else does"
		}
	}
	return "no program breaks"
}

func kindOf(feature string) string {
	_, rest, _ := strings.Cut(feature, ", ")
	kind, _, _ := strings.Cut(rest, " ")
	return kind
}

func features(lines []string) map[string]string {
	m := make(map[string]string, len(lines))
	for _, line := range lines {
		feature, how, _ := strings.Cut(line, separator)
		m[feature] = how
	}
	return m
}
