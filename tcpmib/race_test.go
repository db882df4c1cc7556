//go:build race

package tcpmib

// Raced says that the race detector is in this program, which allocates too.
const Raced = true
