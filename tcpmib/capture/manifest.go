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
	maxOwners        = 1 << 15
	maxServices      = 1 << 16 // of all owners
	maxAnswers       = maxEntries
)

type manifest struct {
	Format         string    `json:"format"`
	Version        int       `json:"version"`
	Time           time.Time `json:"time"`
	WindowsVersion string    `json:"windowsVersion"`
	GOARCH         string    `json:"goarch"`
	Processes      processes `json:"processes"`
	Owners         owners    `json:"owners,omitempty"`
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
		return m, fmt.Errorf("%w: %w", tcpmib.ErrMalformed, &quotedError{err})
	case m.Format != formatName:
		return m, fmt.Errorf("%w: its format is %.99q, not %q", tcpmib.ErrMalformed, m.Format, formatName)
	case m.Version < 1:
		return m, fmt.Errorf("%w: its version is %d", tcpmib.ErrMalformed, m.Version)
	case m.Version > Version:
		return m, fmt.Errorf("%w: its format has version %d, and this program reads versions up to %d; use a newer program",
			ErrVersion, m.Version, Version)
	}
	return m, m.Answers.check()
}

func encodeManifest(m manifest) ([]byte, error) {
	services := 0
	for _, owner := range m.Owners {
		services += len(owner.Services)
	}
	switch {
	case len(m.Processes) > maxProcesses:
		return nil, errTooManyProcesses
	case len(m.Owners) > maxOwners:
		return nil, errTooManyOwners
	case services > maxServices:
		return nil, errTooManyServices
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
	errTooManyOwners    = fmt.Errorf("%w: more than %d owners", tcpmib.ErrTooLarge, maxOwners)
	errTooManyServices  = fmt.Errorf("%w: more than %d services", tcpmib.ErrTooLarge, maxServices)
	errTooManyAnswers   = fmt.Errorf("%w: more than %d answers", tcpmib.ErrTooLarge, maxAnswers)
)

// Three bytes of text, "{},", are an answer, which takes 56 bytes of memory. So the lists are
// decoded one element at a time, and not past their limits.

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
	*names = processes{}
	return byPID(text, func(pid uint32, d *json.Decoder) error {
		var name string
		if err := d.Decode(&name); err != nil {
			return err
		}
		if (*names)[pid] = name; len(*names) > maxProcesses {
			return errTooManyProcesses
		}
		return nil
	})
}

type owners map[uint32]Owner

func (list *owners) UnmarshalJSON(text []byte) error {
	*list = owners{}
	left := maxServices
	return byPID(text, func(pid uint32, d *json.Decoder) error {
		owner := struct {
			Owner
			Services serviceNames `json:"services"` // in place of those of Owner
		}{Services: serviceNames{left: left}}
		if err := d.Decode(&owner); err != nil {
			return err
		}
		left = owner.Services.left
		owner.Owner.Services = owner.Services.names
		if (*list)[pid] = owner.Owner; len(*list) > maxOwners {
			return errTooManyOwners
		}
		return nil
	})
}

// serviceNames are decoded as long as some are left.
type serviceNames struct {
	names []string
	left  int
}

func (s *serviceNames) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if null, err := opens(d, '['); null || err != nil {
		return err
	}
	s.names = nil
	for d.More() {
		if s.left--; s.left < 0 {
			return errTooManyServices
		}
		var name string
		if err := d.Decode(&name); err != nil {
			return err
		}
		s.names = append(s.names, name)
	}
	return nil
}

// byPID reads an object whose keys are process IDs, with a function that reads one value.
func byPID(text []byte, value func(pid uint32, d *json.Decoder) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if null, err := opens(d, '{'); null || err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		pid, err := strconv.ParseUint(key.(string), 10, 32)
		if err != nil {
			return fmt.Errorf("%.99q is not a process ID", key)
		}
		if err := value(uint32(pid), d); err != nil {
			return err
		}
	}
	return nil
}

// opens reads the bracket that a list begins with, or the null in its place.
func opens(d *json.Decoder, bracket json.Delim) (null bool, err error) {
	t, err := d.Token()
	if err == nil && t != nil && t != bracket {
		what := "a value" // which may be text of any length
		if other, ok := t.(json.Delim); ok {
			what = other.String()
		}
		err = fmt.Errorf("%s, and it takes a %v", what, bracket)
	}
	return t == nil, err
}
