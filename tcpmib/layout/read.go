package layout

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReadHeaders reads everything that a target's headers declare, with the values of those of the
// named constants that there are. A header that does not compile after those before it is left out,
// and Headers.Notes says so. A name that begins with "./" or "../" is a file below the current
// folder.
func ReadHeaders(ctx context.Context, t Target, headers []string, constants []string) (*Headers, error) {
	headers, err := headerFiles(withDefault(headers))
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, h := range headers {
		fmt.Fprintf(&text, "#include <%s>\n", h)
	}
	h, err := ReadText(ctx, t, text.String(), constants)
	if err == nil {
		h.Headers = headers
	}
	return h, err
}

// headerFiles makes the paths of header files absolute, for the probe is in a folder of its own.
func headerFiles(headers []string) ([]string, error) {
	list := slices.Clone(headers)
	for i, h := range list {
		slashed := filepath.ToSlash(h)
		if !strings.HasPrefix(slashed, "./") && !strings.HasPrefix(slashed, "../") {
			continue
		}
		path, err := filepath.Abs(h)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("header %s: %w", h, err)
		}
		list[i] = filepath.ToSlash(path)
	}
	return list, nil
}

// ReadText is ReadHeaders for headers that want more than to be included: text is preprocessor
// directives, one a line. The headers are read once: the preprocessor's text says what there is to
// ask, and is compiled with the questions.
func ReadText(ctx context.Context, t Target, text string, constants []string) (*Headers, error) {
	cc, err := newCompiler(ctx, t)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "layout")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r := &headerReader{cc: cc, dir: dir, lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n"), constants: constants}
	return r.read(ctx)
}

// headerReader reads headers, and leaves out what does not compile.
type headerReader struct {
	cc        *compiler
	dir       string
	lines     []string // preprocessor directives
	constants []string
	notes     []string
	aliases   map[string]string // macros that stand for one name
}

func (r *headerReader) read(ctx context.Context) (*Headers, error) {
	for {
		text, bad, err := r.preprocess(ctx)
		if err != nil {
			return nil, err
		}
		if bad == nil {
			var h *Headers
			if h, bad, err = r.compile(ctx, text); err != nil || bad == nil {
				return h, err
			}
		}
		if err := r.leaveOut(bad); err != nil {
			return nil, err
		}
	}
}

// leaveOut blanks the line of the header that an error is in.
func (r *headerReader) leaveOut(e *sourceError) error {
	// Each directive has two lines: itself, and one after which nothing is open.
	line := e.include - strings.Count(preamble, "\n") - 1
	if e.include == 0 && e.file == sourceName {
		if line = e.line - strings.Count(preamble, "\n") - 1; line%2 == 0 { // the directive itself: there is no such file
			line = -1
		}
	}
	i := line / 2
	if line < 0 || i >= len(r.lines) || !isInclude(r.lines[i]) {
		return &CompilerError{CC: r.cc.target.CC, First: e.text}
	}
	name := strings.Trim(strings.TrimSpace(strings.SplitN(r.lines[i], "include", 2)[1]), `<>"`)
	r.lines[i] = ""
	r.notes = append(r.notes, fmt.Sprintf("%s is left out, because it does not compile after the headers before it: %s", name, e.text))
	if !slices.ContainsFunc(r.lines, isInclude) {
		return &CompilerError{CC: r.cc.target.CC, First: e.text}
	}
	return nil
}

func isInclude(line string) bool {
	directive, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
	return ok && strings.HasPrefix(strings.TrimSpace(directive), "include")
}

// The words that the questions about macros are between. They are for the preprocessor alone.
const (
	askWord = "layout_ask_macro"
	endWord = "layout_ask_nothing"
)

