package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

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
		if text == word || open && strings.HasPrefix(text, prefix) {
			*e.value = text
			return nil
		}
	}
	return fmt.Errorf("want %s", Alternatives(e.words))
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

// FlagError turns an error of the flag parser into a UsageError that names the flag and the value.
func FlagError(_ *cobra.Command, err error) error {
	if invalid := (*pflag.InvalidValueError)(nil); errors.As(err, &invalid) {
		flag, reason := invalid.GetFlag(), invalid.Unwrap()
		if flag.Value.Type() == "bool" {
			reason = errNotBool // pflag's own would be that of strconv
		}
		return Usagef("--%s %q: %w", flag.Name, invalid.GetValue(), reason)
	}
	return &UsageError{err}
}

// NoArgs rejects arguments. Where there are filters it names the one that was probably meant.
func NoArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.Flags().Lookup("process") == nil:
		return Usagef("%s takes no arguments, got %q", cmd.CommandPath(), args[0])
	}
	name := "process"
	if _, err := strconv.ParseUint(args[0], 10, 16); err == nil {
		name = "port"
	}
	return Usagef("%s takes no arguments, got %q; use filters such as --%s %s", cmd.CommandPath(), args[0], name, args[0])
}
