package main

import (
	"context"
	"fmt"
	"go/format"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

// generateFrom reads the headers and generates.
func generateFrom(ctx context.Context, name string, sets []headerSet) (string, error) {
	var all []*layout.Headers
	for _, set := range sets {
		h, err := set.ask(ctx, nil)
		if err != nil {
			return "", err
		}
		all = append(all, h)
	}
	return generate(name, all)
}

// generate prints the Go struct for a C struct, and for those in it. Nothing leaves that has not been compared with
// the headers of each architecture.
func generate(name string, sets []*layout.Headers) (string, error) {
	g := &generator{sets: sets, done: map[string]goType{}}
	if _, err := g.declare(name); err != nil {
		return "", err
	}
	body := strings.Join(g.types, "\n")
	text := "package generated\n\nimport (\n\t\"structs\"\n"
	if strings.Contains(body, "unsafe.") {
		text += "\t\"unsafe\"\n"
	}
	text += ")\n\n" + body
	text += proof(sets)
	formatted, err := format.Source([]byte(text))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	for _, h := range sets {
		if err := prove(string(formatted), h); err != nil {
			return "", fmt.Errorf("no Go struct was found for %s: %w", name, err)
		}
	}
	return string(formatted), nil
}

// proof says what the struct was compared with.
func proof(sets []*layout.Headers) string {
	var list []string
	for _, h := range sets {
		list = append(list, h.GOARCH+" ("+h.Name()+")")
	}
	return "\n// Compared by layoutcheck with the headers for " + strings.Join(list, ", ") + ".\n"
}

// prove compares what was generated with the headers.
func prove(text string, h *layout.Headers) error {
	p, err := source.Parse("generated.go", text, h.GOARCH)
	if err != nil {
		return err
	}
	// One that has no name in C is compared within the one that it is in.
	p.Structs = slices.DeleteFunc(p.Structs, func(s layout.GoStruct) bool { return s.C == "" })
	for _, s := range layout.Compare(&p.Go, h, layout.Rules{}).Structs {
		if list := findings(h.GOARCH, s); len(list) > 0 {
			return fmt.Errorf("what was tried is wrong on %s: %v\n%s", h.GOARCH, list[0], s.Table())
		}
	}
	return nil
}

// generator writes structs that are right for several architectures at once.
type generator struct {
	sets  []*layout.Headers // one an architecture
	types []string          // the declarations, the inner ones first
	done  map[string]goType // by C name
}

// goType is a Go type and what each architecture makes of it.
type goType struct {
	name        string
	size, align []int64
}

// declare writes the declaration of a C struct and returns the Go type.
func (g *generator) declare(c string) (goType, error) {
	if t, ok := g.done[c]; ok {
		return t, nil
	}
	structs := make([]*layout.CStruct, len(g.sets))
	for i, h := range g.sets {
		structs[i] = h.Struct(c)
		switch {
		case structs[i] == nil:
			return goType{}, fmt.Errorf("the headers for %s declare no struct %s", h.GOARCH, c)
		case structs[i].Union:
			return goType{}, fmt.Errorf("%s is a union, which Go lacks: take the member that you need", c)
		}
	}
	b := &structBuilder{g: g, c: c, structs: structs, at: make([]int64, len(g.sets)), align: slices.Repeat([]int64{1}, len(g.sets))}
	if err := b.members(); err != nil {
		return goType{}, err
	}
	t := goType{name: goName(c), align: b.align}
	for _, s := range structs {
		t.size = append(t.size, s.Size)
	}
	g.done[c] = t
	text := fmt.Sprintf("// %s is %s", t.name, c)
	if structs[0].File != "" {
		text += " of " + structs[0].File
	}
	tag := fmt.Sprintf(" `c:%q`", c)
	if strings.Contains(c, ".") { // a struct without a name of its own, in another
		tag = ""
	}
	g.types = append(g.types, text+fmt.Sprintf(".\ntype %s struct {\n\t_ structs.HostLayout%s\n%s}\n", t.name, tag, strings.Join(b.lines, "")))
	return t, nil
}

// structBuilder writes the fields of one struct.
type structBuilder struct {
	g       *generator
	c       string
	structs []*layout.CStruct // one an architecture
	at      []int64           // where Go has got to on each
	align   []int64           // Go's, so far
	lines   []string
}

// members goes from the start to the end. Of the members of a union it takes the largest.
func (b *structBuilder) members() error {
	first := b.structs[0]
	end := int64(0)
	for i := 0; i < len(first.Members); {
		m := first.Members[i]
		same := []layout.CMember{m}
		for i++; i < len(first.Members) && first.Members[i].Offset == m.Offset; i++ {
			same = append(same, first.Members[i])
		}
		if m.Offset < end {
			continue // inside what was taken
		}
		largest := slices.MaxFunc(same, func(x, y layout.CMember) int { return int(x.Size - y.Size) })
		var names []string
		for _, other := range same {
			if other.Size == largest.Size {
				names = append(names, other.Name)
			}
		}
		if err := b.field(largest, names); err != nil {
			return err
		}
		end = largest.Offset + largest.Size
	}
	want := make([]int64, len(b.structs))
	for i, s := range b.structs {
		want[i] = s.Size
	}
	if err := b.pad(want, b.align, true); err != nil {
		return fmt.Errorf("at the end of %s: %w", b.c, err)
	}
	return nil
}

// field writes one field, and the padding before it.
func (b *structBuilder) field(m layout.CMember, names []string) error {
	all := make([]layout.CMember, len(b.structs))
	want := make([]int64, len(b.structs))
	for i, s := range b.structs {
		j := slices.IndexFunc(s.Members, func(other layout.CMember) bool { return other.Name == m.Name })
		if j < 0 {
			return fmt.Errorf("%s has the member %s on %s and not on %s: use -goarch for one of them", b.c, m.Name, b.g.sets[0].GOARCH, b.g.sets[i].GOARCH)
		}
		all[i], want[i] = s.Members[j], s.Members[j].Offset
	}
	t, err := b.g.fieldType(all)
	if err != nil {
		return fmt.Errorf("%s.%s: %w", b.c, m.Name, err)
	}
	if err := b.pad(want, t.align, false); err != nil {
		return fmt.Errorf("%s.%s: %w", b.c, m.Name, err)
	}
	b.lines = append(b.lines, fmt.Sprintf("\t%s %s `c:%q`\n", b.fieldName(m.Name), t.name, strings.Join(names, "|")))
	for i := range b.at {
		b.at[i] = want[i] + t.size[i]
		b.align[i] = max(b.align[i], t.align[i])
	}
	return nil
}

// onlyOn386 is a length of 4 there and of 0 elsewhere: what Go aligns a uint64 to less than C.
const onlyOn386 = "8 - unsafe.Alignof(uint64(0))"

// pad brings Go to where C is on every architecture.
func (b *structBuilder) pad(want, align []int64, last bool) error {
	reaches := func(length func(goarch string) int64) bool {
		for i := range b.at {
			at := b.at[i] + length(b.g.sets[i].GOARCH)
			if (at+align[i]-1)/align[i]*align[i] != want[i] {
				return false
			}
		}
		return true
	}
	for _, n := range []int64{0, want[0] - b.at[0], 1, 2, 3, 4, 5, 6, 7} { // the whole gap reads best
		if n < 0 || !reaches(func(string) int64 { return n }) {
			continue
		}
		if n > 0 {
			b.lines = append(b.lines, fmt.Sprintf("\t_ [%d]byte\n", n))
		}
		return nil
	}
	four := func(goarch string) int64 {
		if goarch == "386" {
			return 4
		}
		return 0
	}
	switch {
	case !reaches(four):
		return fmt.Errorf("no padding in Go reaches offset %v on %v: the struct is packed, or needs a file for each architecture", want, b.arches())
	case last: // Go adds a byte to a struct that ends in an array of none
		return fmt.Errorf("386 needs 4 bytes of padding that the others must not have: use -goarch 386 and -goarch amd64,arm64, and a file for each")
	}
	b.lines = append(b.lines, "\t_ ["+onlyOn386+"]byte\n")
	return nil
}

func (b *structBuilder) arches() []string {
	var list []string
	for _, h := range b.g.sets {
		list = append(list, h.GOARCH)
	}
	return list
}

// fieldName is a member's name without the prefix that says its type, exported. Where two members differ in the
// prefix alone they keep it.
func (b *structBuilder) fieldName(c string) string {
	if short := withoutPrefix(c); short != c {
		same := func(m layout.CMember) bool { return m.Name == short || withoutPrefix(m.Name) == short }
		if i := slices.IndexFunc(b.structs[0].Members, func(m layout.CMember) bool { return m.Name != c && same(m) }); i < 0 {
			return goName(short)
		}
	}
	return goName(c)
}

// withoutPrefix is State for dwState.
func withoutPrefix(c string) string {
	bare := strings.TrimLeft(c, "abcdefghijklmnopqrstuvwxyz")
	if bare != "" && len(c)-len(bare) <= 4 && 'A' <= bare[0] && bare[0] <= 'Z' {
		return bare
	}
	return c
}

// goName writes a C name as Go does: MibIfRow2 for MIB_IF_ROW2, SinAddr for sin_addr.
func goName(c string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.TrimPrefix(c, "struct "), func(r rune) bool { return strings.ContainsRune("_ .", r) }) {
		if strings.ToUpper(word) == word {
			word = strings.ToLower(word)
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
