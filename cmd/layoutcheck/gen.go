package main

import (
	"cmp"
	"context"
	"fmt"
	"go/format"
	"math"
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

// generate returns the Go structs for a C struct and for the structs in it. It returns nothing that
// has not been compared with the headers of each architecture.
func generate(name string, sets []*layout.Headers) (string, error) {
	var first error
	for _, w := range []way{{unions: (*structBuilder).firstOf}, {unions: (*structBuilder).widestOf}, {(*structBuilder).storage, true, false}, {(*structBuilder).firstOf, false, true}} {
		text, err := generateWith(name, sets, w)
		if err == nil {
			return text, nil
		}
		if first == nil {
			first = err
		}
	}
	return "", first
}

// way is a way to write structs.
type way struct {
	unions     func(*structBuilder, []layout.CMember) error // the members of a union that has no name
	arraysOnly bool                                         // an array of one integer for a union of its size, of which no member may have the integer's sign
	aligned    bool                                         // structs that Go aligns less than C begin with an array of no elements
}

// generateWith generates in one way.
func generateWith(name string, sets []*layout.Headers, w way) (string, error) {
	g := &generator{sets: sets, way: w, done: map[string]goType{}, used: map[string]bool{}}
	if _, err := g.declare(declared(name, sets)); err != nil {
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

// declared returns the name that the headers declare: that of the wide form if the name is a macro
// for it.
func declared(name string, sets []*layout.Headers) string {
	for _, c := range []string{cmp.Or(sets[0].Aliases[name], name), "struct " + name, name + "W", name + "_W", name + "A"} {
		if !slices.ContainsFunc(sets, func(h *layout.Headers) bool { return h.Struct(c) == nil }) {
			return c
		}
	}
	return name
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
	way
	sets  []*layout.Headers // one an architecture
	types []string          // the declarations, the inner ones first
	done  map[string]goType // by C name
	used  map[string]bool   // names of types
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
			how := ""
			if slices.ContainsFunc(g.sets, func(other *layout.Headers) bool { return other.Struct(c) != nil }) {
				how = ": use -goarch for the others"
			}
			return goType{}, fmt.Errorf("the headers for %s declare no struct %s%s", h.GOARCH, c, how)
		case structs[i].Union:
			return goType{}, fmt.Errorf("%s is a union, which Go lacks: take the member that you need", c)
		}
	}
	b := &structBuilder{
		g: g, c: c, structs: structs, at: make([]int64, len(g.sets)), align: slices.Repeat([]int64{1}, len(g.sets)), used: map[string]bool{},
	}
	name := unused(goName(c), g.used)
	if err := b.members(); err != nil {
		return goType{}, err
	}
	t := goType{name: name, align: b.align}
	for _, s := range structs {
		t.size = append(t.size, s.Size)
	}
	g.done[c] = t
	text := fmt.Sprintf("// %s is %s", t.name, c)
	if structs[0].File != "" {
		text += " of " + structs[0].File
	}
	text += "."
	if b.follows != "" {
		text += " " + b.follows
	}
	tag := fmt.Sprintf(" `c:%q`", c)
	if strings.ContainsAny(c, ".:") { // a struct without a name of its own, in another
		tag = ""
	}
	g.types = append(g.types, fmt.Sprintf("%s\ntype %s struct {\n\t_ structs.HostLayout%s\n%s}\n", text, t.name, tag, strings.Join(b.lines, "")))
	return t, nil
}

// unused makes a name that is not used yet, and uses it.
func unused(name string, used map[string]bool) string {
	unique := name
	for n := 2; used[unique]; n++ {
		unique = fmt.Sprintf("%s%d", name, n)
	}
	used[unique] = true
	return unique
}

// structBuilder writes the fields of one struct.
type structBuilder struct {
	g       *generator
	c       string
	structs []*layout.CStruct // one an architecture
	at      []int64           // where Go has got to on each
	align   []int64           // Go's, so far
	lines   []string
	used    map[string]bool // names of fields
	follows string          // what C has behind the struct
}

// members writes the fields in order. Members that overlap belong to a union without a name, or are
// bit-fields.
func (b *structBuilder) members() error {
	for i, s := range b.structs {
		if s.Align > 8 {
			return fmt.Errorf("%s is aligned to %d bytes on %s, and nothing in Go to more than 8", b.c, s.Align, b.g.sets[i].GOARCH)
		}
		for _, m := range s.Members {
			if !slices.ContainsFunc(b.structs[0].Members, func(other layout.CMember) bool { return other.Name == m.Name }) {
				return fmt.Errorf("%s has the member %s on %s and not on %s: use -goarch for one of them, and a file for each", b.c, m.Name, b.g.sets[i].GOARCH, b.g.sets[0].GOARCH)
			}
		}
	}
	for _, cluster := range b.clusters() {
		var err error
		if oneUnit(cluster) {
			err = b.field(cluster[0], namesOf(cluster))
		} else {
			err = b.g.unions(b, cluster)
		}
		if err != nil {
			return err
		}
	}
	if len(b.lines) == 0 {
		return fmt.Errorf("%s has no members", b.c)
	}
	if b.g.aligned {
		b.begin()
	}
	want := make([]int64, len(b.structs))
	for i, s := range b.structs {
		if want[i] = s.Size; s.Size%b.align[i] != 0 {
			return fmt.Errorf("%s is packed: on %s it has %d bytes, and Go makes them a multiple of %d", b.c, b.g.sets[i].GOARCH, s.Size, b.align[i])
		}
	}
	if err := b.pad(want, b.align, true); err != nil {
		return fmt.Errorf("at the end of %s: %w", b.c, err)
	}
	return nil
}

// begin puts an array of no elements first in a struct that Go would align less than C, if Go has a
// type with the alignment that C wants.
func (b *structBuilder) begin() {
	want := make([]int64, len(b.structs))
	for i, s := range b.structs {
		want[i] = max(b.align[i], min(s.Align, pointerSize(b.g.sets[i])))
	}
	if slices.Equal(want, b.align) {
		return
	}
	for _, elem := range []goType{b.g.scalar("uint64", slices.Repeat([]int64{8}, len(want))), b.g.scalar("uint32", slices.Repeat([]int64{4}, len(want)))} {
		if slices.Equal(elem.align, want) {
			b.lines = slices.Insert(b.lines, 0, "\t_ [0]"+elem.name+"\n")
			b.align = want
			return
		}
	}
}

// clusters returns the members by offset, grouped where they overlap on any architecture: a group
// is a union without a name, bit-fields of one unit, or one member. Members without a length are
// left out.
func (b *structBuilder) clusters() [][]layout.CMember {
	var members []layout.CMember
	for _, m := range b.structs[0].Members {
		if m.Size == 0 && strings.HasSuffix(m.Type, "]") {
			b.follows = fmt.Sprintf("Behind it lies %s, as %s.", m.Name, m.Type)
			continue
		}
		members = append(members, m)
	}
	of := map[string]int{} // which cluster a member is in
	for i, m := range members {
		of[m.Name] = i
	}
	for _, s := range b.structs {
		sorted := slices.DeleteFunc(slices.Clone([]layout.CMember(s.Members)), func(m layout.CMember) bool { _, ok := of[m.Name]; return !ok })
		slices.SortStableFunc(sorted, func(x, y layout.CMember) int { return cmp.Compare(x.Offset, y.Offset) })
		var end int64
		var last int
		for _, m := range sorted {
			if m.Offset < end { // it joins the cluster before it
				from, to := of[m.Name], last
				for name, c := range of {
					if c == from {
						of[name] = to
					}
				}
			}
			last, end = of[m.Name], max(end, m.Offset+m.Size)
		}
	}
	var list [][]layout.CMember
	at := map[int]int{}
	for _, m := range members {
		c := of[m.Name]
		i, ok := at[c]
		if !ok {
			i, at[c] = len(list), len(list)
			list = append(list, nil)
		}
		list[i] = append(list[i], m)
	}
	start := func(cluster []layout.CMember) int64 {
		return slices.MinFunc(cluster, func(x, y layout.CMember) int { return cmp.Compare(x.Offset, y.Offset) }).Offset
	}
	slices.SortStableFunc(list, func(x, y []layout.CMember) int { return cmp.Compare(start(x), start(y)) })
	return list
}

// oneUnit reports whether members are one, or bit-fields of one unit.
func oneUnit(list []layout.CMember) bool {
	return len(list) == 1 || !slices.ContainsFunc(list, func(m layout.CMember) bool {
		return m.Bits == 0 || m.Offset != list[0].Offset || m.Size != list[0].Size
	})
}

func namesOf(list []layout.CMember) []string {
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
	}
	return names
}

