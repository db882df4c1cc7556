package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// example is a command line that somebody reads and types.
type example struct {
	from, line string
	shells     []string // that it is for
}

var (
	everyShell    = []string{"sh", "bash", "cmd", "powershell", "pwsh"}
	windowsShells = []string{"cmd", "powershell", "pwsh"}
	unixShells    = []string{"sh", "bash"}
)

// Every example that help, the pages, hints and advice show does in each shell of this machine what it
// means, typed as it is shown: the program gets the arguments that the reader sees, and takes them.
// Programs of others are only called. Run with -v, it prints which example ran in which shell.
func TestExamples(t *testing.T) {
	if testing.Short() && runtime.GOOS == "windows" {
		t.Skip("left out: -short; how programs are started does not depend on cgo")
	}
	var all []example
	for _, e := range slices.Concat(helpExamples(), pageExamples(t), hintExamples(t), adviceExamples()) {
		if i := slices.IndexFunc(all, func(o example) bool { return o.line == e.line }); i >= 0 {
			all[i].shells = slices.Concat(all[i].shells, e.shells)
		} else {
			all = append(all, e)
		}
	}
	for from, least := range map[string]int{
		"help": 35, "README.md": 8, "cmd/tcpmib/README.md": 20, "cmd/layoutcheck/README.md": 6, "hint": 20, "advice": 10,
	} {
		n := 0
		for _, e := range all {
			if e.from == from {
				n++
			}
		}
		assert.GreaterOrEqual(t, n, least, "examples of %s", from)
	}

	shells := findShells(t)
	header := []string{"example of"}
	verdicts := make([]string, len(all))
	for _, s := range shells {
		header = append(header, s.name)
		t.Run(s.name, func(t *testing.T) {
			var lines []string
			for _, e := range all {
				if slices.Contains(e.shells, s.name) {
					lines = append(lines, e.line)
				}
			}
			dir, bin := exampleFolder(t), fixture.TempDir(t)
			programs := map[string]bool{}
			for _, line := range lines {
				for _, c := range meaning(line) {
					programs[c.Name] = true
				}
			}
			for name := range programs {
				if strings.Contains(name, "/") { // in the folder of the checkout
					putPrograms(t, dir, name)
					delete(programs, name)
				}
			}
			putPrograms(t, bin, slices.Collect(maps.Keys(programs))...)
			complaints, calls := s.run(t, dir, bin, lines)
			verdict := map[string]string{}
			for i, line := range lines {
				var got []call
				for _, c := range calls {
					if c.Line == i {
						assert.Contains(t, exitCodes(line), c.Code, "%s\n%s", line, c.Stderr)
						got = append(got, call{Name: c.Name, Args: c.Args})
					}
				}
				want := meaning(line)
				for i, c := range want {
					want[i].Name = strings.TrimSuffix(path.Base(c.Name), ".exe")
				}
				verdict[line] = "FAILED"
				if assert.Equal(t, want, got, line) {
					verdict[line] = "ran"
				}
			}
			if t.Failed() {
				t.Logf("%s printed to stderr:\n%s", s.name, complaints)
			}
			for i, e := range all {
				verdicts[i] += fmt.Sprintf("%-*s  ", max(len(s.name), len("FAILED")), cmp.Or(verdict[e.line], "-"))
			}
		})
	}

	var table strings.Builder
	for i, e := range all {
		fmt.Fprintf(&table, "%-25s  %s%s\n", e.from, verdicts[i], e.line)
	}
	t.Logf("%s (-: not for this shell)\n%s", strings.Join(header, ", "), &table)
}

// exitCodes are those that an example may end with on the machine of the page.
func exitCodes(line string) []int {
	if strings.Contains(line, " --yes") { // Windows lets nothing be closed there
		return []int{cli.ExitFailure}
	}
	return []int{cli.ExitOK, cli.ExitNothing}
}

