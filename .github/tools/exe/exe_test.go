// Package exe holds the tests of the built tcpmib.exe: what its resources say, and that no DLL of
// its own folder is loaded in place of the system's.
package exe

import (
	"bytes"
	"debug/pe"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"
)

const root = "../../.."

// compiler returns the C compiler for an architecture: on Windows the one that build.ps1 found for
// this one. Without it the test is skipped.
func compiler(t *testing.T, goarch string) string {
	t.Helper()
	name := map[string]string{"amd64": "x86_64-w64-mingw32-gcc", "386": "i686-w64-mingw32-gcc"}[goarch]
	if cc := os.Getenv("CC"); cc != "" && runtime.GOOS == "windows" && runtime.GOARCH == goarch {
		name = cc
	}
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("no C compiler for %s: %v", goarch, err)
	}
	return name
}

// built has the tcpmib.exe of each target, so that each is linked once.
var built = map[[2]string][]byte{}

// build makes tcpmib.exe, in a folder of its own, as `go build` does. It links the other commands,
// too: no other test does so for these targets.
func build(t *testing.T, goarch, cgo string) string {
	t.Helper()
	cc := ""
	if cgo == "1" {
		cc = compiler(t, goarch)
	}
	exe := filepath.Join(t.TempDir(), "tcpmib.exe")
	target := [2]string{goarch, cgo}
	if built[target] == nil {
		programs := t.TempDir()
		cmd := exec.Command("go", "build", "-o", programs, "./cmd/...")
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH="+goarch, "CGO_ENABLED="+cgo, "CC="+cc)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		built[target], err = os.ReadFile(filepath.Join(programs, "tcpmib.exe"))
		require.NoError(t, err)
	}
	require.NoError(t, os.WriteFile(exe, built[target], 0o755))
	return exe
}

func resources(t *testing.T, exe string) *winres.ResourceSet {
	t.Helper()
	f, err := os.Open(exe)
	require.NoError(t, err)
	defer f.Close()
	set, err := winres.LoadFromEXE(f)
	require.NoError(t, err)
	return set
}

func TestResources(t *testing.T) {
	// What the release program read from CHANGELOG.md and winres.json.
	cmd := exec.Command("go", "run", "./release", "version")
	cmd.Dir = ".."
	want, err := cmd.Output()
	require.NoError(t, err)
	wantVersion := strings.TrimSpace(string(want))
	for _, test := range []struct{ goarch, cgo string }{
		{"amd64", "0"}, {"386", "0"}, {"arm64", "0"}, {"amd64", "1"}, {"386", "1"},
	} {
		t.Run(test.goarch+", CGO_ENABLED="+test.cgo, func(t *testing.T) {
			set := resources(t, build(t, test.goarch, test.cgo))

			info, err := version.FromBytes(set.Get(winres.RT_VERSION, winres.ID(1), winres.LCIDDefault))
			require.NoError(t, err)
			text, err := info.MarshalJSON()
			require.NoError(t, err)
			var got versionInfo
			require.NoError(t, json.Unmarshal(text, &got))
			assert.Equal(t, wantVersion+".0", got.Fixed["file_version"])
			assert.Equal(t, wantVersion+".0", got.Fixed["product_version"])
			for key, value := range map[string]string{
				version.ProductName:     "tcpmib",
				version.ProductVersion:  wantVersion,
				version.FileVersion:     wantVersion,
				version.LegalCopyright:  "MIT licence",
				version.FileDescription: "Lists, watches and closes TCP connections",
			} {
				assert.Equal(t, value, got.Info["0409"][key], key)
			}

			manifest := string(set.Get(winres.RT_MANIFEST, winres.ID(1), winres.LCIDDefault))
			for _, line := range []string{
				`<requestedExecutionLevel level="asInvoker" uiAccess="false"/>`,
				`<longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>`,
				`<file name="iphlpapi.dll" loadFrom="%SystemRoot%\system32\iphlpapi.dll"/>`,
				`<file name="dnsapi.dll" loadFrom="%SystemRoot%\system32\dnsapi.dll"/>`,
				`<file name="nsi.dll" loadFrom="%SystemRoot%\system32\nsi.dll"/>`,
			} {
				assert.Contains(t, manifest, line)
			}
		})
	}
}

// versionInfo is how winres writes a version resource as JSON.
type versionInfo struct {
	Fixed map[string]string            `json:"fixed"`
	Info  map[string]map[string]string `json:"info"`
}

