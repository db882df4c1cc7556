// Command mutate changes operators, constants and conditions of packages, one at a time, and
// reports which of the changes their own tests notice. The working tree stays as it is: go test
// gets each change as an overlay.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"
)

const perPackage = 25 // in a package

var usage = fmt.Sprintf(`usage: ./build.sh mutate [-n %d] [-seed number] [-least percent] [-test pattern] package...

changes -n places in each package, such as ./cmd/tcpmib/internal/rows, and runs the tests of that
package alone, the short ones first. Exit code 1 if fewer than -least of 100 changes are noticed.
`, perPackage)

// options are how a run is made.
type options struct {
	n      int
	seed   uint64
	least  int
	tests  string // a pattern for go test -run
	dir    string // where the packages are looked for
	writer io.Writer
}

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// command returns the exit code: 1 if fewer changes are noticed than wanted or something failed, 2
// for wrong arguments.
func command(args []string, stdout, stderr io.Writer) int {
	o := options{writer: stdout}
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.n, "n", perPackage, "")
	flags.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "")
	flags.IntVar(&o.least, "least", 0, "")
	flags.StringVar(&o.tests, "test", "", "")
	flags.StringVar(&o.dir, "dir", "../..", "") // the repository, seen from .github/tools
	flags.Usage = func() { fmt.Fprint(stderr, usage) }
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() == 0:
		flags.Usage()
		return 2
	}
	if err := run(o, flags.Args()); err != nil {
		fmt.Fprintln(stderr, "mutate:", err)
		return 1
	}
	return 0
}

// run reports on each package, and then a table of all.
func run(o options, packages []string) error {
	fmt.Fprintf(o.writer, "seed %d\n", o.seed)
	var table []score
	for _, path := range packages {
		p, err := load(o.dir, path)
		if err != nil {
			return err
		}
		if err := p.baseline(o.tests); err != nil {
			return err
		}
		s, err := p.try(o)
		if err != nil {
			return err
		}
		table = append(table, s)
	}
	low := false
	fmt.Fprintf(o.writer, "\n%-50s %8s %12s %14s %8s\n", "package", "noticed", "not noticed", "without effect", "of 100")
	for _, s := range table {
		fmt.Fprintf(o.writer, "%-50s %8d %12d %14d %8d\n", s.path, s.noticed, s.missed, s.same, s.percent())
		low = low || s.percent() < o.least
	}
	if low {
		return fmt.Errorf("fewer than %d of 100 changes were noticed", o.least)
	}
	return nil
}

// score is what became of the changes to a package.
type score struct {
	path                  string
	noticed, missed, same int
}

func (s score) percent() int {
	if s.noticed+s.missed == 0 {
		return 100
	}
	return 100 * s.noticed / (s.noticed + s.missed)
}

// try makes changes in the order of the seed until enough of them compile to something else.
func (p *pkg) try(o options) (score, error) {
	s := score{path: p.path}
	random := rand.New(rand.NewPCG(o.seed, o.seed))
	for _, i := range random.Perm(len(p.changes)) {
		if s.noticed+s.missed == o.n {
			break
		}
		c := p.changes[i]
		verdict, err := p.judge(c, o.tests)
		if err != nil {
			return s, err
		}
		switch verdict {
		case doesNotCompile:
			continue // the next one in its place
		case same:
			s.same++
		case noticed:
			s.noticed++
		case notNoticed:
			s.missed++
		}
		fmt.Fprintf(o.writer, "%-14s  %s\n", verdict, c)
	}
	return s, nil
}

var errBaseline = errors.New("the tests fail without a change")
