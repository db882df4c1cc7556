package synthetic_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
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

// outcomes is a line for each answer of each case: a digest of its bytes and the
// error.
func outcomes() string {
	var out strings.Builder
	for _, c := range cases {
		if err := synthetic.Start(c.scenario); err != nil {
			return err.Error()
		}
		var r tcpmib.Reader
		for _, q := range []tcpmib.Query{{Func: "GetTcpTable2"}, {Func: "GetTcp6Table2"}} {
			table, err := r.Raw(q)
			fmt.Fprintf(&out, "%s, %s: %d bytes, %x, %v\n", c.name, q.Func, len(table), sha256.Sum256(table), err)
		}
	}
	return out.String()
}
