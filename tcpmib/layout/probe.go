package layout

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// question is one thing the probe asks the headers. It is comparable: equal questions are asked
// once.
type question struct {
	kind   questionKind
	name   string // a type, a constant or a function
	member string // of the type
}

type questionKind int

const (
	askType     questionKind = iota // size, alignment
	askEnum                         // size, alignment, sign
	askMember                       // offset, size, sign
	askConst                        // bits, below zero, size
	askFunction                     // its type, in the debug information
	askMacro                        // bits, below zero, size, whether it is an integer at all
)

// counts is how many numbers answer each kind of question.
var counts = map[questionKind]int{askType: 2, askEnum: 3, askMember: 3, askConst: 3, askMacro: 4}

// String is the name that q asks about, as gaps and findings write it.
func (q question) String() string {
	if q.member == "" {
		return q.name
	}
	return q.name + "." + q.member
}

// numbers is the C initialiser that answers the question.
func (q question) numbers() string {
	member := "((" + q.name + " *)0)->" + q.member
	switch q.kind {
	case askType:
		return fmt.Sprintf("sizeof(%[1]s), _Alignof(%[1]s)", q.name)
	case askEnum:
		return fmt.Sprintf("sizeof(%[1]s), _Alignof(%[1]s), LAYOUT_SIGN((%[1]s)0)", q.name)
	case askMember:
		return fmt.Sprintf("offsetof(%s, %s), sizeof(%s), LAYOUT_SIGN(%[3]s)", q.name, q.member, member)
	default:
		// Of what is not an integer, a string say, there is no |.
		return fmt.Sprintf("(long long)((%[1]s) | 0), (%[1]s) < 0, sizeof(%[1]s)", q.name)
	}
}

// answer has the numbers that the headers give. Without numbers, why has the compiler's message.
type answer struct {
	numbers []int64
	absent  bool
	why     string
}

// questions asks about all that is claimed, and about a struct also under the names that gaps give
// it.
func (g *Go) questions(rules Rules) []question {
	var list []question
	seen := map[question]bool{}
	ask := func(q question) {
		if !seen[q] {
			seen[q] = true
			list = append(list, q)
		}
	}
	for _, s := range g.Structs {
		for _, c := range append([]string{s.C}, otherNames(rules, s.C)...) {
			ask(question{kind: askType, name: c})
			for _, f := range s.Fields {
				for _, m := range f.C {
					ask(question{kind: askMember, name: c, member: m})
				}
			}
		}
	}
	for _, e := range g.Enums {
		ask(question{kind: askEnum, name: e.C})
	}
	for _, k := range g.Consts {
		ask(question{kind: askConst, name: k.C})
	}
	for _, f := range g.Funcs {
		ask(question{kind: askFunction, name: f.C})
	}
	return list
}

func otherNames(rules Rules, c string) []string {
	var names []string
	for _, gap := range rules.Gaps {
		if gap.Name == c && gap.As != "" {
			names = append(names, gap.As)
		}
	}
	return names
}

// magic starts every array of the probe, so that none is all zeros and none is mistaken for another
// thing.
const magic int64 = 0x4C41594F5554 // LAYOUT

// The newest Windows is declared, or headers hide what is new. NTDDI_VERSION is above every release
// of Windows 10 and 11 so far, which headers compare with >=.
const preamble = `#define _WIN32_WINNT 0x0A00
#define WINVER 0x0A00
#define NTDDI_VERSION 0x0A0000FF
`

// Everything below is after the public headers, where a header set can be recognised by its macros.
// SDKs before 10.0.15063 do not define WDK_NTDDI_VERSION.
const definitions = `#include <stddef.h>
#define LAYOUT_SIGN(x) _Generic((x), \
	char: (char)-1 < 0 ? 1 : 2, signed char: 1, short: 1, int: 1, long: 1, long long: 1, \
	_Bool: 2, unsigned char: 2, unsigned short: 2, unsigned int: 2, unsigned long: 2, unsigned long long: 2, \
	float: 3, double: 3, default: 0)
const long long layout_set[] = {0x4C41594F5554,
#if defined(__MINGW64_VERSION_MAJOR)
	1, __MINGW64_VERSION_MAJOR, __MINGW64_VERSION_MINOR
#elif defined(WINELIB_NAME_AW) || defined(__WINE_STDDEF_H) || defined(__WINE_WINSOCKAPI_STDLIB_H)
	2, 0, 0
#elif defined(WDK_NTDDI_VERSION)
	3, WDK_NTDDI_VERSION, 0
#elif defined(_INC_SDKDDKVER) && defined(NTDDI_WIN10_RS1)
	3, NTDDI_WIN10_RS1, 0
#elif defined(_INC_SDKDDKVER) && defined(NTDDI_WIN10_TH2)
	3, NTDDI_WIN10_TH2, 0
#elif defined(_INC_SDKDDKVER) && defined(NTDDI_WINTHRESHOLD)
	3, NTDDI_WINTHRESHOLD, 0
#else
	0, 0, 0
#endif
};
`

