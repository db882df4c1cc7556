package layout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// CompilerError is a compiler that is not there, or that fails for another reason than a name it
// does not know.
type CompilerError struct {
	CC    []string
	First string // the compiler's own first error, one line, if it printed any
	Err   error  // what became of the process

	ran bool // the compiler started
}

func (e *CompilerError) Error() string {
	s := "the compiler failed: " + strings.Join(e.CC, " ")
	if e.First != "" {
		return s + ": " + e.First
	}
	return s + ": " + e.Err.Error()
}

func (e *CompilerError) Unwrap() error { return e.Err }

// The names of the probe, of what the preprocessor makes of it, and of the lines of questions. They
// are recognised in messages by these names, because compilers write paths in forms of their own:
// with slashes, in short names, or as a container sees them.
const (
	sourceName       = "layout_probe.c"
	preprocessedName = "layout_probe.i"
	questionsName    = "layout_questions.c"
)

var ourNames = []string{sourceName, preprocessedName, questionsName}

// compiler runs one target's command.
type compiler struct {
	target Target
	clang  bool // takes clang's options
	cl     bool // takes them as clang-cl does
}

// A compiler's predefined macros show which one it is. cl, which writes no debug information that
// can be read, is recognised here, before anything else fails.
const askWhich = `#if defined(__clang__)
layout_is clang
#elif defined(__GNUC__)
layout_is gcc
#elif defined(_MSC_VER)
layout_is cl
#else
layout_is unknown
#endif
`

// newCompiler asks a command what it is: names lie.
func newCompiler(ctx context.Context, t Target) (*compiler, error) {
	if len(t.CC) == 0 {
		return nil, errors.New("the target has no compiler command")
	}
	dir, err := os.MkdirTemp("", "layout")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	src := filepath.Join(dir, sourceName)
	if err := os.WriteFile(src, []byte(askWhich), 0o600); err != nil {
		return nil, err
	}
	c := &compiler{target: t}
	text, errs, err := c.run(ctx, append(slices.Clone(t.CC[1:]), "-E", "-x", "c", src))
	if failed := (*CompilerError)(nil); errors.As(err, &failed) && !failed.ran {
		return nil, err
	}
	which := isCompiler().FindStringSubmatch(text)
	if which == nil { // clang-cl and cl know no -x, and take a C file by its name
		again, _, _ := c.run(ctx, append(slices.Clone(t.CC[1:]), "/nologo", "/E", src))
		if which = isCompiler().FindStringSubmatch(again); which != nil {
			c.cl, err, errs = true, nil, nil
		}
	}
	switch {
	case len(errs) > 0:
		return nil, &CompilerError{CC: t.CC, First: errs[0].text}
	case err != nil:
		return nil, err
	case which == nil || which[1] == "unknown" || which[1] == "cl":
		return nil, fmt.Errorf("%s is not gcc or clang, which alone show what headers declare: install LLVM's clang, which reads the headers of Visual Studio, too", strings.Join(t.CC, " "))
	}
	c.clang = which[1] == "clang"
	return c, nil
}

var isCompiler = pattern(`(?m)^layout_is (\w+)`)

// options are those of every run.
func (c *compiler) options() []string {
	args := slices.Clone(c.target.CC[1:])
	switch {
	case c.cl:
		args = append(args, "/nologo", "/clang:-std=gnu11", "/clang:-ferror-limit=0", "/clang:-fno-spell-checking",
			"/clang:-fno-caret-diagnostics", "/clang:-fdiagnostics-format=clang")
	case c.clang: // all errors at once, and no time spent on guesses at what was meant
		args = append(args, "-std=gnu11", "-ferror-limit=0", "-fno-spell-checking", "-fno-caret-diagnostics")
	default:
		args = append(args, "-std=gnu11", "-fmax-errors=0", "-fdiagnostics-color=never", "-fno-diagnostics-show-caret", "-ftrack-macro-expansion=0")
	}
	return append(args, "-w")
}

// compileArgs are for a C file, or one that has been preprocessed and ends in ".i".
func (c *compiler) compileArgs(src, obj string) []string {
	if c.cl {
		return append(c.options(), "/clang:-gdwarf-4", "/clang:-fno-eliminate-unused-debug-types", "/c", "/Fo"+obj, src)
	}
	return append(c.options(), "-gdwarf-4", "-fno-eliminate-unused-debug-types", "-c", "-o", obj, src)
}

func (c *compiler) preprocessArgs(src string) []string { return append(c.options(), "-E", src) }

