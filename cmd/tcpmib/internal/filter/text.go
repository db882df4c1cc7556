package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// flagged is a condition of typed text whose flags are others.
type flagged struct {
	name string
	add  func(f *Filter, text string) error
}

// family has the flags --ipv4 and --ipv6.
var family = flagged{"family", func(f *Filter, text string) error {
	for part := range strings.SplitSeq(text, ",") {
		switch {
		case strings.EqualFold(part, "ipv4"):
			f.Family |= tcpmib.IPv4
		case strings.EqualFold(part, "ipv6"):
			f.Family |= tcpmib.IPv6
		default:
			return errors.New("want ipv4 or ipv6")
		}
	}
	return nil
}}

// protocol has the flags --tcp and --udp.
var protocol = flagged{"protocol", func(f *Filter, text string) error {
	for part := range strings.SplitSeq(text, ",") {
		switch {
		case strings.EqualFold(part, "tcp"):
			f.TCP = true
		case strings.EqualFold(part, "udp"):
			f.UDP = true
		default:
			return errors.New("want tcp or udp")
		}
	}
	return nil
}}

// Parse parses typed text: words that occur in the row, and conditions such as port=443 and
// state=!listen. A ! before a word negates it, and quotes keep spaces: process="my program".
func Parse(text string) (Filter, error) {
	words, err := split(text)
	if err != nil {
		return Filter{}, err
	}
	var f Filter
	for _, word := range words {
		if err := f.addTyped(word); err != nil {
			return Filter{}, err
		}
	}
	return f, nil
}

// ParseUnfinished parses text that is still being typed. Its last word is left out if it may become the
// name of a condition, or is a condition that does not have its value yet; what is wrong with it is
// returned as well.
func ParseUnfinished(text string) (Filter, error) {
	start := lastWord(text)
	last := text[start:]
	if last != "" && slices.ContainsFunc(typedNames(), func(name string) bool { return strings.HasPrefix(plainName(name), plainName(last)) }) {
		return Parse(text[:start])
	}
	f, err := Parse(text)
	if err != nil {
		if rest, restErr := Parse(text[:start]); restErr == nil {
			return rest, err
		}
	}
	return f, err
}

// plainName returns a name without what may be left out of it, or written in another way.
func plainName(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "-", ""), "_", "")
}

// lastWord returns where the last word of text starts. Quotes keep spaces.
func lastWord(text string) (start int) {
	quoted := false
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted && unicode.IsSpace(r):
			start = i + utf8.RuneLen(r)
		}
	}
	return start
}

func (f *Filter) addTyped(text string) error {
	name, value, isCondition := strings.Cut(text, "=")
	add, known := conditionNamed(name)
	switch {
	case isCondition && known != "":
		if err := add(f, value); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		return nil
	case isCondition:
		if near := cli.Nearest(name, typedNames()); near != "" {
			return fmt.Errorf("unknown filter %q; did you mean %s?", name, near)
		}
		return fmt.Errorf("unknown filter %q; filters are %s", name, strings.Join(typedNames(), ", "))
	case known != "" && strings.EqualFold(name, known):
		return fmt.Errorf("%s: want a value, as in %s=VALUE", text, known)
	}
	if strings.TrimPrefix(text, "!") == "" {
		return fmt.Errorf("%s: want a word after it", text)
	}
	if plain, negated := strings.CutPrefix(text, "!"); negated {
		f.words.none = append(f.words.none, newWord(plain))
	} else {
		f.words.some = append(f.words.some, newWord(text))
	}
	return nil
}

// split splits text at spaces outside quotes, and removes the quotes.
func split(text string) (words []string, err error) {
	quoted := false
	fields := strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && unicode.IsSpace(r)
	})
	if quoted {
		return nil, errors.New("want a closing quote")
	}
	for _, field := range fields {
		if word := strings.ReplaceAll(field, `"`, ""); word != "" {
			words = append(words, word)
		}
	}
	return words, nil
}

// conditionNamed returns what adds the values of the condition with a name, and how it is called; "" if
// there is none.
func conditionNamed(name string) (add func(f *Filter, text string) error, known string) {
	for _, c := range conditions {
		if c.IsCalled(name) {
			return func(f *Filter, text string) error { return c.values(f).add(text) }, c.Filter.Flag
		}
	}
	for _, c := range []flagged{protocol, family} {
		column := rows.Named(c.name)[0]
		if column.IsCalled(name) {
			return c.add, c.name
		}
	}
	return nil, ""
}

// typedNames returns how the conditions are called.
func typedNames() []string {
	var names []string
	for _, c := range conditions {
		names = append(names, c.Filter.Flag)
	}
	return append(names, protocol.name, family.name)
}

// String returns text that Parse turns into f again.
func (f *Filter) String() string {
	var parts []string
	add := func(name string, values []string) {
		if len(values) > 0 {
			parts = append(parts, name+"="+quote(strings.Join(values, ",")))
		}
	}
	if f.UDP {
		protocols := []string{"udp"}
		if f.TCP {
			protocols = []string{"tcp", "udp"}
		}
		add("protocol", protocols)
	}
	if f.Families() != tcpmib.Both {
		add("family", []string{strings.ToLower(f.Family.String())})
	}
	for _, c := range conditions {
		add(c.Filter.Flag, c.values(f).text())
	}
	for _, w := range f.words.some {
		parts = append(parts, quote(w.text))
	}
	for _, w := range f.words.none {
		parts = append(parts, "!"+quote(w.text))
	}
	return strings.Join(parts, " ")
}

func quote(text string) string {
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return `"` + text + `"`
	}
	return text
}