// meaning returns the programs that a command line calls, in the words that a reader sees: separated
// by spaces, unless in quotes.
func meaning(line string) []call {
	if strings.HasPrefix(line, "[") { // of PowerShell alone
		return nil
	}
	if list, rest, ok := strings.Cut(line, "; "); ok && strings.HasPrefix(list, "$list = ") { // of PowerShell
		return meaning(strings.Replace(rest, "($list -join ',')", strings.TrimPrefix(list, "$list = "), 1))
	}
	if before, inner, ok := strings.Cut(line, "("); ok { // what a program prints is for another
		inner, _, _ = strings.Cut(inner, ")")
		calls := meaning(inner)
		if outer := meaning(before); len(outer) > 0 && outer[0].Name == "taskkill" {
			outer[0].Args = append(outer[0].Args, "7404") // who listens on port 8080 of the page's machine
			calls = append(calls, outer...)
		}
		return calls
	}
	quotes := `"`
	if runtime.GOOS != "windows" {
		quotes = `"'`
	}
	var words []string
	var quote rune
	inWord := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && strings.ContainsRune(quotes, r):
			quote = r
			if !inWord {
				words, inWord = append(words, ""), true
			}
		case quote == 0 && r == ' ':
			inWord = false
		case quote == 0 && !inWord && strings.ContainsRune("|<>#", r):
			return called(words)
		default:
			if !inWord {
				words, inWord = append(words, ""), true
			}
			words[len(words)-1] += string(r)
		}
	}
	return called(words)
}

func called(words []string) []call {
	if len(words) == 0 {
		return nil
	}
	return []call{{Name: words[0], Args: words[1:]}}
}

// Commands of PowerShell's own, and its variables, are for PowerShell alone.
var powerShellOnly = regexp.MustCompile(`^\[|\| [A-Z]\w+-\w|\(tcpmib |\$`)

// shellsFor returns the shells of these that a line may be for.
func shellsFor(line string, shells []string) []string {
	if powerShellOnly.MatchString(line) {
		return windowsShells[1:]
	}
	return shells
}

func helpExamples() (all []example) {
	root := officeApp().rootCommand()
	for _, cmd := range append(root.Commands(), root) {
		for line := range strings.Lines(cmd.Example) {
			line = strings.TrimSpace(line)
			shells := everyShell
			if cmd.Name() == "completion" { // each is for one shell
				shells = nil
				for _, name := range everyShell {
					if strings.Contains(line, " completion "+name) {
						shells = append(shells, name)
					}
				}
				if shells != nil && shells[0] == "powershell" {
					shells = windowsShells[1:]
				}
			}
			all = append(all, example{"help", line, shells})
		}
	}
	return all
}

var (
	fence      = regexp.MustCompile("(?ms)^```(\\w*)\r?\n(.*?)^```")
	inlineCode = regexp.MustCompile("`((?:tcpmib|taskkill|netsh|winget|go run)(?: [^`|]+){2,})`")
)

func pageExamples(t *testing.T) (all []example) {
	for _, page := range []string{"README.md", "cmd/tcpmib/README.md", "cmd/layoutcheck/README.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(page)))
		require.NoError(t, err)
		content := strings.ReplaceAll(string(text), "\r\n", "\n")
		for _, block := range fence.FindAllStringSubmatch(content, -1) {
			for line := range strings.Lines(block[2]) {
				line = strings.TrimSpace(line)
				switch {
				case line == "":
				case block[1] == "sh" && !strings.HasPrefix(line, "go "): // go is the same everywhere
					all = append(all, example{page, line, unixShells})
				case block[1] == "sh":
					all = append(all, example{page, line, everyShell})
				case block[1] == "powershell":
					all = append(all, example{page, line, shellsFor(line, windowsShells)})
				case block[1] == "console" && strings.HasPrefix(line, "> "):
					all = append(all, example{page, line[2:], shellsFor(line, everyShell)})
				}
			}
		}
		for _, inline := range inlineCode.FindAllStringSubmatch(fence.ReplaceAllString(content, ""), -1) {
			line := strings.Join(strings.Fields(inline[1]), " ")
			shells := everyShell
			if !strings.HasPrefix(line, "tcpmib ") && !strings.HasPrefix(line, "go ") { // a program of Windows
				shells = windowsShells
			}
			all = append(all, example{page, line, shellsFor(line, shells)})
		}
	}
	return all
}

