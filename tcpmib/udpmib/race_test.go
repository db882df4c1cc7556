//go:build race

package udpmib_test

// raced says that the race detector is in this program, which allocates too.
const raced = true
