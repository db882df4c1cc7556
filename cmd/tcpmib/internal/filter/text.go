package filter

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/winmib/winmib/tcpmib"
)

// family is a condition of typed text only: its flags are --ipv4 and --ipv6.
var family = condition{name: "family", add: func(f *Filter, text string) error {
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

// protocol is a condition of typed text only: its flags are --tcp and --udp.
var protocol = condition{name: "protocol", add: func(f *Filter, text string) error {
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

// typed are the conditions of typed text.
var typed = append(conditions[:len(conditions):len(conditions)], protocol, family)

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

// ParseUnfinished parses text that is still being typed: it leaves out a last word that may become
// the name of a condition.
func ParseUnfinished(text string) (Filter, error) {
	start := strings.LastIndexFunc(text, unicode.IsSpace) + 1
	for _, c := range typed {
		if last := strings.ToLower(text[start:]); last != "" && strings.HasPrefix(c.name, last) {
			return Parse(text[:start])
		}
	}
	return Parse(text)
}

func (f *Filter) addTyped(word string) error {
	name, value, isCondition := strings.Cut(word, "=")
	c, known := conditionNamed(name)
	switch {
	case isCondition && known:
		if err := c.add(f, value); err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
		return nil
	case isCondition:
		return fmt.Errorf("unknown filter %q; filters are %s", name, conditionNames())
	case known:
		return fmt.Errorf("%s: want a value, as in %s=VALUE", word, c.name)
	}
	plain, negated := strings.CutPrefix(strings.ToLower(word), "!")
	switch {
	case plain == "":
		return fmt.Errorf("%s: want a word after it", word)
	case negated:
		f.words.none = append(f.words.none, plain)
	default:
		f.words.some = append(f.words.some, plain)
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

func conditionNamed(name string) (condition, bool) {
	for _, c := range typed {
		if strings.EqualFold(c.name, name) {
			return c, true
		}
	}
	return condition{}, false
}

func conditionNames() string {
	var names []string
	for _, c := range typed {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
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
	add("state", f.states.text(func(s tcpmib.State) string { return strings.ToLower(s.String()) }))
	add("port", f.ports.text(ports.String))
	add("local-port", f.localPorts.text(ports.String))
	add("remote-port", f.remotePorts.text(ports.String))
	add("addr", f.addrs.text(network.String))
	add("remote", f.remotes.text(network.String))
	add("pid", f.pids.text(func(pid uint32) string { return fmt.Sprint(pid) }))
	add("process", f.processes.text(func(p pattern) string { return p.text }))
	parts = append(parts, f.words.text(quote)...)
	return strings.Join(parts, " ")
}

// text returns the terms as text, the negated ones last, with a ! before them.
func (t *terms[T]) text(one func(T) string) (values []string) {
	for _, term := range t.some {
		values = append(values, one(term))
	}
	for _, term := range t.none {
		values = append(values, "!"+one(term))
	}
	return values
}

func quote(text string) string {
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return `"` + text + `"`
	}
	return text
}

func (p ports) String() string {
	if p.low == p.high {
		return fmt.Sprint(p.low)
	}
	return fmt.Sprintf("%d-%d", p.low, p.high)
}

func (n network) String() string {
	addr := n.prefix.Addr().WithZone(n.zone).String()
	if n.prefix.Bits() == n.prefix.Addr().BitLen() {
		return addr
	}
	return fmt.Sprintf("%s/%d", addr, n.prefix.Bits())
}
