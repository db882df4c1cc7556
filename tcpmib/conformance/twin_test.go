//go:build !windows

package conformance

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// The functions that native calls are proven against the headers. Here the build without cgo is
// proven against them: the argument list of every function, for number, size and sign.
func TestArgumentListsWithoutCgo(t *testing.T) {
	twin, err := readTwin(read(t, twinLines), read(t, twinShapes), read(t, twinSizes))
	require.NoError(t, err)
	for _, f := range functions {
		assert.Empty(t, twin.wrong(f), f.C())
		delete(twin.lines, f.C())
	}
	// No header declares these.
	delete(twin.lines, "InternalGetBoundTcpEndpointTable")
	delete(twin.lines, "InternalGetBoundTcp6EndpointTable")
	assert.Empty(t, slices.Collect(maps.Keys(twin.lines)), "called, and proven nowhere: add them to functions")
}

const (
	twinLines  = "../../native/nocgo.go"         // a line a function
	twinShapes = "../../native/nocgo_windows.go" // a method a shape of arguments
	twinSizes  = "../../native/native.go"
)

func read(t *testing.T, name string) string {
	t.Helper()
	source, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(source)
}

// twin is what the build without cgo calls.
type twin struct {
	lines  map[string]line
	shapes map[string][]argument
}

// line is a function of nocgo.go.
type line struct {
	shape    string
	pointees []int // the sizes of what its parameters point to
}

// argument is what an expression in an argument list passes.
type argument string

const (
	pointer argument = "a pointer"
	boolean argument = "a BOOL"
	zero    argument = "0"
)

// readTwin reads the lines, the shapes that they use and the sizes of their arrays. A line that is
// not of the one form that a line has is an error.
func readTwin(lines, shapes, sizes string) (twin, error) {
	t := twin{map[string]line{}, map[string][]argument{}}
	files := make([]*ast.File, 3)
	for i, source := range []string{lines, shapes, sizes} {
		var err error
		if files[i], err = parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution); err != nil {
			return t, err
		}
	}
	sizeof := map[string]int{}
	ast.Inspect(files[2], func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			sizeof[v.Names[0].Name], _ = strconv.Atoi(text(v.Values[0]))
		}
		return true
	})
	procs := map[string]string{} // the DLL's names of the variables
	ast.Inspect(files[0], func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			procs[v.Names[0].Name] = text(v.Values[0])
		}
		return true
	})
	for _, d := range files[0].Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := strings.ToUpper(f.Name.Name[:1]) + f.Name.Name[1:]
		l, err := readLine(f, name, sizeof)
		if err != nil {
			return t, fmt.Errorf("%s: %w", f.Name.Name, err)
		}
		if got, want := procs["proc"+name], fmt.Sprintf("newProc(%q)", name); got != want {
			return t, fmt.Errorf("proc%s is %s, want %s", name, got, want)
		}
		t.lines[name] = l
	}
	for _, d := range files[1].Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			t.shapes[f.Name.Name] = argumentList(f)
		}
	}
	return t, nil
}

// readLine reads a function that does nothing but hand its own parameters, in their order, to a
// shape of the Windows function that it is named after.
func readLine(f *ast.FuncDecl, name string, sizeof map[string]int) (line, error) {
	var l line
	var own []string
	for _, list := range f.Type.Params.List {
		for _, param := range list.Names {
			own = append(own, param.Name)
			if star, ok := list.Type.(*ast.StarExpr); ok {
				array, ok := star.X.(*ast.ArrayType)
				if !ok {
					return l, fmt.Errorf("%s points to no array", param.Name)
				}
				l.pointees = append(l.pointees, sizeof[text(array.Len)])
				own[len(own)-1] = "unsafe.Pointer(" + param.Name + ")"
			}
		}
	}
	if len(f.Body.List) == 1 {
		if r, ok := f.Body.List[0].(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			l.shape, _ = strings.CutPrefix(text(r.Results[0]), "proc"+name+".")
			l.shape, _, _ = strings.Cut(l.shape, "(")
			if want := "proc" + name + "." + l.shape + "(" + strings.Join(own, ", ") + ")"; text(r.Results[0]) != want {
				return l, fmt.Errorf("it calls %s, want %s", text(r.Results[0]), want)
			}
			return l, nil
		}
	}
	return l, errors.New("it is more than one return")
}

// argumentList is what a shape passes to SyscallN after its own address.
func argumentList(f *ast.FuncDecl) (args []argument) {
	types := parameterTypes(f)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && text(call.Fun) == "syscall.SyscallN" && text(call.Args[0]) == "p.Addr()" {
			for _, a := range call.Args[1:] {
				args = append(args, passed(a, types))
			}
		}
		return true
	})
	return args
}

