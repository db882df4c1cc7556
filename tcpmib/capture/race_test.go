//go:build race

package capture_test

// raced says that the race detector is in this program, which is slow then.
const raced = true
