// Package exe holds the tests of the built tcpmib.exe: what its resources say, and that no DLL of its
// own folder is loaded in place of the system's.
package exe

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"
)

const root = "../../.."

// compiler returns the C compiler for an architecture: on Windows the one that build.ps1 found for this
// one. Without it the test is skipped.
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

// build makes tcpmib.exe as `go build` does.
func build(t *testing.T, goarch, cgo string) string {
	t.Helper()
	cc := ""
	if cgo == "1" {
		cc = compiler(t, goarch)
	}
	exe := filepath.Join(t.TempDir(), "tcpmib.exe")
	cmd := exec.Command("go", "build", "-o", exe, "./cmd/tcpmib")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH="+goarch, "CGO_ENABLED="+cgo, "CC="+cc)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
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

// TestFalseDLL puts an iphlpapi.dll that ends every program that loads it beside tcpmib.exe. On Linux
// the programs run under Wine, told to prefer the program's folder as Windows does.
func TestFalseDLL(t *testing.T) {
	goarch := "amd64" // what Wine runs
	if runtime.GOOS == "windows" {
		goarch = runtime.GOARCH
	}
	falseDLL := filepath.Join(t.TempDir(), "iphlpapi.dll")
	out, err := exec.Command(compiler(t, goarch), "-shared", "-o", falseDLL, "testdata/false.c").CombinedOutput()
	require.NoError(t, err, "%s", out)

	tests := []struct {
		name     string
		cgo      string
		manifest bool
		loaded   bool
	}{
		{"without cgo", "0", true, false},
		{"with the shim", "1", true, false},
		{"with the shim, its manifest removed", "1", false, true}, // or the test could not fail
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			exe := build(t, goarch, test.cgo)
			if !test.manifest {
				removeManifest(t, exe)
			}
			plant(t, falseDLL, filepath.Dir(exe))
			out, err := run(exe, "list", "--format", "json")
			assert.Equal(t, test.loaded, strings.Contains(string(out), "false iphlpapi.dll loaded"), "%v\n%s", err, out)
			if !test.loaded {
				assert.Contains(t, string(out), "[", "no list was printed: %v\n%s", err, out)
			}
		})
	}
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

func plant(t *testing.T, dll, dir string) {
	t.Helper()
	content, err := os.ReadFile(dll)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "iphlpapi.dll"), content, 0o644))
}

func run(exe string, args ...string) ([]byte, error) {
	if runtime.GOOS == "windows" {
		return exec.Command(exe, args...).CombinedOutput()
	}
	return exec.Command(root+"/.github/tools/wine.sh", append([]string{"planted", exe}, args...)...).CombinedOutput()
}
