package source

import (
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Two structs of L1, which reflection on a 64-bit machine judges the wrong way round for 386.
type bySizeof struct {
	A uint64
	_ [8 - unsafe.Sizeof(uintptr(0))]byte
	B uint32
	C uint32
}

type byAlignof struct {
	A uint32
	_ [8 - unsafe.Alignof(uint64(0))]byte
	B uint64
}

type byField struct {
	First uint64
	Rest  [2]uint32
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name  string
		typ   layout.Type
		wrong string // the architecture, if any
	}{
		{"by size", layout.Struct[bySizeof]("WIDE_FIRST"), "386"},
		{"by alignment", layout.Struct[byAlignof]("WIDE_LAST"), ""},
		{"mapped", layout.Struct[byField]("WIDE_FIRST", layout.Field("First", "a")), ""},
	} {
		for _, goarch := range arches {
			r, err := Run(t.Context(), layout.Spec{Headers: []string{"rows.h"}, Types: []layout.Type{test.typ}}, rowsTarget(t, goarch))
			require.NoError(t, err)
			r = withoutAlignment(r)
			assert.Equal(t, goarch != test.wrong, r.OK(), "%s on %s:\n%v", test.name, goarch, r)
			if goarch == test.wrong {
				assert.Equal(t, layout.KindOffset, r.Findings[0].Kind, "%v", r)
				assert.Equal(t, "check_test.go", filepath.Base(r.Findings[0].Pos.Filename))
			}
		}
	}
}