// parameterTypes are those of the parameters and of the named results.
func parameterTypes(f *ast.FuncDecl) map[string]string {
	types := map[string]string{}
	for _, list := range []*ast.FieldList{f.Type.Params, f.Type.Results} {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			for _, name := range field.Names {
				types[name.Name] = text(field.Type)
			}
		}
	}
	return types
}

// passed says what uintptr(...) and boolean(...) pass.
func passed(e ast.Expr, types map[string]string) argument {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Value == "0" {
		return zero
	}
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return argument(text(e))
	}
	if text(call.Fun) == "boolean" {
		return boolean
	}
	inner := text(call.Args[0])
	switch {
	case text(call.Fun) != "uintptr":
		return argument(text(e))
	case strings.HasPrefix(inner, "start("), strings.HasPrefix(inner, "unsafe.Pointer("):
		return pointer
	case strings.HasPrefix(inner, "length("), strings.HasSuffix(inner, ".Version"):
		return "uint32"
	}
	if types[inner] == "unsafe.Pointer" {
		return pointer
	}
	return argument(types[inner])
}

// text is an expression as the source has it.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		var args []string
		for _, a := range e.Args {
			args = append(args, text(a))
		}
		return text(e.Fun) + "(" + strings.Join(args, ", ") + ")"
	case *ast.UnaryExpr:
		return e.Op.String() + text(e.X)
	case *ast.StarExpr:
		return "*" + text(e.X)
	case *ast.BasicLit:
		return e.Value
	}
	return fmt.Sprintf("%T", e)
}

// wrong says what is wrong with the call of a function.
func (t twin) wrong(f layout.Function) string {
	l, ok := t.lines[f.C()]
	if !ok {
		return "it is not called"
	}
	args := t.shapes[l.shape]
	if want := f.Go().NumIn(); len(args) != want {
		return fmt.Sprintf("%d arguments for %d parameters", len(args), want)
	}
	pointees := l.pointees
	for i, arg := range args {
		p := f.Go().In(i)
		var want argument
		switch k := p.Kind(); {
		case k == reflect.Pointer || k == reflect.Uintptr:
			want = pointer
		case k == reflect.Int32 && p.PkgPath() == "":
			want = boolean
		case arg == zero:
			want = zero
		default: // an enum is passed as a uint32
			want = argument(k.String())
		}
		if arg != want {
			return fmt.Sprintf("argument %d is %s, want %s", i+1, arg, want)
		}
		if i == 0 && len(pointees) > 0 {
			if size := int(p.Elem().Size()); pointees[0] != size {
				return fmt.Sprintf("argument 1 points to %d bytes, want %d", pointees[0], size)
			}
			pointees = pointees[1:]
		}
	}
	if len(pointees) > 0 {
		return "an array that is not the first argument"
	}
	return ""
}

