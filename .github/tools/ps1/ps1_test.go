// Package ps1 holds the tests of build.ps1. They run it with every PowerShell of this machine, in a
// copy of the checkout whose go, gcc, winget and so on are this test program: it writes down how it
// was called.
package ps1

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "regenerate the file in testdata")

const root = "../../.."

func TestMain(m *testing.M) {
	if os.Getenv("WINMIB_FAKE_LOG") != "" {
		os.Exit(fake())
	}
	os.Exit(m.Run())
}

// call is how a program was called.
type call struct {
	Name string
	Args []string
	Dir  string
	Env  map[string]string
}

// fake is what this program does under another name.
func fake() int {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(self)), ".exe")
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	c := call{name, os.Args[1:], dir, map[string]string{}}
	for _, variable := range os.Environ() {
		key, value, _ := strings.Cut(variable, "=")
		if key = strings.ToUpper(key); strings.HasPrefix(key, "GO") || strings.HasPrefix(key, "CGO_") || key == "CC" {
			c.Env[key] = value
		}
	}
	line, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	log, err := os.OpenFile(os.Getenv("WINMIB_FAKE_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	if _, err := log.Write(append(line, '\n')); err != nil {
		panic(err)
	}
	log.Close()

	text := name + " " + strings.Join(c.Args, " ")
	if fail := os.Getenv("WINMIB_FAKE_FAIL"); fail != "" && strings.Contains(text, fail) {
		fmt.Fprintln(os.Stderr, "told to fail")
		return 7
	}
	copySelf := func(to string) {
		content, err := os.ReadFile(self)
		if err != nil {
			panic(err)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(to, content, 0o755); err != nil {
			panic(err)
		}
	}
	switch {
	case slices.Equal(c.Args, []string{"-dumpmachine"}):
		fmt.Println(or(os.Getenv("WINMIB_FAKE_MACHINE"), "x86_64-w64-mingw32"))
	case name == "go" && c.Args[0] == "env":
		for _, arg := range c.Args[1:] {
			fmt.Println(or(os.Getenv(arg), map[string]string{"GOPROXY": "kept by go env -w"}[arg]))
		}
	case name == "go" && slices.Contains(c.Args, "tool"):
		staticcheck := filepath.Join(filepath.Dir(self), "staticcheck.exe")
		fmt.Println(staticcheck)
	case name == "go" && c.Args[0] == "version":
		fmt.Println("go version go1.26.0 windows/amd64")
	case name == "go":
		dir := "."
		for i, arg := range c.Args[:len(c.Args)-1] {
			switch arg {
			case "-C":
				dir = c.Args[i+1]
			case "-o":
				copySelf(filepath.Join(dir, c.Args[i+1]))
			}
		}
		if slices.Contains(c.Args, "-v") {
			skips, _ := strconv.Atoi(os.Getenv("WINMIB_FAKE_SKIPS"))
			for i := range skips {
				reason := []string{"no compiler for Windows: install clang", "this machine cannot"}[i%2]
				fmt.Printf("=== RUN   TestOfMachine%d\n    some_test.go:1: %s\n--- SKIP: TestOfMachine%d (0.00s)\n", i, reason, i)
			}
			fmt.Print("--- PASS: TestLiveStates (0.00s)\n    live_test.go:1: " + otherAlphabets + "\nok  \texample.org/p\t1.0s\n")
		}
	case name == "gofmt":
		fmt.Print(os.Getenv("WINMIB_FAKE_GOFMT"))
	case name == "tcpmib" || name == "layoutcheck":
		fmt.Println("what tcpmib prints")
		fmt.Fprintln(os.Stderr, "what tcpmib says")
		code, _ := strconv.Atoi(os.Getenv("WINMIB_FAKE_CODE"))
		return code
	case name == "vendored":
		fmt.Println("found by the cgo shim")
	case name == "winget" || name == "choco" || name == "bash":
		fmt.Println("installed")
		if to := os.Getenv("WINMIB_FAKE_" + strings.ToUpper(name)); to != "" {
			copySelf(to)
		}
	}
	return 0
}

const otherAlphabets = "söhne 日本語サーバ"

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// shell is a PowerShell.
type shell struct {
	name, path string
	major      int
}

// shells finds every PowerShell of this machine. Wine has a powershell.exe that does nothing.
func shells(t *testing.T) (found []shell) {
	for _, name := range []string{"powershell", "pwsh"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Logf("left out: %v", err)
			continue
		}
		cmd := exec.Command(path, "-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.Major")
		hideWindow(cmd)
		out, err := cmd.Output()
		major, err2 := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil || err2 != nil {
			t.Logf("left out: %s is no PowerShell: %v, %q", path, err, out)
			continue
		}
		found = append(found, shell{name, path, major})
	}
	if len(found) == 0 {
		t.Skip("left out: this machine has no PowerShell")
	}
	return found
}

