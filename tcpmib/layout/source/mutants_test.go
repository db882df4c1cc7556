package source

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

var triple = map[string]string{"amd64": "x86_64", "386": "i686", "arm64": "aarch64"}

// rowsTarget is clang with rows.h. Without clang it skips the test, or fails it in CI.
func rowsTarget(t *testing.T, goarch string) layout.Target {
	t.Helper()
	if _, err := exec.LookPath("clang"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no compiler for Windows: install clang")
		}
		t.Skip("no compiler for Windows: install clang")
	}
	dir, err := filepath.Abs(filepath.Join("testdata", "rows"))
	require.NoError(t, err)
	return layout.Target{GOARCH: goarch, CC: []string{"clang", "--target=" + triple[goarch] + "-w64-windows-gnu", "-I", dir}}
}

// rowsHeaders are a compiler's answers about rows.h, and about the names that package rows asks
// for.
func rowsHeaders(t *testing.T, goarch string) *layout.Headers {
	t.Helper()
	h, err := layout.ReadHeaders(t.Context(), rowsTarget(t, goarch), []string{"rows.h"}, []string{
		"ROW_LIMIT", "ROW_ERROR", "ROW_ALL", "RowDown", "RowUp", "ROW_OTHER",
	})
	require.NoError(t, err)
	return h
}

// compareRows compares a copy of package rows in which one text is replaced by another.
func compareRows(t *testing.T, h *layout.Headers, old, replacement string) *layout.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "rows", "rows.go"))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), old), "%q in rows.go", old)
	p, err := Parse("rows.go", strings.Replace(string(text), old, replacement, 1), h.GOARCH)
	require.NoError(t, err)
	p.Match(h)
	return withoutAlignment(layout.Compare(&p.Go, h, layout.Rules{Modulo32: true}))
}

// withoutAlignment takes out what Go cannot do on 386, where it aligns nothing to 8 bytes.
func withoutAlignment(r *layout.Report) *layout.Report {
	cannot := func(f layout.Finding) bool { return r.GOARCH == "386" && f.Kind == layout.KindAlign }
	r.Findings = slices.DeleteFunc(r.Findings, cannot)
	for i := range r.Structs {
		r.Structs[i].Findings = slices.DeleteFunc(slices.Clone(r.Structs[i].Findings), cannot)
	}
	return r
}

// Untagged structs are found by their names and are right, as they are in rows.go.
func TestUntagged(t *testing.T) {
	for _, goarch := range arches {
		p, err := Load(t.Context(), Config{Dir: filepath.Join("testdata", "rows"), GOARCH: goarch}, ".")
		require.NoError(t, err)
		h := rowsHeaders(t, goarch)
		structs, constants := p.Match(h)
		report := withoutAlignment(layout.Compare(&p.Go, h, layout.Rules{Modulo32: true}))
		assert.True(t, report.OK(), "%s:\n%v", goarch, report)
		found := map[string]string{}
		for _, s := range report.Structs {
			found[s.Go] = s.C
		}
		assert.Equal(t, map[string]string{
			"rows.RowName": "ROW_NAME", "rows.IfRow": "IF_ROW", "rows.WideFirst": "WIDE_FIRST", "rows.WideLast": "WIDE_LAST", "rows.Look": "LOOKW",
			"rows.Usual": "USUAL",
		}, found)
		require.Len(t, structs, 2)
		assert.Equal(t, "rows.halves: no struct of C has its name", structs[0].Name+": "+structs[0].Reason)
		assert.Equal(t, "rows.Other: no struct of C has its name", structs[1].Name+": "+structs[1].Reason)
		require.Len(t, constants, 1)
		assert.Equal(t, "rows.ROW_OTHER: no integer constant of C has its name", constants[0].Name+": "+constants[0].Reason)
		assert.Len(t, report.Constants, 5)
	}
}

