// Package half does not type-check, and half of it is sound.
package half

import (
	"example.com/many/sound"
	"example.com/nowhere"
)

type Good struct{ A uint32 }

type Bad struct{ A nothing }

type Foreign struct{ A nowhere.T }

type Endless struct{ In Endless }

type Uses struct{ In Bad }

type Length struct{ A [unknown]byte }

type Row = sound.Row

const Two, Three = 2, missing

func f() {
	type Local struct{ A uint16 }
	undefined()
}
