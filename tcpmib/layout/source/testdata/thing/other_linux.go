package thing

type OnlyLinux struct{ A uint32 }
