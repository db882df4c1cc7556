//go:build !race

package tcpmib

const Raced = false
