package layout

import (
	"bytes"
	"context"
	"errors"
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
}

func (e *CompilerError) Error() string {
	s := "the compiler failed: " + strings.Join(e.CC, " ")
	if e.First != "" {
		return s + ": " + e.First
	}
	return s + ": " + e.Err.Error()
}

func (e *CompilerError) Unwrap() error { return e.Err }

// sourceName is the probe's file name, by which its lines are found in messages.
const sourceName = "layout_probe.c"

// compiler runs one target's command.
type compiler struct {
	target Target
	clang  bool // takes clang's options
}

func newCompiler(t Target) (*compiler, error) {
	if len(t.CC) == 0 {
		return nil, errors.New("the target has no compiler command")
	}
	base := strings.ToLower(strings.TrimSuffix(filepath.Base(strings.ReplaceAll(t.CC[0], `\`, "/")), ".exe"))
	return &compiler{target: t, clang: strings.Contains(base, "clang")}, nil
}

func (c *compiler) args(src, obj string) []string {
	args := append([]string{}, c.target.CC[1:]...)
	if c.clang { // all errors at once, and no time spent on guesses at what was meant
		args = append(args, "-ferror-limit=0", "-fno-spell-checking", "-fno-caret-diagnostics")
	}
	if !c.clang {
		args = append(args, "-fmax-errors=0", "-fdiagnostics-color=never", "-fno-diagnostics-show-caret")
	}
	return append(args, "-std=gnu11", "-w", "-gdwarf-4", "-fno-eliminate-unused-debug-types", "-c", "-o", obj, src)
}

// sourceError is an error the compiler reports for a line of the probe; line 0 is an error
// elsewhere.
type sourceError struct {
	line    int
	text    string // the whole line
	message string // what comes after "error:"
}

// gcc and clang: file:12:3: error: text.
var (
	errorLine = pattern(`^(.*?):(\d+)(?::\d+)?: (?:fatal )?error: (.*)$`)
	anyError  = pattern(`(?i)\berror\b`)
)

// compile runs the compiler. Errors in the probe's own lines come back as a list; a compiler that
// fails otherwise is a *CompilerError.
func (c *compiler) compile(ctx context.Context, src, obj string) ([]sourceError, error) {
	cmd := exec.CommandContext(ctx, c.target.CC[0], c.args(src, obj)...)
	// Messages are parsed, so they must be in English.
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), c.target.Env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err == nil {
		return nil, nil
	}
	if ctx.Err() != nil { // it was killed, which says nothing of the headers
		return nil, &CompilerError{CC: c.target.CC, Err: ctx.Err()}
	}
	if _, ran := errors.AsType[*exec.ExitError](err); !ran {
		return nil, &CompilerError{CC: c.target.CC, Err: err}
	}
	var errs []sourceError
	first := ""
	for line := range strings.Lines(strings.ReplaceAll(out.String(), "\r\n", "\n")) {
		line = strings.ReplaceAll(strings.TrimSpace(line), src, sourceName)
		if first == "" && anyError().MatchString(line) {
			first = line
		}
		m := errorLine().FindStringSubmatch(line)
		if m == nil {
			continue
		}
		e := sourceError{text: line, message: m[3]}
		if strings.HasSuffix(strings.ReplaceAll(m[1], `\`, "/"), sourceName) {
			e.line, _ = strconv.Atoi(m[2])
		}
		errs = append(errs, e)
	}
	if len(errs) == 0 {
		if first == "" {
			first, _, _ = strings.Cut(strings.TrimSpace(strings.ReplaceAll(out.String(), src, sourceName)), "\n")
		}
		return nil, &CompilerError{CC: c.target.CC, First: first, Err: err}
	}
	return errs, nil
}

// macros are the names of all macros that are defined after the headers.
func (c *compiler) macros(ctx context.Context, headers []string) (map[string]bool, error) {
	text, err := c.preprocess(ctx, headers, "-dM", "-P")
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "#define "); ok {
			name, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			names[name] = true
		}
	}
	return names, nil
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
func (c *compiler) preprocess(ctx context.Context, headers []string, options ...string) (string, error) {
	src, _ := probeSource(headers, nil)
	args := append(append(slices.Clone(c.target.CC[1:]), "-E", "-w", "-std=gnu11"), options...)
	cmd := exec.CommandContext(ctx, c.target.CC[0], append(args, "-x", "c", "-")...)
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), c.target.Env...)
	cmd.Stdin = strings.NewReader(src)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		first := ""
		for line := range strings.Lines(strings.ReplaceAll(errs.String(), "<stdin>", sourceName)) {
			if first == "" && anyError().MatchString(line) {
				first = strings.TrimSpace(line)
			}
		}
		return "", &CompilerError{CC: c.target.CC, First: first, Err: err}
	}
	return out.String(), nil
}
