package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// A pipe has colors and a width only where the environment or the flag says so.
func TestTerminal(t *testing.T) {
	env := func(text string) []string { return strings.Fields("TERM=xterm-256color " + text) }
	for _, test := range []struct {
		environ       string
		color         string
		colors, shown bool
		width         int
	}{
		{"", ColorAuto, false, false, 0},
		{"COLUMNS=80", ColorAuto, false, false, 0},
		{"CLICOLOR_FORCE=1 COLUMNS=80", ColorAuto, true, true, 80},
		{"CLICOLOR_FORCE=0 COLUMNS=80", ColorAuto, false, false, 0},
		{"CLICOLOR_FORCE= COLUMNS=80", ColorAuto, false, false, 0},
		{"TTY_FORCE=1 COLUMNS=80", ColorAuto, true, true, 80},
		{"TTY_FORCE=1", ColorAuto, true, true, 0},
		{"TTY_FORCE=1 COLUMNS=-5", ColorAuto, true, true, 0},
		{"TTY_FORCE=1 COLUMNS=wide", ColorAuto, true, true, 0},
		{"TTY_FORCE=1 COLUMNS=1 COLUMNS=100", ColorAuto, true, true, 100},
		{"TTY_FORCE=1 NO_COLOR=1", ColorAuto, false, true, 0},
		{"TTY_FORCE=1 NO_COLOR=", ColorAuto, true, true, 0},
		{"TTY_FORCE=1 NO_COLOR=1", ColorAlways, true, true, 0},
		{"TTY_FORCE=1", ColorNever, false, true, 0},
		{"", ColorAlways, true, false, 0},
	} {
		terminal := Terminal{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: io.Discard, Environ: env(test.environ), Color: test.color}
		assert.Equal(t, test.colors, terminal.UseColor(), "%+v", test)
		assert.Equal(t, test.shown, terminal.Screen(), "%+v", test)
		assert.Equal(t, test.width, terminal.Width(), "%+v", test)
		assert.False(t, terminal.Interactive())
	}
	f, err := os.Create(filepath.Join(fixture.TempDir(t), "f"))
	require.NoError(t, err)
	defer f.Close()
	assert.False(t, isTerminal(f))
	assert.False(t, isTerminal(nil))
}

func TestColored(t *testing.T) {
	const text = "\x1b[1mbold\x1b[m \x1b[38;2;1;2;3mrgb\x1b[m"
	for color, want := range map[string]string{ColorAlways: text, ColorNever: "bold rgb"} {
		var out bytes.Buffer
		terminal := Terminal{Out: &out, Color: color}
		_, err := io.WriteString(terminal.Colored(), text)
		require.NoError(t, err)
		assert.Equal(t, want, out.String())
	}
}

// Header rows stand out.
func TestTitle(t *testing.T) { assert.Equal(t, "\x1b[1mSTATE\x1b[m", Title.Render("STATE")) }

func TestEscapeNonASCII(t *testing.T) {
	for text, want := range map[string]string{"": "", "a": "a", "é": `\u00e9`, "aé": `a\u00e9`, "\x7f": `\u007f`, "🎉b": `\ud83c\udf89b`, "\uffff\U00010000": `\uffff\ud800\udc00`} {
		assert.Equal(t, want, string(EscapeNonASCII([]byte(text))))
	}
}

func TestSay(t *testing.T) {
	var out, stderr bytes.Buffer
	terminal := Terminal{Out: &out, Err: &stderr}
	terminal.Say("%d of %s", 2, "\x1b[31mthree\n")
	assert.Empty(t, out.String())
	assert.True(t, strings.HasPrefix(stderr.String(), "tcpmib: 2 of "))
	assert.NotContains(t, stderr.String(), "\x1b")
	assert.Equal(t, 1, strings.Count(stderr.String(), "\n"))
}

// Both streams are made safe, and are themselves again afterwards.
func TestSafeStreams(t *testing.T) {
	var out, stderr bytes.Buffer
	terminal := Terminal{Out: &out, Err: &stderr, Color: ColorNever}
	undo := terminal.MakeSafe()
	for _, w := range []io.Writer{terminal.Out, terminal.Err, terminal.Safe(&out)} {
		_, err := io.WriteString(w, "a\x1b]52;c;x\ab\n")
		require.NoError(t, err)
	}
	assert.Equal(t, io.Writer(&out), Raw(terminal.Out))
	assert.Equal(t, io.Writer(&stderr), Raw(terminal.Err))
	undo()
	assert.Equal(t, io.Writer(&out), terminal.Out)
	assert.Equal(t, io.Writer(&stderr), terminal.Err)
	assert.Equal(t, io.Writer(&out), Raw(&out))
	assert.NotContains(t, out.String()+stderr.String(), "\x1b")
	assert.NotEmpty(t, stderr.String())
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		assert.True(t, Sleep(context.Background(), time.Minute))
		assert.Equal(t, time.Minute, time.Since(start))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		assert.False(t, Sleep(ctx, time.Minute))
		assert.Equal(t, time.Minute+time.Second, time.Since(start))
	})
}

func TestSentences(t *testing.T) {
	for _, test := range []struct {
		words   []string
		or, and string
	}{
		{nil, "", ""}, {[]string{"a"}, "a", "a"}, {[]string{"a", "b"}, "a or b", "a and b"}, {[]string{"a", "b", "c"}, "a, b or c", "a, b and c"},
	} {
		assert.Equal(t, test.or, Alternatives(test.words))
		assert.Equal(t, test.and, Enumeration(test.words))
	}
	for n, want := range map[int]string{0: "0 rows", 1: "1 row", 2: "2 rows"} {
		assert.Equal(t, want, Count(n, "row"))
	}
	for err, want := range map[string]string{
		"tcpmib: a": "a", "owner: b": "b", "capture: c": "c", "other: d": "other: d", "tcpmib: a\nowner: b": "a; b",
	} {
		assert.Equal(t, want, Sentence(errors.New(err)))
	}
	assert.Equal(t, "   ", Spaces(3))
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain": "plain", `a"b\`: `a"b\`, "a\tb\x00\x1b[31m\x7f": "a�b��[31m�", "é日🎉": "é日🎉", "a\u202eb\u200b": "a�b�", "👨\u200d👩": "👨\u200d👩", " ~": " ~",
	} {
		assert.Equal(t, want, Printable(text), "%q", text)
	}
	for text, want := range map[string]bool{"": true, "a ~": true, "\x1f": false, "\x7f": false, `"`: false, `\`: false, "é": false, " ": true} {
		assert.Equal(t, want, Plain(text), "%q", text)
		assert.Equal(t, want, Plain([]byte(text)), "%q", text)
	}
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "日本": 4, `"`: 1} {
		assert.Equal(t, want, DisplayWidth(text), "%q", text)
	}
}
