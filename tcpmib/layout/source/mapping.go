package source

import (
	"fmt"
	"strings"
	"sync"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Mapping says which C name a Go name stands for, where neither a tag nor the name itself tells.
type Mapping struct {
	mu    sync.Mutex // of used
	lines []mapped
}

type mapped struct {
	goName, c string
	where     string // file and line
	used      bool
}

// ParseMapping reads lines of two words: "GoType C_TYPE", "GoType.Field member" or "GoConstant C_CONSTANT".
// The Go names may have the name of their package in front. A type that maps to "-" is not compared. A "#"
// starts a comment. The file's name is for errors.
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
		for _, earlier := range m.lines {
			if earlier.goName == words[0] {
				return nil, fmt.Errorf("%s: %s is mapped twice, at %s already", where, words[0], earlier.where)
			}
		}
		m.lines = append(m.lines, mapped{goName: words[0], c: words[1], where: where})
	}
	return m, nil
}

// Apply fills in the C names of what Load found.
func (m *Mapping) Apply(g *layout.Go) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range g.Structs {
		s := &g.Structs[i]
		if c := m.find(s.Name); c != "" {
			s.C = c
		}
		for j := range s.Fields {
			if c := m.find(s.Name + "." + s.Fields[j].Name); c != "" {
				s.Fields[j].C = strings.Split(c, "|")
			}
		}
	}
	for i := range g.Consts {
		if c := m.find(g.Consts[i].Name); c != "" {
			g.Consts[i].C = c
		}
	}
}

// find looks up a name that starts with its package's, and then without that.
func (m *Mapping) find(name string) string {
	_, short, _ := strings.Cut(name, ".")
	for i := range m.lines {
		if line := &m.lines[i]; line.goName == name || line.goName == short {
			line.used = true
			return line.c
		}
	}
	return ""
}

// Unused returns the lines that named nothing in any call of Apply, as "file:line: name".
func (m *Mapping) Unused() []string {
	var list []string
	for _, line := range m.lines {
		if !line.used {
			list = append(list, line.where+": "+line.goName)
		}
	}
	return list
}
