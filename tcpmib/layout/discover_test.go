package layout

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// touch makes empty files under a folder and returns the folder. (Wine 8 cannot
// empty a folder, which fails a test that used testing's TempDir.)
func touch(t *testing.T, files ...string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "layout")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, nil, 0o700))
	}
	return dir
}

const kits = "Windows Kits/10/Include/"

// sdk are the files that make a folder an SDK.
func sdk(dir string) []string {
	return []string{dir + "/um/iphlpapi.h", dir + "/shared/tcpmib.h", dir + "/ucrt/corecrt.h"}
}

func TestWindowsSDKs(t *testing.T) {
	const vs = "Microsoft Visual Studio/2022/Enterprise/VC/Tools/MSVC/"
	x86 := touch(t, slices.Concat(sdk(kits+"10.0.9600.0"), sdk(kits+"10.0.26100.0"), []string{kits + "10.0.10240.0/ucrt/corecrt.h"})...)
	nuget := "microsoft.windows.sdk.cpp/"
	packages := touch(t, slices.Concat(
		sdk(nuget+"10.0.28000.2957/c/Include/10.0.28000.0"), sdk(nuget+"10.0.26100.9457/c/Include/10.0.26100.0"),
		sdk("microsoft.windows.sdk.cpp.x64/10.0.1.2/c/Include/10.0.19041.0"))...)
	programs := touch(t, vs+"14.9.1/include/vcruntime.h", vs+"14.40.2/include/vcruntime.h", "LLVM/bin/clang.exe")
	setAll := func(programs, packages string) {
		t.Setenv("ProgramFiles(x86)", x86)
		t.Setenv("ProgramFiles", programs)
		t.Setenv("ProgramW6432", programs)
		t.Setenv("NUGET_PACKAGES", packages)
		t.Setenv("PATH", "nowhere")
	}
	setAll(programs, packages)
	targets, missing := windowsSDKs()
	assert.Empty(t, missing)
	var got []string
	for _, target := range targets {
		cc := filepath.ToSlash(strings.ReplaceAll(strings.Join(target.CC, " "), programs, ""))
		got = append(got, target.Label+" "+target.GOARCH+" "+cc)
	}
	var want []string
	for _, version := range []string{"10.0.28000.0", "10.0.26100.0", "10.0.9600.0"} {
		for _, arch := range arches {
			want = append(want, "Windows SDK "+version+" "+arch+" /LLVM/bin/clang.exe --target="+triple[arch]+"-pc-windows-msvc")
		}
	}
	assert.Equal(t, want, got)
	env := strings.Join(targets[4].Env, "\n")
	env = strings.ReplaceAll(filepath.ToSlash(strings.NewReplacer(programs, "", x86, "").Replace(env)), vs, "")
	assert.Equal(t, "INCLUDE=/14.40.2/include;/"+kits+"10.0.26100.0/ucrt;/"+kits+"10.0.26100.0/shared;/"+kits+"10.0.26100.0/um", env)

	// One sentence names what is missing, and what to install.
	for _, test := range []struct{ programs, x86, want string }{
		{touch(t, vs+"14.40.2/include/vcruntime.h", vs+"14.40.2/bin/Hostx64/x64/cl.exe"), x86, "no clang, which reads the headers of Windows SDKs (cl does not show what they declare): install LLVM"},
		{touch(t, "LLVM/bin/clang.exe"), x86, "no vcruntime.h"},
		{programs, "", "no Windows SDK: install one with the Visual Studio Installer"},
	} {
		setAll(test.programs, touch(t))
		t.Setenv("ProgramFiles(x86)", test.x86)
		targets, missing := windowsSDKs()
		assert.Empty(t, targets)
		require.Len(t, missing, 1)
		assert.Contains(t, missing[0], test.want)
	}
}

// Each folder of programs is searched once, and none whose variable is not set.
func TestProgramFiles(t *testing.T) {
	t.Setenv("ProgramFiles(x86)", "")
	t.Setenv("ProgramFiles", "programs")
	t.Setenv("ProgramW6432", "programs")
	assert.Equal(t, []string{"programs"}, programFiles())
	t.Setenv("ProgramFiles(x86)", "x86")
	assert.Equal(t, []string{"x86", "programs"}, programFiles())
}

// Wine's headers are taken from the first folder that has them, in which clang is asked about each
// architecture.
func TestWineIncludes(t *testing.T) {
	if _, err := exec.LookPath("clang"); err != nil {
		t.Skip(err)
	}
	before := wineIncludes
	defer func() { wineIncludes = before }()
	dir := touch(t, "windows/iphlpapi.h")
	for _, wineIncludes = range [][]string{{dir}, {dir, touch(t, "windows/iphlpapi.h")}, {touch(t), dir}} {
		targets, missing := wine()
		assert.Empty(t, missing)
		require.Len(t, targets, len(arches))
		assert.Contains(t, targets[0].CC, filepath.Join(dir, "windows"))
	}
	wineIncludes = []string{touch(t)}
	targets, missing := wine()
	assert.Empty(t, targets)
	assert.Equal(t, []string{"no headers of Wine: install libwine-dev"}, missing)
}

