package mibtest

import (
	"fmt"
	"strconv"
	"structs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
)

// recorder is a test whose failures are kept.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

type (
	one   struct{ A uint8 }
	three struct {
		A uint16
		B uint8
	}
	marked struct {
		_ structs.HostLayout
		A uint32
	}
	padded struct {
		A uint32
		_ [4]byte
		B uint64
		C uint32
		_ [4]byte
	}
	arrays struct {
		A [3]uint16
		B uint16
		C [2][3]uint8
		D [2]three
		E uint8
	}
	nested struct {
		A uint8
		B struct {
			C uint32
			D uint8
		}
		E uint8
	}
	late struct {
		A uint32
		_ [4]byte
		B uint16
		C uint16
	}
	long struct {
		A uint16
		_ [2]byte
	}
	inner struct {
		A uint8
		B late
		C long
	}
	lateArray struct {
		A [3]uint16
		_ [2]byte
		B uint16
	}
	// Right on 64 bits, where Go aligns as C does.
	unpadded struct {
		A uint32
		B uint64
		C uint32
	}
)

func TestAsInC(t *testing.T) {
	for name, c := range map[string]struct {
		structs []any
		want    []string
	}{
		"right":                   {[]any{one{}, three{}, marked{}, padded{}, arrays{}, nested{}}, nil},
		"a field that lies late":  {[]any{late{}}, []string{"mibtest.late.B lies at 8, C's at 4"}},
		"padding that C has not":  {[]any{one{}, long{}}, []string{"mibtest.long has 4 bytes, C's has 2"}},
		"a field behind an array": {[]any{lateArray{}}, []string{"mibtest.lateArray.B lies at 8, C's at 6"}},
		"a struct in another":     {[]any{inner{}}, []string{"mibtest.late.B lies at 8, C's at 4"}},
		"each struct":             {[]any{late{}, long{}}, []string{"mibtest.late.B lies at 8, C's at 4", "mibtest.long has 4 bytes, C's has 2"}},
		"64 bits where Go has 32": {[]any{unpadded{}}, map[int][]string{32: {"mibtest.unpadded.B lies at 4, C's at 8"}}[strconv.IntSize]},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{TB: t}
			AsInC(r, c.structs...)
			assert.Empty(t, cmp.Diff(c.want, r.errors, cmpopts.EquateEmpty()))
		})
	}
}
