package filter

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib"
)

// terms are the values of one filter: at least one of some must match, if there are any, and none of
// none may.
type terms[T any] struct{ some, none []T }

// match reports whether the terms hold; hit reports whether one of them matches.
func (t *terms[T]) match(hit func(T) bool) bool {
	return (len(t.some) == 0 || slices.ContainsFunc(t.some, hit)) && !slices.ContainsFunc(t.none, hit)
}

func (t *terms[T]) any() bool { return len(t.some)+len(t.none) > 0 }

// add parses terms separated by commas. A ! before a term negates it.
func (t *terms[T]) add(text string, parse func(string) (T, error)) error {
	for part := range strings.SplitSeq(text, ",") {
		plain, negated := strings.CutPrefix(strings.TrimSpace(part), "!")
		term, err := parse(plain)
		if err != nil {
			return err
		}
		if negated {
			t.none = append(t.none, term)
		} else {
			t.some = append(t.some, term)
		}
	}
	return nil
}

// of returns the values of a condition: terms, and how they are parsed.
func of[T any](t *terms[T], parse func(string) (T, error)) values { return parsed[T]{t, parse} }

type parsed[T any] struct {
	*terms[T]
	parse func(string) (T, error)
}

func (p parsed[T]) add(text string) error { return p.terms.add(text, p.parse) }
func (p parsed[T]) clear()                { *p.terms = terms[T]{} }

// text returns the terms, the negated ones last, with a ! before them.
func (p parsed[T]) text() (values []string) {
	for _, term := range p.some {
		values = append(values, termText(term))
	}
	for _, term := range p.none {
		values = append(values, "!"+termText(term))
	}
	return values
}

// termText returns a term as it is typed.
func termText(term any) string {
	if s, ok := term.(tcpmib.State); ok {
		return strings.ToLower(s.String())
	}
	return fmt.Sprint(term)
}

// Parsers of terms. Their errors say what is valid.

func parseState(text string) (tcpmib.State, error) {
	s, err := tcpmib.ParseState(text)
	if err != nil {
		if near := cli.Nearest(text, stateWords()); near != "" {
			return 0, fmt.Errorf("unknown state; did you mean %s?", near)
		}
		return 0, errors.New("unknown state; want one of " + strings.Join(stateWords(), ", "))
	}
	return s, nil
}

func parsePID(text string) (uint32, error) {
	pid, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, errors.New("want a process ID such as 4711")
	}
	return uint32(pid), nil
}

// ports is a range of ports, both ends included.
type ports struct{ low, high uint16 }

func (p ports) contains(port uint16) bool { return p.low <= port && port <= p.high }

func parsePorts(text string) (ports, error) {
	lowText, highText, isRange := strings.Cut(text, "-")
	if !isRange {
		highText = lowText
	}
	low, err1 := strconv.ParseUint(lowText, 10, 16)
	high, err2 := strconv.ParseUint(highText, 10, 16)
	if err1 != nil || err2 != nil || low > high {
		return ports{}, errors.New("want a port from 0 to 65535, or a range such as 8000-8999")
	}
	return ports{uint16(low), uint16(high)}, nil
}

func (p ports) String() string {
	if p.low == p.high {
		return fmt.Sprint(p.low)
	}
	return fmt.Sprintf("%d-%d", p.low, p.high)
}

// network is an address, on one interface or on any, or a block of addresses, or an endpoint.
type network struct {
	prefix  netip.Prefix // the zero value: any address
	zone    string
	hasPort bool
	port    uint16
}

// contains matches an IPv4-mapped IPv6 address both as IPv6 and as IPv4, because a user may mean
// either.
func (n network) contains(end netip.AddrPort) bool {
	a := end.Addr()
	if !end.IsValid() || n.hasPort && n.port != end.Port() || n.zone != "" && n.zone != a.Zone() {
		return false
	}
	a = a.WithZone("") // a Prefix contains no address with a zone
	return !n.prefix.IsValid() || n.prefix.Contains(a) || n.prefix.Contains(a.Unmap())
}