// Each altered copy must be caught, on the architectures given, for the reason given and at the
// struct given.
func TestMutants(t *testing.T) {
	headers := map[string]*layout.Headers{}
	for _, goarch := range arches {
		headers[goarch] = rowsHeaders(t, goarch)
	}
	const everywhere = "amd64 386 arm64"
	for _, test := range []struct {
		name, old, replacement string
		wrong                  string // on these architectures, on the others right
		item                   string // the Go type or constant
		kind                   layout.Kind
	}{
		{"L1: padding of a pointer's size", "A    uint64\n", "A    uint64\n\t_    [8 - unsafe.Sizeof(uintptr(0))]byte\n", "386", "rows.WideFirst", layout.KindOffset},
		{"L1: no padding", "\t_ [8 - unsafe.Alignof(uint64(0))]byte\n", "\t_ [unsafe.Sizeof(uint8(0)) - 1]byte\n", "386", "rows.WideLast", layout.KindOffset},
		{"widened", "Mtu    int32", "Mtu    int64", everywhere, "rows.IfRow", layout.KindSize},
		{"narrowed", "Index  uint32", "Index  uint16", everywhere, "rows.IfRow", layout.KindSize},
		{"pointer of a fixed size", "Next   *IfRow", "Next   uint64", everywhere, "rows.IfRow", ""},
		{"other sign", "Mtu    int32", "Mtu    uint32", everywhere, "rows.IfRow", layout.KindSign},
		{"float for an integer", "Index  uint32", "Index  float32", everywhere, "rows.IfRow", layout.KindType},
		{"bool for a byte", "Up     uint8", "Up     bool", everywhere, "rows.IfRow", layout.KindBool},
		{"elements of another size", "Octets [2]uint64", "Octets [4]uint32", everywhere, "rows.IfRow", layout.KindElem},
		{"swapped", "Index  uint32\n\tName   RowName\n\tMtu    int32", "Mtu    int32\n\tName   RowName\n\tIndex  uint32", everywhere, "rows.IfRow", layout.KindOffset},
		{"a field too few at the end", "\tOctets [2]uint64\n", "", everywhere, "rows.IfRow", layout.KindPrefix},
		{"a field too few in the middle", "\tIndex  uint32\n", "", everywhere, "rows.IfRow", layout.KindForgotten},
		{"a field too many", "\tUp     uint8\n", "\tUp     uint8\n\tMore   [16]uint64\n", everywhere, "rows.IfRow", ""},
		{"the inner struct is wrong", "Text   [5]uint16", "Text   [6]uint16", everywhere, "rows.RowName", ""},
		{"bool for a BYTE", "Number  uint8", "Number  bool", everywhere, "rows.Usual", layout.KindBool},
		{"half of a number", "High int16", "High uint8", everywhere, "rows.Usual", ""},
		{"an LPARAM of 32 bits", "Param   uintptr", "Param   uint32", everywhere, "rows.Usual", ""},
		{"what is reserved is a hole", "\t_       uint16\n", "", everywhere, "rows.Usual", layout.KindForgotten},
		{"a float for a status", "Status  uint32", "Status  float32", everywhere, "rows.Usual", layout.KindType},
		{"an element of another size", "Name    uint16", "Name    uint8", everywhere, "rows.Usual", ""},
		{"the value of a macro", "ROW_LIMIT = 0xFFFFFFFF", "ROW_LIMIT = 0xFFFFFFFE", everywhere, "rows.ROW_LIMIT", layout.KindValue},
		{"the value of an enumerator", "RowUp     = 2", "RowUp     = 3", everywhere, "rows.RowUp", layout.KindValue},
		{"more than 32 bits", "ROW_ALL   = 0xFFFFFFFF", "ROW_ALL   = 0x1FFFFFFFF", everywhere, "rows.ROW_ALL", layout.KindValue},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, goarch := range arches {
				report := compareRows(t, headers[goarch], test.old, test.replacement)
				if !strings.Contains(test.wrong, goarch) {
					assert.True(t, report.OK(), "%s:\n%v", goarch, report)
					continue
				}
				var kinds []layout.Kind
				for _, s := range report.Structs {
					for _, f := range s.Findings {
						if s.Go == test.item {
							kinds = append(kinds, f.Kind)
						}
					}
				}
				for _, f := range report.Findings {
					if "rows."+f.Item == test.item {
						kinds = append(kinds, f.Kind)
					}
				}
				assert.NotEmpty(t, kinds, "%s: not caught:\n%v", goarch, report)
				assert.Len(t, report.Findings, len(kinds), "%s: one mistake:\n%v", goarch, report)
				if test.kind != "" {
					assert.Contains(t, kinds, test.kind, "%s:\n%v", goarch, report)
				}
			}
		})
	}
}
