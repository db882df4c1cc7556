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

// Order says how the rows of a snapshot are sorted and told apart.
type Order[Row any] struct {
	Key     func(a, b *Row) int // by their endpoints
	Compare func(a, b Row) int  // by all that they have, beginning with their endpoints

	// Same reports whether two rows with the same endpoints, of an older and a newer snapshot, can
	// be one socket.
	Same func(older, newer *Row) bool
}

// Diff yields what happened between two snapshots, in the order of their endpoints. Both must be
// sorted. Where endpoints were used again, what was closed comes before what was opened. It stops
// when yield returns false, and reports whether it did not.
func Diff[Row comparable](order *Order[Row], older, newer []Row, yield func(kind Kind, older, newer *Row) bool) (more bool) {
	i, j := 0, 0
	for i < len(older) && j < len(newer) {
		// Most sockets have not changed, and equality costs less than order.
		if older[i] == newer[j] {
			i, j = i+1, j+1
			continue
		}
		switch key := order.Key(&older[i], &newer[j]); {
		case key < 0:
			more = yield(Closed, &older[i], nil)
			i++
		case key > 0:
			more = yield(Opened, nil, &newer[j])
			j++
		default:
			n, m := sameKey(order, older[i:]), sameKey(order, newer[j:])
			more = diffGroup(order, older[i:i+n], newer[j:j+m], yield)
			i, j = i+n, j+m
		}
		if !more {
			return false
		}
	}
	for ; i < len(older); i++ {
		if !yield(Closed, &older[i], nil) {
			return false
		}
	}
	for ; j < len(newer); j++ {
		if !yield(Opened, nil, &newer[j]) {
			return false
		}
	}
	return true
}

// sameKey returns how many rows begin with the endpoints of the first.
func sameKey[Row any](order *Order[Row], rows []Row) int {
	n := 1
	for n < len(rows) && order.Key(&rows[0], &rows[n]) == 0 {
		n++
	}
	return n
}

// diffGroup is Diff for rows that all have the same endpoints. Windows may list some twice.
func diffGroup[Row comparable](order *Order[Row], older, newer []Row, yield func(kind Kind, older, newer *Row) bool) (more bool) {
	for _, opened := range []bool{false, true} { // what was opened comes last
		i, j := 0, 0
		for i < len(older) || j < len(newer) {
			kind := Changed
			switch {
			case j == len(newer):
				kind = Closed
			case i == len(older):
				kind = Opened
			case older[i] == newer[j]:
				i, j = i+1, j+1
				continue
			// One of the two may be unchanged.
			case i+1 < len(older) && older[i+1] == newer[j]:
				kind = Closed
			case j+1 < len(newer) && newer[j+1] == older[i]:
				kind = Opened
			case order.Same(&older[i], &newer[j]):
			case order.Compare(older[i], newer[j]) < 0:
				kind = Closed
			default:
				kind = Opened
			}
			more = true
			switch kind {
			case Closed:
				more = opened || yield(Closed, &older[i], nil)
				i++
			case Opened:
				more = !opened || yield(Opened, nil, &newer[j])
				j++
			case Changed:
				more = opened || yield(Changed, &older[i], &newer[j])
				i, j = i+1, j+1
			}
			if !more {
				return false
			}
		}
	}
	return true
}
