package source

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Mapping gives the C name of a Go name, where neither a tag nor the name itself does.
type Mapping struct {
	mu    sync.Mutex // of used and clashes
	lines []mapped
}

type mapped struct {
	goName  Name
	c       string
	where   string // file and line
	used    bool
	clashes []string // the declarations, if there are several
}

// ParseMapping reads lines of two words: "GoType C_TYPE", "GoType.Field member" or "GoConstant
// C_CONSTANT". A [Name] says which declaration is meant. A type that maps to "-" is not compared. A
// "#" starts a comment. The file's name is for errors.
func ParseMapping(file, text string) (*Mapping, error) {
	m := &Mapping{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		where := fmt.Sprintf("%s:%d", file, number)
		switch {
		case len(words) == 0:
			continue
		case len(words) != 2:
			return nil, fmt.Errorf("%s: want two words, such as \"GoType C_TYPE\", got %q", where, strings.TrimSpace(line))
		}
		name, err := ParseName(words[0])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		for _, earlier := range m.lines {
			if earlier.goName == name {
				return nil, fmt.Errorf("%s: %s is mapped twice, at %s already", where, words[0], earlier.where)
			}
		}
		m.lines = append(m.lines, mapped{goName: name, c: words[1], where: where})
	}
	return m, nil
}

// Apply fills in the C names of what Load found. A line that several declarations have the name of
// maps none of them.
func (m *Mapping) Apply(g *layout.Go) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := make([][]target, len(m.lines))
	add := func(t target) {
		for i := range m.lines {
			if m.lines[i].goName.Names(t.path, t.name, t.pos, t.field) {
				found[i] = append(found[i], t)
			}
		}
	}
	for i := range g.Structs {
		s := &g.Structs[i]
		add(target{path: s.Path, name: s.Name, pos: s.Pos, set: func(c string) { s.C, s.How = c, layout.ByMap }})
		for j := range s.Fields {
			f := &s.Fields[j]
			add(target{s.Path, s.Name, s.Pos, f.Name, func(c string) { f.C = strings.Split(c, "|") }})
		}
	}
	for i := range g.Consts {
		k := &g.Consts[i]
		add(target{path: k.Path, name: k.Name, pos: k.Pos, set: func(c string) { k.C = c }})
	}
	// A name with the path of its package, or with a place, comes after one without, and so wins.
	for i, line := range m.lines {
		m.lines[i].used = line.used || len(found[i]) > 0
		switch len(found[i]) {
		case 0:
		case 1:
			found[i][0].set(line.c)
		default:
			m.lines[i].clash(found[i])
		}
	}
}

// target is a declaration, or a field of one, that a line may name.
type target struct {
	path, name string
	pos        token.Position
	field      string
	set        func(c string)
}

// clash notes what a line has to be to name one declaration.
func (m *mapped) clash(list []target) {
	for _, t := range list {
		full := fullName(t.path, t.name)
		if t.field != "" {
			full += "." + t.field
		}
		if slices.ContainsFunc(list, func(o target) bool { return o.path == t.path && o.pos != t.pos }) {
			full += fmt.Sprintf("@%s:%d", filepath.Base(t.pos.Filename), t.pos.Line)
		}
		if !slices.Contains(m.clashes, full) {
			m.clashes = append(m.clashes, full)
		}
	}
}

// Unused returns the lines that named nothing in any call of Apply, as "file:line: name".
func (m *Mapping) Unused() []string {
	var list []string
	for _, line := range m.lines {
		if !line.used {
			list = append(list, line.where+": "+line.goName.String())
		}
	}
	return list
}

// Ambiguous returns the lines that named several declarations in a call of Apply, and what to write
// instead, a sentence each.
func (m *Mapping) Ambiguous() []string {
	var list []string
	for _, line := range m.lines {
		if line.clashes != nil {
			list = append(list, fmt.Sprintf("%s: %v is declared more than once: write %s", line.where, line.goName, strings.Join(line.clashes, " or ")))
		}
	}
	return list
}
