package capture

import "bytes"

// ReadLimited is Read with another MaxEntryBytes.
func ReadLimited(b []byte, maxEntryBytes int64) (*Capture, error) {
	return Limits{}.read(bytes.NewReader(b), int64(len(b)), maxEntryBytes)
}

// ThisMachine returns info with what Write adds on this machine.
func ThisMachine(info Info) Info { return thisMachine(info) }

// Quoted returns the text of an error of encoding/json as the errors of this package repeat it.
func Quoted(err error) string { return (&quotedError{err}).Error() }
