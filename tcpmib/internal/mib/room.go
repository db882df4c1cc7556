package mib

// window is how many uses of memory a Room looks back on: as many, and up to as many again.
const window = 32

// Room remembers how much of some memory was needed lately, so that what is not needed any more can
// be let go of. A spike of one snapshot keeps its memory for 32 to 64 further ones; where the size
// swings within that time nothing is let go of, and nothing has to be made again.
type Room struct {
	now, before int // the largest need of this window, and of the one before it
	uses        int // in this window
}

// Use notes that n bytes, or items, were needed.
func (r *Room) Use(n int) {
	if r.uses == window {
		*r = Room{before: r.now}
	}
	r.uses++
	r.now = max(r.now, n)
}

// Excess reports whether what is there is more than spare, and more than twice what was needed
// lately, and how much would do.
func (r *Room) Excess(have, spare int) (enough int, excess bool) {
	need := max(r.now, r.before)
	return need + need/8, have > max(2*need, spare)
}

// spareRows are never let go of.
const spareRows = 1 << 10

// List is memory for items that are made again for each snapshot.
type List[T any] struct {
	Items []T
	room  Room
}

// Reset empties the list, and lets go of what it has not needed lately.
func (l *List[T]) Reset() {
	l.room.Use(len(l.Items))
	if enough, excess := l.room.Excess(cap(l.Items), spareRows); excess {
		l.Items = make([]T, 0, enough)
	}
	l.Items = l.Items[:0]
}
