package thing

// #include <stddef.h>
import "C"

type OfC struct{ A C.size_t }

type WithCgo struct{ A uint32 }
