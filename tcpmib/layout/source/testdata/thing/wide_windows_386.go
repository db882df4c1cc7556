package thing

type Wide struct{ A uint32 }