// builds are the SDKs by their WDK_NTDDI_VERSION.
var builds = map[int64]string{
	0x0A000000: "10.0.10240", 0x0A000001: "10.0.10586", 0x0A000002: "10.0.14393", 0x0A000003: "10.0.15063",
	0x0A000004: "10.0.16299", 0x0A000005: "10.0.17134", 0x0A000006: "10.0.17763", 0x0A000007: "10.0.18362",
	0x0A000008: "10.0.19041", 0x0A00000A: "10.0.20348", 0x0A00000B: "10.0.22000", 0x0A00000C: "10.0.22621",
	0x0A000010: "10.0.26100", 0x0A000012: "10.0.28000",
}

// setHeaders says which header set the numbers of layout_set mean.
func (h *Headers) setHeaders(n []int64) {
	switch n[0] {
	case 1:
		h.Set, h.Version = SetMinGW, fmt.Sprintf("%d.%d", n[1], n[2])
	case 2:
		h.Set = SetWine
	case 3:
		h.Set, h.Version = SetSDK, fmt.Sprintf("NTDDI %#08x", n[1])
		if sdk := builds[n[1]]; sdk != "" {
			h.SDKs = []string{sdk}
		}
	default:
		h.Set = SetUnknown
	}
}

// probeSource writes the C file. lines[n] is the question that line n, counted from 1, asks.
func probeSource(headers []string, questions []question) (src string, lines map[int]question) {
	var b strings.Builder
	b.WriteString(preamble)
	for _, h := range headers {
		fmt.Fprintf(&b, "#include <%s>\n", h)
	}
	b.WriteString(definitions)
	line := strings.Count(b.String(), "\n")
	lines = make(map[int]question, len(questions))
	for i, q := range questions {
		if q.kind == askFunction {
			fmt.Fprintf(&b, "__typeof__(%s) *layout_%d;\n", q.name, i)
		} else {
			fmt.Fprintf(&b, "const long long layout_%d[] = {%#x, %s};\n", i, int64(magic), q.numbers())
		}
		line++
		lines[line] = q
	}
	return b.String(), lines
}

// probe is one run of questions to one target.
type probe struct {
	cc        *compiler
	headers   []string
	questions []question
	answers   map[question]answer
}

// Probe asks a target's headers about all that the Spec claims. With gcc and clang the answer also
// has every type that the headers declare.
func (s Spec) Probe(ctx context.Context, t Target) (*Headers, error) {
	g, err := s.Go(cmp.Or(t.GOARCH, arches[0]))
	if err != nil {
		return nil, err
	}
	headers := s.Headers
	if len(t.Headers) > 0 {
		headers = t.Headers
	}
	cc, err := newCompiler(ctx, t)
	if err != nil {
		return nil, err
	}
	questions := g.questions(s.Rules)
	var fileOf map[string]string // of functions
	if len(s.CompleteFunctions) > 0 {
		if fileOf, err = cc.functions(ctx, withDefault(headers)); err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(fileOf)) {
			q := question{kind: askFunction, name: name}
			demanded := slices.ContainsFunc(s.CompleteFunctions, func(p Prototypes) bool { return p.match(fileOf[name], name) })
			if demanded && !slices.Contains(questions, q) {
				questions = append(questions, q)
			}
		}
	}
	p := &probe{cc: cc, headers: withDefault(headers), questions: questions}
	h, err := p.run(ctx)
	if err != nil {
		return nil, err
	}
	for name, f := range h.Functions {
		f.File = fileOf[name]
	}
	return h, p.fill(h)
}

func withDefault(headers []string) []string {
	if len(headers) == 0 {
		return DefaultHeaders()
	}
	return headers
}

// run compiles the questions, and again without those that the headers have no answer to.
func (p *probe) run(ctx context.Context) (*Headers, error) {
	dir, err := os.MkdirTemp("", "layout")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	src, obj := filepath.Join(dir, sourceName), filepath.Join(dir, "probe.o")
	p.answers = make(map[question]answer, len(p.questions))
	for {
		text, lines := probeSource(p.headers, p.questions)
		if err := os.WriteFile(src, []byte(text), 0o600); err != nil {
			return nil, err
		}
		errs, err := p.cc.compile(ctx, src, obj)
		if err != nil {
			return nil, err
		}
		if len(errs) == 0 {
			return p.read(obj)
		}
		absent := map[question]string{}
		for _, e := range errs {
			q, ok := lines[e.line]
			if !ok || e.file != sourceName {
				return nil, &CompilerError{CC: p.cc.target.CC, First: e.text}
			}
			if _, seen := absent[q]; !seen {
				absent[q] = e.message
			}
		}
		p.setAside(absent)
	}
}

