// Package broken does not type-check.
package broken

type T struct{ A nothing }
