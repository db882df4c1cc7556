package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Config says how the go command is to look at the packages.
type Config struct {
	// Dir is the directory whose module the patterns belong to. Empty means the current one.
	Dir string
	// GOARCH is amd64, 386 or arm64.
	GOARCH string
	// Tests includes test files.
	Tests bool
}

// Problem is a package, or a part of one, that could not be read.
type Problem struct {
	Path   string         // the import path of the package
	Pos    token.Position // where it is, if that is known
	Reason string         // the message of go build
}

func (p Problem) String() string {
	if p.Pos.IsValid() {
		return fmt.Sprintf("%s: %v: %s", p.Path, p.Pos, p.Reason)
	}
	return p.Path + ": " + p.Reason
}

// listMode asks the go command for names of files, and for no compiled package.
const listMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedModule | packages.NeedTypesSizes

// environment is the caller's, except for what would let the caller's machine decide which files
// are read. GOFLAGS and GOWORK, which say how a module is built, remain.
func environment(goarch string) []string {
	return append(os.Environ(), "GOOS=windows", "GOARCH="+goarch, "CGO_ENABLED=0",
		"GO386=sse2", "GOAMD64=v1", "GOARM64=v8.0")
}

// load lists the packages that the patterns match and type-checks them and, without function
// bodies, what they import. It returns those that could be read, if only in part.
func load(ctx context.Context, cfg Config, patterns []string) (*checker, []*packages.Package, error) {
	c := &checker{fset: token.NewFileSet(), done: map[string]*checked{}}
	if c.sizes = types.SizesFor("gc", cfg.GOARCH); c.sizes == nil {
		return nil, nil, fmt.Errorf("unknown GOARCH %q", cfg.GOARCH)
	}
	conf := packages.Config{Context: ctx, Dir: cfg.Dir, Mode: listMode, Env: environment(cfg.GOARCH), Tests: cfg.Tests}
	listed, err := packages.Load(&conf, patterns...)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot list %s for windows/%s: %w", strings.Join(patterns, " "), cfg.GOARCH, err)
	}
	if c.cgo, err = cgoPackages(conf, listed, patterns); err != nil {
		return nil, nil, err
	}
	var roots []*packages.Package
	for _, p := range listed {
		switch {
		case len(p.GoFiles) == 0 && slices.ContainsFunc(p.IgnoredFiles, usesCgo):
			c.cgo = append(c.cgo, p.PkgPath)
		case len(p.Errors) > 0:
			for _, e := range p.Errors {
				c.problems = append(c.problems, Problem{cmp.Or(p.PkgPath, p.ID), position(e.Pos), strings.TrimSpace(e.Msg)})
			}
		case len(p.GoFiles) > 0 && !strings.HasSuffix(p.ID, ".test"): // a package of tests alone has none
			roots = append(roots, p)
			c.roots = append(c.roots, p.ID)
		}
	}
	for _, p := range roots {
		c.check(p)
		c.problems = append(c.problems, c.done[p.ID].problems...)
	}
	switch {
	case len(roots)+len(c.problems) > 0:
	case len(c.cgo) > 0:
		return nil, nil, fmt.Errorf("all Go files of %s use cgo, and what they declare cgo alone knows", strings.Join(c.cgo, ", "))
	case len(listed) > 0:
		var paths []string
		for _, p := range listed {
			paths = append(paths, p.PkgPath)
		}
		return nil, nil, fmt.Errorf("all Go files of %s are tests, which are left out: a test checks its own types with layout/source.Check", strings.Join(paths, ", "))
	default:
		return nil, nil, fmt.Errorf("no package matches %s for windows/%s", strings.Join(patterns, " "), cfg.GOARCH)
	}
	c.problems = unique(c.problems)
	return c, roots, nil
}