// firstOf writes the first alternative that is as long as the union: a member, or the members of a
// struct.
func (b *structBuilder) firstOf(cluster []layout.CMember) error {
	return b.oneOf(cluster, func(layout.CMember) int64 { return 0 })
}

// widestOf writes the alternative that is aligned most.
func (b *structBuilder) widestOf(cluster []layout.CMember) error {
	return b.oneOf(cluster, func(m layout.CMember) int64 { return alignOf(b.g.sets[0], m.Type) })
}

func (b *structBuilder) oneOf(cluster []layout.CMember, weight func(layout.CMember) int64) error {
	var runs [][]layout.CMember // a member before the last one starts another alternative
	for i, m := range cluster {
		last := len(runs) - 1
		if i > 0 && m.Offset >= cluster[i-1].Offset+cluster[i-1].Size || i > 0 && oneUnit([]layout.CMember{cluster[i-1], m}) {
			runs[last] = append(runs[last], m)
			continue
		}
		runs = append(runs, []layout.CMember{m})
	}
	run := slices.MaxFunc(runs, func(x, y []layout.CMember) int { // the first of the longest
		return cmp.Or(cmp.Compare(x[len(x)-1].Offset+x[len(x)-1].Size, y[len(y)-1].Offset+y[len(y)-1].Size), cmp.Compare(weight(x[0]), weight(y[0])))
	})
	var before []layout.CMember // what the struct has before a union in its midst
	at := int64(0)
	for _, m := range cluster {
		if m.Offset >= at && m.Offset+m.Size <= run[0].Offset {
			before, at = append(before, m), m.Offset+m.Size
		}
	}
	run = append(before, run...)
	for len(run) > 0 {
		n := 1
		for n < len(run) && oneUnit(run[:n+1]) {
			n++
		}
		if err := b.field(run[0], namesOf(run[:n])); err != nil {
			return err
		}
		run = run[n:]
	}
	return nil
}