// checkout is a copy of what build.ps1 uses, and the machine around it.
type checkout struct {
	dir   string // build.ps1 is here
	bin   string // on PATH
	drive string // stands for C:\
	log   string
}

func newCheckout(t *testing.T, name string, programs ...string) checkout {
	t.Helper()
	tmp, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	c := checkout{filepath.Join(tmp, name), filepath.Join(tmp, "bin"), filepath.Join(tmp, "c"), filepath.Join(tmp, "log")}
	for _, dir := range []string{filepath.Join(c.dir, "native", "testdata"), c.bin, c.drive} {
		require.NoError(t, os.MkdirAll(dir, 0o755))
	}
	script, err := os.ReadFile(filepath.Join(root, "build.ps1"))
	require.NoError(t, err)
	script = bytes.ReplaceAll(script, []byte(`'C:\`), []byte(`'`+c.drive+`\`))
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, "build.ps1"), script, 0o644))
	for _, file := range []string{"go.sum", "native/shim.c"} {
		content, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(c.dir, file), content, 0o644))
	}
	require.NoError(t, os.CopyFS(filepath.Join(c.dir, "native", "testdata", "vendored"), os.DirFS(filepath.Join(root, "native", "testdata", "vendored"))))
	for _, program := range programs {
		c.install(t, filepath.Join(c.bin, program+".exe"))
	}
	return c
}

// all are the programs of a machine that has what build.ps1 needs.
var all = []string{"go", "gofmt", "gcc", "staticcheck"}

func (c checkout) install(t *testing.T, path string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	in, err := os.Open(self)
	require.NoError(t, err)
	defer in.Close()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	out, err := os.Create(path)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
}

type result struct {
	stdout, stderr string
	code           int
	calls          []call
}

// run runs PowerShell with these arguments in the checkout's folder.
func (c checkout) run(t *testing.T, s shell, env []string, args ...string) result {
	t.Helper()
	require.NoError(t, os.RemoveAll(c.log))
	cmd := exec.Command(s.path, append([]string{"-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"}, args...)...)
	hideWindow(cmd)
	cmd.Dir = c.dir
	for _, variable := range os.Environ() {
		key, _, _ := strings.Cut(strings.ToUpper(variable), "=")
		if !strings.HasPrefix(key, "GO") && !strings.HasPrefix(key, "CGO_") && !slices.Contains([]string{"PATH", "CC", "PROGRAMFILES", "PROGRAMW6432", "PROGRAMDATA", "PSMODULEPATH"}, key) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "PATH="+c.bin, "ProgramFiles="+c.drive, "ProgramData="+c.drive, "WINMIB_FAKE_LOG="+c.log,
		"PROCESSOR_ARCHITECTURE=AMD64", "PROCESSOR_ARCHITEW6432=", "TERM=dumb", "NO_COLOR=1")
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	r := result{lf(stdout.String()), lf(stderr.String()), cmd.ProcessState.ExitCode(), nil}
	log, err := os.ReadFile(c.log)
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(t, err)
	}
	for line := range strings.Lines(string(log)) {
		var made call
		require.NoError(t, json.Unmarshal([]byte(line), &made))
		r.calls = append(r.calls, made)
	}
	return r
}

func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// eachShell runs a test with every PowerShell that runs on Windows.
func eachShell(t *testing.T, test func(t *testing.T, s shell)) {
	if runtime.GOOS != "windows" {
		t.Skip("left out: build.ps1 is for Windows")
	}
	for _, s := range shells(t) {
		t.Run(s.name, func(t *testing.T) { test(t, s) })
	}
}

const folder = "Jane Doe (1) & söhne"

