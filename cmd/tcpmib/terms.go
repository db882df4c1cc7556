package main

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winmib/winmib/tcpmib"
)

// terms are the conditions on one thing: one of some must hold, where there are
// any, and none of none.
type terms[T any] struct{ some, none []T }

// match reports whether the conditions hold; hit says whether one of them does.
func (t *terms[T]) match(hit func(T) bool) bool {
	return (len(t.some) == 0 || slices.ContainsFunc(t.some, hit)) && !slices.ContainsFunc(t.none, hit)
}

func (t *terms[T]) any() bool { return len(t.some)+len(t.none) > 0 }

// add parses conditions separated by commas. A ! before one negates it.
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

// Parsers of conditions. Their errors say what would be right.

func parseState(text string) (tcpmib.State, error) {
	s, err := tcpmib.ParseState(text)
	if err != nil {
		return 0, errors.New("want a state such as LISTEN, ESTABLISHED or TIME-WAIT")
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
		return ports{}, errors.New("want a port such as 443 or a range such as 8000-8999, of 0 to 65535")
	}
	return ports{uint16(low), uint16(high)}, nil
}

// network is an address, on any interface or on one, or a block of addresses.
type network struct {
	prefix netip.Prefix
	zone   string
}

// contains takes an IPv4 address that is mapped into IPv6 for what it is and for
// what it was, because either may be what is looked for.
func (n network) contains(a netip.Addr) bool {
	if n.zone != "" && n.zone != a.Zone() {
		return false
	}
	a = a.WithZone("") // a Prefix contains no address with a zone
	return n.prefix.Contains(a) || n.prefix.Contains(a.Unmap())
}

func parseNetwork(text string) (network, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return network{prefix: prefix.Masked()}, nil
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return network{}, errors.New("want an address such as 192.0.2.7 or fe80::1%12, or a block such as 10.0.0.0/8")
	}
	prefix, err := addr.WithZone("").Prefix(addr.BitLen())
	return network{prefix, addr.Zone()}, err
}

// pattern is the name of a program, in which * stands for anything.
type pattern struct{ *regexp.Regexp }

func (p pattern) matches(process string) bool { return p.MatchString(process) }

// parsePattern ignores case, as Windows does, and lets .exe be left out.
func parsePattern(text string) (pattern, error) {
	if text == "" {
		return pattern{}, errors.New("want the name of a program, such as svchost.exe or chrome*")
	}
	quoted := strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, `.*`)
	expr, err := regexp.Compile(`(?is)^` + quoted + `(\.exe)?$`)
	if err != nil {
		return pattern{}, fmt.Errorf("want the name of a program: %w", err)
	}
	return pattern{expr}, nil
}
