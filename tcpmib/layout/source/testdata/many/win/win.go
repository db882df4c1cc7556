package win

type Row struct{ A, B uint32 }
