// Command release turns built programs into the files of a release, and refuses when the tag, the
// changelog and the version resource disagree. build.sh and the release workflow call it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

const usage = `usage: go -C .github/tools run ./release <command>

  version                        print the version that the changelog and the resource agree on
  check <tag>                    fail unless that version is the tag's
  pack <tag> <programs> <files>  make the files of the release from the folder <programs>, which
                                 holds tcpmib-<arch>.exe, one for each architecture`

// root is the repository, seen from .github/tools, where this program runs.
const root = "../.."

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// command returns the exit code: 1 for an error, which it prints.
func command(args []string, stdout, stderr io.Writer) int {
	if err := run(args, stdout); err != nil {
		fmt.Fprintln(stderr, "release:", err)
		return 1
	}
	return 0
}

func run(args []string, stdout io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "version":
		version, err := agreedVersion(root)
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, version)
		return nil
	case len(args) == 2 && args[0] == "check":
		return checkTag(root, args[1])
	case len(args) == 4 && args[0] == "pack":
		return pack(root, args[1], args[2], args[3])
	}
	return errors.New(usage)
}
