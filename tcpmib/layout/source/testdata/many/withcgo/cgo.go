package withcgo

import "C"

type WithCgo struct{ A C.int }