// NuGet's cache is in the home folder, if NUGET_PACKAGES does not say otherwise.
func TestNuGetCache(t *testing.T) {
	home := touch(t, sdk(".nuget/packages/microsoft.windows.sdk.cpp/10.0.28000.2957/c/Include/10.0.28000.0")...)
	for _, name := range []string{"ProgramFiles(x86)", "ProgramFiles", "ProgramW6432", "NUGET_PACKAGES"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	require.Len(t, findSDKs(), 1)
	t.Setenv("NUGET_PACKAGES", touch(t))
	assert.Empty(t, findSDKs())
}

// The folders above those of the versions have numbers of their own, which say nothing.
func TestNewest(t *testing.T) {
	const (
		vs2019 = "Microsoft Visual Studio/2019/BuildTools/VC/Tools/MSVC/"
		vs2022 = "Microsoft Visual Studio/2022/Enterprise/VC/Tools/MSVC/"
		vs2026 = "Microsoft Visual Studio/18/Community/VC/Tools/MSVC/"
		header = "/include/vcruntime.h"
	)
	for name, c := range map[string]struct {
		x86, programs []string // what Program Files (x86) and Program Files have
		want          []string // the newest Visual C++ or all SDKs
	}{
		"Visual Studio 2026 is newer than 2022": {
			nil, []string{vs2022 + "14.44.35207" + header, vs2026 + "14.50.35717" + header}, []string{vs2026 + "14.50.35717"}},
		"not when its tools are older": {
			nil, []string{vs2022 + "14.44.35207" + header, vs2026 + "14.43.34808" + header}, []string{vs2022 + "14.44.35207"}},
		"2019 in Program Files (x86)": {
			[]string{vs2019 + "14.29.30133" + header}, []string{vs2026 + "14.50.35717" + header}, []string{vs2026 + "14.50.35717"}},
		"tools by number": {
			nil, []string{vs2022 + "14.9.1" + header, vs2022 + "14.40.1" + header}, []string{vs2022 + "14.40.1"}},
		"SDKs by number": {
			[]string{kits + "10.0.26100.0", kits + "10.0.9600.0"}, nil, []string{kits + "10.0.26100.0", kits + "10.0.9600.0"}},
		"an SDK in Program Files (x86)": {
			[]string{kits + "10.0.22621.0"}, []string{kits + "10.0.26100.0"}, []string{kits + "10.0.26100.0", kits + "10.0.22621.0"}},
		"one version in both": {
			[]string{kits + "10.0.26100.0"}, []string{kits + "10.0.26100.0"}, []string{kits + "10.0.26100.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			var files []string
			for programs, list := range map[string][]string{"Program Files (x86)/": c.x86, "Program Files/": c.programs} {
				for _, f := range list {
					if strings.HasPrefix(f, kits) {
						files = append(files, sdk(programs+f)...)
					} else {
						files = append(files, programs+f)
					}
				}
			}
			dir := touch(t, files...)
			t.Setenv("ProgramFiles(x86)", filepath.Join(dir, "Program Files (x86)"))
			t.Setenv("ProgramFiles", filepath.Join(dir, "Program Files"))
			t.Setenv("ProgramW6432", "")
			t.Setenv("NUGET_PACKAGES", touch(t))

			got := findSDKs()
			if newest := findVisualC(); newest != "" {
				got = append(got, newest)
			}
			for i, path := range got {
				_, path, _ = strings.Cut(filepath.ToSlash(path), "/Program Files")
				_, got[i], _ = strings.Cut(path, "/")
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// clang makes objects for every architecture, with the headers that lie next to a gcc for one.
func TestMinGWOfOneArchitecture(t *testing.T) {
	gcc, clang := shell(t, "gcc", ""), ""
	include := touch(t, "_mingw.h", "iphlpapi.h")
	prints := `echo '# 1 "` + include + `/_mingw.h" 1 3'`
	dir := filepath.Dir(gcc)
	for _, name := range []string{"x86_64-w64-mingw32-gcc"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+prints+"\n"), 0o700))
	}
	known := mingwIncludes
	t.Cleanup(func() { mingwIncludes = known })
	mingwIncludes = nil
	t.Setenv("PATH", dir)
	for _, name := range []string{"ProgramFiles(x86)", "ProgramFiles", "ProgramW6432"} {
		t.Setenv(name, "")
	}

	targets, missing := mingw()
	require.Len(t, targets, 1, "gcc alone makes objects for one")
	assert.Equal(t, Target{GOARCH: "amd64", CC: []string{"x86_64-w64-mingw32-gcc"}}, targets[0])
	assert.Equal(t, []string{"no compiler for MinGW-w64's headers on 386, arm64: install LLVM's clang, which makes objects for all of them"}, missing)

	clang = filepath.Join(dir, "clang")
	require.NoError(t, os.WriteFile(clang, []byte("#!/bin/sh\n"), 0o700))
	targets, missing = mingw()
	assert.Empty(t, missing)
	var got []string
	for _, target := range targets {
		got = append(got, target.GOARCH+" "+strings.Join(target.CC[1:], " "))
	}
	assert.Equal(t, []string{
		"amd64 --target=x86_64-w64-windows-gnu -isystem " + include, "386 --target=i686-w64-windows-gnu -isystem " + include,
		"arm64 --target=aarch64-w64-windows-gnu -isystem " + include,
	}, got)

	require.NoError(t, os.Remove(filepath.Join(dir, "x86_64-w64-mingw32-gcc")))
	targets, missing = mingw()
	assert.Empty(t, targets)
	require.Len(t, missing, 1)
	assert.Contains(t, missing[0], "no compiler with MinGW-w64's headers for amd64, 386, arm64: install ")
}
