// Package pages tests the Markdown of the repository: its Go blocks compile, and the commands of
// its other blocks exist, with the tasks, packages, files and tests that they name. What tcpmib
// itself is given there is run by the tests of cmd/tcpmib.
package pages

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var root = filepath.Join("..", "..", "..")

// block is one fenced block of a page.
type block struct {
	page, language string
	lines          []string
}

func (b block) text() string { return strings.Join(b.lines, "\n") + "\n" }

func blocksOf(page, text string) []block {
	var all []block
	open := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		fence := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(fence, "```") && open:
			open = false
		case strings.HasPrefix(fence, "```"):
			open = true
			all = append(all, block{page: page, language: strings.TrimPrefix(fence, "```")})
		case open:
			b := &all[len(all)-1]
			b.lines = append(b.lines, line)
		}
	}
	return all
}

// blocks are those of every page that git knows.
func blocks(t *testing.T) []block {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("left out: ", err)
	}
	files, err := exec.Command("git", "-C", root, "-c", "safe.directory=*", "ls-files", "*.md").Output()
	require.NoError(t, err)
	var all []block
	for _, page := range strings.Fields(string(files)) {
		text, err := os.ReadFile(filepath.Join(root, page))
		require.NoError(t, err)
		all = append(all, blocksOf(page, string(text))...)
	}
	require.Greater(t, len(all), 10)
	return all
}

func TestGoBlocksCompile(t *testing.T) {
	absolute, err := filepath.Abs(root)
	require.NoError(t, err)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	version := regexp.MustCompile(`(?m)^go .*$`).FindString(string(goMod))
	n := 0
	for _, b := range blocks(t) {
		if b.language != "go" {
			continue
		}
		n++
		dir := t.TempDir()
		program := b.text()
		if !strings.Contains(program, "package ") { // statements, or declarations of a file that begins elsewhere
			t.Errorf("%s: a Go block without a package clause cannot be compiled:\n%s", b.page, program)
			continue
		}
		file := "main.go"
		if strings.Contains(program, `"testing"`) {
			file = "main_test.go"
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(program), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644))
		link(t, absolute, filepath.Join(dir, "winmib"))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/page\n\n"+version+
			"\n\nrequire github.com/winmib/winmib v0.0.0\n\nreplace github.com/winmib/winmib => ./winmib\n"), 0o644))
		run(t, dir, "go", "mod", "tidy")
		run(t, dir, "go", "vet", ".")
	}
	require.Positive(t, n)
}

// link puts the module next to the program: a replacement must not have spaces or brackets in it,
// and a checkout may.
func link(t *testing.T, module, name string) {
	if err := os.Symlink(module, name); err != nil {
		require.NoError(t, os.CopyFS(name, os.DirFS(module))) // Windows without developer mode
	}
}

func run(t *testing.T, dir, program string, arguments ...string) string {
	cmd := exec.Command(program, arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOOS=windows", "CGO_ENABLED=0")
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s %s\n%s", program, strings.Join(arguments, " "), output)
	return string(output)
}

// Programs of others, which are not looked for.
var foreign = map[string]bool{
	"apt-get": true, "cd": true, "cp": true, "gh": true, "git": true, "scoop": true, "sha256sum": true, "signtool": true, "winget": true,
}

func TestCommandsExist(t *testing.T) {
	help, err := os.ReadFile(filepath.Join(root, "build.sh")) // which has its help as it is; Windows may have no bash
	require.NoError(t, err)
	script, err := os.ReadFile(filepath.Join(root, "build.ps1"))
	require.NoError(t, err)
	n := 0
	for _, b := range blocks(t) {
		if b.language != "sh" && b.language != "powershell" {
			continue
		}
		for _, line := range b.lines {
			words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(regexp.MustCompile(`(^|\s)#.*$`).ReplaceAllString(line, "")), "sudo "))
			if len(words) == 0 {
				continue
			}
			n++
			where := b.page + ": " + line
			switch program := strings.TrimPrefix(words[0], `.\`); {
			case program == "./build.sh":
				require.Greater(t, len(words), 1, where)
				assert.Regexp(t, `(?m)^  `+regexp.QuoteMeta(words[1])+`\b`, string(help), where)
			case program == "build.ps1" || program == "powershell" && strings.Contains(line, "-File build.ps1"):
				assert.Regexp(t, `(?m)^  `+regexp.QuoteMeta(words[len(words)-1])+`\b`, string(script), where)
			case strings.HasSuffix(program, ".sh"): // a script of the repository
				assert.FileExists(t, filepath.Join(root, filepath.FromSlash(program)), where)
			case program == "go":
				checkGo(t, where, words[1:])
			case program == "tcpmib", foreign[program], strings.HasPrefix(program, "["): // [Console] is PowerShell's
			default:
				t.Errorf("%s: no test knows this command", where)
			}
		}
	}
	require.Greater(t, n, 10)
}

// checkGo checks that the packages and tests that a go command names exist.
func checkGo(t *testing.T, where string, words []string) {
	dir := root
	tests, named := "", []string{}
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case word == "-C":
			i++
			dir = filepath.Join(root, words[i])
		case word == "-run" || word == "-bench":
			i++
			tests = strings.Trim(words[i], `'"`)
		case strings.HasPrefix(word, "github.com/winmib/winmib"):
			named = append(named, strings.TrimPrefix(strings.TrimSuffix(word, "@latest"), "github.com/winmib/winmib"))
		case strings.HasPrefix(word, "./") && word != "./...":
			named = append(named, word[1:])
		}
	}
	for _, name := range named {
		files, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(name), "*.go"))
		require.NoError(t, err)
		if name != "" {
			assert.NotEmpty(t, files, "%s: no package %s", where, name)
		}
		if tests != "" {
			assert.Contains(t, run(t, dir, "go", "test", "-list", tests, "."+name), "\nok", "%s: %s has no such test", where, name)
		}
	}
}
