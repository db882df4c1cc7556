package win

type Row struct{ A, B uint64 }

func f() {
	type Row struct{ A uint8 }
}

func g() {
	type Row struct{ A uint16 }
}