func (n network) String() string {
	switch {
	case !n.prefix.IsValid():
		return fmt.Sprintf("*:%d", n.port)
	case n.hasPort:
		return netip.AddrPortFrom(n.prefix.Addr().WithZone(n.zone), n.port).String()
	}
	addr := n.prefix.Addr().WithZone(n.zone).String()
	if n.prefix.IsSingleIP() {
		return addr
	}
	return fmt.Sprintf("%s/%d", addr, n.prefix.Bits())
}

// parseNetwork parses an address, a block, or an endpoint as it is printed. Any address at a port is
// :443 or *:443.
func parseNetwork(text string) (network, error) {
	if port, ok := strings.CutPrefix(strings.TrimPrefix(text, "*"), ":"); ok {
		if n, err := strconv.ParseUint(port, 10, 16); err == nil {
			return network{hasPort: true, port: uint16(n)}, nil
		}
	}
	if end, err := netip.ParseAddrPort(text); err == nil {
		addr := end.Addr()
		return network{netip.PrefixFrom(addr.WithZone(""), addr.BitLen()), addr.Zone(), true, end.Port()}, nil
	}
	addrText, bitsText, isBlock := strings.Cut(text, "/")
	addr, err := netip.ParseAddr(strings.Trim(addrText, "[]"))
	bits := addr.BitLen()
	if isBlock && err == nil {
		bits, err = strconv.Atoi(bitsText)
	}
	prefix, prefixErr := addr.WithZone("").Prefix(bits)
	if err != nil || prefixErr != nil {
		return network{}, errors.New("want an address such as 192.0.2.7 or fe80::1%12, an endpoint such as 192.0.2.7:443, or a CIDR block such as 10.0.0.0/8")
	}
	return network{prefix: prefix, zone: addr.Zone()}, nil
}

// pattern is a text in which * matches anything, in any case.
type pattern struct {
	*regexp.Regexp
	text string
}

func (p pattern) String() string { return p.text }

// compile compiles a pattern, between what is before and after it.
func compile(before, text, after string) pattern {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(strings.ToValidUTF8(text, "\ufffd")), `\*`, `.*`)
	return pattern{regexp.MustCompile(before + quoted + after), text}
}

// parseProcess parses the name of a process. An .exe at its end is optional.
func parseProcess(text string) (pattern, error) {
	if text == "" {
		return pattern{}, errors.New("want a process name such as svchost.exe or chrome*")
	}
	return compile(`(?is)^`, text, `(\.exe)?$`), nil
}

// parseName parses a whole name.
func parseName(text string) (pattern, error) {
	if text == "" {
		return pattern{}, errors.New("want a name such as Dnscache or Rpc*")
	}
	return compile(`(?is)^`, text, `$`), nil
}

// parseText parses a part of a text; with a * it is all of it.
func parseText(text string) (pattern, error) {
	switch {
	case text == "":
		return pattern{}, errors.New("want a part of the text, or all of it with * for what may be anything")
	case strings.Contains(text, "*"):
		return compile(`(?is)^`, text, `$`), nil
	}
	return compile(`(?is)`, text, ""), nil
}

// word is a word that occurs in the table, or a state in any of its spellings.
type word struct {
	text    string
	plain   string         // in lower case
	pattern *regexp.Regexp // of a word with *; nil: it has none
	isState bool
	state   tcpmib.State
}

// occurs reports whether the word is in a cell, in lower case.
func (w *word) occurs(cell string) bool {
	if w.pattern != nil {
		return w.pattern.MatchString(cell)
	}
	return strings.Contains(cell, w.plain)
}

func newWord(text string) word {
	w := word{text: text, plain: strings.ToLower(text)}
	if strings.Contains(text, "*") {
		w.pattern = compile(`(?i)`, w.plain, "").Regexp
	}
	state, err := tcpmib.ParseState(text)
	w.state, w.isState = state, err == nil
	return w
}
