package layout

import (
	"os"
	"path/filepath"
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

func TestWindowsSDKs(t *testing.T) {
	const kits, vs = "Windows Kits/10/Include/", "Microsoft Visual Studio/2022/Enterprise/VC/Tools/MSVC/"
	x86 := touch(t,
		kits+"10.0.9600.0/um/iphlpapi.h", kits+"10.0.9600.0/shared/tcpmib.h", kits+"10.0.9600.0/ucrt/corecrt.h",
		kits+"10.0.26100.0/um/iphlpapi.h", kits+"10.0.26100.0/shared/tcpmib.h", kits+"10.0.26100.0/ucrt/corecrt.h",
		kits+"10.0.10240.0/ucrt/corecrt.h")
	programs := touch(t,
		vs+"14.9.1/bin/Hostx64/x64/cl.exe", vs+"14.40.2/bin/Hostx64/x64/cl.exe",
		vs+"14.9.1/bin/Hostx64/x86/cl.exe",
		"LLVM/bin/clang.exe")
	t.Setenv("ProgramFiles(x86)", x86)
	t.Setenv("ProgramFiles", programs)
	t.Setenv("ProgramW6432", programs)
	t.Setenv("PATH", "nowhere")

	targets, missing := windowsSDKs()
	assert.Equal(t, []string{"no cl for arm64: add the MSVC build tools for arm64 with the Visual Studio Installer"}, missing)
	var got []string
	for _, target := range targets {
		cc := strings.Join(target.CC, " ")
		cc = strings.ReplaceAll(filepath.ToSlash(strings.ReplaceAll(cc, programs, "")), vs, "")
		got = append(got, target.Label+" "+target.GOARCH+" "+cc)
	}
	assert.Equal(t, []string{
		"Windows SDK 10.0.26100.0 amd64 /14.40.2/bin/Hostx64/x64/cl.exe",
		"Windows SDK 10.0.26100.0 amd64 /LLVM/bin/clang.exe --target=x86_64-pc-windows-msvc",
		"Windows SDK 10.0.26100.0 386 /14.9.1/bin/Hostx64/x86/cl.exe",
		"Windows SDK 10.0.26100.0 386 /LLVM/bin/clang.exe --target=i686-pc-windows-msvc",
		"Windows SDK 10.0.9600.0 amd64 /14.40.2/bin/Hostx64/x64/cl.exe",
		"Windows SDK 10.0.9600.0 amd64 /LLVM/bin/clang.exe --target=x86_64-pc-windows-msvc",
		"Windows SDK 10.0.9600.0 386 /14.9.1/bin/Hostx64/x86/cl.exe",
		"Windows SDK 10.0.9600.0 386 /LLVM/bin/clang.exe --target=i686-pc-windows-msvc",
	}, got)

	// The cross compiler for 386 runs with the libraries of the one for amd64, and finds its own
	// headers and the SDK's.
	env := strings.Join(targets[2].Env, "\n")
	env = strings.ReplaceAll(filepath.ToSlash(strings.ReplaceAll(strings.ReplaceAll(env, programs, ""), x86, "")), vs, "")
	assert.Equal(t, "INCLUDE=/14.9.1/include;/"+kits+"10.0.26100.0/ucrt;/"+kits+"10.0.26100.0/shared;/"+kits+"10.0.26100.0/um\n"+
		"PATH=/14.9.1/bin/Hostx64/x64;nowhere", env)

	t.Setenv("ProgramFiles(x86)", "")
	targets, missing = windowsSDKs()
	assert.Empty(t, targets)
	assert.Equal(t, []string{"no Windows SDK: install one with the Visual Studio Installer"}, missing)
}

// The folders above those of the versions have numbers of their own, which say nothing.
func TestNewest(t *testing.T) {
	const (
		kits   = "Windows Kits/10/Include/"
		vs2019 = "Microsoft Visual Studio/2019/BuildTools/VC/Tools/MSVC/"
		vs2022 = "Microsoft Visual Studio/2022/Enterprise/VC/Tools/MSVC/"
		vs2026 = "Microsoft Visual Studio/18/Community/VC/Tools/MSVC/"
		cl     = "/bin/Hostx64/x64/cl.exe"
	)
	for name, c := range map[string]struct {
		x86, programs []string // what Program Files (x86) and Program Files have
		want          []string // the newest cl or all SDKs
	}{
		"Visual Studio 2026 is newer than 2022": {
			nil, []string{vs2022 + "14.44.35207" + cl, vs2026 + "14.50.35717" + cl}, []string{vs2026 + "14.50.35717" + cl}},
		"not when its tools are older": {
			nil, []string{vs2022 + "14.44.35207" + cl, vs2026 + "14.43.34808" + cl}, []string{vs2022 + "14.44.35207" + cl}},
		"2019 in Program Files (x86)": {
			[]string{vs2019 + "14.29.30133" + cl}, []string{vs2026 + "14.50.35717" + cl}, []string{vs2026 + "14.50.35717" + cl}},
		"tools by number": {
			nil, []string{vs2022 + "14.9.1" + cl, vs2022 + "14.40.1" + cl}, []string{vs2022 + "14.40.1" + cl}},
		"SDKs by number": {
			[]string{kits + "10.0.26100.0", kits + "10.0.9600.0"}, nil, []string{kits + "10.0.26100.0", kits + "10.0.9600.0"}},
		"an SDK in Program Files (x86)": {
			[]string{kits + "10.0.22621.0"}, []string{kits + "10.0.26100.0"}, []string{kits + "10.0.26100.0", kits + "10.0.22621.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			var files []string
			for programs, list := range map[string][]string{"Program Files (x86)/": c.x86, "Program Files/": c.programs} {
				for _, f := range list {
					if strings.HasPrefix(f, kits) {
						files = append(files, programs+f+"/um/iphlpapi.h", programs+f+"/shared/tcpmib.h", programs+f+"/ucrt/corecrt.h")
					} else {
						files = append(files, programs+f)
					}
				}
			}
			dir := touch(t, files...)
			t.Setenv("ProgramFiles(x86)", filepath.Join(dir, "Program Files (x86)"))
			t.Setenv("ProgramFiles", filepath.Join(dir, "Program Files"))
			t.Setenv("ProgramW6432", "")

			got := findSDKs()
			if newest, _ := findCL("x64"); newest != "" {
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
