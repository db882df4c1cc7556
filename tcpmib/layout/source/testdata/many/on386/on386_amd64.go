package on386

type Word struct{ A uint64 }

const Words = 2
