package source

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
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

// listMode is what the go command is asked for: names of files, and no compiled package.
const listMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedModule | packages.NeedTypesSizes

// load lists the packages that the patterns match and type-checks them and, without function bodies,
// what they import.
func load(ctx context.Context, cfg Config, patterns []string) (*checker, []*packages.Package, error) {
	c := &checker{fset: token.NewFileSet(), done: map[string]*checked{}}
	if c.sizes = types.SizesFor("gc", cfg.GOARCH); c.sizes == nil {
		return nil, nil, fmt.Errorf("unknown GOARCH %q", cfg.GOARCH)
	}
	env := append(os.Environ(), "GOOS=windows", "GOARCH="+cfg.GOARCH)
	if os.Getenv("CGO_ENABLED") == "" {
		env = append(env, "CGO_ENABLED=0") // the default would depend on the compilers of this machine
	}
	roots, err := packages.Load(&packages.Config{
		Context: ctx, Dir: cfg.Dir, Mode: listMode, Env: env, Tests: cfg.Tests,
	}, patterns...)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot list %s for windows/%s: %w", strings.Join(patterns, " "), cfg.GOARCH, err)
	}
	if len(roots) == 0 {
		return nil, nil, fmt.Errorf("no package matches %s", strings.Join(patterns, " "))
	}
	for _, p := range roots {
		if len(p.Errors) > 0 {
			return nil, nil, fmt.Errorf("cannot load %s for windows/%s: %w", p.PkgPath, cfg.GOARCH, p.Errors[0])
		}
		c.roots = append(c.roots, p.ID)
	}
	for _, p := range roots {
		if got := c.check(p); len(got.errs) > 0 {
			return nil, nil, fmt.Errorf("cannot load %s for windows/%s: %w", p.PkgPath, cfg.GOARCH, errors.Join(got.errs[:min(len(got.errs), 10)]...))
		}
	}
	return c, roots, nil
}

// checker type-checks packages from source, each once.
type checker struct {
	fset  *token.FileSet
	sizes types.Sizes
	roots []string            // IDs
	done  map[string]*checked // by ID: a package with its test files has another one
}

type checked struct {
	types *types.Package
	info  types.Info // of the packages asked for alone
	errs  []error
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
			got.errs = append(got.errs, err)
		}
		if file != nil {
			files = append(files, file)
		}
	}
	conf := types.Config{
		GoVersion:        goVersion(p),
		IgnoreFuncBodies: !root,
		FakeImportC:      true,
		Sizes:            c.sizes,
		Error:            func(err error) { got.errs = append(got.errs, err) },
		Importer: importer(func(path string) (*types.Package, error) {
			imported := p.Imports[path]
			if imported == nil {
				return nil, fmt.Errorf("%s is not among the packages that the go command listed", path)
			}
			return c.check(imported).types, nil
		}),
	}
	if root {
		got.info = types.Info{Defs: map[*ast.Ident]types.Object{}}
	}
	got.types, _ = conf.Check(p.PkgPath, c.fset, files, &got.info) // the errors are in got.errs
	return got
}

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