// Off Windows there is nothing to do but to name build.sh.
func TestOtherSystems(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: this is Windows")
	}
	for _, s := range shells(t) {
		for _, task := range []string{"help", "build", "nonsense"} {
			got := newCheckout(t, folder).run(t, s, nil, "-File", "build.ps1", task)
			assert.Equal(t, result{"", "build.ps1: this script is for Windows; here the same tasks are those of ./build.sh\n", 1, nil}, got, task)
		}
	}
}

// Each task calls these programs, in this order, in these folders, with these variables.
func TestCalls(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, all...)
		var got strings.Builder
		for _, task := range []string{"setup", "build", "run list", "layout", "bench", "check", "test", "build -Arch AMD64", "run -arch:amd64 list"} {
			// A caller's variables and a profile's definitions change nothing.
			r := c.run(t, s, []string{
				"GOFLAGS=-mod=vendor", "GOWORK=" + c.dir, "CGO_LDFLAGS=-lnothing", "GOEXPERIMENT=none", "GOOS=plan9", "GOARCH=mips",
				"GOAMD64=v9", "CGO_ENABLED=0", "CC=tcc", "GOPRIVATE=example.org",
			}, "-Command", `
				$ErrorActionPreference = 'SilentlyContinue'
				$PSNativeCommandUseErrorActionPreference = $true
				Set-StrictMode -Version Latest
				foreach ($name in 'build', 'test', 'check', 'run', 'step', 'have', 'install') { Set-Alias $name Write-Warning }
				function go { 'a function of the profile' }
				function gcc { 'a function of the profile' }
				& .\build.ps1 `+task+`
				exit $LASTEXITCODE`)
			assert.Zero(t, r.code, "%s: %s", task, r.stderr)
			fmt.Fprintf(&got, "== %s\n", task)
			for _, made := range r.calls {
				dir, err := filepath.Rel(c.dir, made.Dir)
				require.NoError(t, err)
				arguments, err := json.Marshal(made.Args)
				require.NoError(t, err)
				text := strings.NewReplacer("\\u0026", "&", `\\`, "/").Replace(string(arguments))
				fmt.Fprintf(&got, "%s %s", made.Name, strings.ReplaceAll(text, filepath.ToSlash(c.dir), "<checkout>"))
				if dir != "." {
					fmt.Fprintf(&got, " in %s", dir)
				}
				for _, name := range []string{"GOARCH", "CGO_ENABLED", "CC"} {
					if value := made.Env[name]; value != "" {
						fmt.Fprintf(&got, " %s=%s", name, value)
					}
				}
				fmt.Fprintln(&got)
				if made.Name == "go" && made.Args[0] != "env" {
					assert.Equal(t, "off off kept by go env -w example.org",
						made.Env["GOENV"]+" "+made.Env["GOWORK"]+" "+made.Env["GOPROXY"]+" "+made.Env["GOPRIVATE"])
					for _, name := range []string{"GOFLAGS", "CGO_LDFLAGS", "GOEXPERIMENT", "GOOS", "GOAMD64"} {
						assert.NotContains(t, made.Env, name)
					}
				}
			}
		}
		path := filepath.Join("testdata", "calls.txt")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(lf(string(want)), got.String()), "after an intended change: go -C .github/tools test ./ps1 -update, on Windows")
	})
}

