package capture

import "bytes"

// ReadLimited is Read with another MaxEntryBytes.
func ReadLimited(b []byte, maxEntryBytes int64) (*Capture, error) {
	return Limits{}.read(bytes.NewReader(b), int64(len(b)), maxEntryBytes)
}

// ThisMachine is what Write says of this machine.
func ThisMachine(info Info) Info { return thisMachine(info) }

// Quoted is the text of an error of encoding/json in an error of this package.
func Quoted(err error) string { return (&quotedError{err}).Error() }
