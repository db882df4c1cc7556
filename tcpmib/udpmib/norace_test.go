//go:build !race

package udpmib_test

const raced = false
