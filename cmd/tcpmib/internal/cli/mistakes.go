package cli

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// RejectMistakes has the flags of a command reject what is probably a mistake: a flag that is given
// twice, unless each value adds to a list, and a value that looks like the next flag, because the
// shell dropped an empty one. Completion, which parses the words of a line several times and before
// they are finished, is left alone.
func RejectMistakes(cmd *cobra.Command, completing bool) {
	wrap := func(flag *pflag.Flag) {
		if _, done := flag.Value.(*strict); !done { // root shares those of list
			flag.Value = &strict{flag.Value, flag, cmd, completing}
		}
	}
	cmd.Flags().VisitAll(wrap)
	cmd.PersistentFlags().VisitAll(wrap)
}

// A Repeated flag adds each value to a list.
type Repeated interface{ Repeated() }

// strict is the value of a flag that RejectMistakes checks.
type strict struct {
	pflag.Value
	flag       *pflag.Flag
	cmd        *cobra.Command
	completing bool
}

func (s *strict) Set(text string) error {
	_, repeated := s.Value.(Repeated)
	switch {
	case s.completing:
		_ = s.Value.Set(text)
		return nil
	case s.flag.NoOptDefVal == "" && looksLikeFlag(s.cmd, text):
		return &noValueError{text}
	case s.flag.Changed && !repeated && (s.flag.NoOptDefVal == "" || text == s.flag.NoOptDefVal): // =false overrides an alias
		return errTwice
	}
	return s.Value.Set(text)
}

// looksLikeFlag reports whether a value is written like a long flag, or is a group of known short
// ones.
func looksLikeFlag(cmd *cobra.Command, text string) bool {
	if strings.HasPrefix(text, "--") {
		return true
	}
	group, ok := strings.CutPrefix(text, "-")
	return ok && group != "" && !strings.ContainsFunc(group, func(r rune) bool {
		return r >= utf8.RuneSelf || cmd.Flags().ShorthandLookup(string(r)) == nil
	})
}

var errTwice = errors.New("the flag is given twice")

// noValueError is the error for a flag whose value is missing.
type noValueError struct{ next string }

func (e *noValueError) Error() string { return "has no value: next is " + e.next }

// FlagError turns an error of the flag parser into a UsageError that names the flag and the value,
// or the flag that was probably meant.
func FlagError(cmd *cobra.Command, err error) error {
	var (
		invalid *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
		unknown *pflag.NotExistError
		none    *noValueError
	)
	switch {
	case errors.As(err, &none) && errors.As(err, &invalid):
		return Usagef("%s %w", written(invalid.GetFlag()), none)
	case errors.As(err, &invalid):
		flag, reason := invalid.GetFlag(), invalid.Unwrap()
		if flag.Value.Type() == "bool" && !errors.Is(reason, errTwice) {
			reason = errNotBool // pflag's own would be that of strconv
		}
		text := invalid.GetValue()
		if text != "" && text == flag.NoOptDefVal {
			return Usagef("%s: %w", written(flag), reason)
		}
		if _, list := unwrap(flag.Value).(Repeated); list && len(text) > 1 && strings.HasSuffix(text, ",") {
			reason = errors.New("nothing follows the comma: separate values with commas, without spaces")
		}
		return Usagef("%s %q: %w", written(flag), text, reason)
	case errors.As(err, &missing):
		return Usagef("%s has no value", written(missing.GetFlag()))
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	}
	return &UsageError{err}
}

// written returns a flag as it is written on the command line.
func written(flag *pflag.Flag) string {
	if flag.Hidden {
		return "-" + flag.Shorthand
	}
	return "--" + flag.Name
}

func unwrap(v pflag.Value) pflag.Value {
	if s, ok := v.(*strict); ok {
		return s.Value
	}
	return v
}

// unknownFlag returns an error that names the flag that was probably meant.
func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	name, written := err.GetSpecifiedName(), "--"+err.GetSpecifiedName()
	if group := err.GetSpecifiedShortnames(); group != "" {
		name, written = group, "-"+group
		name, _, _ = strings.Cut(name, "=")
		if strings.HasPrefix("encodedCommand", name) && len(name) > 1 {
			return Usagef("unknown flag %s: PowerShell turned braces into it; put the template in quotes, as in %s",
				written, `--format "template={{.process}}"`)
		}
		if len(name) == 1 {
			return Usagef("unknown flag -%s", name)
		}
	}
	var names []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			names = append(names, flag.Name)
		}
	})
	if near := Nearest(name, names); near != "" {
		return Usagef("unknown flag %s; did you mean --%s?", written, near)
	}
	return Usagef("unknown flag %s", written)
}

// DidYouMean returns a question that names the word that was probably meant, or nothing.
func DidYouMean(text string, words []string) string {
	if near := Nearest(text, words); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// Nearest returns the word that text was probably meant to be, or nothing: the only word that
// begins with it, or the one from which the fewest letters differ, if those are few.
func Nearest(text string, words []string) string {
	text = plainWord(text)
	if len(text) < 2 {
		return ""
	}
	var begins []string
	best, least := "", len(text)/3+1
	for _, word := range words {
		plain := plainWord(word)
		if strings.HasPrefix(plain, text) {
			begins = append(begins, word)
		}
		if d := distance(text, plain); d < least {
			best, least = word, d
		}
	}
	if len(begins) == 1 {
		return begins[0]
	}
	return best
}

// plainWord returns a word in lower case, without what joins its parts.
func plainWord(text string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(text))
}

// distance returns how many letters must be inserted, removed, replaced or exchanged with the next
// one to make b of a.
func distance(a, b string) int {
	var before, last []int
	now := make([]int, len(b)+1)
	for j := range now {
		now[j] = j
	}
	for i := range len(a) {
		before, last, now = last, now, make([]int, len(now))
		now[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			now[j+1] = slices.Min([]int{last[j] + cost, last[j+1] + 1, now[j] + 1})
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
	}
	return now[len(b)]
}
