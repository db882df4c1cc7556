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
// architecture: on Windows each Windows SDK, with clang, and MinGW-w64's headers; elsewhere
// MinGW-w64's and Wine's. missing lists what was not found, one sentence each.
func Discover() (targets []Target, missing []string) {
	gnu, noGNU := mingw()
	if runtime.GOOS != "windows" {
		wine, noWine := wine()
		return append(gnu, wine...), append(noGNU, noWine...)
	}
	sdks, noSDK := windowsSDKs()
	switch {
	case len(findSDKs()) > 0: // what is missing is missing for these
		missing = noSDK
	case len(gnu) > 0:
		missing = noGNU
	default:
		missing = []string{"no headers of Windows: install a Windows SDK with the MSVC build tools (Visual Studio Installer) and LLVM (winget install LLVM.LLVM), or MSYS2 with its gcc"}
	}
	return append(sdks, gnu...), missing
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

// mingw finds a compiler and MinGW-w64's headers for each architecture: clang with the headers of
// whatever has them, because it makes objects for all three; or else a cross compiler, or a gcc
// that is one by itself.
func mingw() (targets []Target, missing []string) {
	include, clang := mingwInclude(), findClang()
	var without []string
	for _, arch := range arches {
		machine := triple[arch] + "-w64-mingw32"
		switch {
		case clang != "" && include != "":
			targets = append(targets, Target{GOARCH: arch, CC: []string{clang, "--target=" + triple[arch] + "-w64-windows-gnu", "-isystem", include}})
		case inPath(machine + "-gcc"):
			targets = append(targets, Target{GOARCH: arch, CC: []string{machine + "-gcc"}})
		case inPath(machine + "-clang"):
			targets = append(targets, Target{GOARCH: arch, CC: []string{machine + "-clang"}})
		case runtime.GOOS == "windows" && makesFor("gcc", machine):
			targets = append(targets, Target{GOARCH: arch, CC: []string{"gcc"}})
		default:
			without = append(without, arch)
		}
	}
	switch {
	case len(without) == 0:
	case include != "":
		missing = append(missing, "no compiler for MinGW-w64's headers on "+strings.Join(without, ", ")+": install LLVM's clang, which makes objects for all of them")
	default:
		missing = append(missing, "no compiler with MinGW-w64's headers for "+strings.Join(without, ", ")+": "+howToInstall())
	}
	return targets, missing
}

// howToInstall is what brings MinGW-w64's headers and a compiler for every architecture.
func howToInstall() string {
	switch runtime.GOOS {
	case "windows":
		return "install MSYS2 (winget install MSYS2.MSYS2) and in it mingw-w64-ucrt-x86_64-gcc, and LLVM (winget install LLVM.LLVM)"
	case "darwin":
		return "install them (brew install mingw-w64 llvm)"
	}
	return "install clang and MinGW-w64 (on Debian and Ubuntu: apt-get install clang gcc-mingw-w64-x86-64)"
}

// mingwInclude is the folder of MinGW-w64's headers, or nothing.
func mingwInclude() string {
	for _, dir := range mingwIncludes {
		if exists(dir, "iphlpapi.h") {
			return filepath.FromSlash(dir)
		}
	}
	// That of a compiler for Windows: gcc by itself, or a clang of MSYS2.
	for _, cc := range []string{"x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc", "gcc", "clang"} {
		if cc == "gcc" && runtime.GOOS != "windows" || !inPath(cc) {
			continue
		}
		if dir := includeOf(cc); dir != "" {
			return dir
		}
	}
	return ""
}

// includeOf is the folder in which a compiler finds MinGW-w64's headers. Its preprocessor says so.
func includeOf(cc string) string {
	cmd := exec.Command(cc, "-E", "-x", "c", "-")
	cmd.Stdin = strings.NewReader("#include <_mingw.h>\n")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	for _, m := range lineMarker().FindAllStringSubmatch(string(out), -1) {
		file := strings.ReplaceAll(m[1], `\\`, `\`)
		if dir := filepath.Dir(file); baseName(file) == "_mingw.h" && exists(dir, "iphlpapi.h") {
			return dir
		}
	}
	return ""
}

func inPath(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// makesFor reports whether a compiler makes objects for a machine, such as x86_64-w64-mingw32.
func makesFor(cc, machine string) bool {
	out, err := exec.Command(cc, "-dumpmachine").Output()
	return err == nil && strings.TrimSpace(string(out)) == machine
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

// windowsSDKs finds every Windows SDK, those of Visual Studio and those that NuGet brought, and clang
// for each architecture.
func windowsSDKs() (targets []Target, missing []string) {
	sdks, tools, clang := findSDKs(), findVisualC(), findClang()
	switch {
	case len(sdks) == 0:
		return nil, []string{"no Windows SDK: install one with the Visual Studio Installer, or the NuGet package Microsoft.Windows.SDK.CPP"}
	case clang == "":
		return nil, []string{"no clang, which reads the headers of Windows SDKs (cl does not show what they declare): install LLVM (winget install LLVM.LLVM)"}
	case tools == "":
		return nil, []string{"no vcruntime.h, which the headers of Windows SDKs include: install the MSVC build tools with the Visual Studio Installer"}
	}
	for _, sdk := range sdks {
		include := []string{filepath.Join(tools, "include")} // the compiler's own headers
		for _, part := range []string{"ucrt", "shared", "um"} {
			include = append(include, filepath.Join(sdk, part))
		}
		for _, arch := range arches {
			targets = append(targets, Target{
				Label: SetSDK + " " + filepath.Base(sdk), GOARCH: arch,
				CC:  []string{clang, "--target=" + triple[arch] + "-pc-windows-msvc"},
				Env: []string{"INCLUDE=" + strings.Join(include, ";")},
			})
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

// findSDKs finds the folders of the headers, the newest SDK first, each version once.
func findSDKs() []string {
	var sdks []string
	for _, programs := range programFiles() {
		found, _ := filepath.Glob(filepath.Join(programs, "Windows Kits", "10", "Include", "10.*"))
		sdks = append(sdks, found...)
	}
	for _, cache := range nugetCaches() {
		found, _ := filepath.Glob(filepath.Join(cache, "microsoft.windows.sdk.cpp", "*", "c", "Include", "10.*"))
		sdks = append(sdks, found...)
	}
	// Some folders hold the C runtime alone.
	sdks = slices.DeleteFunc(sdks, func(dir string) bool {
		return !exists(dir, "um", "iphlpapi.h") || !exists(dir, "shared", "tcpmib.h") || !exists(dir, "ucrt", "corecrt.h")
	})
	slices.SortStableFunc(sdks, newestFirst(filepath.Base))
	return slices.CompactFunc(sdks, func(a, b string) bool { return filepath.Base(a) == filepath.Base(b) })
}

// nugetCaches are where NuGet unpacks packages, whose names it writes in lower case.
func nugetCaches() []string {
	if dir := os.Getenv("NUGET_PACKAGES"); dir != "" {
		return []string{dir}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(home, ".nuget", "packages")}
}

// findVisualC finds the newest version of Visual C++ that has the headers which those of an SDK include.
func findVisualC() string {
	var found []string
	for _, programs := range programFiles() {
		list, _ := filepath.Glob(filepath.Join(programs, "Microsoft Visual Studio", "*", "*", "VC", "Tools", "MSVC", "*", "include", "vcruntime.h"))
		found = append(found, list...)
	}
	if len(found) == 0 {
		return ""
	}
	tools := func(header string) string { return filepath.Dir(filepath.Dir(header)) }
	return tools(slices.MinFunc(found, newestFirst(func(header string) string { return filepath.Base(tools(header)) })))
}

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
