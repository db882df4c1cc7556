package thing

type Wide struct{ A [2]uint64 }
