package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
)

// Values of --color.
const (
	ColorAuto   = "auto"
	ColorAlways = "always"
	ColorNever  = "never"
)

// ColorModes are the values of --color.
var ColorModes = []string{ColorAuto, ColorAlways, ColorNever}

// Title is the style of header rows.
var Title = lipgloss.NewStyle().Bold(true)

// Terminal is where the command reads and writes. Data goes to Out, everything else to Err.
type Terminal struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  []string
	Color    string // --color
}

// Say prints a message on Err.
func (t *Terminal) Say(format string, args ...any) {
	fmt.Fprintf(t.Err, "tcpmib: "+format+"\n", args...)
}

// Interactive reports whether a person reads Out and types into In.
func (t *Terminal) Interactive() bool { return isTerminal(t.Out) && isTerminal(t.In) }

// UseColor reports whether Out should be colored.
func (t *Terminal) UseColor() bool {
	switch t.Color {
	case ColorAlways:
		return true
	case ColorNever:
		return false
	}
	if t.getenv("NO_COLOR") != "" || colorprofile.Detect(t.Out, t.Environ) <= colorprofile.ASCII {
		return false
	}
	if f, ok := t.Out.(*os.File); ok {
		lipgloss.EnableLegacyWindowsANSI(f) // older consoles need to be told
	}
	return true
}

// Colored returns Out for text that is already colored: it strips the colors if they are unwanted.
func (t *Terminal) Colored() io.Writer {
	profile := colorprofile.NoTTY
	if t.UseColor() {
		profile = colorprofile.TrueColor // unchanged
	}
	return &colorprofile.Writer{Forward: t.Out, Profile: profile}
}

// Screen reports whether a person reads Out on a screen. For a pipe, CLICOLOR_FORCE or TTY_FORCE says
// so.
func (t *Terminal) Screen() bool {
	forced := func(name string) bool { return t.getenv(name) != "" && t.getenv(name) != "0" }
	return isTerminal(t.Out) || forced("CLICOLOR_FORCE") || forced("TTY_FORCE")
}

// Width returns the number of columns of the screen behind Out, or 0 if there is none. For a pipe,
// COLUMNS says how wide it is.
func (t *Terminal) Width() int {
	if isTerminal(t.Out) {
		width, _, err := term.GetSize(t.Out.(*os.File).Fd())
		if err != nil {
			return 0
		}
		return width
	}
	if !t.Screen() {
		return 0
	}
	width, _ := strconv.Atoi(t.getenv("COLUMNS"))
	return max(width, 0)
}

func (t *Terminal) getenv(name string) string {
	for _, entry := range slices.Backward(t.Environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}
