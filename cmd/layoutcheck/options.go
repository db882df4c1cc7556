package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/layout/source"
)

// goarches are the architectures of Windows that Go has.
var goarches = []string{"amd64", "386", "arm64"}

// options are what the command line asks for.
type options struct {
	headers  []string // empty: the default ones
	mapping  *source.Mapping
	goarches []string
	// namedArch is whether -goarch names them: then one that cannot be checked is an error
	namedArch bool
	cc        []string // empty: whatever this machine has
	record    string
	allowed   allowed
	format    string
	gen       string
	packages  []string
}

const usage = `Usage: layoutcheck [flags] packages...

layoutcheck compares the structs and integer constants of Go packages with the C headers of Windows, on each
architecture, and prints what is wrong. The packages are read from source and need not compile on this machine.

Exit codes: 0 no difference, 1 a difference, 2 usage, 3 the packages or the headers could not be read.

Flags:
`

// parseOptions reads the command line and the files that it names. Its errors are usage errors, or
// flag.ErrHelp if help was asked for.
func parseOptions(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	var headers, mapFile, goarch, cc, allowFile string
	flags := flag.NewFlagSet("layoutcheck", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error is printed by the caller
	flags.StringVar(&headers, "headers", "", "compare with these `headers`, comma-separated (default: all that golang.org/x/sys/windows draws on)")
	flags.StringVar(&mapFile, "map", "", "read C names from this `file`: lines such as \"GoType C_TYPE\" or \"GoType.Field member\"")
	flags.StringVar(&goarch, "goarch", strings.Join(goarches, ","), "check these architectures, a comma-separated `list`")
	flags.StringVar(&cc, "cc", "", "ask the headers through this compiler `command`, such as \"clang --target=x86_64-pc-windows-msvc\"")
	flags.StringVar(&o.record, "record", "", "compare with this recorded answer of a header set, a JSON `file`, instead of asking a compiler")
	flags.StringVar(&allowFile, "allow", "", "accept the differences that this `file` lists: lines such as \"windows.Servent reason\"")
	flags.StringVar(&o.format, "format", "text", "print `text`, short (what is wrong, and the numbers), json or github (annotations for GitHub Actions)")
	flags.StringVar(&o.gen, "gen", "", "print the Go struct for the C struct of this `name`, and prove it; takes no packages")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(stderr)
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w; -h lists the flags", err)
	}
	o.packages = flags.Args()

	var err error
	switch {
	case !slices.Contains([]string{"text", "short", "json", "github"}, o.format):
		return nil, fmt.Errorf("-format %q: unknown format; want text, short, json or github", o.format)
	case o.record != "" && (cc != "" || headers != ""):
		return nil, errors.New("-record has its own headers: leave out -cc and -headers")
	case o.gen != "" && len(o.packages) > 0:
		return nil, errors.New("-gen takes no packages")
	case o.gen == "" && len(o.packages) == 0:
		return nil, errors.New("no packages: name some, such as ./... or golang.org/x/sys/windows")
	}
	if o.goarches, err = parseGoarches(goarch); err != nil {
		return nil, err
	}
	o.namedArch = isSet(flags, "goarch")
	if cc != "" {
		if o.cc, err = layout.SplitCommand(cc); err != nil {
			return nil, fmt.Errorf("-cc: %w", err)
		}
		if !o.namedArch {
			o.goarches = nil // that of the compiler
		} else if len(o.goarches) > 1 {
			return nil, errors.New("-cc is one compiler: give -goarch its architecture or leave it out")
		}
	}
	if headers != "" {
		for _, name := range strings.Split(headers, ",") {
			o.headers = append(o.headers, strings.TrimSpace(name))
		}
	}
	if mapFile != "" {
		text, err := os.ReadFile(mapFile)
		if err != nil {
			return nil, fmt.Errorf("-map: %w", err)
		}
		if o.mapping, err = source.ParseMapping(mapFile, string(text)); err != nil {
			return nil, fmt.Errorf("-map: %w", err)
		}
	}
	if allowFile != "" {
		text, err := os.ReadFile(allowFile)
		if err != nil {
			return nil, fmt.Errorf("-allow: %w", err)
		}
		if o.allowed, err = parseAllowed(allowFile, string(text)); err != nil {
			return nil, fmt.Errorf("-allow: %w", err)
		}
	}
	return o, nil
}

func parseGoarches(list string) ([]string, error) {
	var chosen []string
	for _, goarch := range strings.Split(list, ",") {
		goarch = strings.TrimSpace(goarch)
		if !slices.Contains(goarches, goarch) {
			return nil, fmt.Errorf("-goarch %q: unknown architecture; want some of %s", goarch, strings.Join(goarches, ", "))
		}
		if !slices.Contains(chosen, goarch) {
			chosen = append(chosen, goarch)
		}
	}
	return chosen, nil
}

func isSet(flags *flag.FlagSet, name string) bool {
	found := false
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}
