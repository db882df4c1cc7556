package main

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
)

// output is where a format writes, and how.
type output struct {
	*bufio.Writer
	columns []column
	header  bool // the line that names the columns, where the format has one
	color   bool
	width   int // of the screen; 0 where nothing is to be cut
}

// A format writes rows. It may go through them more than once.
type format func(out *output, rows iter.Seq[*row]) error

// newOutput is an output to stdout, which has to be flushed at the end.
func (a *app) newOutput() *output {
	return &output{
		Writer: bufio.NewWriterSize(a.stdout, 64<<10),
		header: true,
		color:  a.useColor(),
		width:  a.width(),
	}
}

// Values of --color.
const (
	colorAuto   = "auto"
	colorAlways = "always"
	colorNever  = "never"
)

var colorModes = []string{colorAuto, colorAlways, colorNever}

// oneOf is a flag that takes one of a few words.
type oneOf struct {
	value *string
	words []string
}

func (o oneOf) String() string {
	if o.value == nil {
		return ""
	}
	return *o.value
}
func (o oneOf) Type() string { return "word" }
func (o oneOf) Set(text string) error {
	if !slices.Contains(o.words, text) {
		return fmt.Errorf("want %s", alternatives(o.words))
	}
	*o.value = text
	return nil
}

// alternatives joins words as a sentence does.
func alternatives(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// useColor reports whether stdout is to be coloured.
func (a *app) useColor() bool {
	switch a.color {
	case colorAlways:
		return true
	case colorNever:
		return false
	}
	if a.getenv("NO_COLOR") != "" || colorprofile.Detect(a.stdout, a.environ) <= colorprofile.ASCII {
		return false
	}
	if f, ok := a.stdout.(*os.File); ok {
		lipgloss.EnableLegacyWindowsANSI(f) // the old console has to be told
	}
	return true
}

// colored is stdout for text that has its colours in it already: they are taken
// out where they are not wanted.
func (a *app) colored() io.Writer {
	profile := colorprofile.NoTTY
	if a.useColor() {
		profile = colorprofile.TrueColor // as they are
	}
	return &colorprofile.Writer{Forward: a.stdout, Profile: profile}
}

// width is the number of columns of the screen that stdout is, or 0. Behind a
// pipe there is a screen only if CLICOLOR_FORCE says so, and then COLUMNS says
// how wide it is.
func (a *app) width() int {
	if isTerminal(a.stdout) {
		width, _, err := term.GetSize(a.stdout.(*os.File).Fd())
		if err != nil {
			return 0
		}
		return width
	}
	if force := a.getenv("CLICOLOR_FORCE"); force == "" || force == "0" {
		return 0
	}
	width, _ := strconv.Atoi(a.getenv("COLUMNS"))
	return max(width, 0)
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

func (a *app) getenv(name string) string {
	for _, entry := range slices.Backward(a.environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// complete offers words as the values of a flag to a shell.
func complete(cmd *cobra.Command, flag string, words []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag is not declared, or twice
	}
}
