package safe

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":          "",
		"plain.exe": "plain.exe",
		"näme e\u0301 👨‍👩‍👧 日本語": "näme e\u0301 👨‍👩‍👧 日本語",
		"\u0646\u200c\u0645":     "\u0646\u200c\u0645",
		"\x1b[31m\r\n\t":         "�[31m���",
		"a\u202eb\u2066c\ufeffd": "a�b�c�d", // would turn what follows round, or is not seen
		"\x7f\u0085\u009b31m":    "���31m",
		"\xff a\xed\xa0\x80b":    "� a���b",
		"::error file=x::owned":  ": :error file=x::owned",
		" ::error::é\n":          " : :error::é�",
		"a ##[error]x ##[":       "a # #[error]x # #[",
		"::1 ::ffff:10.0.0.1":    ": :1 ::ffff:10.0.0.1",
		"::ffff:10.0.0.1":        "::ffff:10.0.0.1",
		"[::1]:80 a::b::c #[":    "[::1]:80 a::b::c #[",
	} {
		assert.Equal(t, want, Text(text))
	}
}

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"plain text": "plain text", "a\tb": "a b", "a\nb": "a b", "a\x1b[2Jb": "a�[2Jb", "x::y": "x: :y", ":::": ": ::",
		"##[group]": "# #[group]", "\u202ex": "�x", "\xff": "�", "Zoë 日本語": "Zoë 日本語",
	} {
		assert.Equal(t, want, Line(text), "%q", text)
	}
	assert.Equal(t, strings.Repeat("é", longestLine), Line(strings.Repeat("é", longestLine)))
	assert.Equal(t, strings.Repeat("é", longestLine)+"... (5 characters more)", Line(strings.Repeat("é", longestLine+5)))

	assert.Equal(t, "a\n: :b\n", Lines("a\n::b\n"))
	assert.Equal(t, "a\n b", Lines("a\n\tb"))
	assert.Equal(t, strings.Repeat("a\n", mostLines), Lines(strings.Repeat("a\n", mostLines)))
	assert.Equal(t, strings.Repeat("a\n", mostLines)+"... (2 lines more)", Lines(strings.Repeat("a\n", mostLines+1)+"a"))
}

// Every string of a value is made safe, wherever it is.
// Lines and characters past the limits are counted, and the last ones within them stay.
func TestLineLimits(t *testing.T) {
	long := strings.Repeat("é", 1000)
	assert.Equal(t, long, Line(long))
	assert.Equal(t, long+"... (1 characters more)", Line(long+"é"))
	many := strings.Repeat("a\n", 300)
	assert.Equal(t, many, Lines(many))
	assert.Equal(t, many+"... (1 lines more)", Lines(many+"b"))
	assert.Equal(t, many+"... (2 lines more)\n", Lines(many+"b\nc\n"))
}

func TestValue(t *testing.T) {
	type inner struct {
		Text  string
		Lines string   `text:"lines"`
		Many  []string `text:"lines"`
		N     int
	}
	v := struct {
		Direct  inner
		Pointer *inner
		Nil     *inner
		List    []inner
	}{inner{"a\nb", "a\nb", []string{"\a\n"}, 7}, &inner{Text: "\x1b"}, nil, []inner{{Text: "x::y"}}}
	Value(&v)
	assert.Equal(t, inner{"a b", "a\nb", []string{"�\n"}, 7}, v.Direct)
	assert.Equal(t, inner{Text: "�"}, *v.Pointer)
	assert.Nil(t, v.Nil)
	assert.Equal(t, []inner{{Text: "x: :y"}}, v.List)
	text := "a\nb"
	Value(&text)
	assert.Equal(t, "a b", text)
	array := [1]string{"\x1b"}
	Value(&array)
	assert.Equal(t, [1]string{"�"}, array)
	assert.Panics(t, func() { Value(&struct{ M map[string]string }{}) })
	assert.Panics(t, func() { Value(&struct{ Any any }{}) })
}

func TestMessage(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"one\ntwo\r\n\n  three\n":          "one; two; three",
		"not found\n::error file=x::owned": "not found; : :error file=x::owned",
		"a\x1b]52;c;aGk=\x07b":             "a�]52;c;aGk=�b",
		strings.Repeat("a", maxMessage):    strings.Repeat("a", maxMessage),
		strings.Repeat("é", 3_000_000):     strings.Repeat("é", maxMessage/2) + " …",
		"a" + strings.Repeat("é", 3000):    "a" + strings.Repeat("é", maxMessage/2-1) + " …",
		"a" + strings.Repeat("日", 3000):    "a" + strings.Repeat("日", (maxMessage-1)/3) + " …",
		"ab" + strings.Repeat("日", 3000):   "ab" + strings.Repeat("日", (maxMessage-1)/3-1) + " …",
		"a" + strings.Repeat("😀", 3000):    "a" + strings.Repeat("😀", maxMessage/4-1) + " …",
		strings.Repeat("\x80", 5000):       " …", // nothing but ends of characters
	} {
		assert.Equal(t, want, Message(text))
	}
}

