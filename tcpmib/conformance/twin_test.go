//go:build !windows

package conformance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// The functions above are proven against the headers. Here the twin without cgo is proven against
// them: every argument list of syscall.SyscallN, for number, size and sign.
func TestArgumentListsWithoutCgo(t *testing.T) {
	source, err := os.ReadFile("../../native/nocgo_windows.go")
	require.NoError(t, err)
	calls, err := argumentLists(string(source))
	require.NoError(t, err)
	for _, f := range functions {
		args, ok := calls[f.C()]
		if assert.True(t, ok, "%s is not called", f.C()) {
			assert.Empty(t, wrongArguments(f, args), f.C())
		}
		delete(calls, f.C())
	}
	delete(calls, "GetProcessHeap") // of kernel32.dll
	delete(calls, "HeapSize")
	delete(calls, "HeapFree")
	assert.Empty(t, calls, "called, and nowhere proven")
}

// argument is what an expression in an argument list passes.
type argument string

const (
	pointer argument = "a pointer"
	boolean argument = "a BOOL"
	zero    argument = "0"
)

// argumentLists reads, for each Windows function, what SyscallN is called with after the address.
func argumentLists(source string) (map[string][]argument, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	calls := map[string][]argument{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		types := parameterTypes(f)
		ast.Inspect(f.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || text(call.Fun) != "syscall.SyscallN" {
				return true
			}
			name, isProc := strings.CutPrefix(text(call.Args[0]), "proc")
			name, isAddr := strings.CutSuffix(name, ".Addr()")
			if !isProc || !isAddr || name == "" {
				return true // a proc that is a parameter
			}
			args := []argument{}
			for _, a := range call.Args[1:] {
				args = append(args, passed(a, types))
			}
			calls[name] = args
			return true
		})
	}
	return calls, nil
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
	}
	return fmt.Sprintf("%T", e)
}

// wrongArguments says what is wrong with an argument list.
func wrongArguments(f layout.Function, args []argument) string {
	params := slices.Collect(f.Go().Ins())
	if len(params) != len(args) {
		return fmt.Sprintf("%d arguments for %d parameters", len(args), len(params))
	}
	for i, p := range params {
		var want argument
		switch k := p.Kind(); {
		case k == reflect.Pointer || k == reflect.Uintptr:
			want = pointer
		case k == reflect.Int32 && p.PkgPath() == "":
			want = boolean
		case args[i] == zero:
			want = zero
		default: // an enum is passed as a uint32
			want = argument(k.String())
		}
		if args[i] != want {
			return fmt.Sprintf("argument %d is %s, want %s", i+1, args[i], want)
		}
	}
	return ""
}

// Spoilt argument lists are noticed.
func TestArgumentMutants(t *testing.T) {
	source, err := os.ReadFile("../../native/nocgo_windows.go")
	require.NoError(t, err)
	for name, c := range map[string]struct{ old, spoilt, f string }{
		"one fewer":                   {"procGetTcpStatisticsEx2.Addr(),\n\t\tuintptr(unsafe.Pointer(stats)), uintptr(family))", "procGetTcpStatisticsEx2.Addr(), uintptr(unsafe.Pointer(stats)))", "GetTcpStatisticsEx2"},
		"one more":                    {"procSetTcpEntry.Addr(), uintptr", "procSetTcpEntry.Addr(), 0, uintptr", "SetTcpEntry"},
		"swapped":                     {"procGetTcpTable.Addr(),\n\t\tuintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))", "procGetTcpTable.Addr(),\n\t\tuintptr(start(b)), boolean(order), uintptr(unsafe.Pointer(&size)))", "GetTcpTable"},
		"a number that is a pointer":  {"procGetTcpStatisticsEx.Addr(),\n\t\tuintptr(unsafe.Pointer(stats)), uintptr(family))", "procGetTcpStatisticsEx.Addr(),\n\t\tuintptr(unsafe.Pointer(stats)), uintptr(unsafe.Pointer(&family)))", "GetTcpStatisticsEx"},
		"a bool that is a number":     {"procGetTcp6Table.Addr(),\n\t\tuintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))", "procGetTcp6Table.Addr(),\n\t\tuintptr(start(b)), uintptr(unsafe.Pointer(&size)), uintptr(size))", "GetTcp6Table"},
		"a number of another size":    {"func deletePersistentTcpPortReservation(startPort, numberOfPorts uint16)", "func deletePersistentTcpPortReservation(startPort, numberOfPorts uint32)", "DeletePersistentTcpPortReservation"},
		"another function":            {"syscall.SyscallN(procSetTcpEntry.Addr()", "syscall.SyscallN(procGetTcpStatistics.Addr()", "SetTcpEntry"},
		"nothing for a number":        {"uintptr(length(rw.Bytes)), uintptr(offset))\n\treturn uint32(r)\n}\n\nfunc setPerTcp6", "uintptr(length(rw.Bytes)))\n\treturn uint32(r)\n}\n\nfunc setPerTcp6", "SetPerTcpConnectionEStats"},
		"an integer of another width": {"func createPersistentUdpPortReservation(startPort, numberOfPorts uint16)", "func createPersistentUdpPortReservation(startPort uint16, numberOfPorts uint64)", "CreatePersistentUdpPortReservation"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(string(source), c.old))
			calls, err := argumentLists(strings.Replace(string(source), c.old, c.spoilt, 1))
			require.NoError(t, err)
			i := slices.IndexFunc(functions, func(f layout.Function) bool { return f.C() == c.f })
			assert.NotEmpty(t, wrongArguments(functions[i], calls[c.f]))
		})
	}
}

// The C compiler proves the shim: it has every prototype of the headers, and is told to accept no
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
	for name, c := range map[string]struct{ old, spoilt string }{
		"one argument fewer": {"GetTcpTable((void *)table, &n, order)", "GetTcpTable((void *)table, &n)"},
		"a narrower size":    {"ULONG code = GetTcpTable((void *)table, &n, order);", "USHORT code = GetTcpTable((void *)table, &n, order);"},
		"another sign":       {"GetTcpTable((void *)table, &n, order)", "GetTcpTable((void *)table, (LONG *)&n, order)"},
		"a wider argument":   {"GetTcpTable((void *)table, &n, order)", "GetTcpTable((void *)table, &n, answer(0, n))"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(string(source), c.old))
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "shim.h"), header, 0o600))
			spoilt := filepath.Join(dir, "shim.c")
			require.NoError(t, os.WriteFile(spoilt, []byte(strings.Replace(string(source), c.old, c.spoilt, 1)), 0o600))
			assert.NotEmpty(t, compileShim(t, mingw(t)[0], spoilt))
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