// storage writes the integers that a union without a name takes.
func (b *structBuilder) storage(cluster []layout.CMember) error {
	want, sizes, aligns := make([]int64, len(b.structs)), make([]int64, len(b.structs)), make([]int64, len(b.structs))
	for i, s := range b.structs {
		start, end, align := int64(math.MaxInt64), int64(0), int64(1)
		for _, m := range cluster {
			j := slices.IndexFunc(s.Members, func(other layout.CMember) bool { return other.Name == m.Name })
			if j < 0 {
				return fmt.Errorf("%s has no member %s on %s: use -goarch for the others", b.c, m.Name, b.g.sets[i].GOARCH)
			}
			m := s.Members[j]
			start, end, align = min(start, m.Offset), max(end, m.Offset+m.Size), max(align, alignOf(b.g.sets[i], m.Type))
		}
		for start%align != 0 {
			align /= 2
		}
		want[i], sizes[i], aligns[i] = start, (end-start+align-1)/align*align, align
	}
	t, err := b.g.integers(sizes, aligns)
	if err != nil {
		return fmt.Errorf("the union of %s in %s: %w", strings.Join(namesOf(cluster), ", "), b.c, err)
	}
	return b.write("Union", t, want, namesOf(cluster))
}

// field writes one field, and the padding before it.
func (b *structBuilder) field(m layout.CMember, names []string) error {
	all := make([]layout.CMember, len(b.structs))
	want := make([]int64, len(b.structs))
	for i, s := range b.structs {
		j := slices.IndexFunc(s.Members, func(other layout.CMember) bool { return other.Name == m.Name })
		if j < 0 {
			return fmt.Errorf("%s has the member %s on %s and not on %s: use -goarch for one of them, and a file for each", b.c, m.Name, b.g.sets[0].GOARCH, b.g.sets[i].GOARCH)
		}
		all[i], want[i] = s.Members[j], s.Members[j].Offset
	}
	t, err := b.g.fieldType(all)
	if err != nil {
		return fmt.Errorf("%s.%s: %w", b.c, m.Name, err)
	}
	return b.write(b.fieldName(m.Name), t, want, names)
}

// write writes a field of some type at these offsets, and the padding before it.
func (b *structBuilder) write(name string, t goType, want []int64, names []string) error {
	for i := range want {
		if want[i]%t.align[i] != 0 {
			return fmt.Errorf("%s is packed: on %s %s lies at offset %d, where Go puts no %s", b.c, b.g.sets[i].GOARCH, names[0], want[i], t.name)
		}
	}
	if err := b.pad(want, t.align, false); err != nil {
		return fmt.Errorf("%s.%s: %w", b.c, names[0], err)
	}
	b.lines = append(b.lines, fmt.Sprintf("\t%s %s `c:%q`\n", unused(name, b.used), t.name, strings.Join(names, "|")))
	for i := range b.at {
		b.at[i] = want[i] + t.size[i]
		b.align[i] = max(b.align[i], t.align[i])
	}
	return nil
}

