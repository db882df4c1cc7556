package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// On a machine with Windows SDKs, each agrees with its record. One that is not recorded yet is
// written to the folder in WINMIB_RECORDS, for a maintainer to look at and to add to testdata.
func TestSDKsAreWhatTheRecordsSay(t *testing.T) {
	targets, missing := layout.Discover()
	targets = slices.DeleteFunc(targets, func(target layout.Target) bool {
		return !strings.HasPrefix(target.Label, layout.SetSDK)
	})
	if len(targets) == 0 {
		t.Skip("no Windows SDK with clang: " + strings.Join(missing, "; "))
	}
	records, err := Records()
	require.NoError(t, err)
	for _, target := range targets {
		live := probed(t, target)
		kept := keptFor(records, live)
		if kept == nil {
			t.Logf("%s %s is not recorded", target.Label, target.GOARCH)
			keepNew(t, target, live)
			continue
		}
		if assert.Empty(t, disagreements(kept, live), "%s %s", target.Label, target.GOARCH) {
			t.Logf("%s %s is as recorded", target.Label, target.GOARCH)
		}
	}
}

// keptFor finds the record of the SDK that was asked.
func keptFor(records []*layout.Headers, live *layout.Headers) *layout.Headers {
	i := slices.IndexFunc(records, func(h *layout.Headers) bool {
		return h.GOARCH == live.GOARCH && len(live.SDKs) == 1 && slices.Contains(h.SDKs, live.SDKs[0])
	})
	if i < 0 {
		return nil
	}
	return records[i]
}

func keepNew(t *testing.T, target layout.Target, live *layout.Headers) {
	t.Helper()
	dir := os.Getenv("WINMIB_RECORDS")
	if dir == "" {
		return
	}
	require.NoError(t, os.MkdirAll(dir, 0o777))
	text, err := json.MarshalIndent(live.Record(Files()), "", " ")
	require.NoError(t, err)
	name := strings.ReplaceAll(target.Label+" "+target.GOARCH, " ", "-") + ".json"
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), append(text, '\n'), 0o666))
}

// disagreements says where a header set that was asked now differs from a record: in the size and
// the alignment of a struct, in a member, in a constant, in the number of a function's parameters.
func disagreements(kept, live *layout.Headers) []string {
	var list []string
	differ := func(name string, kept, live any) {
		if kept != live {
			list = append(list, fmt.Sprintf("%s: recorded %v, now %v", name, kept, live))
		}
	}
	for name, want := range kept.Structs {
		got := live.Struct(name)
		if got == nil {
			list = append(list, name+" is gone")
			continue
		}
		differ("sizeof "+name, want.Size, got.Size)
		if want.Align != 0 && got.Align != 0 { // else nobody asked
			differ("alignof "+name, want.Align, got.Align)
		}
		for _, w := range want.Members {
			i := slices.IndexFunc(got.Members, func(m layout.CMember) bool { return m.Name == w.Name })
			if i < 0 {
				list = append(list, name+"."+w.Name+" is gone")
				continue
			}
			g := got.Members[i]
			differ(name+"."+w.Name, [2]int64{w.Offset, w.Size}, [2]int64{g.Offset, g.Size})
			if kept.Enum(w.Type) == nil { // the sign of an enum is the compiler's
				differ("the sign of "+name+"."+w.Name, w.Sign, g.Sign)
			}
		}
	}
	for _, e := range kept.Enums {
		for name, w := range e.Values {
			if g, ok := live.Constant(name); ok {
				differ(name, w.String(), g.String())
			} else {
				list = append(list, name+" is gone")
			}
		}
	}
	for name, w := range kept.Functions {
		if g := live.Functions[name]; g != nil {
			differ("the commas of "+name, strings.Count(w.Type, ","), strings.Count(g.Type, ","))
		} else {
			list = append(list, name+" is gone")
		}
	}
	slices.Sort(list)
	return list
}
