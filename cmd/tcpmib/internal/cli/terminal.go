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

	"github.com/winmib/winmib/cmd/internal/safe"
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

// MakeSafe puts a [safe.Writer] before Out and Err. It returns a function that ends that.
func (t *Terminal) MakeSafe() (undo func()) {
	before, onErr := *t, *t
	onErr.Out = t.Err
	out := safe.NewWriter(t.Out, t.UseColor)
	err := safe.NewWriter(t.Err, func() bool { onErr.Color = t.Color; return onErr.UseColor() })
	t.Out, t.Err = out, err
	return func() {
		out.Close()
		err.Close()
		t.Out, t.Err = before.Out, before.Err
	}
}

// Safe returns a [safe.Writer] for a file that takes the place of Out.
func (t *Terminal) Safe(w io.Writer) io.Writer { return safe.NewWriter(w, t.UseColor) }

// Raw returns what is behind the [safe.Writer] w, for data that is no text, and for the live
// screen, which writes nothing but what it has made safe.
func Raw(w io.Writer) io.Writer {
	if safe, ok := w.(*safe.Writer); ok {
		return safe.Unwrap()
	}
	return w
}

// Say prints a message on Err, in one line.
func (t *Terminal) Say(format string, args ...any) {
	fmt.Fprintln(t.Err, "tcpmib: "+safe.Message(fmt.Sprintf(format, args...)))
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
	if t.getenv("NO_COLOR") != "" || colorprofile.Detect(Raw(t.Out), t.Environ) <= colorprofile.ASCII {
		return false
	}
	if f, ok := Raw(t.Out).(*os.File); ok {
		lipgloss.EnableLegacyWindowsANSI(f) // older consoles do not do so by themselves
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

// Screen reports whether a person reads Out on a screen. For a pipe, CLICOLOR_FORCE or TTY_FORCE
// says so.
func (t *Terminal) Screen() bool {
	forced := func(name string) bool { return t.getenv(name) != "" && t.getenv(name) != "0" }
	return isTerminal(t.Out) || forced("CLICOLOR_FORCE") || forced("TTY_FORCE")
}

// Width returns the number of columns of the screen behind Out, or 0 if there is none. For a pipe,
// COLUMNS says how wide it is.
func (t *Terminal) Width() int {
	if isTerminal(t.Out) {
		width, _, _ := term.GetSize(Raw(t.Out).(*os.File).Fd()) // 0 after an error
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
	if w, ok := stream.(io.Writer); ok {
		stream = Raw(w)
	}
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}