// The caller's GOROOT stays if it is the root of the Go that was found, and goes if it is another's.
func TestGOROOT(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, all...)
		root := filepath.Dir(c.bin)
		for _, test := range []struct {
			goroot string
			kept   bool
		}{
			{root, true},
			{root + `\`, true},
			{strings.ToUpper(root), true},
			{filepath.ToSlash(root) + "/", true},
			{c.dir, false},
			{c.bin, false},
			{filepath.Dir(root), false},
			{root + "1", false},
			{"", false},
		} {
			r := c.run(t, s, []string{"GOROOT=" + test.goroot}, "-File", "build.ps1", "build")
			assert.Zero(t, r.code, "%s: %s", test.goroot, r.stderr)
			require.NotEmpty(t, r.calls)
			for _, made := range r.calls {
				if test.kept {
					assert.Equal(t, test.goroot, made.Env["GOROOT"], made.Args)
				} else {
					assert.NotContains(t, made.Env, "GOROOT", "%s: %v", test.goroot, made.Args)
				}
			}
		}
	})
}

// tcpmib's exit code is build.ps1's, its output is its own, and it gets the arguments as they are.
func TestRun(t *testing.T) {
	evil := []string{
		"list", "a b", "", `"quoted"`, `{{.process}} "and" {{.localPort}}`, `back\`, `a b\`, `a\"b`, `\\`, `a\\ "b\\"`,
		"443,8443", "söhne", "%PATH%", "$x", ";", "&", "it's", "--%", "`", "|", "^",
	}
	var quoted []string
	for _, arg := range evil {
		quoted = append(quoted, "'"+strings.ReplaceAll(arg, "'", "''")+"'")
	}
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, all...)
		for code := range 4 {
			env := []string{fmt.Sprintf("WINMIB_FAKE_CODE=%d", code)}
			for _, args := range [][]string{
				{"-File", "build.ps1", "run", "list"},
				{"-Command", "& .\\build.ps1 run list; exit $LASTEXITCODE"},
				{"-Command", "$PSNativeCommandUseErrorActionPreference = $true; $ErrorActionPreference = 'Stop'; & .\\build.ps1 run list; exit $LASTEXITCODE"},
			} {
				r := c.run(t, s, env, args...)
				assert.Equal(t, code, r.code, "%v: %s", args, r.stderr)
				assert.Equal(t, "what tcpmib prints\n", r.stdout, "%v", args)
				assert.Equal(t, "what tcpmib says\n", r.stderr, "%v", args)
			}
		}
		// Legacy is how Windows PowerShell 5.1 passes arguments, and 7 before 7.3.
		for _, mode := range []string{"", "$PSNativeCommandArgumentPassing = 'Legacy'; ", "$PSNativeCommandArgumentPassing = 'Standard'; "} {
			r := c.run(t, s, nil, "-Command", mode+"& .\\build.ps1 run "+strings.Join(quoted, " "))
			require.NotEmpty(t, r.calls, r.stderr)
			assert.Empty(t, cmp.Diff(evil, r.calls[len(r.calls)-1].Args), "%q", mode)
		}
		// Lists and numbers, from another folder, with stderr redirected as a log or the ISE does.
		require.NoError(t, os.Mkdir(filepath.Join(c.dir, "elsewhere"), 0o755))
		r := c.run(t, s, nil, "-Command", `
			$ErrorActionPreference = 'Stop'
			Set-Location elsewhere
			$ports = 443, 8443
			& ..\build.ps1 run --port $ports --limit 5 2>&1 | ForEach-Object { "$_" }
			"in $(Split-Path -Leaf (Get-Location)), $LASTEXITCODE"`)
		require.NotEmpty(t, r.calls, r.stderr)
		last := r.calls[len(r.calls)-1]
		assert.Equal(t, []string{"--port", "443,8443", "--limit", "5"}, last.Args)
		assert.Equal(t, "elsewhere", filepath.Base(last.Dir))
		assert.Contains(t, r.stdout, "what tcpmib prints\n")
		assert.Contains(t, r.stdout, "what tcpmib says\n")
		assert.Contains(t, r.stdout, "in elsewhere, 0\n")
	})
}

// The caller's variables and folder are the same afterwards, whatever happened.
func TestCallersState(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, all...)
		for _, fail := range []string{"", "go build", "go env"} {
			r := c.run(t, s, []string{"GOFLAGS=-x", "CC=tcc", "WINMIB_FAKE_FAIL=" + fail}, "-Command", `
				$state = { (Get-ChildItem Env: | Sort-Object Name | ForEach-Object { $_.Name + '=' + $_.Value }) + (Get-Location).Path + $ErrorActionPreference }
				Set-Location native
				$before = & $state
				& ..\build.ps1 run list *> $null
				$after = & $state
				Compare-Object $before $after | ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" }
				"done"`)
			assert.Equal(t, "done\n", r.stdout, "%q: %s", fail, r.stderr)
		}
	})
}

// The logs have what go printed, which is UTF-8, whatever the console's code page, and that stays.
func TestLogs(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, all...)
		r := c.run(t, s, nil, "-Command", `
			[Console]::OutputEncoding = [Text.Encoding]::GetEncoding(437)
			& .\build.ps1 test
			"code page $([Console]::OutputEncoding.CodePage)"
			"log " + (Get-Content -Raw -LiteralPath '.build\logs\tests-cgo.txt').Contains(-join [char[]]`+codeUnits(otherAlphabets)+`)`)
		assert.Zero(t, r.code, r.stderr)
		assert.Contains(t, r.stdout, "code page 437\n")
		assert.Contains(t, r.stdout, "log True\n")
	})
}

