package cli

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"
)

// CountFlag declares a flag that takes a whole number, 0 or more. *value is the default.
func CountFlag(flags *pflag.FlagSet, value *int, name, usage string) {
	flags.Var((*count)(value), name, usage)
}

type count int

func (c *count) String() string { return strconv.Itoa(int(*c)) }
func (c *count) Type() string   { return "number" }

func (c *count) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return errors.New("want a whole number, 0 or more")
	}
	*c = count(n)
	return nil
}

// DurationFlag declares a flag that takes a duration longer than 0, in seconds if it has no unit.
// *value is the default; 0 is none.
func DurationFlag(flags *pflag.FlagSet, value *time.Duration, name, usage string) {
	flags.Var((*duration)(value), name, usage)
}

type duration time.Duration

func (d *duration) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

func (d *duration) Type() string { return "duration" }

func (d *duration) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil {
		parsed, err = time.ParseDuration(text + "s")
	}
	if err != nil || parsed <= 0 {
		return errors.New("want a duration such as 500ms, 5s or 1m")
	}
	*d = duration(parsed)
	return nil
}

// MinInterval is the shortest interval: reading the tables takes milliseconds.
const MinInterval = 10 * time.Millisecond

// IntervalFlag declares a flag like DurationFlag that takes no duration below MinInterval.
func IntervalFlag(flags *pflag.FlagSet, value *time.Duration, name, usage string) {
	flags.Var((*interval)(value), name, usage)
}

type interval time.Duration

func (i *interval) String() string { return (*duration)(i).String() }
func (i *interval) Type() string   { return (*duration)(i).Type() }

func (i *interval) Set(text string) error {
	var d duration
	if err := d.Set(text); err != nil {
		return err
	}
	if d < duration(MinInterval) {
		return fmt.Errorf("want %v or longer", MinInterval)
	}
	*i = interval(d)
	return nil
}

// FileFlag declares a flag that takes the name of a file. *value is the default.
func FileFlag(flags *pflag.FlagSet, value *string, name, usage string) {
	flags.Var((*file)(value), name, usage)
}

type file string

func (f *file) String() string { return string(*f) }
func (f *file) Type() string   { return "file" }

func (f *file) Set(text string) error {
	if text == "" {
		return errNoFile
	}
	*f = file(text)
	return nil
}

// FilesFlag declares a flag that takes the name of a file each time it is given.
func FilesFlag(flags *pflag.FlagSet, value *[]string, name, usage string) {
	flags.Var((*files)(value), name, usage)
}

type files []string

func (f *files) String() string { return "" }
func (f *files) Type() string   { return "file" }

func (f *files) Set(text string) error {
	if text == "" {
		return errNoFile
	}
	*f = append(*f, text)
	return nil
}

var errNoFile = errors.New("want the name of a file")