// preprocess returns what the preprocessor makes of the headers and of the constants' names.
func (r *headerReader) preprocess(ctx context.Context) (text string, bad *sourceError, err error) {
	var b strings.Builder
	b.WriteString(preamble)
	for _, line := range r.lines {
		b.WriteString(line + "\nstruct layout_end;\n") // after which nothing is open
	}
	b.WriteString(definitions)
	for i, name := range r.constants {
		if constName().MatchString(name) {
			fmt.Fprintf(&b, "%s %d %s\n", askWord, i, name)
		}
	}
	b.WriteString(endWord + "\n")
	src := filepath.Join(r.dir, sourceName)
	if err := os.WriteFile(src, []byte(b.String()), 0o600); err != nil {
		return "", nil, err
	}
	dump := "-dD" // definitions of macros among the text
	if r.cc.cl {
		dump = "/clang:-dD"
	}
	text, errs, err := r.cc.run(ctx, append(r.cc.preprocessArgs(src), dump))
	if len(errs) > 0 {
		return "", &errs[0], nil
	}
	r.aliases = map[string]string{}
	return withoutMacros(text, r.aliases), nil, err
}

// withoutMacros takes the definitions of macros out of a text, and notes those that are another
// name of something: UNICODE makes PROCESSENTRY32 a macro for PROCESSENTRY32W.
func withoutMacros(text string, aliases map[string]string) string {
	var b strings.Builder
	b.Grow(len(text))
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "#define "):
			words := strings.Fields(line)
			if len(words) == 3 {
				aliases[words[1]] = words[2]
			} else if len(words) > 1 {
				delete(aliases, words[1])
			}
			b.WriteString("\n") // lines keep their numbers
		case strings.HasPrefix(line, "#undef "):
			if words := strings.Fields(line); len(words) > 1 {
				delete(aliases, words[1])
			}
			b.WriteString("\n")
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// compile compiles what the preprocessor made, with the questions, and again without those that
// have no answer.
func (r *headerReader) compile(ctx context.Context, text string) (h *Headers, bad *sourceError, err error) {
	text, asked, found := cutWord(text, askWord)
	if !found {
		text, _, _ = cutWord(text, endWord)
	}
	p := &probe{cc: r.cc, headers: r.includes(), answers: map[question]answer{}}
	expansions := expansionsOf(asked)
	for i, name := range r.constants {
		x, isAsked := expansions[i]
		q := question{kind: askMacro, name: name}
		switch _, done := p.answers[q]; {
		case !isAsked || x == name || done: // no macro, or one that stands for itself, as enumerators have
		case !balanced(x):
			p.answers[q] = answer{absent: true, why: fmt.Sprintf("it stands for %q, which is no expression", x)}
		case slices.Contains(p.questions, q):
		default:
			p.questions = append(p.questions, q)
		}
	}
	macros := map[string]string{}
	for i, name := range r.constants {
		macros[name] = expansions[i]
	}
	for _, name := range definedTypes(text) {
		p.questions = append(p.questions, question{kind: askType, name: name})
	}
	src, obj := filepath.Join(r.dir, preprocessedName), filepath.Join(r.dir, "probe.o")
	for {
		if err := os.WriteFile(src, []byte(text+questionLines(p.questions, macros)), 0o600); err != nil {
			return nil, nil, err
		}
		_, errs, err := r.cc.run(ctx, r.cc.compileArgs(src, obj))
		if err != nil {
			return nil, nil, err
		}
		absent := map[question]string{}
		for _, e := range errs {
			if e.file != questionsName || e.line > len(p.questions) {
				return nil, &e, nil
			}
			if q := p.questions[e.line-1]; absent[q] == "" {
				absent[q] = e.message
			}
		}
		if len(absent) > 0 {
			p.setAside(absent)
			continue
		}
		if h, err = p.read(obj); err != nil {
			return nil, nil, err
		}
		more := p.unasked(h)
		if len(more) == 0 {
			h.Notes = r.notes
			h.setAliases(r.aliases)
			return h, nil, r.fill(h, p)
		}
		p.questions = append(p.questions, more...)
	}
}

// unasked are the structs whose alignment is not known, because the text did not show their names.
func (p *probe) unasked(h *Headers) []question {
	known := map[*CStruct]bool{}
	for q := range p.answers {
		if q.kind == askType {
			known[h.Struct(q.name)] = true
		}
	}
	var list []question
	for _, name := range h.StructNames() {
		decl := h.Structs[name]
		if q := (question{kind: askType, name: name}); decl != nil && !known[decl] && typeName().MatchString(name) {
			list = append(list, q)
		}
	}
	return list
}