// setAside answers the absent questions and leaves the others.
func (p *probe) setAside(absent map[question]string) {
	types := map[string]string{}
	for q, why := range absent {
		if q.kind == askType || q.kind == askEnum {
			types[q.name] = why
		}
	}
	var left []question
	for _, q := range p.questions {
		why, gone := absent[q]
		if w, typeGone := types[q.name]; typeGone && q.kind != askConst && q.kind != askFunction {
			why, gone = w, true
		}
		if gone {
			p.answers[q] = answer{absent: true, why: why}
		} else {
			left = append(left, q)
		}
	}
	p.questions = left
}

// read takes the answers and the declarations out of the object file.
func (p *probe) read(path string) (*Headers, error) {
	o, err := openObject(path)
	if err != nil {
		return nil, err
	}
	defer o.close()
	if want := p.cc.target.GOARCH; want != "" && want != o.goarch {
		return nil, fmt.Errorf("the compiler makes objects for %s, not for %s: give it the %[2]s target or leave GOARCH to it", o.goarch, want)
	}
	h := &Headers{GOARCH: o.goarch, Headers: p.headers, Compiler: strings.Join(p.cc.target.CC, " "), why: map[string]string{}}
	h.makeMaps()
	set, err := o.array("layout_set", 3)
	if err != nil {
		return nil, err
	}
	h.setHeaders(set)
	functions := map[string]string{}
	for i, q := range p.questions {
		name := fmt.Sprintf("layout_%d", i)
		if q.kind == askFunction {
			functions[name] = q.name
			p.answers[q] = answer{}
			continue
		}
		numbers, err := o.array(name, counts[q.kind])
		if err != nil {
			return nil, fmt.Errorf("%v: %w", q, err)
		}
		p.answers[q] = answer{numbers: numbers}
	}
	if err := o.declarations(h, functions); err != nil {
		return nil, err
	}
	h.indexEnumerators()
	return h, nil
}

// fill puts the answers into h. Those that the debug information has as well must be the same.
func (p *probe) fill(h *Headers) error {
	for _, q := range slices.SortedFunc(maps.Keys(p.answers), func(a, b question) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name), cmp.Compare(a.member, b.member))
	}) {
		a := p.answers[q]
		if a.absent {
			h.why[q.String()] = a.why
			continue
		}
		var err error
		switch q.kind {
		case askConst:
			h.fillConst(q.name, CValue{Bits: uint64(a.numbers[0]), Negative: a.numbers[1] != 0, Size: a.numbers[2]})
		case askType:
			err = h.fillType(q.name, a.numbers)
		case askEnum:
			err = h.fillEnum(q.name, a.numbers)
		case askMember:
			err = h.fillMember(q, a.numbers)
		}
		if err != nil {
			return fmt.Errorf("layout: %v: %w", q, err)
		}
	}
	return nil
}

func (h *Headers) fillConst(name string, v CValue) {
	known, isEnum := h.Constant(name)
	if !isEnum || known.String() != v.String() { // a macro may give the name of an enumerator another value
		h.Macros[name] = v
	}
}

func (h *Headers) fillType(name string, n []int64) error {
	t := h.typeOf(name)
	if t.decl == nil {
		return nil
	}
	t.decl.Align = n[1]
	return agree("size", t.size, n[0])
}

func (h *Headers) fillEnum(name string, n []int64) error {
	t := h.typeOf(name)
	if t.enum == nil {
		return nil
	}
	return agree("size", t.size, n[0])
}

// signs are the values of LAYOUT_SIGN.
var signs = [...]string{"", signed, unsigned, float}

func (h *Headers) fillMember(q question, n []int64) error {
	decl := h.Struct(q.name)
	if decl == nil {
		return nil
	}
	m := CMember{Offset: n[0], Size: n[1], Sign: signs[n[2]]}
	known := h.member(decl, q.member)
	if known == nil {
		return fmt.Errorf("the compiler knows this member, but its debug information does not")
	}
	sign := known.Sign
	if h.typeOf(known.Type).kind == cEnum { // of which _Generic and the debug information differ
		sign = m.Sign
	}
	return agree("offset, size and sign", fmt.Sprint(known.Offset, known.Size, sign), fmt.Sprint(m.Offset, m.Size, m.Sign))
}

// agree is an error when the probe's numbers are not those of the debug information.
func agree[T comparable](what string, debug, probe T) error {
	if debug == probe {
		return nil
	}
	return fmt.Errorf("the debug information gives the %s %v, and the probe %v", what, debug, probe)
}
