package layout

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Discover finds the header sets of this machine and a compiler for each of them and each
// architecture: MinGW-w64's and Wine's headers, and on Windows each Windows SDK, with cl and with
// clang. What it looked for in vain is in missing, one sentence each.
func Discover() (targets []Target, missing []string) {
	add := func(found []Target, vain []string) {
		targets, missing = append(targets, found...), append(missing, vain...)
	}
	if runtime.GOOS == "windows" {
		add(windowsSDKs())
		add(mingw([]string{runtime.GOARCH}))
		return targets, missing
	}
	add(mingw(arches[:]))
	add(wine())
	return targets, missing
}

// triple is GOARCH as GNU and LLVM name it.
var triple = map[string]string{"amd64": "x86_64", "386": "i686", "arm64": "aarch64"}

// Where distributions keep MinGW-w64's headers, for a clang that does not know.
var mingwIncludes = []string{
	"/usr/share/mingw-w64/include",                                            // Debian
	"/usr/x86_64-w64-mingw32/sys-root/mingw/include",                          // Fedora
	"/usr/x86_64-w64-mingw32/include",                                         // Arch
	"/opt/homebrew/opt/mingw-w64/toolchain-x86_64/x86_64-w64-mingw32/include", // Homebrew
}

// mingw finds a compiler and MinGW-w64's headers for each architecture: a cross compiler, a gcc
// that is one by itself, or clang with the headers of another.
func mingw(goarches []string) (targets []Target, missing []string) {
	for _, arch := range goarches {
		cc := mingwCompiler(arch)
		if cc == nil {
			missing = append(missing, "no compiler for MinGW-w64's headers on "+arch+": install "+triple[arch]+"-w64-mingw32-gcc, or clang and the headers")
			continue
		}
		targets = append(targets, Target{GOARCH: arch, CC: cc})
	}
	return targets, missing
}

func mingwCompiler(arch string) []string {
	machine := triple[arch] + "-w64-mingw32"
	for _, name := range []string{machine + "-gcc", machine + "-clang"} {
		if _, err := exec.LookPath(name); err == nil {
			return []string{name}
		}
	}
	if runtime.GOOS == "windows" {
		out, err := exec.Command("gcc", "-dumpmachine").Output()
		if err == nil && strings.TrimSpace(string(out)) == machine {
			return []string{"gcc"}
		}
	}
	if _, err := exec.LookPath("clang"); err == nil {
		for _, dir := range mingwIncludes {
			if exists(dir, "iphlpapi.h") {
				return []string{"clang", "--target=" + triple[arch] + "-w64-windows-gnu", "-isystem", dir}
			}
		}
	}
	return nil
}

// Where distributions keep Wine's headers.
var wineIncludes = []string{"/usr/include/wine/wine", "/usr/include/wine", "/usr/include/wine-development/wine"}

func wine() (targets []Target, missing []string) {
	i := slices.IndexFunc(wineIncludes, func(dir string) bool { return exists(dir, "windows", "iphlpapi.h") })
	if i < 0 {
		return nil, []string{"no headers of Wine: install libwine-dev"}
	}
	if _, err := exec.LookPath("clang"); err != nil {
		return nil, []string{"no compiler for Wine's headers: install clang"}
	}
	for _, arch := range arches {
		targets = append(targets, Target{GOARCH: arch, CC: []string{
			"clang", "--target=" + triple[arch] + "-w64-windows-gnu",
			"-isystem", filepath.Join(wineIncludes[i], "windows"), "-isystem", filepath.Join(wineIncludes[i], "msvcrt"),
		}})
	}
	return targets, nil
}

// msvcArch is GOARCH as Visual Studio names it.
var msvcArch = map[string]string{"amd64": "x64", "386": "x86", "arm64": "arm64"}