// pad brings Go to where C is on every architecture.
func (b *structBuilder) pad(want, align []int64, last bool) error {
	gaps := make([]int64, len(want))
	natural := true
	for i := range want {
		gaps[i] = want[i] - b.at[i]
		if gaps[i] < 0 {
			return fmt.Errorf("the members are in another order on %s than on %s: use -goarch for one of them, and a file for each", b.g.sets[i].GOARCH, b.g.sets[0].GOARCH)
		}
		natural = natural && (b.at[i]+align[i]-1)/align[i]*align[i] == want[i]
	}
	if natural {
		return nil
	}
	if last && slices.Contains(gaps, 0) { // Go adds a byte to a struct that ends in an array of none
		return fmt.Errorf("at the end some architectures need padding (%v bytes on %v) that the others must not have: use -goarch 386 and -goarch amd64,arm64, and a file for each", gaps, b.arches())
	}
	length, err := b.g.length(gaps)
	if err != nil {
		return fmt.Errorf("padding: %w", err)
	}
	b.lines = append(b.lines, "\t_ ["+length+"]byte\n")
	return nil
}

// length writes a number that may depend on the size of a pointer.
func (g *generator) length(numbers []int64) (string, error) {
	small, large := int64(-1), int64(-1) // with pointers of 4 and of 8 bytes
	for i, h := range g.sets {
		n := &large
		if h.GOARCH == "386" {
			n = &small
		}
		if *n >= 0 && *n != numbers[i] {
			return "", fmt.Errorf("amd64 and arm64 differ (%d and %d): use -goarch for one of them, and a file for each", *n, numbers[i])
		}
		*n = numbers[i]
	}
	switch {
	case small == large || large < 0:
		return fmt.Sprint(small), nil
	case small < 0:
		return fmt.Sprint(large), nil
	case small == 4 && large == 0: // what Go aligns a uint64 to less than C
		return "8 - unsafe.Alignof(uint64(0))", nil
	case small > large:
		return sum(large, small-large, "(8 - unsafe.Sizeof(uintptr(0)))"), nil
	}
	return sum(small, large-small, "(unsafe.Sizeof(uintptr(0)) - 4)"), nil
}

// sum is base + more, where four is 4 on the architecture that has more, and 0 on the other.
func sum(base, more int64, four string) string {
	switch {
	case more == 4:
	case more%4 == 0:
		four = fmt.Sprintf("%d*%s", more/4, four)
	default:
		four = fmt.Sprintf("%d*%s/4", more, four)
	}
	if base == 0 {
		return four
	}
	return fmt.Sprintf("%d + %s", base, four)
}

func (b *structBuilder) arches() []string {
	var list []string
	for _, h := range b.g.sets {
		list = append(list, h.GOARCH)
	}
	return list
}

// fieldName returns a member's name, exported and without the prefix for its type. If another
// member would then have the same name, it keeps its prefix.
func (b *structBuilder) fieldName(c string) string {
	if short := withoutPrefix(c); short != c {
		same := func(m layout.CMember) bool {
			return m.Name != c && (goName(m.Name) == goName(short) || goName(withoutPrefix(m.Name)) == goName(short))
		}
		if !slices.ContainsFunc(b.structs[0].Members, same) {
			return goName(short)
		}
	}
	return goName(c)
}

// prefixes are those that say the type of a member.
var prefixes = strings.Fields("b by c cb cch ch cx cy dw e f fl ft h i l lp lpsz lpwsz li ll lpfn n p pb pdw pfn pp psz pv pw pwsz rg s st sz u uc ui ul ull us w wsz")

// withoutPrefix is State for dwState.
func withoutPrefix(c string) string {
	bare := strings.TrimLeft(c, "abcdefghijklmnopqrstuvwxyz")
	if bare != "" && 'A' <= bare[0] && bare[0] <= 'Z' && slices.Contains(prefixes, c[:len(c)-len(bare)]) {
		return bare
	}
	return c
}

// goName writes a C name as Go does: MibIfRow2 for MIB_IF_ROW2, SinAddr for sin_addr.
func goName(c string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(c[strings.LastIndexByte(c, ' ')+1:], func(r rune) bool { return strings.ContainsRune("_ .:", r) }) {
		if strings.ToUpper(word) == word {
			word = strings.ToLower(word)
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	if name := b.String(); name != "" && 'A' <= name[0] && name[0] <= 'Z' {
		return name
	}
	return "X" + b.String()
}
