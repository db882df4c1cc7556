package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// repository is a git repository with a program, of one dependency, tagged v0.1.0.
func repository(t *testing.T) (root string) {
	root = t.TempDir()
	sums, err := os.ReadFile("../../../go.sum")
	require.NoError(t, err)
	dependency := regexp.MustCompile(`(?m)^github\.com/rivo/uniseg (v\S+) h1:.*\n.*\n`).FindSubmatch(sums)
	require.NotNil(t, dependency)
	for name, text := range map[string]string{
		"go.mod":               "module example.com/winmib\n\ngo 1.24\n\nrequire github.com/rivo/uniseg " + string(dependency[1]) + "\n",
		"go.sum":               string(dependency[0]),
		"CHANGELOG.md":         "# Changelog\n\n## 0.1.0 - 2027-01-02\n\n- First.\n",
		"LICENSE":              "All rights reserved.\n",
		"cmd/tcpmib/README.md": "# tcpmib\n\nSee [the list](testdata/list.svg).\n",
		"cmd/tcpmib/main.go":   "package main\n\nimport \"github.com/rivo/uniseg\"\n\nfunc main() { println(uniseg.StringWidth(\"a\")) }\n",
		"cmd/tcpmib/winres/winres.json": `{"RT_VERSION": {"#1": {"0000": {"fixed": {"file_version": "0.1.0.0", "product_version": "0.1.0.0"},
			"info": {"0409": {"FileVersion": "0.1.0", "ProductVersion": "0.1.0"}}}}}}`,
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "First"}, {"tag", "v0.1.0"},
	} {
		out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	return root
}

