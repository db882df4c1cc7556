package rows

import (
	"encoding/json"
	"strconv"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

func appendUint[N ~uint16 | ~uint32 | ~uint64](dst []byte, n N) []byte {
	return strconv.AppendUint(dst, uint64(n), 10)
}

// appendRTT appends a round-trip time, unless none was measured: Windows then says 0, or the largest
// number for the minimum.
func appendRTT(dst []byte, ms uint32) []byte {
	if ms == 0 || ms == 1<<32-1 {
		return dst
	}
	return appendUint(dst, ms)
}

// appendQuoted appends text as a JSON string.
func appendQuoted[S string | []byte](dst []byte, text S) []byte {
	if cli.Plain(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	quoted, err := json.Marshal(string(text))
	if err != nil { // a string can always be marshalled
		panic(err)
	}
	return append(dst, cli.EscapeUnprintable(quoted)...)
}

// appendList appends a JSON array of strings.
func appendList(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuoted(dst, s)
	}
	return append(dst, ']')
}
