package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib"
)

var formats = map[string]format{
	"table": writeTable,
	"json":  writeJSON,
	"csv":   writeCSV,
}

const formatSample = "sample"

func (a app) listCommand() *cobra.Command {
	var (
		only4, only6, noHeader bool
		formatName             string
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the TCP connections",
		Example: "  tcpmib list -4\n" +
			"  tcpmib list --format json\n" +
			"  tcpmib list --format csv --no-header",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			family := tcpmib.Both
			switch {
			case only4 && only6: // both, as without either
			case only4:
				family = tcpmib.IPv4
			case only6:
				family = tcpmib.IPv6
			}
			if formatName == formatSample {
				if family == tcpmib.IPv6 {
					return errors.New("--format sample prints the IPv4 table: leave -6 out, or use another format")
				}
				return a.listSample()
			}
			write, ok := formats[formatName]
			if !ok {
				return fmt.Errorf("--format %q is unknown: use table, json, csv or sample", formatName)
			}
			return a.list(family, write, !noHeader)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&only4, "ipv4", "4", false, "IPv4 only")
	flags.BoolVarP(&only6, "ipv6", "6", false, "IPv6 only")
	flags.StringVar(&formatName, "format", "table", "`table`, json, csv, or sample: what the C program in Microsoft's documentation prints")
	flags.BoolVar(&noHeader, "no-header", false, "leave out the line that names the columns")
	return cmd
}

// list writes what it could read, and then says what it could not.
func (a app) list(family tcpmib.Family, write format, header bool) error {
	r := tcpmib.Reader{Source: a.source}
	conns, readErr := r.AppendConns(nil, family)
	if len(conns) == 0 && readErr != nil {
		return failure{readErr}
	}
	slices.SortFunc(conns, tcpmib.Conn.Compare)
	// Connections without the names of their owners are better than none.
	processes, processErr := a.processes()
	if processErr != nil && !errors.Is(processErr, errors.ErrUnsupported) {
		fmt.Fprintln(a.stderr, "tcpmib: process names are missing:", trimPackage(processErr))
	}
	out := colorprofile.NewWriter(a.stdout, a.environ)
	if err := write(out, rowsOf(conns, processes), header); err != nil {
		return failure{err}
	}
	switch {
	case readErr != nil:
		return failure{readErr}
	case len(conns) == 0:
		return errNothing
	}
	return nil
}

func (a app) listSample() error {
	r := tcpmib.Reader{Source: a.source}
	rows, err := r.TCPTable2(true)
	if err != nil {
		return failure{err}
	}
	if err := writeSample(a.stdout, rows); err != nil {
		return failure{err}
	}
	if len(rows) == 0 {
		return errNothing
	}
	return nil
}

// trimPackage makes one line of an error and leaves out the package names that a
// reader of the command's output has no use for.
func trimPackage(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		line = strings.TrimPrefix(line, "tcpmib: ")
		lines[i] = strings.TrimPrefix(line, "owner: ")
	}
	return strings.Join(lines, "; ")
}