// build builds the program as build.sh release does. It has no C files, so it takes no C compiler.
func build(t *testing.T, root, arch, exe string, flags ...string) {
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-buildvcs=true", "-o", exe}, append(flags, "./cmd/tcpmib")...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH="+arch, "CGO_ENABLED=1", "GOFLAGS=", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

// compiler is a C compiler that says what it is and does nothing else.
func compiler(t *testing.T, says string) string {
	path := filepath.Join(t.TempDir(), "cc")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\ncat >/dev/null\ncat <<'END'\n"+says+"END\n"), 0o755))
	return path
}

const (
	gccSays   = "typedef int size_t;\nruntime \"10\" \".\" \"0\" \".\" \"0\"\ngcc 12 . 2 . 0\n"
	clangSays = "runtime \"13\" \".\" \"0\" \".\" \"0\"\nclang 22 . 1 . 0\n"
)

// All files of a release, from programs to checksums.
func TestPack(t *testing.T) {
	if testing.Short() {
		t.Skip("builds three programs")
	}
	if runtime.GOOS == "windows" {
		t.Skip("left out: a release is made on Linux")
	}
	root, programs, files := repository(t), t.TempDir(), filepath.Join(t.TempDir(), "files")
	for arch, says := range map[string]string{"amd64": gccSays, "386": gccSays, "arm64": clangSays} {
		build(t, root, arch, filepath.Join(programs, "tcpmib-"+arch+".exe"))
		t.Setenv("CC_"+arch, compiler(t, says))
	}
	require.NoError(t, pack(root, "v0.1.0", programs, files))

	entries, err := os.ReadDir(files)
	require.NoError(t, err)
	contents := map[string][]byte{}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		contents[e.Name()], err = os.ReadFile(filepath.Join(files, e.Name()))
		require.NoError(t, err)
		info, err := e.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&^0o644, e.Name())
	}
	assert.Empty(t, cmp.Diff([]string{
		"RELEASE_NOTES.md", "SHA256SUMS", "tcpmib.json",
		"tcpmib_0.1.0_windows_386.cdx.json", "tcpmib_0.1.0_windows_386.zip",
		"tcpmib_0.1.0_windows_amd64.cdx.json", "tcpmib_0.1.0_windows_amd64.zip",
		"tcpmib_0.1.0_windows_arm64.cdx.json", "tcpmib_0.1.0_windows_arm64.zip",
		"winmib.tcpmib.installer.yaml", "winmib.tcpmib.locale.en-US.yaml", "winmib.tcpmib.yaml",
	}, names))
	assert.Equal(t, "- First.\n", string(contents["RELEASE_NOTES.md"]))
	assert.Equal(t, len(names)-1, strings.Count(string(contents["SHA256SUMS"]), "\n"))
	check := exec.Command("sha256sum", "-c", "--quiet", "SHA256SUMS")
	check.Dir = files
	out, err := check.CombinedOutput()
	require.NoError(t, err, string(out))

	for arch, compiled := range map[string]string{"amd64": "libgcc 12.2.0 (GPL-3.0-or-later WITH GCC-exception-3.1)", "arm64": "compiler-rt 22.1.0 (Apache-2.0 WITH LLVM-exception)"} {
		inside := unzip(t, contents["tcpmib_0.1.0_windows_"+arch+".zip"])
		built, err := os.ReadFile(filepath.Join(programs, "tcpmib-"+arch+".exe"))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(built, inside["tcpmib.exe"]), arch)
		assert.Contains(t, string(inside["README.md"]), "](https://example.com/winmib/blob/v0.1.0/cmd/tcpmib/testdata/list.svg)")
		assert.Equal(t, "All rights reserved.\n", string(inside["LICENSE.txt"]))
		notices := string(inside["THIRD_PARTY.txt"])
		for _, want := range []string{"The Go standard library and runtime, go1.", "github.com/rivo/uniseg v", "Oliver Kuederle", "mingw-w64-runtime 1", "(ZPL-2.1)", "the mingw-w64 project", compiled} {
			assert.Contains(t, notices, want)
		}
	}
	assert.Contains(t, string(contents["winmib.tcpmib.installer.yaml"]), "https://example.com/winmib/releases/download/v0.1.0/tcpmib_0.1.0_windows_386.zip")

	var bom struct {
		Components []struct {
			Name, Version string
			Licenses      []struct {
				Expression string
				License    struct{ ID string }
			}
			Evidence struct {
				Licenses []struct{ License struct{ ID string } }
			}
		}
	}
	require.NoError(t, json.Unmarshal(contents["tcpmib_0.1.0_windows_amd64.cdx.json"], &bom))
	licences := map[string]string{}
	for _, c := range bom.Components {
		for _, l := range c.Licenses {
			licences[c.Name] = l.Expression + l.License.ID
		}
		for _, l := range c.Evidence.Licenses {
			licences[c.Name] = l.License.ID
		}
	}
	for name, want := range map[string]string{
		"github.com/rivo/uniseg": "MIT", "std": "BSD-3-Clause", "mingw-w64-runtime": "ZPL-2.1", "libgcc": "GPL-3.0-or-later WITH GCC-exception-3.1",
	} {
		assert.Equal(t, want, licences[name], name)
	}

	again := filepath.Join(t.TempDir(), "again")
	require.NoError(t, pack(root, "v0.1.0", programs, again))
	for name, content := range contents {
		second, err := os.ReadFile(filepath.Join(again, name))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(content, second), "%s is another in the second run", name)
	}
	refused(t, root, programs)
}

// refused shows what pack does not make a release of.
func refused(t *testing.T, root, programs string) {
	files := t.TempDir()
	assert.ErrorContains(t, pack(root, "v0.2.0", programs, files), "the tag is v0.2.0")
	assert.ErrorIs(t, pack(root, "v0.1.0", t.TempDir(), files), os.ErrNotExist)
	t.Setenv("CC_amd64", compiler(t, "gcc 12 . 2 . 0\n"))
	assert.ErrorContains(t, pack(root, "v0.1.0", programs, files), "the C compiler says nothing of its runtime")
	t.Setenv("CC_amd64", "no-such-compiler")
	assert.ErrorContains(t, pack(root, "v0.1.0", programs, files), "which C runtime no-such-compiler links")

	exe := filepath.Join(programs, "tcpmib-amd64.exe")
	require.NoError(t, os.Rename(filepath.Join(programs, "tcpmib-386.exe"), exe))
	assert.ErrorContains(t, pack(root, "v0.1.0", programs, files), `built with GOARCH="386", want "amd64"`)
	require.NoError(t, os.WriteFile(filepath.Join(root, "LICENSE"), []byte("changed"), 0o644))
	build(t, root, "amd64", exe)
	assert.ErrorContains(t, pack(root, "v0.1.0", programs, files), "vcs.modified")
}

