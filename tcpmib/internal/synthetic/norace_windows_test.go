//go:build !race

package synthetic_test

const raced = false