// sourceError is an error the compiler reports.
type sourceError struct {
	file    string // its base name
	line    int
	include int    // the line of the probe whose #include led to the file; 0 is none
	text    string // the whole line
	message string // what comes after "error:"
}

// gcc and clang: file:12:3: error: text.
var (
	errorLine    = pattern(`^(.*?):(\d+)(?::\d+)?: (?:fatal )?error: (.*)$`)
	includedFrom = pattern(`^(?:In file included|\s+) ?from (.*?):(\d+)`)
	anyError     = pattern(`(?i)\berror\b`)
)

// compile compiles the probe. Errors that are in no file come as a *CompilerError, as a compiler
// does that cannot run.
func (c *compiler) compile(ctx context.Context, src, obj string) ([]sourceError, error) {
	_, errs, err := c.run(ctx, c.compileArgs(src, obj))
	return errs, err
}

// run runs the compiler and returns what it prints, and its errors.
func (c *compiler) run(ctx context.Context, args []string) (stdout string, errs []sourceError, err error) {
	cmd := exec.CommandContext(ctx, c.target.CC[0], args...)
	// Messages are parsed, so they must be in English.
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), c.target.Env...)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	err = cmd.Run()
	if err == nil {
		return out.String(), nil, nil
	}
	if ctx.Err() != nil { // it was killed, which says nothing of the headers
		return "", nil, &CompilerError{CC: c.target.CC, Err: ctx.Err()}
	}
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		return "", nil, &CompilerError{CC: c.target.CC, Err: err}
	}
	errs, first := parseErrors(messages.String())
	if len(errs) > 0 {
		return "", errs, nil
	}
	if first == "" {
		first, _, _ = strings.Cut(strings.TrimSpace(messages.String()), "\n")
		first = strings.TrimSpace(first)
	}
	return "", nil, &CompilerError{CC: c.target.CC, First: first, Err: err, ran: true}
}

// parseErrors reads a compiler's messages. first is the first line with an error, in whatever form.
func parseErrors(text string) (errs []sourceError, first string) {
	include := 0 // of the last chain, which is not repeated while it is the same
	inChain := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n ")
		if m := includedFrom().FindStringSubmatch(line); m != nil {
			if !inChain {
				include = 0
			}
			inChain = true
			if baseName(m[1]) == sourceName {
				include, _ = strconv.Atoi(m[2])
			}
			continue
		}
		inChain = false
		line = strings.TrimSpace(line)
		if first == "" && anyError().MatchString(line) {
			first = line
		}
		m := errorLine().FindStringSubmatch(line)
		if m == nil {
			continue
		}
		e := sourceError{file: baseName(m[1]), include: include, text: line, message: m[3]}
		e.line, _ = strconv.Atoi(m[2])
		if slices.Contains(ourNames, e.file) { // the user has no such file: its folder says nothing
			e.include, e.text = 0, e.file+strings.TrimPrefix(line, m[1])
		}
		errs = append(errs, e)
	}
	return errs, first
}

// functions are what looks like a function that the headers declare, and the header file that
// mentions it first: a function is declared before it is called. Debug information does not name
// that file, because nothing calls the function. The probe finds out whether it is one.
func (c *compiler) functions(ctx context.Context, headers []string) (fileOf map[string]string, err error) {
	text, err := c.preprocess(ctx, headers)
	if err != nil {
		return nil, err
	}
	fileOf = map[string]string{}
	file := ""
	for line := range strings.Lines(text) {
		if m := lineMarker().FindStringSubmatch(line); m != nil {
			file = baseName(strings.ReplaceAll(m[1], `\\`, `\`))
			continue
		}
		for _, m := range calledName().FindAllStringSubmatch(line, -1) {
			if _, seen := fileOf[m[1]]; !seen {
				fileOf[m[1]] = file
			}
		}
	}
	return fileOf, nil
}

var (
	calledName = pattern(`([A-Za-z_][A-Za-z0-9_]*)\s*\(`)
	lineMarker = pattern(`^#(?:line)? +\d+ +"((?:[^"\\]|\\.)*)"`)
)

// preprocess returns what the preprocessor makes of the headers.
func (c *compiler) preprocess(ctx context.Context, headers []string) (string, error) {
	dir, err := os.MkdirTemp("", "layout")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	text, _ := probeSource(headers, nil)
	src := filepath.Join(dir, sourceName)
	if err := os.WriteFile(src, []byte(text), 0o600); err != nil {
		return "", err
	}
	out, errs, err := c.run(ctx, c.preprocessArgs(src))
	if errs != nil {
		return "", &CompilerError{CC: c.target.CC, First: errs[0].text}
	}
	return out, err
}