// windowsSDKs finds every Windows SDK, and cl and clang for each architecture.
func windowsSDKs() (targets []Target, missing []string) {
	sdks := findSDKs()
	if len(sdks) == 0 {
		return nil, []string{"no Windows SDK: install one with the Visual Studio Installer"}
	}
	clang := findClang()
	if clang == "" {
		missing = append(missing, "no clang: install LLVM to read the SDKs' debug information")
	}
	cls, hosts := map[string]string{}, map[string]string{}
	for _, arch := range arches {
		if cls[arch], hosts[arch] = findCL(msvcArch[arch]); cls[arch] == "" {
			missing = append(missing, "no cl for "+arch+": add the MSVC build tools for "+msvcArch[arch]+" with the Visual Studio Installer")
		}
	}
	for _, sdk := range sdks {
		for _, arch := range arches {
			cl := cls[arch]
			if cl == "" {
				continue
			}
			include := []string{filepath.Join(tools(cl), "include")} // the compiler's own headers
			for _, part := range []string{"ucrt", "shared", "um"} {
				include = append(include, filepath.Join(sdk, part))
			}
			t := Target{
				Label: SetSDK + " " + filepath.Base(sdk), GOARCH: arch, CC: []string{cl},
				Env: []string{
					"INCLUDE=" + strings.Join(include, ";"), // clang reads it, too
					"PATH=" + hosts[arch] + ";" + os.Getenv("PATH"),
				},
			}
			targets = append(targets, t)
			if clang != "" {
				t.CC = []string{clang, "--target=" + triple[arch] + "-pc-windows-msvc"}
				targets = append(targets, t)
			}
		}
	}
	return targets, missing
}

func programFiles() []string {
	var dirs []string
	for _, v := range []string{"ProgramFiles(x86)", "ProgramFiles", "ProgramW6432"} {
		if dir := os.Getenv(v); dir != "" && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// findSDKs finds the folders of the headers, the newest SDK first.
func findSDKs() []string {
	var sdks []string
	for _, programs := range programFiles() {
		found, _ := filepath.Glob(filepath.Join(programs, "Windows Kits", "10", "Include", "10.*"))
		sdks = append(sdks, found...)
	}
	// Some folders hold the C runtime alone.
	sdks = slices.DeleteFunc(sdks, func(dir string) bool {
		return !exists(dir, "um", "iphlpapi.h") || !exists(dir, "shared", "tcpmib.h") || !exists(dir, "ucrt", "corecrt.h")
	})
	slices.SortStableFunc(sdks, newestFirst(filepath.Base))
	return sdks
}

// findCL finds the newest cl that this machine runs and that makes objects for arch, and the folder
// of the libraries that it runs with: a cross compiler uses those of the host's own.
func findCL(arch string) (cl, host string) {
	hosts := []string{"Hostx64", "Hostx86"}
	if runtime.GOARCH == "arm64" {
		hosts = append([]string{"Hostarm64"}, hosts...)
	}
	for _, h := range hosts {
		var found []string
		for _, programs := range programFiles() {
			list, _ := filepath.Glob(filepath.Join(programs, "Microsoft Visual Studio", "*", "*", "VC", "Tools", "MSVC", "*", "bin", h, arch, "cl.exe"))
			found = append(found, list...)
		}
		if len(found) > 0 {
			cl = slices.MinFunc(found, newestFirst(func(cl string) string { return filepath.Base(tools(cl)) }))
			return cl, filepath.Join(filepath.Dir(filepath.Dir(cl)), strings.TrimPrefix(h, "Host"))
		}
	}
	return "", ""
}

// tools is the folder of the version that a cl belongs to: MSVC/14.44.35207 for its
// bin/Hostx64/x64/cl.exe.
func tools(cl string) string { return filepath.Join(filepath.Dir(cl), "..", "..", "..") }

func findClang() string {
	if path, err := exec.LookPath("clang"); err == nil {
		return path
	}
	for _, programs := range programFiles() {
		if exists(programs, "LLVM", "bin", "clang.exe") {
			return filepath.Join(programs, "LLVM", "bin", "clang.exe")
		}
	}
	return ""
}

func exists(parts ...string) bool {
	_, err := os.Stat(filepath.Join(parts...))
	return err == nil
}

// newestFirst orders paths by their versions alone, 10.0.9 after 10.0.10: the folders above have
// other numbers, and that of Visual Studio 2022 is larger than that of Visual Studio 2026, which is
// 18.
func newestFirst(version func(path string) string) func(a, b string) int {
	return func(a, b string) int { return slices.Compare(numbersIn(version(b)), numbersIn(version(a))) }
}

func numbersIn(s string) []int {
	var list []int
	for _, digits := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		n, _ := strconv.Atoi(digits)
		list = append(list, n)
	}
	return list
}
