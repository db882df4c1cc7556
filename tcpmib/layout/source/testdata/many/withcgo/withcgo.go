// Package withcgo has a file with cgo and one without.
package withcgo

type Pure struct{ A uint32 }
