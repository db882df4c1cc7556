package synthetic_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// With this set, the test program prints the outcomes and ends.
const printOutcomes = "WINMIB_PRINT_OUTCOMES"

func TestMain(m *testing.M) {
	if os.Getenv(printOutcomes) != "" {
		fmt.Print(outcomes())
		return
	}
	os.Exit(synthetic.Main(m))
}

var outcomeQueries = []tcpmib.Query{
	{Func: "GetTcpTable2"},
	{Func: "GetTcp6Table2"},
	{Func: "InternalGetBoundTcpEndpointTable"},
	{Func: "InternalGetBoundTcp6EndpointTable"},
	{Func: "GetUdpTable"},
	{Func: "GetUdp6Table"},
	{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet, Class: uint32(udpmib.UDPTableClassOwnerPID)},
	{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6, Class: uint32(udpmib.UDPTableClassOwnerPID)},
}

// outcomes is a line for each answer of each case: a digest of its bytes and the
// error.
func outcomes() string {
	var out strings.Builder
	for _, c := range cases {
		if err := synthetic.Start(c.scenario); err != nil {
			return err.Error()
		}
		var buf mib.Buffer
		for _, q := range outcomeQueries {
			table, code, err := mib.Fetch(&buf, q, 0, func(buf []byte) (size, code uint32) { return tcpmib.Live().Ask(q, buf) })
			if err == nil {
				err = q.Err(code)
			}
			fmt.Fprintf(&out, "%s, %v: %d bytes, %x, %v\n", c.name, q, len(table), sha256.Sum256(table), err)
		}
	}
	return out.String()
}