// Wrong lines and wrong shapes are noticed.
func TestArgumentMutants(t *testing.T) {
	lines, shapes, sizes := read(t, twinLines), read(t, twinShapes), read(t, twinSizes)
	for name, c := range map[string]struct{ old, mutant, f string }{
		// lines
		"another shape":            {"procGetTcpStatistics.fixed(unsafe.Pointer(stats))", "procGetTcpStatistics.fixedFamily(unsafe.Pointer(stats), 2)", "GetTcpStatistics"},
		"a shape with fewer":       {"procGetExtendedTcpTable.extended(b, order, family, class)", "procGetExtendedTcpTable.table(b, order)", "GetExtendedTcpTable"},
		"another shape, same form": {"(startPort, numberOfPorts uint16) (code uint32) {\n\treturn procDeletePersistentTcpPortReservation.ports(", "(startPort, numberOfPorts uint16) (token uint64, code uint32) {\n\treturn procDeletePersistentTcpPortReservation.portsToken(", "DeletePersistentTcpPortReservation"},
		"swapped":                  {"procGetExtendedUdpTable.extended(b, order, family, class)", "procGetExtendedUdpTable.extended(b, order, class, family)", "GetExtendedUdpTable"},
		"a constant":               {"procGetTcpTable.table(b, order)", "procGetTcpTable.table(b, true)", "GetTcpTable"},
		"the row of IPv4":          {"getOwnerModuleFromTcp6Entry(row *[SizeofTCP6RowOwnerModule]byte", "getOwnerModuleFromTcp6Entry(row *[SizeofTCPRowOwnerModule]byte", "GetOwnerModuleFromTcp6Entry"},
		"another function":         {"return procGetTcp6Table.table", "return procGetTcpTable.table", "GetTcp6Table"},
		"another name":             {`newProc("GetUdp6Table")`, `newProc("GetUdpTable")`, "GetUdp6Table"},
		"more than a line":         {"\treturn procSetTcpEntry", "\trow = nil\n\treturn procSetTcpEntry", "SetTcpEntry"},
		"no line":                  {"func setTcpEntry(", "func setTcpEntries(", "SetTcpEntry"},
		// shapes
		"one fewer":                   {"SyscallN(p.Addr(), uintptr(data), uintptr(family))", "SyscallN(p.Addr(), uintptr(data))", "GetUdpStatisticsEx2"},
		"one more":                    {"SyscallN(p.Addr(), uintptr(data))", "SyscallN(p.Addr(), uintptr(data), 0)", "SetTcpEntry"},
		"a pointer and a bool":        {"uintptr(unsafe.Pointer(&size)), boolean(order))", "boolean(order), uintptr(unsafe.Pointer(&size)))", "GetTcpTable"},
		"a pointer for a number":      {"uintptr(data), uintptr(family)", "uintptr(data), uintptr(unsafe.Pointer(&family))", "GetTcpStatisticsEx"},
		"a number for a pointer":      {"uintptr(data), uintptr(family)", "uintptr(family), uintptr(family)", "GetTcpStatisticsEx"},
		"a number for a bool":         {"uintptr(unsafe.Pointer(&size)), boolean(order))", "uintptr(unsafe.Pointer(&size)), uintptr(size))", "GetTcp6Table"},
		"a number of another width":   {"ports(startPort, numberOfPorts uint16)", "ports(startPort, numberOfPorts uint32)", "DeletePersistentTcpPortReservation"},
		"numbers of two widths":       {"portsToken(startPort, numberOfPorts uint16)", "portsToken(startPort uint16, numberOfPorts uint64)", "CreatePersistentUdpPortReservation"},
		"nothing for a number":        {"uintptr(length(rw.Bytes)), uintptr(offset))", "uintptr(length(rw.Bytes)))", "SetPerTcpConnectionEStats"},
		"the shape calls another":     {"SyscallN(p.Addr(), uintptr(startPort), uintptr(numberOfPorts))", "SyscallN(procHeapFree.Addr(), uintptr(startPort), uintptr(numberOfPorts))", "DeletePersistentUdpPortReservation"},
		"a size before its own bytes": {"uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)), uintptr(offset)", "uintptr(length(rw.Bytes)), uintptr(rw.Version), uintptr(start(rw.Bytes)), uintptr(offset)", "SetPerTcp6ConnectionEStats"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(lines+shapes, c.old))
			twin, err := readTwin(strings.Replace(lines, c.old, c.mutant, 1), strings.Replace(shapes, c.old, c.mutant, 1), sizes)
			i := slices.IndexFunc(functions, func(f layout.Function) bool { return f.C() == c.f })
			assert.True(t, err != nil || twin.wrong(functions[i]) != "")
		})
	}
}

// The C compiler proves the shim: it has every prototype of the headers, and its flags accept no
// conversion that may change a number or its sign.
func TestShimConvertsNothing(t *testing.T) {
	shim, err := filepath.Abs("../../native/shim.c")
	require.NoError(t, err)
	for _, target := range mingw(t) {
		assert.Empty(t, compileShim(t, target, shim), target.CC)
	}
	source, err := os.ReadFile(shim)
	require.NoError(t, err)
	header, err := os.ReadFile("../../native/shim.h")
	require.NoError(t, err)
	for name, c := range map[string]struct{ old, mutant string }{
		"one argument fewer": {"GetTcpTable((void *)table, &n, order)", "GetTcpTable((void *)table, &n)"},
		"a narrower size":    {"ULONG code = GetTcpTable((void *)table, &n, order);", "USHORT code = GetTcpTable((void *)table, &n, order);"},
		"another sign":       {"GetTcpTable((void *)table, &n, order)", "GetTcpTable((void *)table, (LONG *)&n, order)"},
		"a wider argument":   {"GetTcpTable((void *)table, &n, order)", "GetTcpTable((void *)table, &n, answer(0, n))"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(string(source), c.old))
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "shim.h"), header, 0o600))
			mutant := filepath.Join(dir, "shim.c")
			require.NoError(t, os.WriteFile(mutant, []byte(strings.Replace(string(source), c.old, c.mutant, 1)), 0o600))
			assert.NotEmpty(t, compileShim(t, mingw(t)[0], mutant))
		})
	}
}

func compileShim(t *testing.T, target layout.Target, shim string) string {
	t.Helper()
	args := append(slices.Clone(target.CC[1:]), "-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Werror", "-fsyntax-only", shim)
	out, err := exec.CommandContext(t.Context(), target.CC[0], args...).CombinedOutput()
	if err == nil {
		return ""
	}
	return string(out)
}