// codeUnits writes a text as PowerShell's list of numbers, which no code page changes.
func codeUnits(text string) string {
	var units []string
	for _, unit := range utf16.Encode([]rune(text)) {
		units = append(units, strconv.Itoa(int(unit)))
	}
	return "(" + strings.Join(units, ",") + ")"
}

// Each failure is one line on stderr that says what was wrong, what was looked at and what to do.
func TestMessages(t *testing.T) {
	const usage = "; .\\build.ps1 help lists the tasks\n"
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, all...)
		noGo := newCheckout(t, folder, "gcc")
		noCompiler := newCheckout(t, folder, "go", "gofmt", "staticcheck")
		require.NoError(t, os.WriteFile(filepath.Join(noCompiler.bin, "clang.exe"), nil, 0o755)) // does not start
		wrongCompiler := newCheckout(t, folder, all...)
		brackets := newCheckout(t, "my repo [1]", all...)
		noMSYS := func(arch, pkg, unfit string, c checkout) string {
			return "build.ps1: no MinGW-w64 compiler for " + arch + " on PATH, in MSYS2 (" + c.drive + `\msys64, ` + c.drive + `\tools\msys64) or in C:\mingw64` +
				"; these do not fit: " + unfit + `; neither winget nor Chocolatey is here to install it: install MSYS2 (https://www.msys2.org), run "pacman -S ` + pkg +
				`" in its shell and try again` + "\n"
		}
		for _, test := range []struct {
			name   string
			c      checkout
			env    string
			args   []string
			stderr string
			code   int
		}{
			{"wrong task", c, "", []string{"foo"}, `build.ps1: "foo" is not a task; want setup, build, run, layout, bench, check, test or help` + usage, 2},
			{"wrong architecture", c, "", []string{"build", "-Arch", "mips"}, `build.ps1: -Arch "mips": want amd64, 386 or arm64` + usage, 2},
			{"no architecture", c, "", []string{"build", "-Arch"}, `build.ps1: -Arch needs a value: amd64, 386 or arm64` + usage, 2},
			{"two architectures", c, "", []string{"run", "-Arch", "386", "-ARCH", "amd64", "list"}, `build.ps1: -Arch is there twice: 386 and amd64` + usage, 2},
			{"too many arguments", c, "", []string{"check", "-Arch", "386", "./tcpmib"}, `build.ps1: check takes no argument but -Arch, got "./tcpmib"` + usage, 2},
			{"brackets", brackets, "", []string{"build"}, "build.ps1: Go on Windows cannot embed files in a folder with [ or ] in its path (golang/go#68908): move the checkout out of " + brackets.dir + "\n", 1},
			{"no Go", noGo, "", []string{"build"}, "build.ps1: Go is not on PATH; neither winget nor Chocolatey is here to install it: install it (https://go.dev/dl) and try again\n", 1},
			{"no compiler", noCompiler, "", []string{"build"}, noMSYS("amd64", "mingw-w64-ucrt-x86_64-gcc", noCompiler.bin+`\clang.exe (it does not start)`, noCompiler), 1},
			{"another's compiler", wrongCompiler, "WINMIB_FAKE_MACHINE=x86_64-pc-cygwin", []string{"build", "-Arch", "386"}, noMSYS("386", "mingw-w64-i686-gcc", wrongCompiler.bin+`\gcc.exe (x86_64-pc-cygwin)`, wrongCompiler), 1},
			{"build fails", c, "WINMIB_FAKE_FAIL=go build", []string{"build"}, "told to fail\nbuild.ps1: " + c.bin + `\go.exe build -o .build\tcpmib.exe ./cmd/tcpmib failed with exit code 7` + "\n", 1},
			{"format", c, "WINMIB_FAKE_GOFMT=tcpmib/doc.go", []string{"check"}, "build.ps1: gofmt -w these: tcpmib/doc.go\n", 1},
			{"a test fails", c, "WINMIB_FAKE_FAIL=go -C . test -v", []string{"test"}, "told to fail\nbuild.ps1: tests, cgo failed; all that it printed is in .build\\logs\\tests-cgo.txt\n", 1},
			{"too few live tests", c, "WINMIB_LIVE_TESTS=9", []string{"test"}, "build.ps1: only 4 tests of this machine's sockets passed, and WINMIB_LIVE_TESTS wants 9\n", 1},
		} {
			t.Run(test.name, func(t *testing.T) {
				env := []string{"WINMIB_UNUSED="}
				if test.env != "" {
					env = append(env, test.env)
				}
				r := test.c.run(t, s, env, append([]string{"-File", filepath.Join(test.c.dir, "build.ps1")}, test.args...)...)
				assert.Empty(t, cmp.Diff(test.stderr, r.stderr))
				assert.Equal(t, test.code, r.code)
			})
		}
	})
}