// TestObjectsAreCurrent makes the .syso files again: they are generated and committed, so that
// `go install` needs no tool.
func TestObjectsAreCurrent(t *testing.T) {
	made := t.TempDir()
	cmd := exec.Command("go", "tool", "go-winres", "make", "--arch", "amd64,386,arm64",
		"--in", filepath.Join(root, "cmd", "tcpmib", "winres", "winres.json"), "--out", filepath.Join(made, "rsrc"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, arch := range []string{"amd64", "386", "arm64"} {
		name := "rsrc_windows_" + arch + ".syso"
		want, err := os.ReadFile(filepath.Join(made, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(root, "cmd", "tcpmib", name))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got), "%s is old: run go generate ./cmd/tcpmib", name)
	}
}

// The commands that read the machine, and what each prints.
var commands = []struct {
	args   []string
	prints string
}{
	{[]string{"version"}, "tcpmib"},
	{[]string{"list", "--format", "json"}, "["},
	{[]string{"port", "9"}, "port 9"},
}

// alone is what each command prints and loads in each build of tcpmib.exe without other files in
// its folder.
var alone = map[[2]string]result{}

type result struct {
	out  string
	dlls []string
}

func loadAlone(t *testing.T, exe, cgo string, args []string) result {
	t.Helper()
	key := [2]string{cgo, args[0]}
	r, ok := alone[key]
	if !ok {
		r.out, r.dlls = load(t, exe, args...)
		alone[key] = r
	}
	return r
}

// The import table holds the DLLs that the shim and Go's runtime need, and no command loads what
// belongs to windows and the clipboard.
func TestLoadedDLLs(t *testing.T) {
	goarch := runs()
	for _, test := range []struct {
		cgo     string
		imports []string
	}{
		{"0", []string{"kernel32.dll"}},
		{"1", []string{"iphlpapi.dll", "kernel32.dll", "msvcrt.dll"}},
	} {
		exe := build(t, goarch, test.cgo)
		dlls, _ := imports(t, exe)
		assert.Equal(t, test.imports, dlls, "CGO_ENABLED=%s", test.cgo)
		for _, c := range commands {
			t.Run(fmt.Sprintf("%s, CGO_ENABLED=%s", c.args[0], test.cgo), func(t *testing.T) {
				r := loadAlone(t, exe, test.cgo, c.args)
				assert.Contains(t, r.out, c.prints, r.dlls)
				names := baseNames(r.dlls)
				assert.Contains(t, names, "kernel32.dll") // or the list is not one
				for _, none := range []string{"user32.dll", "gdi32.dll", "shell32.dll", "ole32.dll"} {
					assert.NotContains(t, names, none)
				}
			})
		}
	}
}

// TestNotLinked finds that the linker drops what makes tcpmib.exe larger and slower to start:
// methods that nothing calls, a quarter of it, all of which a call of reflection's MethodByName
// keeps, as in the executor of text/template; and the DNS client of net, a twentieth, which Windows
// has.
func TestNotLinked(t *testing.T) {
	f, err := pe.Open(build(t, "amd64", "0"))
	require.NoError(t, err)
	defer f.Close()
	names := map[string]bool{}
	for _, s := range f.Symbols {
		names[s.Name] = true
	}
	require.True(t, names["main.main"], "the symbols have other names")
	for _, none := range []string{
		"reflect.Value.Method", "reflect.Value.MethodByName", "reflect.Value.Methods",
		"text/template.(*Template).Execute", "html/template.(*Template).Execute",
		"net.(*Resolver).LookupAddr", "net.(*Resolver).exchange",
	} {
		assert.False(t, names[none], none)
	}
}

// TestFalseDLLs puts a false DLL next to tcpmib.exe under every name that either build imports or
// loads: each ends a program that loads it. On Linux the programs run under Wine, set to prefer the
// program's folder as Windows does.
func TestFalseDLLs(t *testing.T) {
	goarch := runs()
	exes := map[string]string{"0": build(t, goarch, "0"), "1": build(t, goarch, "1")}
	names, symbols := map[string]bool{}, map[string]bool{}
	for cgo, exe := range exes {
		dlls, functions := imports(t, exe)
		for _, c := range commands {
			dlls = append(dlls, baseNames(loadAlone(t, exe, cgo, c.args).dlls)...)
		}
		for _, dll := range dlls {
			names[dll] = true
		}
		for _, f := range functions {
			symbols[f] = true
		}
	}
	for _, dll := range []string{"iphlpapi.dll", "dnsapi.dll", "nsi.dll", "ws2_32.dll"} {
		require.Contains(t, names, dll, "the program does not load it: is that the list of all DLLs?")
	}
	falseDLL := makeFalseDLL(t, goarch, slices.Sorted(maps.Keys(symbols)))

	if runtime.GOOS != "windows" {
		for _, dll := range known {
			delete(names, dll)
		}
	}
	for dll := range names { // Wine's own parts, which no Windows has and Wine's other DLLs load as they like
		if strings.HasPrefix(dll, "wine") {
			delete(names, dll)
		}
	}

	for cgo, exe := range exes {
		for dll := range names {
			plant(t, falseDLL, filepath.Dir(exe), dll)
		}
		for _, c := range commands {
			t.Run(fmt.Sprintf("%s, CGO_ENABLED=%s", c.args[0], cgo), func(t *testing.T) {
				out, loaded := load(t, exe, c.args...)
				assert.Contains(t, out, c.prints, loaded)
				for _, path := range loaded {
					assert.False(t, inFolderOf(exe, path), path)
				}
			})
		}
	}

	// Without its manifest the program takes the false DLL, or the test above could not fail.
	t.Run("with the shim, its manifest removed", func(t *testing.T) {
		exe := build(t, goarch, "1")
		removeManifest(t, exe)
		plant(t, falseDLL, filepath.Dir(exe), "iphlpapi.dll")
		_, out := run(t, filepath.Dir(exe), exe, "list")
		assert.Contains(t, strings.ToLower(out), "false dll loaded: ")
		assert.Contains(t, strings.ToLower(out), "iphlpapi.dll")
	})
}

// known are DLLs that Windows maps as KnownDLLs, whatever is in the program's folder. Wine has no
// such list: set to prefer the program's folder, Wine would take them from there.
var known = []string{
	"ntdll.dll", "kernel32.dll", "kernelbase.dll", "msvcrt.dll", "ucrtbase.dll", "advapi32.dll", "sechost.dll", "rpcrt4.dll",
}

// runs is the architecture of the programs that run here: Wine's, or this Windows's.
func runs() string {
	if runtime.GOOS == "windows" {
		return runtime.GOARCH
	}
	return "amd64"
}

// imports are the DLLs that a program imports, in lower case, and the functions.
func imports(t *testing.T, exe string) (dlls, functions []string) {
	t.Helper()
	f, err := pe.Open(exe)
	require.NoError(t, err)
	defer f.Close()
	symbols, err := f.ImportedSymbols()
	require.NoError(t, err)
	require.NotEmpty(t, symbols)
	for _, s := range symbols {
		function, dll, _ := strings.Cut(s, ":")
		dlls, functions = append(dlls, strings.ToLower(dll)), append(functions, function)
	}
	slices.Sort(dlls)
	return slices.Compact(dlls), functions
}

// makeFalseDLL makes a DLL with these exports that imports only kernel32.dll.
func makeFalseDLL(t *testing.T, goarch string, exports []string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "false.dll")
	def := filepath.Join(t.TempDir(), "false.def")
	text := "EXPORTS\n"
	for _, name := range exports {
		text += name + " = exported\n"
	}
	require.NoError(t, os.WriteFile(def, []byte(text), 0o644))
	entry := map[bool]string{true: "_DllMain@12", false: "DllMain"}[goarch == "386"]
	out, err := exec.Command(compiler(t, goarch), "-shared", "-nostdlib", "-Wl,--entry,"+entry,
		"-o", path, "testdata/false.c", def, "-lkernel32").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return path
}

