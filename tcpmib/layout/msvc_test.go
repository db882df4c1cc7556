package layout

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clang that is called cl takes cl's options, writes cl's messages and, like cl, no debug
// information that can be read.
func TestOptionsOfCl(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a link to clang.exe does not find its DLLs")
	}
	clang, err := exec.LookPath("clang")
	if err != nil {
		compilers(t) // says what is missing
		t.Skip(err)
	}
	testdata, err := filepath.Abs("testdata")
	require.NoError(t, err)
	cl := filepath.Join(t.TempDir(), "cl")
	require.NoError(t, os.Symlink(clang, cl))
	for _, arch := range arches {
		target := Target{CC: []string{cl, "--target=" + triple[arch] + "-pc-windows-msvc", "/I" + testdata}}
		spec := thingSpec(arch)
		r, err := Run(t.Context(), spec, target)
		require.NoError(t, err)
		rest := slices.DeleteFunc(r.Findings, func(f Finding) bool { return arch == "386" && f.Kind == KindAlign })
		assert.Empty(t, rest, r)
		assert.Equal(t, arch, r.GOARCH)
		assert.False(t, r.DebugInfo)
		assert.NotZero(t, r.Unseen, "padding that was not seen into")

		spec.Types = append(spec.Types, Struct[inner]("NO_SUCH_TYPE"))
		spec.Constants = append(spec.Constants, Constant{"NO_SUCH_CONSTANT", 1})
		r, err = Run(t.Context(), spec, target)
		require.NoError(t, err)
		r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return arch == "386" && f.Kind == KindAlign })
		require.Len(t, r.Findings, 2)
		assert.Equal(t, "NO_SUCH_TYPE: absent: these headers do not have it: use of undeclared identifier 'NO_SUCH_TYPE'", r.Findings[0].String())
		assert.Equal(t, "NO_SUCH_CONSTANT", r.Findings[1].Item)

		target.Headers = []string{"nosuch.h"}
		_, err = Run(t.Context(), spec, target)
		assert.ErrorContains(t, err, "layout_probe.c(4,10): fatal error: 'nosuch.h' file not found")
	}
}

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
