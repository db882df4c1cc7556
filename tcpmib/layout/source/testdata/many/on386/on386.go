// Package on386 does not compile there.
package on386

type Row struct {
	A uint32
	B [Words]Word
}

type Fine struct{ A uint32 }
