package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Rest ends a word of an enum flag that takes any text in its place, such as "template=...".
const Rest = "..."

// EnumFlag declares a flag in flags that takes one of words, lists them in its usage and offers
// them to the shell. *value is the default.
func EnumFlag(cmd *cobra.Command, flags *pflag.FlagSet, value *string, name, usage string, words []string) {
	flags.Var(&enum{value, words}, name, usage+": "+Alternatives(words))
	Complete(cmd, name, words)
}

// FormatFlag declares --format as an enum flag with json among its words, and --json, which is short
// for --format json.
func FormatFlag(cmd *cobra.Command, value *string, usage string, words []string) {
	flags := cmd.Flags()
	flags.Var(&formatValue{enum{value, words}, flags}, "format", usage+": "+Alternatives(words))
	Complete(cmd, "format", words)
	flags.BoolFunc("json", "short for --format json", func(text string) error {
		on, err := strconv.ParseBool(text)
		switch {
		case err != nil:
			return errNotBool
		case !on:
			return nil
		case flags.Changed("format") && *value != "json":
			return fmt.Errorf("it is short for --format json, and --format is %s", *value)
		}
		*value = "json"
		return nil
	})
}

// formatValue is the value of --format, which --json may contradict.
type formatValue struct {
	enum
	flags *pflag.FlagSet
}

func (f *formatValue) Set(text string) error {
	before := *f.value
	if err := f.enum.Set(text); err != nil {
		return err
	}
	if f.flags.Changed("json") && before == "json" && *f.value != before {
		return errors.New("--json is short for --format json")
	}
	return nil
}

// enum is the value of an enum flag.
type enum struct {
	value *string
	words []string
}

func (e *enum) String() string { return *e.value }
func (e *enum) Type() string   { return "word" }

func (e *enum) Set(text string) error {
	for _, word := range e.words {
		prefix, open := strings.CutSuffix(word, Rest)
		switch {
		case strings.EqualFold(text, word):
			*e.value = word
			return nil
		case open && len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix):
			*e.value = prefix + text[len(prefix):]
			return nil
		}
	}
	return fmt.Errorf("want %s%s", Alternatives(e.words), DidYouMean(text, e.words))
}

// OnOff returns the parser of a flag that is on by its name alone, and off with =false.
func OnOff(set func(on bool)) func(string) error {
	return func(text string) error {
		on, err := strconv.ParseBool(text)
		if err != nil {
			return errNotBool
		}
		set(on)
		return nil
	}
}

var errNotBool = errors.New("want true or false")

// NoArgs rejects arguments.
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return Usagef("%s takes no arguments, got %q", cmd.CommandPath(), args[0])
}

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

// Repeated says that each value adds to a list.
func (f *files) Repeated() {}

func (f *files) Set(text string) error {
	if text == "" {
		return errNoFile
	}
	*f = append(*f, text)
	return nil
}

var errNoFile = errors.New("want the name of a file")
