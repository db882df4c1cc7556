package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain is the program itself for tests that run it.
func TestMain(m *testing.M) {
	if os.Getenv("WINMIB_RUN_RELEASE") != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestProgram(t *testing.T) {
	t.Setenv("WINMIB_RUN_RELEASE", "1")
	cmd := exec.Command(os.Args[0], "check", "v0.0.0")
	cmd.Dir = ".." // as build.sh runs it
	out, err := cmd.CombinedOutput()
	assert.Error(t, err)
	assert.Equal(t, 1, cmd.ProcessState.ExitCode())
	assert.Contains(t, string(out), "release: the tag is v0.0.0")
}

func TestArguments(t *testing.T) {
	t.Chdir("..") // as build.sh runs it
	for _, args := range [][]string{nil, {"help"}, {"version", "v1.2.3"}, {"check"}, {"check", "v1.2.3", "."}, {"pack"}, {"pack", "v1.2.3", "."}, {"pack", "v1.2.3", ".", ".", "."}} {
		assert.EqualError(t, run(args, io.Discard), usage, args)
	}
	var out, errs bytes.Buffer
	assert.Equal(t, 0, command([]string{"version"}, &out, &errs))
	assert.Regexp(t, `^\d+\.\d+\.\d+\n$`, out.String())
	assert.Empty(t, errs.String())
	assert.Equal(t, 1, command(nil, io.Discard, &errs))
	assert.Equal(t, "release: "+usage+"\n", errs.String())
	for _, args := range [][]string{{"check", "v0.0.0"}, {"pack", "v0.0.0", t.TempDir(), t.TempDir()}} {
		assert.ErrorContains(t, run(args, io.Discard), "v0.0.0", args)
	}
}

func TestLatestChanges(t *testing.T) {
	tests := []struct {
		name, changelog string
		version, notes  string
		err             string
	}{
		{
			name:      "two versions",
			changelog: "# Changes\n\nNewest first.\n\n## 0.2.0 - 2027-01-02\n\n- New.\n\n## 0.1.0\n\n- First.\n",
			version:   "0.2.0", notes: "- New.\n",
		},
		{name: "one version", changelog: "## 0.1.0\n\n### Fixed\n\n- A.\n", version: "0.1.0", notes: "### Fixed\n\n- A.\n"},
		{name: "no section", changelog: "# Changes\n", err: `CHANGELOG.md: no section "## <version>"`},
		{
			name: "not released", changelog: "## Unreleased\n\n- A.\n\n## 0.1.0\n",
			err: `CHANGELOG.md: the first section is "Unreleased"; want a version such as 1.2.3`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			version, notes, err := latestChanges(test.changelog)
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.version, version)
			assert.Equal(t, test.notes, notes)
		})
	}
}

func TestCheckTag(t *testing.T) {
	resource := func(fixed, info string) string {
		return `{"RT_VERSION": {"#1": {"0000": {
			"fixed": {"file_version": "` + fixed + `", "product_version": "` + fixed + `"},
			"info": {"0409": {"FileVersion": "` + info + `", "ProductVersion": "` + info + `"}}}}}}`
	}
	tests := []struct {
		name, tag, changelog, winres string
		err                          string
	}{
		{"all agree", "v0.1.0", "## 0.1.0\n", resource("0.1.0.0", "0.1.0"), ""},
		{
			"tag", "v0.2.0", "## 0.1.0\n", resource("0.1.0.0", "0.1.0"),
			"the tag is v0.2.0, but CHANGELOG.md and the version resource say 0.1.0",
		},
		{
			"tag without v", "0.1.0", "## 0.1.0\n", resource("0.1.0.0", "0.1.0"),
			"the tag is 0.1.0, but CHANGELOG.md and the version resource say 0.1.0",
		},
		{
			"numbers of the resource", "v0.2.0", "## 0.2.0\n", resource("0.1.0.0", "0.2.0"),
			`winres.json: file_version is "0.1.0.0", but CHANGELOG.md is at 0.2.0: want "0.2.0.0", then run go generate ./cmd/tcpmib`,
		},
		{
			"text of the resource", "v0.2.0", "## 0.2.0\n", resource("0.2.0.0", "0.1.0"),
			`winres.json: FileVersion is "0.1.0", but CHANGELOG.md is at 0.2.0: want "0.2.0", then run go generate ./cmd/tcpmib`,
		},
		{"no resource", "v0.1.0", "## 0.1.0\n", "{}", "winres.json: no version resource #1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			repository := t.TempDir()
			winres := filepath.Join(repository, "cmd", "tcpmib", "winres")
			require.NoError(t, os.MkdirAll(winres, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(winres, "winres.json"), []byte(test.winres), 0o644))
			require.NoError(t, os.WriteFile(filepath.Join(repository, "CHANGELOG.md"), []byte(test.changelog), 0o644))
			err := checkTag(repository, test.tag)
			if test.err == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.err)
		})
	}
}

