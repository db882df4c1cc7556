package layout

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// The header sets that a probe can tell apart, as [Gap.Set] and [Report.Set] name them.
const (
	SetMinGW   = "MinGW-w64"
	SetWine    = "Wine"
	SetSDK     = "Windows SDK"
	SetUnknown = "unknown headers"
)

// Target is a compiler and, with it, a set of headers.
type Target struct {
	// Label is how the report names the target. Empty means the header set that the probe finds.
	Label string
	// GOARCH is amd64, 386 or arm64. Empty means whatever the compiler makes objects for.
	GOARCH string
	// CC is the compiler command with its arguments.
	CC []string
	// Env is added to the environment of the compiler, as "KEY=value".
	Env []string
	// Headers, if set, stand in for the headers of the Spec.
	Headers []string
}

// pattern compiles a regular expression when it is first needed: programs start faster that never
// need it.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// SplitCommand splits a compiler command into words at blanks. Parts in double or single quotes
// stay whole; a backslash is a backslash, as in Windows paths.
func SplitCommand(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if open {
				words, open = append(words, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the compiler command %q has an open %c", s, quote)
	}
	if open {
		words = append(words, word.String())
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("the compiler command is empty")
	}
	return words, nil
}