// position reads "file:12:3", as the go command writes it, or nothing where it is not known.
func position(s string) token.Position {
	var pos token.Position
	rest, column, _ := cutLast(s, ":")
	file, line, ok := cutLast(rest, ":")
	if !ok {
		file, line, column = rest, column, ""
	}
	fmt.Sscan(line, &pos.Line)
	fmt.Sscan(column, &pos.Column)
	if pos.Line > 0 {
		pos.Filename = file
	}
	return pos
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func usesCgo(name string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	return filepath.Ext(name) == ".go" && err == nil && slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"C"` })
}

// cgoPackages finds the packages that a pattern with "..." does not match without cgo, because all
// their files are excluded.
func cgoPackages(conf packages.Config, listed []*packages.Package, patterns []string) ([]string, error) {
	if !slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "...") }) {
		return nil, nil
	}
	conf.Mode, conf.Tests = packages.NeedName|packages.NeedFiles, false
	conf.Env = append(slices.Clone(conf.Env), "CGO_ENABLED=1")
	all, err := packages.Load(&conf, patterns...)
	if err != nil {
		return nil, fmt.Errorf("cannot list %s: %w", strings.Join(patterns, " "), err)
	}
	var list []string
	for _, p := range all {
		known := slices.ContainsFunc(listed, func(q *packages.Package) bool { return q.PkgPath == p.PkgPath })
		if !known && slices.ContainsFunc(p.GoFiles, usesCgo) {
			list = append(list, p.PkgPath)
		}
	}
	return list, nil
}

func unique(list []Problem) []Problem {
	seen := map[Problem]bool{}
	return slices.DeleteFunc(list, func(p Problem) bool {
		was := seen[p]
		seen[p] = true
		return was
	})
}

// checker type-checks packages from source, each once.
type checker struct {
	fset     *token.FileSet
	sizes    types.Sizes
	roots    []string            // IDs
	done     map[string]*checked // by ID: a package with its test files has another one
	problems []Problem
	cgo      []string // import paths
}

type checked struct {
	types    *types.Package
	info     types.Info // of the packages asked for alone
	problems []Problem
}

func (c *checker) check(p *packages.Package) *checked {
	if got := c.done[p.ID]; got != nil {
		return got
	}
	got := &checked{}
	c.done[p.ID] = got
	if p.PkgPath == "unsafe" {
		got.types = types.Unsafe
		return got
	}
	root := slices.Contains(c.roots, p.ID)
	var files []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(c.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			got.fail(p, err)
		}
		if file != nil {
			files = append(files, file)
		}
	}
	conf := types.Config{
		GoVersion:        goVersion(p),
		IgnoreFuncBodies: !root,
		Sizes:            c.sizes,
		Error:            func(err error) { got.fail(p, err) },
		Importer: importer(func(path string) (*types.Package, error) {
			imported := p.Imports[path]
			if imported == nil {
				return nil, fmt.Errorf("%s is not among the packages that the go command listed", path)
			}
			if len(imported.Errors) > 0 && len(imported.GoFiles) == 0 {
				return nil, errors.New(imported.Errors[0].Msg)
			}
			if pkg := c.check(imported).types; pkg != nil {
				return pkg, nil
			}
			return nil, errors.New("import cycle")
		}),
	}
	if root {
		got.info = types.Info{Defs: map[*ast.Ident]types.Object{}}
	}
	got.types, _ = conf.Check(p.PkgPath, c.fset, files, &got.info) // the errors are in got.problems
	return got
}

// fail notes an error of the parser or of the type checker.
func (got *checked) fail(p *packages.Package, err error) {
	add := func(pos token.Position, reason string) {
		if len(got.problems) == mostProblems {
			pos, reason = token.Position{}, "too many errors"
		}
		if len(got.problems) <= mostProblems {
			got.problems = append(got.problems, Problem{p.PkgPath, pos, reason})
		}
	}
	switch e := err.(type) {
	case types.Error:
		if !strings.HasPrefix(e.Msg, "\t") { // what belongs to the error before it
			add(e.Fset.Position(e.Pos), withoutImport(e.Msg))
		}
	case scanner.ErrorList:
		for _, one := range e {
			add(one.Pos, one.Msg)
		}
	default:
		add(token.Position{}, err.Error())
	}
}

// withoutImport is an error of an import as go build writes it.
func withoutImport(msg string) string {
	if _, reason, ok := strings.Cut(msg, " ("); ok && strings.HasPrefix(msg, "could not import ") {
		return strings.TrimSuffix(reason, ")")
	}
	return msg
}

// mostProblems is how many errors of one package are reported, as go build does.
const mostProblems = 10

func goVersion(p *packages.Package) string {
	if p.Module == nil || p.Module.GoVersion == "" {
		return ""
	}
	return "go" + p.Module.GoVersion
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }

// Parse reads a package of one file, given as text, which imports nothing but structs and unsafe.
func Parse(name, text, goarch string) (*Packages, error) {
	c := &checker{fset: token.NewFileSet(), sizes: types.SizesFor("gc", goarch)}
	if c.sizes == nil {
		return nil, fmt.Errorf("unknown GOARCH %q", goarch)
	}
	file, err := parser.ParseFile(c.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Sizes: c.sizes, Importer: importer(fewPackages)}
	info := types.Info{Defs: map[*ast.Ident]types.Object{}}
	pkg, err := conf.Check(file.Name.Name, c.fset, []*ast.File{file}, &info)
	if err != nil {
		return nil, err
	}
	out := &Packages{Go: layout.Go{GOARCH: goarch}, Paths: []string{pkg.Path()}}
	r := reader{pkg: pkg, fset: c.fset, sizes: c.sizes, out: out}
	r.read(info)
	return out, nil
}

func fewPackages(path string) (*types.Package, error) {
	switch path {
	case "unsafe":
		return types.Unsafe, nil
	case "structs":
		pkg := types.NewPackage("structs", "structs")
		name := types.NewTypeName(token.NoPos, pkg, "HostLayout", nil)
		types.NewNamed(name, types.NewStruct(nil, nil), nil)
		pkg.Scope().Insert(name)
		pkg.MarkComplete()
		return pkg, nil
	}
	return nil, fmt.Errorf("package %s is not structs or unsafe", path)
}