func TestZipProgram(t *testing.T) {
	p := program{exe: filepath.Join(t.TempDir(), "tcpmib-amd64.exe")}
	require.NoError(t, os.WriteFile(p.exe, []byte("MZ"), 0o755))
	first, err := zipProgram("../../..", "https://example.com/cmd", p, []byte("notices"))
	require.NoError(t, err)
	later := p.exe + ".later"
	require.NoError(t, os.Rename(p.exe, later)) // another name and time, the same bytes
	require.NoError(t, os.WriteFile(p.exe, []byte("MZ"), 0o600))
	second, err := zipProgram("../../..", "https://example.com/cmd", p, []byte("notices"))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(first, second), "the archive depends on more than its contents")

	r, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	require.NoError(t, err)
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
		assert.Equal(t, "1980-01-01T00:00:00Z", f.Modified.Format(time.RFC3339), f.Name) // the oldest time that a zip can hold
	}
	want := []string{"tcpmib.exe", "README.md", "CHANGELOG.md", "LICENSE.txt", "THIRD_PARTY.txt"}
	assert.Empty(t, cmp.Diff(want, names))
	content := func(i int) string {
		f, err := r.File[i].Open()
		require.NoError(t, err)
		b, err := io.ReadAll(f)
		require.NoError(t, err)
		return string(b)
	}
	assert.Equal(t, "MZ", content(0))
	readme := content(1)
	assert.Contains(t, readme, "](https://example.com/cmd/testdata/screens/list.svg)")
	assert.NotRegexp(t, `\]\((testdata|\.\.)`, readme, "relative links lead nowhere in a zip")
}

func TestCheckProgram(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	_, err = checkProgram(program{arch: "amd64", exe: self}, "v0.1.0")
	require.ErrorContains(t, err, "built with ") // no test program is built as a release is
}

func TestWriteChecksums(t *testing.T) {
	files := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(files, "b"), []byte("abc"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(files, "a"), nil, 0o644))
	for range 2 { // the second run does not count the first one's file
		require.NoError(t, writeChecksums(files))
	}
	got, err := os.ReadFile(filepath.Join(files, "SHA256SUMS"))
	require.NoError(t, err)
	assert.Equal(t, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n"+
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n", string(got))
}

var twoPrograms = []program{
	{arch: "amd64", zip: "tcpmib_0.1.0_windows_amd64.zip", sha256: "00ff"},
	{arch: "386", zip: "tcpmib_0.1.0_windows_386.zip", sha256: "11ee"},
}

func TestWingetManifests(t *testing.T) {
	got := wingetManifests("https://example.org/x", "0.1.0", twoPrograms)
	want := `PackageIdentifier: winmib.tcpmib
PackageVersion: 0.1.0
InstallerType: zip
NestedInstallerType: portable
NestedInstallerFiles:
- RelativeFilePath: tcpmib.exe
  PortableCommandAlias: tcpmib
Installers:
- Architecture: x64
  InstallerUrl: https://example.org/x/releases/download/v0.1.0/tcpmib_0.1.0_windows_amd64.zip
  InstallerSha256: 00FF
- Architecture: x86
  InstallerUrl: https://example.org/x/releases/download/v0.1.0/tcpmib_0.1.0_windows_386.zip
  InstallerSha256: 11EE
ManifestType: installer
ManifestVersion: 1.10.0
`
	assert.Empty(t, cmp.Diff(want, got["winmib.tcpmib.installer.yaml"]))
	assert.Len(t, got, 3)
	assert.Contains(t, got["winmib.tcpmib.yaml"], "ManifestType: version\n")
	assert.Contains(t, got["winmib.tcpmib.locale.en-US.yaml"], "License: MIT\n")
}

func TestScoopManifest(t *testing.T) {
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(scoopManifest("https://example.org/x", "0.1.0", twoPrograms)), &got))
	assert.Equal(t, "tcpmib.exe", got["bin"])
	url := "https://example.org/x/releases/download/"
	assert.Empty(t, cmp.Diff(map[string]any{
		"64bit": map[string]any{"url": url + "v0.1.0/tcpmib_0.1.0_windows_amd64.zip", "hash": "00ff"},
		"32bit": map[string]any{"url": url + "v0.1.0/tcpmib_0.1.0_windows_386.zip", "hash": "11ee"},
	}, got["architecture"]))
	assert.Empty(t, cmp.Diff(map[string]any{
		"64bit": map[string]any{"url": url + "v$version/tcpmib_$version_windows_amd64.zip"},
		"32bit": map[string]any{"url": url + "v$version/tcpmib_$version_windows_386.zip"},
	}, got["autoupdate"].(map[string]any)["architecture"]))
}