// payloads are texts that a terminal or a log would obey, and what is written of them.
var payloads = map[string]string{
	"plain\ttext\n":                   "plain\ttext\n",
	"line\r\n":                        "line\r\n",
	"over\rwritten":                   "over�written",
	"ends in\r":                       "ends in�",
	"\x1b]52;c;aGk=\x07":              "�]52;c;aGk=�",
	"\x1b]0;title\x1b\\":              "�]0;title�\\",
	"\x1b[2J\x1b[H":                   "�[2J�[H",
	"\x1b[8mhidden":                   "�[8mhidden",
	"\x1b[5mblinks":                   "�[5mblinks",
	"\x1b[31;8mred":                   "�[31;8mred",
	"\x1b[38;5;1mred":                 "�[38;5;1mred",
	"\x1bc":                           "�c",
	"\x1b":                            "�",
	"\x1b[":                           "�[",
	"\x1b[3":                          "�[3",
	"\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1m": "�[1;1;1;1;1;1;1;1;1;1;1;1;1m",
	"\x1bP1$r0m\x1b\\":                "�P1$r0m�\\",
	"\x9b31m":                         "�31m",
	"\u009b31m\u0085":                 "�31m�",
	"\x00\x07\x08\x0b\x0c\x0e\x7f":    "�������",
	"a\u202eb\u2066c\u200fd":          "a�b�c�d",
	"\u2028\u2029\ufeff":              "���",
	"\xff\xed\xa0\x80":                "����",
	"näme 日本 👨‍👩‍👧":                   "näme 日本 👨‍👩‍👧",
	"\ufffd":                          "\ufffd",
	"日":                               "日",
}

func TestWriter(t *testing.T) {
	yes := func() bool { return true }
	payloads := payloads
	for text, want := range payloads {
		for _, colors := range []func() bool{nil, yes} {
			for name, reader := range map[string]func(io.Reader) io.Reader{
				"whole": func(r io.Reader) io.Reader { return r }, "halves": iotest.HalfReader, "bytes": iotest.OneByteReader,
			} {
				var b bytes.Buffer
				w := NewWriter(&b, colors)
				_, err := io.Copy(w, reader(strings.NewReader(text)))
				require.NoError(t, err)
				require.NoError(t, w.Close())
				assert.Equal(t, want, b.String(), "%q %s", text, name)
				assert.True(t, utf8.ValidString(b.String()))
			}
		}
	}
	// Colors pass where they are written.
	colored := "\x1b[1;31mred\x1b[m \x1b[7mcursor\x1b[0m\x1b[36m\x1b[m"
	var b bytes.Buffer
	io.WriteString(NewWriter(&b, yes), colored)
	assert.Equal(t, colored, b.String())
	b.Reset()
	io.WriteString(NewWriter(&b, func() bool { return false }), colored)
	assert.Equal(t, strings.ReplaceAll(colored, "\x1b", "�"), b.String())
}

// A complete line is written at once and does not wait for the next one: a person may be watching.
func TestWriterWritesAtOnce(t *testing.T) {
	for text, want := range map[string]string{
		"a\r\n": "a\r\n", "a\rb": "a�b", "é\x1b[xy": "é�[xy", "\x1b]0;t": "�]0;t", "\x1b[m": "\x1b[m",
		"\x1b[29m": "�[29m", "\x1b[30m": "\x1b[30m", "\x1b[47m": "\x1b[47m", "\x1b[48m": "�[48m", "\x1b[39m": "\x1b[39m", "\x1b[4m": "\x1b[4m", "\x1b[5m": "�[5m",
		"\x1b31m": "�31m", "\x1bm": "�m", "\x1b;31m": "�;31m", "\x1b]31m": "�]31m", "\x1b[[31m": "�[[31m", "\x1b[1;2;7;31;41;": "�[1;2;7;31;41;",
	} {
		var b bytes.Buffer
		_, err := io.WriteString(NewWriter(&b, func() bool { return true }), text)
		require.NoError(t, err)
		assert.Equal(t, want, b.String(), "%q", text)
	}
}

// Reading eight bytes at a time finds the same as reading byte by byte.
func TestPlain(t *testing.T) {
	assert.True(t, plain([]byte("plain text that is written as it is ~\n")))
	for length := range 20 {
		for at := range length {
			for b := range 256 {
				text := bytes.Repeat([]byte{'a'}, length)
				text[at] = byte(b)
				assert.Equal(t, plainBytes(text), plain(text), "%q", text)
			}
		}
	}
}

// IsText knows printable ASCII from what Text has to look at.
func TestIsText(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, " ": true, "~": true, "a b~": true, "\x1f": false, "a\x7f": false, "é": false, "a\n": false,
		"::error::x": false, " ::error::x": false, "::a": true, ":::": true, "::::": false, "a::b::c": true, ":": true, "fe80::1": true,
		"##[error]x": false, "a##[": false, "#[": true, "##": true, "# #[": true, "a#[": true, "#a[": true, "[##": true,
		"#": true, "[": true, "###[": false,
	} {
		assert.Equal(t, want, IsText(text), "%q", text)
		assert.Equal(t, want, IsText([]byte(text)), "%q", text)
		assert.Equal(t, want, Text(text) == text && !strings.Contains(text, "é"), "%q", text)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriterReturnsErrors(t *testing.T) {
	for _, text := range []string{"plain", "é"} {
		w := NewWriter(failing{}, nil)
		n, err := io.WriteString(w, text)
		assert.ErrorIs(t, err, io.ErrClosedPipe)
		assert.Zero(t, n)
		assert.Equal(t, failing{}, w.Unwrap())
	}
}

func BenchmarkWriter(b *testing.B) {
	line := []byte(strings.Repeat(`{"protocol":"tcp","family":"ipv4","localAddress":"10.0.0.1","localPort":50000,"state":"ESTABLISHED"},`+"\n", 600))
	w := NewWriter(io.Discard, nil)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		w.Write(line)
	}
}
