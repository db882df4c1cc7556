package source

import (
	"fmt"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// Name is how a person writes a Go declaration, or a field of one: "Row", "win.Row",
// "example.com/win.Row", "win.Row.Port". If several declarations have the name, "@rows.go:12"
// behind it names the one of that file and line.
type Name struct {
	text string
	file string
	line int
}

// ParseName reads a Name.
func ParseName(s string) (Name, error) {
	n := Name{text: s}
	text, place, found := strings.Cut(s, "@")
	if !found {
		return n, nil
	}
	file, line, _ := strings.Cut(place, ":")
	number, err := strconv.Atoi(line)
	if err != nil || number < 1 || file == "" || text == "" {
		return n, fmt.Errorf("%q: want a file and a line behind the @, such as %s@rows.go:12", s, text)
	}
	return Name{text, file, number}, nil
}

func (n Name) String() string {
	if n.line == 0 {
		return n.text
	}
	return fmt.Sprintf("%s@%s:%d", n.text, n.file, n.line)
}

// Names reports whether n is a declaration: name is its package's name and its own, "win.Row", and
// field a field of it, or nothing.
func (n Name) Names(path, name string, pos token.Position, field string) bool {
	if n.line > 0 && (n.line != pos.Line || n.file != filepath.Base(filepath.ToSlash(pos.Filename))) {
		return false
	}
	_, short, _ := strings.Cut(name, ".")
	if field != "" {
		field = "." + field
	}
	return n.text == short+field || n.text == name+field || n.text == path+"."+short+field
}

// fullName is how to write a declaration so that it is no other, one of several in its package with
// its place.
func fullName(path, name string) string {
	_, short, _ := strings.Cut(name, ".")
	return path + "." + short
}
