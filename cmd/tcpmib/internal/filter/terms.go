package filter

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
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

// Parsers of terms. Their errors say what is valid.

func parseState(text string) (tcpmib.State, error) {
	s, err := tcpmib.ParseState(text)
	if err != nil {
		return 0, errors.New("unknown state; want one of " + strings.ToLower(strings.Join(rows.StateNames(), ", ")))
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

// network is an address, on one interface or on any, or a block of addresses.
type network struct {
	prefix netip.Prefix
	zone   string
}

// contains matches an IPv4-mapped IPv6 address both as IPv6 and as IPv4, because a user may mean
// either.
func (n network) contains(a netip.Addr) bool {
	if n.zone != "" && n.zone != a.Zone() {
		return false
	}
	a = a.WithZone("") // a Prefix contains no address with a zone
	return n.prefix.Contains(a) || n.prefix.Contains(a.Unmap())
}

func parseNetwork(text string) (network, error) {
	text, bitsText, isBlock := strings.Cut(text, "/")
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	bits := addr.BitLen()
	if isBlock && err == nil {
		bits, err = strconv.Atoi(bitsText)
	}
	prefix, prefixErr := addr.WithZone("").Prefix(bits)
	if err != nil || prefixErr != nil {
		return network{}, errors.New("want an address such as 192.0.2.7 or fe80::1%12, or a CIDR block such as 10.0.0.0/8")
	}
	return network{prefix, addr.Zone()}, nil
}

// pattern is a process name, in which * matches anything.
type pattern struct {
	*regexp.Regexp
	text string
}

func (p pattern) matches(process string) bool { return p.MatchString(process) }

// parsePattern parses a process name. It ignores case, as Windows does, and .exe is optional.
func parsePattern(text string) (pattern, error) {
	if text == "" {
		return pattern{}, errors.New("want a process name such as svchost.exe or chrome*")
	}
	quoted := strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, `.*`)
	expr, err := regexp.Compile(`(?is)^` + quoted + `(\.exe)?$`)
	if err != nil {
		return pattern{}, fmt.Errorf("want a process name: %w", err)
	}
	return pattern{expr, text}, nil
}
