package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// payloads are texts that a terminal or a log would obey.
var payloads = []string{
	"\x1b]52;c;aGFjaw==\x07",        // sets the clipboard
	"\x1b]0;title\x1b\\",            // sets the title
	"\x1b[2J\x1b[H",                 // clears the screen
	"\x1b[3;4mx",                    // a style that this program never writes
	"\x1b[8mhidden",                 // conceals
	"\x1b[21t", "\x1b[6n", "\x1b[c", // the terminal types an answer
	"\x1bP1$r0m\x1b\\", "\x1bc", "\x1b(0", // device control, reset, another character set
	"\x9b31m", "\u009b31m", "\u0085", // C1, as a byte and as characters
	"\x00", "\x07", "\x08\x08\x08", "\x7f", "\x0b", "\x0c", "\x0e",
	"over\rwritten",
	"line\n::error file=x.go::owned", // a command of a workflow
	"line\r\n::set-output name=x::owned",
	"::error file=x.go::owned", " ::set-output name=x::owned", "a ##[error]owned",
	"tab\tbed",
	"a\u202eexe.txt", "a\u2066b\u2069", "\u200f\u200e", // turn the direction of text
	"\u2028\u2029", "\ufeff\u200b", // line ends, and what is not seen
	"\xff\xfe", "\xed\xa0\x80", // no UTF-8
	strings.Repeat("long ", 4000),
}

// tried returns the payloads, in short tests as one.
func tried() []string {
	if testing.Short() {
		return []string{strings.Join(payloads, " "), "::error file=x.go::owned"}
	}
	return payloads
}

// ownColor is what this program colors with.
var ownColor = regexp.MustCompile(`\x1b\[(?:[0-27]|[13-47]?;?3[0-7])?m`)

// unsafe returns what of an output a terminal or a log would obey.
func unsafe(text string, stderr bool) (found []string) {
	add := func(what string) {
		if !slices.Contains(found, what) {
			found = append(found, what)
		}
	}
	if !utf8.ValidString(text) {
		add("no UTF-8")
	}
	for _, r := range ownColor.ReplaceAllString(text, "") {
		if r != '\n' && !unicode.IsPrint(r) && !unicode.Is(unicode.Join_Control, r) {
			add(string(r))
		}
	}
	if strings.Contains(text, "##[") && !strings.Contains(text, `{"`) {
		add("a command in a line")
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::error") || strings.HasPrefix(strings.TrimSpace(line), "::set") {
			add(line)
		}
		if stderr && strings.HasPrefix(line, "tcpmib:") && len(line) > 5000 {
			add("a message of many bytes")
		}
	}
	return found
}

func assertSafe(t *testing.T, r result, what ...any) {
	t.Helper()
	assert.Empty(t, unsafe(r.stdout, false), "stdout of %q", what)
	assert.Empty(t, unsafe(r.stderr, true), "stderr of %q", what)
}

// readers are the commands that read a capture.
var readers = [][]string{
	{"list"}, {"list", "--columns=process", "--no-header"}, {"list", "--format=csv", "--columns=process"}, {"list", "--format=template={{.process}}"},
	{"list", "--format=wide"}, {"list", "--format=csv"}, {"list", "--format=json"},
	{"list", "--format=template={{.process}} {{.path}} {{.services}} {{.commandLine}} {{.user}}"},
	{"list", "-tu", "--columns=local,process,path,user,parentProcess,commandLine,services", "--color=always"},
	{"summary"}, {"summary", "--color=always"}, {"summary", "--format=prometheus", "-tu"}, {"summary", "--ephemeral"},
	{"port", "3389"}, {"port", "3389", "--json"}, {"port", "5432", "--color=always"}, {"stats"}, {"watch", "--format=jsonl"}, {"diff", "testdata/later.zip"},
	{"__complete", "list", "--process", ""},
}

// Nothing that stands in a capture does anything to a terminal: each text of the manifest in turn
// is replaced, keys too, and put where something else is due.
func TestOutsidersCapture(t *testing.T) {
	original := map[string][]byte{}
	z, err := zip.OpenReader(filepath.Join("testdata", "office.zip"))
	require.NoError(t, err)
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		if original[f.Name], err = io.ReadAll(r); err != nil {
			require.NoError(t, err)
		}
	}
	path := filepath.Join(fixture.TempDir(t), "capture.zip")
	try := func(manifest any, what string) {
		t.Helper()
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, name := range slices.Sorted(maps.Keys(original)) {
			content := original[name]
			if name == "manifest.json" {
				var text bytes.Buffer
				require.NoError(t, json.NewEncoder(&text).Encode(manifest))
				content = text.Bytes()
			}
			f, err := w.Create(name)
			require.NoError(t, err)
			f.Write(content)
		}
		require.NoError(t, w.Close())
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
		for _, args := range readers {
			assertSafe(t, runApp(officeApp(), append(slices.Clone(args), fromFlag(args, path)...)...), args, what)
		}
	}
	manifest := func() (m any) {
		require.NoError(t, json.Unmarshal(original["manifest.json"], &m))
		return m
	}
	for _, payload := range tried() { // as all names
		try(replaceStrings(manifest(), payload), payload[:min(len(payload), 40)])
		for _, args := range readers {
			if args[0] == "list" {
				require.Zero(t, runApp(officeApp(), append(slices.Clone(args), "--from", path)...).code, "the capture is read: %q", args)
			}
		}
	}
	all := strings.Join(payloads, "")
	for n := 0; ; n++ { // where any value is due
		m := manifest()
		if !replaceNode(&m, &n, all) {
			break
		}
		if testing.Short() && n%20 != 0 {
			continue
		}
		try(m, "value")
	}
}

