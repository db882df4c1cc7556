package allcgo

type Own struct{ A uint32 }