func unzip(t *testing.T, archive []byte) map[string][]byte {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, f := range r.File {
		opened, err := f.Open()
		require.NoError(t, err)
		files[f.Name], err = io.ReadAll(opened)
		require.NoError(t, err)
	}
	return files
}

// The compiler of build.sh, with its arguments, is asked.
func TestCompilerOfAnArchitecture(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	path := filepath.Join(t.TempDir(), "cc")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n[ \"$1 $2\" = '-target x' ] || exit 9\ncat <<'END'\n"+clangSays+"END\n"), 0o755))
	t.Setenv("CC_arm64", path+" -target x")
	parts, err := cParts("arm64")
	require.NoError(t, err)
	assert.Len(t, parts, 2)

	t.Setenv("CC_arm64", path)
	_, err = cParts("arm64")
	assert.ErrorContains(t, err, "which C runtime "+path+" links: exit status 9")
	t.Setenv("CC_arm64", " ")
	for _, arch := range []string{"arm64", "mips"} {
		_, err = cParts(arch)
		assert.EqualError(t, err, "no C compiler for "+arch)
	}
}

// A preprocessor's answers about the C runtime.
func TestParseParts(t *testing.T) {
	parts, err := parseParts(gccSays)
	require.NoError(t, err)
	var got []string
	for _, p := range parts {
		got = append(got, fmt.Sprintf("%s %s %s", p.name, p.version, p.licence))
		assert.NotEmpty(t, p.text)
	}
	assert.Empty(t, cmp.Diff([]string{"mingw-w64-runtime 10.0.0 ZPL-2.1", "libgcc 12.2.0 GPL-3.0-or-later WITH GCC-exception-3.1"}, got))
	for _, bad := range []string{"", "runtime __MINGW64_VERSION_STR\ngcc 12 . 2 . 0\n", "gcc 12 . 2 . 0\n", gccSays + "clang 1 . 2 . 3\n"} {
		_, err := parseParts(bad)
		assert.Error(t, err, "%q", bad)
	}
}

// The parts are components, on which the program depends, whether it depended on something or not.
func TestAddParts(t *testing.T) {
	parts := []cPart{{name: "libgcc", version: "12.2.0", licence: "X"}}
	component := map[string]any{
		"bom-ref": "c-runtime:libgcc@12.2.0", "type": "library", "name": "libgcc", "version": "12.2.0", "scope": "required",
		"licenses": []any{map[string]any{"expression": "X"}},
	}
	std := map[string]any{"name": "std", "licenses": []any{map[string]any{"license": map[string]any{"id": "BSD-3-Clause"}}}}
	for _, test := range []struct {
		sbom         string
		components   []any
		dependencies []any
	}{
		{`{"metadata":{"component":{"bom-ref":"p"}}}`, []any{component}, []any{
			map[string]any{"ref": "c-runtime:libgcc@12.2.0"}, map[string]any{"ref": "p", "dependsOn": []any{"c-runtime:libgcc@12.2.0"}}}},
		{`{"metadata":{"component":{"bom-ref":"p"}},"components":[{"name":"std"}],"dependencies":[{"ref":"p","dependsOn":["q"]},{"ref":"q"}]}`, []any{std, component}, []any{
			map[string]any{"ref": "p", "dependsOn": []any{"q", "c-runtime:libgcc@12.2.0"}}, map[string]any{"ref": "q"}, map[string]any{"ref": "c-runtime:libgcc@12.2.0"}}},
	} {
		text, err := addParts([]byte(test.sbom), parts)
		require.NoError(t, err)
		var got map[string]any
		require.NoError(t, json.Unmarshal(text, &got))
		assert.Empty(t, cmp.Diff(test.components, got["components"]))
		assert.Empty(t, cmp.Diff(test.dependencies, got["dependencies"]))
	}
	_, err := addParts([]byte("{"), parts)
	assert.Error(t, err)
	_, err = addParts([]byte(`{"components":[{"name":"m","version":"v1"}]}`), parts)
	assert.EqualError(t, err, "no licence was found of m v1: is it in the module cache?")
	_, err = addParts([]byte(`{"metadata":[]}`), parts)
	assert.Error(t, err)
}
