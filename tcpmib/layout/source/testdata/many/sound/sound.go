// Package sound has nothing wrong.
package sound

type Row struct{ A, B uint32 }
