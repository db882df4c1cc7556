package screen

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// A | in the text is the cursor.
func TestLine(t *testing.T) {
	special := map[string]rune{
		"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "space": ' ',
	}
	press := func(name string) tea.KeyPressMsg {
		var k tea.Key
		for {
			mod, rest, found := strings.Cut(name, "+")
			if !found {
				break
			}
			k.Mod |= map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt}[mod]
			name = rest
		}
		if k.Code = special[name]; k.Code == 0 {
			k.Code = []rune(name)[0]
			if k.Mod == 0 {
				k.Text = name
			}
		}
		return tea.KeyPressMsg(k)
	}
	for _, test := range []struct{ before, key, after string }{
		{"ab|", "c", "abc|"},
		{"a|b", "x", "ax|b"},
		{"ab|", "left", "a|b"},
		{"|ab", "left", "|ab"},
		{"a|b", "right", "ab|"},
		{"ab|", "right", "ab|"},
		{"a|b", "ctrl+b", "|ab"},
		{"a|b", "ctrl+f", "ab|"},
		{"ab|", "home", "|ab"},
		{"ab|", "ctrl+a", "|ab"},
		{"|ab", "end", "ab|"},
		{"|ab", "ctrl+e", "ab|"},
		{"ab|c", "backspace", "a|c"},
		{"|ab", "backspace", "|ab"},
		{"ab|c", "ctrl+h", "a|c"},
		{"a|bc", "delete", "a|c"},
		{"ab|", "delete", "ab|"},
		{"a|bc", "ctrl+d", "a|c"},
		{"ab|cd", "ctrl+u", "|cd"},
		{"ab|cd", "ctrl+k", "ab|"},
		{"one two  |three", "ctrl+w", "one |three"},
		{"one|", "ctrl+w", "|"},
		{"one two|", "alt+backspace", "one |"},
		{"one two|", "ctrl+left", "one |two"},
		{"one |two", "alt+b", "|one two"},
		{"|one two", "ctrl+right", "one| two"},
		{"one| two", "alt+f", "one two|"},
		{"a |  a b", "alt+d", "a | b"},
		{"e\u0301|", "left", "|e\u0301"}, // with its accent
		{"👨‍👩‍👧|", "backspace", "|"},
		{"|日本", "right", "日|本"},
		{"日|本", "delete", "日|"},
		{"a|", "alt+x", "a|"}, // means nothing here
	} {
		var l line
		l.before, l.after, _ = strings.Cut(test.before, "|")
		l.Press(press(test.key))
		assert.Equal(t, test.after, l.before+"|"+l.after, "%s %s", test.before, test.key)
	}
}

// The cursor is always to be seen, and the line is never wider than the screen.
func TestLineView(t *testing.T) {
	text := "日本 process=\"näme\" e\u0301 ssh"
	for width := 2; width < 40; width++ {
		var l line
		for l.SetValue(text); ; l.Press(tea.KeyPressMsg{Code: tea.KeyLeft}) {
			view := l.View(width)
			assert.LessOrEqual(t, ansi.StringWidth(view), width, "%d %q", width, l.before)
			under := firstCluster(l.after)
			if under == "" {
				under = " "
			}
			assert.Contains(t, view, cursorStyle.Render(under), "%d %q", width, l.before)
			if width >= cli.DisplayWidth(text)+1 {
				assert.Equal(t, text, strings.TrimSuffix(ansi.Strip(view), " "), "what fits is shown whole")
			}
			if l.before == "" {
				break
			}
		}
	}
	assert.Equal(t, "ab", func() string { var l line; l.Insert("a\r\n\x1b\tb"); return l.Value() }())
}

// A clipboard is a package that loads user32.dll when the program starts, which fails where there is
// no desktop: in services, containers and on Nano Server.
func TestNoClipboard(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go list")
	}
	if os.Getenv("WINMIB_WINE") != "" {
		t.Skip("runs go, which Wine does not have")
	}
	cmd := exec.Command("go", "list", "-deps", "github.com/winmib/winmib/cmd/tcpmib")
	cmd.Env = append(cmd.Environ(), "GOOS=windows", "CGO_ENABLED=0")
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, string(text))
	for pkg := range strings.Lines(string(text)) {
		assert.NotContains(t, pkg, "clipboard")
	}
}