// The help is on stdout, and Get-Help prints the same.
func TestHelp(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, "my repo [1]")
		want := c.run(t, s, nil, "-Command", "& '.\\build.ps1'")
		assert.Contains(t, want.stdout, "usage: .\\build.ps1 <task>")
		assert.Equal(t, 0, want.code)
		for _, arg := range []string{"help", "-h", "--help", "/?", "HELP"} {
			r := c.run(t, s, nil, "-Command", "& '.\\build.ps1' "+arg+"; exit $LASTEXITCODE")
			assert.Equal(t, want, r, arg)
		}
		for _, command := range []string{"Get-Help '.\\build.ps1'", "& '.\\build.ps1' -?"} {
			r := newCheckout(t, folder).run(t, s, nil, "-Command", command)
			assert.Equal(t, 0, r.code, command)
			for line := range strings.Lines(want.stdout) {
				assert.Contains(t, r.stdout, strings.TrimSpace(line), command)
			}
		}
	})
}

// Missing programs are installed: with winget or, without it, with Chocolatey, and MSYS2's pacman.
func TestInstall(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		for _, installer := range []string{"winget", "choco"} {
			t.Run(installer, func(t *testing.T) {
				c := newCheckout(t, folder, installer, "gcc", "gofmt")
				r := c.run(t, s, []string{"WINMIB_FAKE_" + strings.ToUpper(installer) + "=" + filepath.Join(c.bin, "go.exe")}, "-File", "build.ps1", "build")
				assert.Equal(t, 0, r.code, r.stderr)
				assert.Empty(t, r.stdout, "installers talk on stderr")

				c = newCheckout(t, folder, installer, "go")
				bash := filepath.Join(c.drive, "msys64", "usr", "bin", "bash.exe")
				gcc := filepath.Join(c.drive, "msys64", "ucrt64", "bin", "gcc.exe")
				r = c.run(t, s, []string{"WINMIB_FAKE_" + strings.ToUpper(installer) + "=" + bash, "WINMIB_FAKE_BASH=" + gcc}, "-File", "build.ps1", "setup")
				assert.Equal(t, 0, r.code, r.stderr)
				assert.Equal(t, "go version go1.26.0 windows/amd64, "+gcc+"\n", r.stdout)
				var installs [][]string
				for _, made := range r.calls {
					if made.Name == installer || made.Name == "bash" {
						installs = append(installs, made.Args)
					}
				}
				want := map[string][]string{
					"winget": {"install", "--exact", "--id", "MSYS2.MSYS2", "--source", "winget", "--silent", "--accept-package-agreements", "--accept-source-agreements", "--disable-interactivity"},
					"choco":  {"install", "msys2", "--yes", "--no-progress"},
				}[installer]
				const pacman = "pacman -S --needed --noconfirm mingw-w64-ucrt-x86_64-gcc"
				assert.Empty(t, cmp.Diff([][]string{want, {"-lc", pacman + " || { pacman -Syu --noconfirm && " + pacman + "; }"}}, installs))
			})
		}
	})
}

