package layout

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// question is one thing the probe asks the headers. It is comparable: equal questions are asked once.
type question struct {
	kind   questionKind
	name   string // a type or a constant
	member string // of the type
	is     string // the type that the member may be
}

type questionKind int

const (
	askType   questionKind = iota // size, alignment
	askEnum                       // size, alignment, sign
	askMember                     // offset, size, sign
	askIs                         // whether the member is of a type
	askConst                      // bits, below zero
)

// String is the name of what is asked about, as gaps and findings write it.
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
	case askIs:
		return fmt.Sprintf("_Generic(%s, %s: 1, default: 0)", member, q.is)
	default:
		// Of what is not an integer, a string say, there is no |.
		return fmt.Sprintf("(long long)((%[1]s) | 0), (%[1]s) < 0", q.name)
	}
}

// answer is what the headers say. When absent, why is the compiler's message.
type answer struct {
	numbers []int64
	absent  bool
	why     string
}

// facts are a header set's answers.
type facts struct {
	set     string
	version string
	goarch  string
	answers map[question]answer
	decls   *declarations // nil without debug information
}

// magic starts every array of the probe, so that none is all zeros and none is mistaken for another thing.
const magic = 0x4C41594F5554 // LAYOUT

// The newest Windows is declared, or headers hide what is new. NTDDI_VERSION is above every release of Windows 10
// and 11 so far, which headers compare with >=.
const preamble = `#define _WIN32_WINNT 0x0A00
#define WINVER 0x0A00
#define NTDDI_VERSION 0x0A0000FF
`

// Everything below is after the public headers, which is where a header set can be told by what it defined.
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
#else
	0, 0, 0
#endif
};
`

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
		line++
		lines[line] = q
		fmt.Fprintf(&b, "const long long layout_%d[] = {%#x, %s};\n", i, int64(magic), q.numbers())
	}
	return b.String(), lines
}

// probe asks a target's headers. A question whose line the compiler rejects is answered with "absent", and so is
// every question about a member of an absent type; the rest is asked again, until the compiler takes it all.
func probe(ctx context.Context, t Target, headers []string, questions []question) (*facts, error) {
	cc, err := newCompiler(t)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "layout")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	src, obj := filepath.Join(dir, sourceName), filepath.Join(dir, "probe.o")

	f := &facts{answers: make(map[question]answer, len(questions))}
	for len(questions) > 0 || len(f.answers) == 0 {
		text, lines := probeSource(headers, questions)
		if err := os.WriteFile(src, []byte(text), 0o600); err != nil {
			return nil, err
		}
		errs, err := cc.compile(ctx, src, obj)
		if err != nil {
			return nil, err
		}
		if len(errs) == 0 {
			return f, f.read(obj, t.GOARCH, questions)
		}
		absent := map[question]string{}
		for _, e := range errs {
			q, ok := lines[e.line]
			if !ok {
				return nil, &CompilerError{CC: t.CC, First: e.text}
			}
			if _, seen := absent[q]; !seen {
				absent[q] = e.message
			}
		}
		questions = f.setAside(questions, absent)
	}
	return nil, &CompilerError{CC: t.CC, First: "it rejects every line of the probe"}
}

// setAside answers the absent questions and returns the others.
func (f *facts) setAside(questions []question, absent map[question]string) []question {
	types := map[string]string{}
	for q, why := range absent {
		if q.kind == askType || q.kind == askEnum {
			types[q.name] = why
		}
	}
	var left []question
	for _, q := range questions {
		why, gone := absent[q]
		if w, typeGone := types[q.name]; typeGone && q.kind != askConst {
			why, gone = w, true
		}
		if gone {
			f.answers[q] = answer{absent: true, why: why}
		} else {
			left = append(left, q)
		}
	}
	return left
}

// read takes the answers out of the object file.
func (f *facts) read(path, goarch string, questions []question) error {
	o, err := openObject(path)
	if err != nil {
		return err
	}
	defer o.close()
	if f.goarch = o.goarch; goarch != "" && goarch != f.goarch {
		return fmt.Errorf("the compiler makes objects for %s, not for %s: give it the %[2]s target or leave GOARCH to it", f.goarch, goarch)
	}
	set, err := o.array("layout_set", 3)
	if err != nil {
		return err
	}
	f.set, f.version = headerSet(set)
	for i, q := range questions {
		numbers, err := o.array(fmt.Sprintf("layout_%d", i), counts[q.kind])
		if err != nil {
			return fmt.Errorf("%v: %w", q, err)
		}
		f.answers[q] = answer{numbers: numbers}
	}
	f.decls, err = o.declarations()
	return err
}

// counts is how many numbers answer each kind of question.
var counts = map[questionKind]int{askType: 2, askEnum: 3, askMember: 3, askIs: 1, askConst: 2}

func headerSet(n []int64) (set, version string) {
	switch n[0] {
	case 1:
		return SetMinGW, fmt.Sprintf("%d.%d", n[1], n[2])
	case 2:
		return SetWine, ""
	case 3:
		return SetSDK, fmt.Sprintf("NTDDI %#08x", n[1])
	}
	return SetUnknown, ""
}
