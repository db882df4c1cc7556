package mib

// Kind is what happened to a socket between two snapshots.
type Kind uint8

// The kinds.
const (
	Present Kind = iota + 1 // it is in the first snapshot
	Opened
	Closed
	Changed
)

// Order says how the rows of a snapshot are sorted and distinguished.
type Order[Row any] struct {
	Key     func(a, b *Row) int // by their endpoints
	Compare func(a, b Row) int  // by all that they have, beginning with their endpoints
	Owner   func(row *Row) uint32

	// Same reports whether two rows with the same endpoints, of an older and a newer snapshot, can
	// be one socket. owner is the last known owner of the older one.
	Same func(older, newer *Row, owner uint32) bool
}

// Diff yields what happened between two snapshots, in the order of their endpoints. Both must be
// sorted. If endpoints were used again, the closed row comes before the opened one. It stops
// when yield returns false.
func Diff[Row comparable](order *Order[Row], older, newer []Row, yield func(kind Kind, older, newer *Row) bool) {
	d := differ[Row]{order: order, older: older, newer: newer}
	d.diff(func(kind Kind, i, j int) bool {
		switch kind {
		case Closed:
			return yield(kind, &older[i], nil)
		case Opened:
			return yield(kind, nil, &newer[j])
		}
		return yield(kind, &older[i], &newer[j])
	})
}

// differ compares two snapshots.
type differ[Row comparable] struct {
	order        *Order[Row]
	older, newer []Row

	// The last known owners of rows that have none, by index, of each snapshot.
	olderOwners, newerOwners []ownerOf
	at                       int // the first of olderOwners that has not been passed
}

type ownerOf struct {
	row   int
	owner uint32
}

// none is the index of a row that is in the other snapshot alone.
const none = -1

// diff yields indices: i in older, j in newer.
func (d *differ[Row]) diff(yield func(kind Kind, i, j int) bool) {
	older, newer := d.older, d.newer
	i, j := 0, 0
	var more bool
	for i < len(older) && j < len(newer) {
		// Most sockets have not changed, and equality costs less than order.
		if older[i] == newer[j] {
			if d.at != len(d.olderOwners) {
				d.keepOwner(i, j)
			}
			i, j = i+1, j+1
			continue
		}
		switch key := d.order.Key(&older[i], &newer[j]); {
		case key < 0:
			more = yield(Closed, i, none)
			i++
		case key > 0:
			more = yield(Opened, none, j)
			j++
		default:
			n, m := d.sameKey(older[i:]), d.sameKey(newer[j:])
			more = d.group(i, i+n, j, j+m, yield)
			i, j = i+n, j+m
		}
		if !more {
			return
		}
	}
	for ; i < len(older); i++ {
		if !yield(Closed, i, none) {
			return
		}
	}
	for ; j < len(newer); j++ {
		if !yield(Opened, none, j) {
			return
		}
	}
}

// sameKey returns how many rows begin with the endpoints of the first.
func (d *differ[Row]) sameKey(rows []Row) int {
	n := 1
	for n < len(rows) && d.order.Key(&rows[0], &rows[n]) == 0 {
		n++
	}
	return n
}

// group compares the rows from i to iEnd with those from j to jEnd, which all have the same
// endpoints. Windows may list some twice.
func (d *differ[Row]) group(i, iEnd, j, jEnd int, yield func(kind Kind, i, j int) bool) (more bool) {
	i0, j0, at := i, j, d.at
	for _, opened := range []bool{false, true} { // what was opened comes last
		i, j, d.at = i0, j0, at
		for i < iEnd || j < jEnd {
			kind := d.kind(i, iEnd, j, jEnd)
			more = true
			switch kind {
			case Closed:
				more = opened || yield(Closed, i, none)
				i++
			case Opened:
				more = !opened || yield(Opened, none, j)
				j++
			default:
				if !opened {
					d.keepOwner(i, j)
					more = kind == Present || yield(Changed, i, j)
				}
				i, j = i+1, j+1
			}
			if !more {
				return false
			}
		}
	}
	return true
}

// kind says what happened to the first row of a group, or Present if nothing did.
func (d *differ[Row]) kind(i, iEnd, j, jEnd int) Kind {
	older, newer := d.older, d.newer
	switch {
	case j == jEnd:
		return Closed
	case i == iEnd:
		return Opened
	case older[i] == newer[j]:
		return Present
	// One of the two may be unchanged.
	case i+1 < iEnd && older[i+1] == newer[j]:
		return Closed
	case j+1 < jEnd && newer[j+1] == older[i]:
		return Opened
	case d.order.Same(&older[i], &newer[j], d.owner(i)):
		return Changed
	case d.order.Compare(older[i], newer[j]) < 0:
		return Closed
	}
	return Opened
}

// owner returns the last known owner of a row of older, or 0. i must not go back.
func (d *differ[Row]) owner(i int) uint32 {
	if owner := d.order.Owner(&d.older[i]); owner != 0 {
		return owner
	}
	for d.at < len(d.olderOwners) && d.olderOwners[d.at].row < i {
		d.at++
	}
	if d.at < len(d.olderOwners) && d.olderOwners[d.at].row == i {
		return d.olderOwners[d.at].owner
	}
	return 0
}

// keepOwner remembers who owned a row that has no owner, and was row i of older.
func (d *differ[Row]) keepOwner(i, j int) {
	if d.order.Owner(&d.newer[j]) != 0 {
		return
	}
	if owner := d.owner(i); owner != 0 {
		d.newerOwners = append(d.newerOwners, ownerOf{j, owner})
	}
}
