package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// pkg is a package and what can be changed in it.
type pkg struct {
	dir, path string // its folder, and as it was given
	code      string // identifies the code that it compiles to
	changes   []change
	took      [len(modes)]time.Duration // its tests, without a change
}

// verdict is what became of a change.
type verdict string

const (
	doesNotCompile verdict = "does not compile"
	same           verdict = "without effect" // it compiles to the same code
	noticed        verdict = "noticed"
	notNoticed     verdict = "not noticed"
)

// load finds what can be changed in a package, in the files that are built for this system. The
// package may be of any module below dir: go is called in its folder.
func load(dir, path string) (*pkg, error) {
	p := &pkg{dir: filepath.Join(dir, path), path: path}
	out, err := p.command("list", "-f", "{{.Dir}}\n{{range .GoFiles}}{{.}}\n{{end}}", ".").Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", path, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 2 {
		return nil, fmt.Errorf("%s has no files", path)
	}
	for _, file := range lines[1:] {
		changes, err := changesOf(filepath.Join(lines[0], file))
		if err != nil {
			return nil, err
		}
		p.changes = append(p.changes, changes...)
	}
	p.code, err = p.compile("")
	return p, err
}

// command returns a call of go, without the caller's flags.
func (p *pkg) command(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	return cmd
}

// compile returns what identifies the code of the package with an overlay: the part of the build ID
// that depends on what the compiler made.
func (p *pkg) compile(overlay string) (string, error) {
	out, err := p.command("list", "-export", "-overlay", overlay, "-f", "{{.BuildID}}", ".").Output()
	_, code, _ := strings.Cut(strings.TrimSpace(string(out)), "/")
	return code, err
}

// The tests of a package: the short ones, which notice most changes, and all.
var modes = [...]string{"-short=true", "-short=false"}

// baseline runs the tests without a change.
func (p *pkg) baseline(tests string) error {
	for i, mode := range modes {
		start := time.Now()
		pass, out := p.test("", tests, mode, 10*time.Minute)
		if !pass {
			return fmt.Errorf("%s: %w:\n%s", p.path, errBaseline, out)
		}
		p.took[i] = time.Since(start)
	}
	return nil
}

// test runs the tests with a limit of time, which ends the program of the tests as well: go would
// leave it running.
func (p *pkg) test(overlay, tests, mode string, limit time.Duration) (pass bool, out []byte) {
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-timeout=" + limit.String(), mode, "-overlay", overlay}
	if tests != "" {
		args = append(args, "-run", tests)
	}
	out, err := p.command(append(args, ".")...).CombinedOutput()
	return err == nil, out
}

// judge makes a change and runs the tests. A change that makes them endless is noticed.
func (p *pkg) judge(c change, tests string) (verdict, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	text, err := c.apply()
	if err != nil {
		return "", err
	}
	changed, overlay := filepath.Join(dir, filepath.Base(c.file)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{c.file: changed}})
	if err == nil {
		err = errors.Join(os.WriteFile(changed, text, 0o600), os.WriteFile(overlay, replace, 0o600))
	}
	if err != nil {
		return "", err
	}
	code, err := p.compile(overlay)
	switch {
	case err != nil:
		return doesNotCompile, nil
	case code == p.code:
		return same, nil
	}
	for i, mode := range modes {
		if pass, _ := p.test(overlay, tests, mode, limit(p.took[i])); !pass {
			return noticed, nil
		}
	}
	return notNoticed, nil
}

// limit is how long tests may take with a change if they took so long without it. Slow tests get
// more time, or they would notice every change.
func limit(took time.Duration) time.Duration { return 10*time.Second + 5*took }