// layout needs no MinGW-w64 compiler, and installs none.
func TestLayoutWithoutCompiler(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, "go", "winget", "choco")
		for _, code := range []int{0, 3} {
			r := c.run(t, s, []string{fmt.Sprintf("WINMIB_FAKE_CODE=%d", code), "CGO_ENABLED=1", "CC=gcc"}, "-File", "build.ps1", "layout")
			assert.Equal(t, code, r.code, r.stderr)
			assert.Equal(t, "what tcpmib says\n", r.stderr)
			var names []string
			for _, made := range r.calls {
				names = append(names, made.Name)
				if made.Name == "go" && made.Args[0] != "env" {
					assert.Equal(t, "0", made.Env["CGO_ENABLED"], made.Args)
					assert.NotContains(t, made.Env, "CC", made.Args)
				}
			}
			want := []string{"go", "go", "layoutcheck"}
			if code == 0 {
				want = append(want, "go")
			}
			assert.Equal(t, want, names)
		}
	})
}

// Without a compiler test runs what needs no cgo, tests of other compilers included. It says what was not
// tested and what to install, and fails: so no CI job is green without the C shim.
func TestWithoutCompiler(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		for _, installer := range []string{"", "winget", "choco"} {
			c := newCheckout(t, folder, "go", "gofmt", "staticcheck")
			why := "neither winget nor Chocolatey is here to install it"
			if installer != "" {
				c.install(t, filepath.Join(c.bin, installer+".exe"))
				why = " failed with exit code 7"
			}
			r := c.run(t, s, []string{"WINMIB_FAKE_FAIL=install", "CGO_ENABLED=1", "CC=gcc"}, "-File", "build.ps1", "test")
			assert.Equal(t, 1, r.code)
			const advice = `: install MSYS2 \(https://www.msys2.org\), run "pacman -S mingw-w64-ucrt-x86_64-gcc" in its shell and try again$`
			assert.Regexp(t, `(?m)^build.ps1: testing only what needs no cgo: no MinGW-w64 compiler for amd64 .*`+why+advice, r.stderr)
			assert.Regexp(t, `(?m)^build.ps1: what was tested is green, but nothing that needs cgo was tested \([^)]*\)`+advice, r.stderr)
			assert.NotContains(t, r.stdout, "all green")
			var tests []string
			for _, made := range r.calls {
				if made.Name != "go" || made.Args[0] == "env" || slices.Contains(made.Args, "tool") {
					continue
				}
				assert.Equal(t, "0", made.Env["CGO_ENABLED"], made.Args)
				assert.NotContains(t, made.Env, "CC", made.Args)
				if slices.Contains(made.Args, "-v") {
					tests = append(tests, strings.Join(made.Args, " "))
				}
			}
			assert.Equal(t, []string{"-C . test -v -count=1 -p=1 -timeout=30m ./...", "-C .github/tools test -v -count=1 -timeout=30m ./..."}, tests)
		}
	})
}

// What is skipped is named, and what to install for it.
func TestSkippedTests(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		r := newCheckout(t, folder, all...).run(t, s, []string{"WINMIB_FAKE_SKIPS=9"}, "-File", "build.ps1", "test")
		assert.Zero(t, r.code, r.stderr)
		assert.Equal(t, 4, strings.Count(r.stdout, `  1 tests, 9 skipped:
    TestOfMachine0 TestOfMachine1 TestOfMachine2 TestOfMachine3 TestOfMachine4 TestOfMachine5
    TestOfMachine6 TestOfMachine7 TestOfMachine8
`), r.stdout)
		assert.Contains(t, r.stdout, "4 tests of this machine's sockets passed\nnot tested: no compiler for Windows: install clang (20 tests)\nall green\n")
		assert.NotContains(t, r.stdout, "this machine cannot")
		r = newCheckout(t, folder, all...).run(t, s, nil, "-File", "build.ps1", "test")
		assert.Equal(t, 4, strings.Count(r.stdout, "\n  1 tests\n"), r.stdout)
		assert.NotContains(t, r.stdout, "not tested")
	})
}

// A compiler that cannot start does not hide a good one.
func TestBrokenCompiler(t *testing.T) {
	eachShell(t, func(t *testing.T, s shell) {
		c := newCheckout(t, folder, all...)
		broken := filepath.Join(c.drive, "broken")
		require.NoError(t, os.MkdirAll(broken, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(broken, "gcc.exe"), nil, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(broken, "clang.exe"), []byte("no program"), 0o755))
		r := c.run(t, s, []string{"PATH=" + broken + ";;" + c.bin}, "-File", "build.ps1", "setup")
		assert.Equal(t, result{"go version go1.26.0 windows/amd64, " + c.bin + "\\gcc.exe\n", "", 0, r.calls}, r)
	})
}
