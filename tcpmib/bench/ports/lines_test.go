package ports

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// originals are what the ports stand in for. A module that can be imported is counted where it is.
// The others were counted by the same code, in the files named, at the commits named; set
// WINMIB_ORIGINALS to a folder with their checkouts to count again.
var originals = []struct {
	name   string
	module string   // that can be imported
	folder string   // in the module, or in WINMIB_ORIGINALS
	files  []string // with the commit of each, where there is no module
	roots  []string // what the port stands in for; all that it needs in these files is counted
	stays  []string // what the author would keep
	lines  int      // where there is no module

	port      []string
	portRoots []string
}{
	{
		name: "gopsutil, `ConnectionsPid`", module: "github.com/shirou/gopsutil/v4", folder: "net",
		files: []string{"net_windows.go"}, roots: []string{"ConnectionsPidWithContext"},
		port: []string{"gopsutil.go"}, portRoots: []string{"ConnectionsPid"},
	},
	{
		name: "tailscale, `netstat.Get`", module: "tailscale.com", folder: "net/netstat",
		files: []string{"netstat_windows.go"}, roots: []string{"get", "GetModule"}, stays: []string{"OSMetadata"},
		port: []string{"tailscale_windows.go"}, portRoots: []string{"Get", "GetModule"},
	},
	{
		name: "portmaster, the tables of `iphelper`", folder: "portmaster/service/network/iphelper",
		files: []string{"get.go@8579430db94b", "tables.go@a3df8e21cfd4"},
		roots: []string{"GetTCP4Table", "GetTCP6Table", "GetUDP4Table", "GetUDP6Table"}, lines: 328,
		port: []string{"portmaster.go"}, portRoots: []string{"TCPTable", "UDPTable"},
	},
	{
		name: "velociraptor, `netstat`", folder: "velociraptor/vql/windows", files: []string{"network.go@00e8fbc57482"},
		roots: []string{
			"getNetTable", "parse_MIB_TCPROW_OWNER_MODULE", "parse_MIB_TCP6ROW_OWNER_MODULE",
			"parse_MIB_UDPROW_OWNER_MODULE", "parse_MIB_UDP6ROW_OWNER_MODULE", "FamilyString", "TypeString",
		},
		stays: []string{"Addr", "ConnectionStat"}, lines: 178,
		port: []string{"velociraptor.go", "gopsutil.go"}, portRoots: []string{"Netstat"},
	},
}

// TestLines counts the lines of the originals and of the ports, and prints them as the table that
// README.md of package bench has.
func TestLines(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs go, to find the originals")
	}
	page, err := os.ReadFile("../../../README.md")
	require.NoError(t, err)
	var table strings.Builder
	table.WriteString("| original | its lines | port | its lines |\n|---|---|---|---|\n")
	for _, o := range originals {
		lines, version := o.lines, strings.Join(o.files, ", ")
		if o.module != "" {
			answer, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}} {{.Version}}", o.module).Output()
			require.NoError(t, err)
			var dir string
			dir, version, _ = strings.Cut(strings.TrimSpace(string(answer)), " ")
			lines = countLines(t, filepath.Join(dir, o.folder), o.files, o.roots, o.stays)
		} else if dir := os.Getenv("WINMIB_ORIGINALS"); dir != "" {
			assert.Equal(t, o.lines, countLines(t, filepath.Join(dir, o.folder), o.files, o.roots, o.stays), o.name)
		}
		port := countLines(t, ".", o.port, o.portRoots, nil)
		fmt.Fprintf(&table, "| %s (%s) | %d | [%s](ports/%[4]s) | %d |\n", o.name, version, lines, o.port[0], port)
		assert.Contains(t, string(page), fmt.Sprintf("%d lines to %d", lines, port), "README.md, of %s", o.name)
	}
	fmt.Print(table.String())
	page, err = os.ReadFile("../README.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), table.String(), "tcpmib/bench/README.md")
}

// countLines counts the lines with code (not blank, not only a comment) of the declarations that the
// roots need, themselves included: those that they mention, and those that these mention. The
// package clause and imports do not count.
func countLines(t *testing.T, dir string, files, roots, stays []string) (lines int) {
	var units []*unit
	for _, name := range files {
		name, _, _ = strings.Cut(name, "@")
		units = append(units, unitsOf(t, filepath.Join(dir, name))...)
	}
	wanted := map[string]bool{}
	for _, name := range slices.Concat(roots, stays) {
		wanted[name] = true
	}
	for found := true; found; {
		found = false
		for _, u := range units {
			if u.counted || !u.wanted(wanted) || slices.Contains(stays, u.names[0]) {
				continue
			}
			u.counted, found = true, true
			lines += u.lines
			for _, name := range u.mentions {
				wanted[name] = true
			}
		}
	}
	for _, root := range roots {
		require.True(t, declares(units, root), "%s is not in %v of %s", root, files, dir)
	}
	return lines
}

// unit is a function, a type, a variable or a group of constants.
type unit struct {
	names    []string
	receiver string // of a method, whose type must be wanted too
	mentions []string
	lines    int
	counted  bool
}

func (u *unit) wanted(names map[string]bool) bool {
	for _, name := range u.names {
		if names[name] {
			return u.receiver == "" || names[u.receiver]
		}
	}
	return false
}

func declares(units []*unit, name string) bool {
	for _, u := range units {
		for _, n := range u.names {
			if n == name && u.counted {
				return true
			}
		}
	}
	return false
}

func unitsOf(t *testing.T, path string) (units []*unit) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	require.NoError(t, err)
	code := linesWithCode(text)
	add := func(node ast.Node, receiver string, names ...*ast.Ident) {
		u := &unit{receiver: receiver}
		for _, name := range names {
			u.names = append(u.names, name.Name)
		}
		ast.Inspect(node, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				u.mentions = append(u.mentions, id.Name)
			}
			return true
		})
		for line := files.Position(node.Pos()).Line; line <= files.Position(node.End()).Line; line++ {
			if code[line] {
				u.lines++
			}
		}
		units = append(units, u)
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			receiver := ""
			if decl.Recv != nil {
				ast.Inspect(decl.Recv.List[0].Type, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						receiver = id.Name
					}
					return true
				})
			}
			add(decl, receiver, decl.Name)
		case *ast.GenDecl:
			if decl.Tok == token.CONST {
				var names []*ast.Ident
				for _, spec := range decl.Specs {
					names = append(names, spec.(*ast.ValueSpec).Names...)
				}
				add(decl, "", names...)
				continue
			}
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					add(spec, "", spec.Names...)
				case *ast.TypeSpec:
					add(spec, "", spec.Name)
				}
			}
		}
	}
	return units
}

func linesWithCode(text []byte) map[int]bool {
	lines := map[int]bool{}
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return lines
		}
		if tok == token.SEMICOLON && literal == "\n" {
			continue // one that Go puts in
		}
		lines[file.Line(pos)] = true
	}
}