// The hints in the messages about what was typed wrongly.
var (
	mistake    = regexp.MustCompile(`(?m)^exits 2 (.*)\n(?:stdout .*\n)*stderr `)
	fullHint   = regexp.MustCompile(`(?:see|holds it:|as in) (tcpmib [^;()]+?)(?: \(|\)|$)`)
	flagsHint  = regexp.MustCompile(`(?:use|process:) (-[^;()]*?[^;(), ])(?:, or ask| \(|;|$)`)
	quotedHint = regexp.MustCompile(`as in (--.*) \(see`)
	listHint   = regexp.MustCompile(`in PowerShell (--\S+ \(.*?\))`)
	inCommand  = regexp.MustCompile(`\(see (tcpmib.*) --help\)`)
)

func hintExamples(t *testing.T) (all []example) {
	script, err := os.ReadFile(filepath.Join("testdata", "script", "habits.txtar"))
	require.NoError(t, err)
	for _, typed := range mistake.FindAllStringSubmatch(strings.ReplaceAll(string(script), "\r\n", "\n"), -1) {
		message := strings.TrimSpace(runApp(officeApp(), strings.Fields(typed[1])...).stderr)
		command := inCommand.FindStringSubmatch(message)
		require.NotNil(t, command, message)
		for _, hint := range fullHint.FindAllStringSubmatch(message, -1) {
			all = append(all, example{"hint", hint[1], everyShell})
		}
		for _, hints := range []*regexp.Regexp{flagsHint, quotedHint} {
			if hint := hints.FindStringSubmatch(message); hint != nil {
				all = append(all, example{"hint", command[1] + " " + hint[1], everyShell})
			}
		}
		if hint := listHint.FindStringSubmatch(message); hint != nil {
			all = append(all, example{"hint", "$list = 443,3389; " + command[1] + " " + hint[1], windowsShells[1:]})
		}
	}
	return all
}

// adviceExamples are the commands of all kinds of advice about a port.
func adviceExamples() (all []example) {
	held := func(process string, services ...string) portcheck.Facts {
		listener := tcpmib.DatedConn{Conn: tcpmib.Conn{Local: netip.MustParseAddrPort("0.0.0.0:8080"), State: tcpmib.StateListen, PID: 10}}
		return portcheck.Facts{
			TCP:       []tcpmib.DatedConn{listener},
			Processes: owner.Processes{10: {PID: 10, Name: process}},
			Services:  map[uint32][]string{10: services},
		}
	}
	kernel := held("System")
	kernel.TCP[0].PID = owner.SystemPID
	for _, facts := range []portcheck.Facts{
		held("node.exe"), held("a.exe", "W3SVC"), held("a.exe", "My Service"), held("svchost.exe", "One", "Two"), held("svchost.exe", "iphlpsvc"),
		held("wslrelay.exe"), held("com.docker.backend.exe"), held("gvproxy.exe"), kernel,
		{Attempts: []portcheck.Attempt{{Protocol: rows.TCP, Family: tcpmib.IPv4, Code: 10013}}},
		{Attempts: []portcheck.Attempt{{Protocol: rows.TCP, Family: tcpmib.IPv6, Code: 10013}}},
	} {
		facts.Port, facts.Protocols = 8080, []rows.Protocol{rows.TCP}
		for _, finding := range portcheck.Judge(facts).Findings {
			for _, advice := range finding.Advice {
				for _, command := range advice.Commands {
					all = append(all, example{"advice", command, windowsShells})
				}
			}
		}
	}
	return all
}
