package capture

import "bytes"

// ReadLimited is Read with another MaxEntryBytes.
func ReadLimited(b []byte, maxEntryBytes int64) (*Capture, error) {
	return Limits{}.read(bytes.NewReader(b), int64(len(b)), maxEntryBytes)
}