// load runs a program and returns what it printed on stdout, and the paths of the DLLs that it
// loaded.
func load(t *testing.T, exe string, args ...string) (out string, dlls []string) {
	t.Helper()
	debugger := filepath.Join(t.TempDir(), "loaded.exe")
	compiled, err := exec.Command(compiler(t, runs()), "-o", debugger, "testdata/loaded.c").CombinedOutput()
	require.NoError(t, err, "%s", compiled)
	out, stderr := run(t, filepath.Dir(exe), debugger, append([]string{exe}, args...)...)
	for line := range strings.Lines(stderr) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "loaded "); ok {
			dlls = append(dlls, path)
		}
	}
	require.NotEmpty(t, dlls, stderr)
	return out, dlls
}

// baseNames are the file names of Windows paths, in lower case.
func baseNames(paths []string) (names []string) {
	for _, path := range paths {
		names = append(names, strings.ToLower(path[strings.LastIndexByte(path, '\\')+1:]))
	}
	return names
}

// inFolderOf reports whether a Windows path names a file in the folder of a program.
func inFolderOf(exe, path string) bool {
	folder := strings.Split(filepath.ToSlash(filepath.Dir(exe)), "/")
	parts := strings.Split(path, `\`)
	n := min(len(folder), 2) // the rest may be written in other ways
	return len(parts) > n && slices.Equal(parts[len(parts)-1-n:len(parts)-1], folder[len(folder)-n:])
}

func removeManifest(t *testing.T, exe string) {
	t.Helper()
	set := resources(t, exe)
	require.NoError(t, set.Set(winres.RT_MANIFEST, winres.ID(1), winres.LCIDDefault, nil))
	src, err := os.ReadFile(exe)
	require.NoError(t, err)
	dst, err := os.Create(exe)
	require.NoError(t, err)
	defer dst.Close()
	require.NoError(t, set.WriteToEXE(dst, bytes.NewReader(src)))
}

func plant(t *testing.T, dll, dir, name string) {
	t.Helper()
	content, err := os.ReadFile(dll)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
}

// run runs a program, which may fail. Wine is set to prefer the DLLs of folder, where Windows would
// look first.
func run(t *testing.T, folder, exe string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(exe, args...)
	if runtime.GOOS != "windows" {
		cmd = exec.Command(root+"/.github/tools/wine.sh", append([]string{"planted", folder, exe}, args...)...)
	}
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	return out.String(), fmt.Sprintf("%s\n%v", &errs, err)
}
