package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// genHeaders are gen.h on every architecture.
func genHeaders(t *testing.T) []*layout.Headers {
	t.Helper()
	var sets []*layout.Headers
	for _, triple := range []string{"x86_64", "i686", "aarch64"} {
		cc := strings.Fields(clang(t, triple))
		cc[len(cc)-1] = filepath.Join("testdata", "rows")
		h, err := layout.ReadHeaders(t.Context(), layout.Target{CC: cc}, []string{"gen.h"}, nil)
		require.NoError(t, err)
		sets = append(sets, h)
	}
	return sets
}

func TestGenerateForAll(t *testing.T) {
	sets := genHeaders(t)
	for _, test := range []struct {
		name string
		want []string // lines, with single spaces
	}{
		{"ALL", []string{
			"First uint8 `c:\"first\"`", "Either [2]uint64 `c:\"either\"`", "Pointer uintptr `c:\"pointer\"`",
			"Flags AllFlags `c:\"flags\"`", "Low uint32 `c:\"low|high\"`", "Names [2][3]uint16 `c:\"names\"`",
			"Ratio float64 `c:\"ratio\"`", "Kind uint32 `c:\"kind\"`", "Last uint64 `c:\"last\"`",
		}},
		{"LATE", []string{"A uint32 `c:\"a\"`", "_ [4]byte", "B uint64 `c:\"b\"`", "C uintptr `c:\"c\"`", "D uint32 `c:\"d\"`"}},
		{"PACKED", nil},
	} {
		text, err := generate(test.name, sets)
		if test.want == nil {
			assert.ErrorContains(t, err, "packed", test.name)
			continue
		}
		require.NoError(t, err, test.name)
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		for _, want := range test.want {
			assert.Contains(t, lines, want, "%s", text)
		}
	}
}

// What one Go struct cannot be for all architectures is refused, and can be had for each.
func TestGenerateRefuses(t *testing.T) {
	sets := genHeaders(t)
	_, err := generate("TAIL", sets)
	assert.ErrorContains(t, err, "use -goarch 386 and -goarch amd64,arm64")
	for _, some := range [][]*layout.Headers{{sets[1]}, {sets[0], sets[2]}} {
		_, err := generate("TAIL", some)
		assert.NoError(t, err)
	}
	_, err = generate("OPEN", sets)
	assert.ErrorContains(t, err, "it has no length in C")
	_, err = generate("EITHER", sets)
	assert.ErrorContains(t, err, "EITHER is a union")
}

func TestGoName(t *testing.T) {
	for c, want := range map[string]string{
		"MIB_IF_ROW2": "MibIfRow2", "sin_addr": "SinAddr", "struct _TAIL": "Tail", "WSADATA": "Wsadata", "A.b": "AB", "dwState": "DwState",
	} {
		assert.Equal(t, want, goName(c), c)
	}
}
