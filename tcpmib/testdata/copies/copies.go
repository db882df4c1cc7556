// Package copies does what vet must complain about: TestVetFindsCopies.
package copies

import "github.com/winmib/winmib/tcpmib"

// Readers has a copy of r.
func Readers(r *tcpmib.Reader) []tcpmib.Reader {
	second := *r
	return []tcpmib.Reader{{Source: second.Source}}
}

// Trackers has a copy of t.
func Trackers(t *tcpmib.Tracker) bool {
	second := *t
	return second.Created
}
