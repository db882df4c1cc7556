package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/winmib/winmib/tcpmib"
)

// The names of the format.
const (
	formatName    = "tcpmib capture"
	manifestEntry = "manifest.json"
)

const (
	// A process takes some 30 bytes, a machine has at most some 100,000 of them.
	maxManifestBytes = 8 << 20
	maxProcesses     = 1 << 17
	maxAnswers       = maxEntries
)

type manifest struct {
	Format         string    `json:"format"`
	Version        int       `json:"version"`
	Time           time.Time `json:"time"`
	WindowsVersion string    `json:"windowsVersion"`
	GOARCH         string    `json:"goarch"`
	Processes      processes `json:"processes"`
	Answers        answers   `json:"answers"`
}

type manifestAnswer struct {
	Func   string `json:"func"`
	Family uint32 `json:"family"`
	Class  uint32 `json:"class"`
	Code   uint32 `json:"code"`
	Entry  string `json:"entry,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
}

func (a manifestAnswer) query() tcpmib.Query {
	return tcpmib.Query{Func: a.Func, Family: a.Family, Class: a.Class}
}

func decodeManifest(text []byte) (m manifest, err error) {
	err = json.Unmarshal(text, &m)
	switch {
	case errors.Is(err, tcpmib.ErrTooLarge):
		return m, err
	case err != nil:
		return m, fmt.Errorf("%w: %w", tcpmib.ErrMalformed, err)
	case m.Format != formatName:
		return m, fmt.Errorf("%w: its format is %.99q, not %q", tcpmib.ErrMalformed, m.Format, formatName)
	case m.Version != Version:
		return m, fmt.Errorf("format version %d, and this program reads version %d, use a newer one: %w",
			m.Version, Version, errors.ErrUnsupported)
	}
	return m, m.Answers.check()
}

func encodeManifest(m manifest) ([]byte, error) {
	if len(m.Processes) > maxProcesses {
		return nil, errTooManyProcesses
	}
	if m.Processes == nil {
		m.Processes = processes{} // the format has an object there, not null
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	text = append(text, '\n')
	if len(text) > maxManifestBytes {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", tcpmib.ErrTooLarge, len(text), maxManifestBytes)
	}
	return text, nil
}

var (
	errTooManyProcesses = fmt.Errorf("%w: more than %d processes", tcpmib.ErrTooLarge, maxProcesses)
	errTooManyAnswers   = fmt.Errorf("%w: more than %d answers", tcpmib.ErrTooLarge, maxAnswers)
)

// Three bytes of text, "{},", are an answer, which takes 56 bytes of memory. So the
// two lists are decoded one element at a time, and not past their limits.

type answers []manifestAnswer

func (list *answers) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if null, err := opens(d, '['); null || err != nil {
		return err
	}
	*list = nil
	for d.More() {
		if len(*list) == maxAnswers {
			return errTooManyAnswers
		}
		var a manifestAnswer
		if err := d.Decode(&a); err != nil {
			return err
		}
		*list = append(*list, a)
	}
	return nil
}

// check refuses answers of which it is not clear what they say.
func (list answers) check() error {
	seen := map[tcpmib.Query]bool{}
	for _, a := range list {
		switch {
		case seen[a.query()]:
			return fmt.Errorf("%w: %.99q is answered twice", tcpmib.ErrMalformed, a.Func)
		case a.Code == tcpmib.CodeInsufficientBuffer || a.Code == tcpmib.CodeUnsuccessful:
			// A Reader would ask again and again, each time with a larger buffer.
			return fmt.Errorf("%w: %.99q has the code %d, which says to ask again: make another capture",
				tcpmib.ErrMalformed, a.Func, a.Code)
		}
		seen[a.query()] = true
	}
	return nil
}

type processes map[uint32]string

func (names *processes) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if null, err := opens(d, '{'); null || err != nil {
		return err
	}
	*names = processes{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		pid, err := strconv.ParseUint(key.(string), 10, 32)
		if err != nil {
			return fmt.Errorf("%.99q is no process ID", key)
		}
		var name string
		if err := d.Decode(&name); err != nil {
			return err
		}
		(*names)[uint32(pid)] = name
		if len(*names) > maxProcesses {
			return errTooManyProcesses
		}
	}
	return nil
}

// opens reads the bracket that a list begins with, or the null in its place.
func opens(d *json.Decoder, bracket json.Delim) (null bool, err error) {
	t, err := d.Token()
	if err == nil && t != nil && t != bracket {
		err = fmt.Errorf("%v, and it takes a %v", t, bracket)
	}
	return t == nil, err
}