func fromFlag(args []string, path string) []string {
	switch args[0] {
	case "diff":
		return []string{path}
	case "__complete":
		return nil
	}
	return []string{"--from", path}
}

// replaceStrings replaces every text in a tree of JSON but those that a capture cannot be read without.
func replaceStrings(node any, with string) any {
	switch node := node.(type) {
	case string:
		return with
	case []any:
		for i := range node {
			node[i] = replaceStrings(node[i], with)
		}
	case map[string]any:
		for key := range node {
			if !slices.Contains([]string{"format", "goarch", "time", "created", "answers"}, key) {
				node[key] = replaceStrings(node[key], with)
			}
		}
	}
	return node
}

// replaceNode replaces node number n of a tree, and reports whether there is one. Keys count too.
func replaceNode(node *any, n *int, with string) bool {
	skip := *n
	var walk func(node *any) bool
	walk = func(node *any) bool {
		if skip == 0 {
			*node = with
			return true
		}
		skip--
		switch value := (*node).(type) {
		case []any:
			for i := range value {
				if walk(&value[i]) {
					return true
				}
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				if skip == 0 {
					value[with] = value[key]
					return true
				}
				skip--
				child := value[key]
				if walk(&child) {
					value[key] = child
					return true
				}
			}
		}
		return false
	}
	return walk(node)
}

// No text on the command line does anything to a terminal: as the value of every flag of every
// command, as a flag, and as an argument.
func TestOutsidersCommandLine(t *testing.T) {
	var visit func(cmd *cobra.Command, path []string)
	visit = func(cmd *cobra.Command, path []string) {
		for _, payload := range tried() {
			var lines [][]string
			for _, set := range []*pflag.FlagSet{cmd.LocalFlags(), cmd.InheritedFlags()} {
				set.VisitAll(func(f *pflag.Flag) {
					if f.Name != "help" && f.Name != "output" {
						lines = append(lines, []string{"--" + f.Name + "=" + payload})
					}
				})
			}
			lines = append(lines, []string{"--" + payload}, []string{"-" + payload}, []string{payload}, []string{payload, payload},
				[]string{"--from", payload + ".zip"}, []string{"--format", "template={{" + payload + "}}"}, []string{"--format", "template={{." + payload + "}}"})
			for _, line := range lines {
				if cmd.Name() == "capture" && len(line) == 1 && line[0] == payload {
					line[0] = filepath.Join("missing", payload) // it would be written
				}
				a := officeApp()
				// A watch must end, and a table is not wanted.
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				a.untilInterrupt = func(context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} }
				assertSafe(t, runApp(a, append(slices.Clone(path), line...)...), path, line[0][:min(len(line[0]), 60)])
			}
		}
		for _, child := range cmd.Commands() {
			if child.Name() != "layout" && child.Name() != "completion" && child.Name() != "help" {
				visit(child, append(slices.Clone(path), child.Name()))
			}
		}
	}
	visit(officeApp().rootCommand(), nil)
}

// Neither does what the machine says: names of hosts, modules and processes, errors, the
// environment.
func TestOutsidersMachine(t *testing.T) {
	for _, payload := range tried() {
		m, processes := fixture.Office()
		for pid, p := range processes {
			p.Name = payload
			processes[pid] = p
		}
		for _, args := range append(readers, []string{"list", "--resolve"}, []string{"list", "--module"}, []string{"close", "--pid=9216", "--yes"}) {
			if args[0] == "watch" || args[0] == "diff" {
				continue
			}
			a := testApp(m, processes)
			fake(a).listServices = func() (map[uint32][]string, error) {
				return map[uint32][]string{1288: {payload}}, errors.New(payload)
			}
			a.lookup = func(_ context.Context, addr string) ([]string, error) {
				if strings.HasSuffix(addr, "1") {
					return nil, &net.DNSError{Err: payload, Name: payload}
				}
				return []string{payload}, nil
			}
			a.Environ = []string{"TERM=" + payload, "COLUMNS=" + payload, "CLICOLOR_FORCE=" + payload, "NO_COLOR=" + payload}
			assertSafe(t, runApp(a, args...), args, payload[:min(len(payload), 40)])
			fake(a).listProcs = func() (owner.Processes, error) { return nil, errors.New(payload) }
			assertSafe(t, runApp(a, args...), args, "no processes")
		}
	}
}
