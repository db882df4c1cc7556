//go:build !race

package tcpmib_test

const raced = false
