//go:build !windows

package native

// Implementation says how this build calls Windows.
const Implementation = "none: not Windows"

const errorCallNotImplemented = 120 // ERROR_CALL_NOT_IMPLEMENTED

// The shapes, by which nocgo.go lists the functions.

func table(string) func(b []byte, order bool) (size, code uint32) {
	return func([]byte, bool) (uint32, uint32) { return 0, errorCallNotImplemented }
}

func extended(string) func(b []byte, order bool, family, class uint32) (size, code uint32) {
	return func([]byte, bool, uint32, uint32) (uint32, uint32) { return 0, errorCallNotImplemented }
}

func module[Row any](string) func(row *Row, class uint32, b []byte) (size, code uint32) {
	return func(*Row, uint32, []byte) (uint32, uint32) { return 0, errorCallNotImplemented }
}

func fixed[T any](string) func(t *T) (code uint32) {
	return func(*T) uint32 { return errorCallNotImplemented }
}

func statsEx[Stats any](string) func(stats *Stats, family uint32) (code uint32) {
	return func(*Stats, uint32) uint32 { return errorCallNotImplemented }
}

func getEStats[Row any](string) func(row *Row, typ uint32, rw, ros, rod EStats) (code uint32) {
	return func(*Row, uint32, EStats, EStats, EStats) uint32 { return errorCallNotImplemented }
}

func setEStats[Row any](string) func(row *Row, typ uint32, rw EStats, offset uint32) (code uint32) {
	return func(*Row, uint32, EStats, uint32) uint32 { return errorCallNotImplemented }
}
