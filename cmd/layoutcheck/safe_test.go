package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// payloads are what a stranger may write where this command prints it.
var payloads = []string{
	"\x1b[2J", "\x1b]52;c;cm0gLXJmIC8=\x07", "\x1b]0;title\x07", "\x1bP+q544e\x1b\\", "\x9b31m", "\u009b31m", "\x07", "\b\b\b", "\x7f", "\x00", "\r", "\x0b\x0c",
	"\n::error file=a.go,line=1::injected", "\r\n::set-output name=a::b", "::add-mask::secret", "\n  ::stop-commands::x", "##[error]injected", "\n##[group]x",
	"%0A::warning::x", "%25%0D%0A", "a,line=1,title=x::y", "\u202e\u2066txt.exe", "\u200f", "\ufeff", "\u2028::error::x", "\u0085::error::x",
	"\xff\xfe", "\xed\xa0\x80", strings.Repeat("A", 100_000), strings.Repeat("\n", 5_000), "'\"`$(id)\\",
}

// ours are the workflow commands that the github format has.
var ours = regexp.MustCompile(`^::(error|notice|group|endgroup)( [a-z]+=[^:,\n]*(,[a-z]+=[^:,\n]*)*)?::`)

// assertSafe fails for text that moves the cursor, for workflow commands that are not ours, and for
// text without a limit.
func assertSafe(t *testing.T, what, format, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			assert.Fail(t, "not printable", "%s: %q in %.200q", what, r, text)
			return
		}
	}
	assert.Less(t, len(text), 200_000, what)
	assert.NotContains(t, text, "##[", what)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			assert.True(t, format == "github" && ours.MatchString(line), "%s: a command: %.200q", what, line)
			command, data, _ := strings.Cut(line[2:], "::")
			assert.NotContains(t, data, "::error", what)
			assert.NotContains(t, command, "\r", what)
		}
	}
}

// Every string that a stranger can choose goes through every output, and none does harm.
func TestWhatAStrangerWrites(t *testing.T) {
	cc := clang(t, "i686")
	var source strings.Builder
	source.WriteString("package evil\n\n")
	for i, p := range payloads {
		quoted := strconv.Quote(p)
		fmt.Fprintf(&source, "type S%d struct {\n\t_ [0]byte %q\n\tA uint32 %q\n}\n\n", i, "c:"+quoted, "c:"+quoted)
		fmt.Fprintf(&source, "type T%d struct {\n\tA uint32 %q\n}\n\n", i, "c:"+quoted)
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	write("go.mod", "module example.com/evil\n\ngo 1.24\n")
	write("evil.go", source.String()+"type Good struct{ A uint64 }\n")
	header := "struct Good { unsigned long a; };\n"
	var maps, allows strings.Builder
	for i, p := range payloads {
		header += fmt.Sprintf("struct T%d { unsigned long a; };\n", i)
		word := strings.Map(func(r rune) rune {
			if r == '\n' || r == ' ' || r == '#' || r == '@' || r == '[' || r == '\\' {
				return -1
			}
			return r
		}, p)
		if len(strings.Fields(word)) == 1 {
			fmt.Fprintf(&maps, "%sX%d %s\n", word, i, word)
			fmt.Fprintf(&allows, "%sX%d %s\n", word, i, word)
		}
	}
	write("evil.h", header)
	mapFile, allowFile := write("a.map", maps.String()), write("a.allow", allows.String())
	if runtime.GOOS != "windows" {
		for i, name := range []string{"::error::x", "a\x1b[2Jb", "c\nd"} {
			write(fmt.Sprintf("%s/%s.go", []string{"f", "g", "h"}[i], name), "package f\n\ntype Good struct{ A uint64 }\n")
		}
	}
	broken := ""
	for _, p := range payloads[:len(payloads)-3] {
		broken += "#error " + strings.NewReplacer("\n", " ", "\r", " ", "\x00", " ").Replace(p) + "\n"
	}
	write("broken.h", broken)
	record := layout.Headers{
		Set: "x" + payloads[1] + "\n::error::y", Version: payloads[2], GOARCH: "386", Headers: payloads[:len(payloads)-4],
		Structs: map[string]*layout.CStruct{"Good": {Size: 8, Align: 4, File: payloads[0], Members: layout.CMembers{
			{Name: "m\n::error::z", Size: 4, Sign: "unsigned", Type: payloads[4]}, {Name: payloads[12], Offset: 4, Size: 4, Type: "x\n::error::w"},
		}}},
	}
	text, err := json.Marshal(record)
	require.NoError(t, err)
	write("record.json", string(text))
	t.Chdir(dir)
	base := []string{"-headers", "./evil.h", "-cc", cc}
	for what, args := range map[string][]string{
		"tags, maps, allows": append(base[:len(base):len(base)], "-map", mapFile, "-allow", allowFile, "./..."),
		"a compiler's words": {"-headers", "./broken.h,./evil.h", "-cc", cc, "./..."},
		"all of them":        {"-headers", "./broken.h", "-cc", cc, "./..."},
		"a record":           {"-record", "record.json", "./..."},
	} {
		var stdout, stderr bytes.Buffer
		run(t.Context(), append([]string{"-format", "github"}, args...), &stdout, &stderr)
		assert.NotEmpty(t, stdout.String()+stderr.String(), what)
		assertSafe(t, what, "github", stdout.String())
		assertSafe(t, what+" on stderr", "", stderr.String())

		o, err := parseOptions(args, &stderr)
		require.NoError(t, err)
		sets, notes, err := headerSets(t.Context(), o)
		require.NoError(t, err)
		r, err := check(t.Context(), o, sets, notes)
		if err != nil { // which run has printed
			continue
		}
		for format, write := range writers {
			var stdout bytes.Buffer
			require.NoError(t, write(&stdout, r))
			assertSafe(t, what+" in "+format, format, stdout.String())
		}
	}
	for i, p := range payloads {
		list := [][]string{
			{"-" + p, "."}, {"-format", p, "."}, {"-goarch", p, "."}, {"-record", p, "."}, {"-map", p, "."}, {"-allow", p, "."}, {"-cc", "no-such" + p, "."},
		}
		if i%4 == 0 { // those that run a compiler
			list = append(list, []string{"-headers", p, "-cc", cc, "."}, []string{"-gen", p, "-headers", "./evil.h", "-cc", cc})
		}
		for _, args := range list {
			if strings.ContainsAny(p, "\x00") && args[0] == "-cc" || len(p) > 50_000 {
				continue // no argument of a program
			}
			var stdout, stderr bytes.Buffer
			run(t.Context(), args, &stdout, &stderr)
			assertSafe(t, fmt.Sprintf("%.60q", args), "", stdout.String()+stderr.String())
		}
	}
}
