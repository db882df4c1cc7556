package conformance

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// recorded are what header sets said; testdata/README.md says where they come from.
//
//go:embed testdata/*.json
var recorded embed.FS

// Files are the header files that a record keeps.
func Files() []string { return []string{"tcpmib.h", "udpmib.h", "tcpestats.h", "iprtrmib.h"} }

// Records returns the answers of every Windows SDK from 10.0.10240 to 10.0.28000 about the claim,
// the newest first, so that a machine without a compiler or an SDK proves it as well. Each caller
// gets its own.
func Records() ([]*layout.Headers, error) {
	names, err := fs.Glob(recorded, "testdata/sdk-*.json")
	if err != nil {
		return nil, err
	}
	var list []*layout.Headers
	for _, name := range names {
		h, err := readRecord(name)
		if err != nil {
			return nil, err
		}
		types, err := readRecord("testdata/types-" + h.GOARCH + ".json")
		if err != nil {
			return nil, err
		}
		for name, to := range sdkTypedefs {
			if h.Structs[strings.TrimSuffix(to, " *")] != nil {
				h.Typedefs[name] = to
			}
		}
		h.Explain(types)
		if err := h.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, h)
	}
	slices.SortStableFunc(list, func(a, b *layout.Headers) int {
		return cmp.Or(cmp.Compare(b.SDKs[0], a.SDKs[0]), slices.Index(layout.Arches(), a.GOARCH)-slices.Index(layout.Arches(), b.GOARCH))
	})
	return list, nil
}

// sdkTypedefs are what the witness of the SDKs leaves out and MinGW-w64, which explains the other
// names, declares otherwise: for Windows Vista and later tcpmib.h makes these names of the _LH
// structs.
var sdkTypedefs = map[string]string{
	"MIB_TCPROW":     "MIB_TCPROW_LH",
	"MIB_TCPSTATS":   "MIB_TCPSTATS_LH",
	"PMIB_TCPSTATS2": "MIB_TCPSTATS2 *",
	"PMIB_UDPSTATS2": "MIB_UDPSTATS2 *",
}

func readRecord(name string) (*layout.Headers, error) {
	f, err := recorded.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := layout.ReadRecord(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path.Base(name), err)
	}
	return h, nil
}

// CheckRecords compares the claim with every record for one of the architectures; none means all.
func CheckRecords(goarches ...string) ([]*layout.Report, error) {
	records, err := Records()
	if err != nil {
		return nil, err
	}
	spec := Spec()
	var reports []*layout.Report
	for _, h := range records {
		if len(goarches) > 0 && !slices.Contains(goarches, h.GOARCH) {
			continue
		}
		g, err := spec.Go(h.GOARCH)
		if err != nil {
			return nil, err
		}
		reports = append(reports, layout.Compare(g, h, spec.Rules))
	}
	return reports, nil
}
