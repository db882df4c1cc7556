package ephemeral

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Range is a range of ports, both ends included. It implements pflag.Value.
type Range struct{ First, Last uint16 }

// Default is the dynamic range of Windows unless an administrator has changed it. No C function
// returns it: netsh int ipv4 show dynamicport tcp does, and the WMI class MSFT_NetTCPSetting.
var Default = Range{49152, 65535}

// Size returns how many ports r has.
func (r Range) Size() int { return int(r.Last) - int(r.First) + 1 }

func (r Range) contains(port uint16) bool { return r.First <= port && port <= r.Last }

// String returns what Set takes.
func (r *Range) String() string { return fmt.Sprintf("%d-%d", r.First, r.Last) }

// Type is the name of the value in help.
func (r *Range) Type() string { return "range" }

// Set parses a range such as 49152-65535.
func (r *Range) Set(text string) error {
	first, last, _ := strings.Cut(text, "-")
	f, err1 := strconv.ParseUint(first, 10, 16)
	l, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || f == 0 || f > l {
		return errors.New("want a range of ports such as 49152-65535")
	}
	*r = Range{uint16(f), uint16(l)}
	return nil
}
