// Package allcgo has files with cgo alone.
package allcgo

// #include <stddef.h>
import "C"

type Row struct{ A uint32 }