func (r *headerReader) includes() []string {
	var list []string
	for _, line := range r.lines {
		if isInclude(line) {
			list = append(list, strings.Trim(strings.TrimSpace(strings.SplitN(line, "include", 2)[1]), `<>"`))
		}
	}
	return list
}

// fill puts the answers into h.
func (r *headerReader) fill(h *Headers, p *probe) error {
	for q, a := range p.answers {
		if q.kind != askMacro {
			continue
		}
		switch {
		case a.absent:
			h.why[q.name] = a.why
		case a.numbers[3] == 0:
			h.why[q.name] = "it is not an integer"
		default: // an enumerator of that name, which it may stand for, is hidden
			h.Macros[q.name] = CValue{Bits: uint64(a.numbers[0]), Negative: a.numbers[1] != 0, Size: a.numbers[2]}
		}
		delete(p.answers, q)
	}
	return p.fill(h)
}

// questionLines is one line a question, the first of them line 1 of a file of their own.
func questionLines(questions []question, macros map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n# 1 %q\n", questionsName)
	for i, q := range questions {
		numbers := ""
		if q.kind == askMacro {
			// A value that is not an integer is no constant expression for some compilers: 0 stands
			// for it.
			x := "(" + macros[q.name] + ")"
			is := "(__builtin_classify_type" + x + " - 1u < 4u)" // an integer, a character, an enum, a bool
			n := "__builtin_choose_expr(" + is + ", " + x + ", 0)"
			numbers = fmt.Sprintf("(long long)(%s), %s < 0, sizeof %s, %s", n, n, x, is)
		} else {
			numbers = q.numbers()
		}
		fmt.Fprintf(&b, "const long long layout_%d[] = {%#x, %s};\n", i, int64(magic), numbers)
	}
	return b.String()
}

// cutWord cuts a text at the line that begins with a word.
func cutWord(text, word string) (before, after string, found bool) {
	i := strings.Index(text, "\n"+word)
	if i < 0 {
		return text, "", false
	}
	return text[:i+1], text[i+1:], true
}

// expansionsOf reads what the preprocessor made of the questions: the expansion of each, by its
// number.
func expansionsOf(asked string) map[int]string {
	list := map[int]string{}
	at := -1
	for line := range strings.Lines(asked) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, endWord) {
			break
		}
		if strings.HasPrefix(line, "#") { // where the line is, or a pragma
			continue
		}
		if rest, ok := strings.CutPrefix(line, askWord); ok {
			number, expansion, _ := strings.Cut(strings.TrimSpace(rest), " ")
			at = 0
			fmt.Sscan(number, &at)
			list[at] = strings.TrimSpace(expansion)
			continue
		}
		if at >= 0 && line != "" {
			list[at] = strings.TrimSpace(list[at] + " " + line)
		}
	}
	return list
}

// balanced reports whether a text can be an expression: something in brackets that are closed, and
// no statement. A string is no integer.
func balanced(text string) bool {
	var open []byte
	closing := map[byte]byte{'(': ')', '[': ']'}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '(', '[':
			open = append(open, closing[c])
		case ')', ']':
			if len(open) == 0 || open[len(open)-1] != c {
				return false
			}
			open = open[:len(open)-1]
		case ';', '{', '}', '"', '#', '\\':
			return false
		case '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 1 { // not closed, or nothing in it
				return false
			}
			if strings.HasSuffix(text[:i+1+end], `\`) { // '\'', which no header has
				return false
			}
			i += end + 1
		}
	}
	return len(open) == 0 && text != ""
}

// setAliases keeps the macros that stand for the name of a struct or union.
func (h *Headers) setAliases(macros map[string]string) {
	h.Aliases = map[string]string{}
	for name, to := range macros {
		for range 10 { // a macro for a macro
			next, ok := macros[to]
			if !ok || next == to {
				break
			}
			to = next
		}
		// Others, such as INTERFACE, are for macros of the headers alone.
		if to != name && strings.HasPrefix(to, name) && h.Struct(to) != nil {
			h.Aliases[name] = to
		}
	}
}
