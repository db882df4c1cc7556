package thing

type Wide struct{ A uint64 }
