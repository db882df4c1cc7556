package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

//go:embed default.h
var defaultHeader []byte

// headerSet is what to compare with on one architecture.
type headerSet struct {
	goarch string
	record *layout.Headers // or else:
	target layout.Target
	files  []string
}

// ask reads the headers, and the values of these constants with them.
func (s *headerSet) ask(ctx context.Context, constants []string) (*layout.Headers, error) {
	if s.record != nil {
		return s.record, nil
	}
	return layout.ReadHeaders(ctx, s.target, s.files, constants)
}

// headerSets finds what the options ask for. done removes temporary files.
func headerSets(ctx context.Context, o *options) (sets []headerSet, done func(), err error) {
	done = func() {}
	if o.record != "" {
		set, err := recordedSet(o)
		return []headerSet{set}, done, err
	}
	files := o.headers
	if len(files) == 0 {
		dir, err := os.MkdirTemp("", "layoutcheck")
		if err != nil {
			return nil, done, err
		}
		done = func() { os.RemoveAll(dir) }
		file := filepath.Join(dir, "layoutcheck.h")
		if err := os.WriteFile(file, defaultHeader, 0o600); err != nil {
			return nil, done, err
		}
		files = []string{filepath.ToSlash(file)}
	}
	if len(o.cc) > 0 {
		set := headerSet{target: layout.Target{CC: o.cc}, files: files}
		if set.goarch, err = compilersArch(ctx, o); err == nil {
			sets = append(sets, set)
		}
		return sets, done, err
	}
	targets, missing := layout.Discover()
	for _, goarch := range o.goarches {
		i := slices.IndexFunc(targets, func(t layout.Target) bool { return t.GOARCH == goarch && !isCL(t) })
		if i < 0 {
			return nil, done, fmt.Errorf("no compiler for %s: name one with -cc, or compare with a -record (%s)", goarch, strings.Join(missing, "; "))
		}
		sets = append(sets, headerSet{goarch: goarch, target: targets[i], files: files})
	}
	return sets, done, nil
}

func recordedSet(o *options) (headerSet, error) {
	f, err := os.Open(o.record)
	if err != nil {
		return headerSet{}, err
	}
	defer f.Close()
	h, err := layout.ReadRecord(f)
	if err != nil {
		return headerSet{}, fmt.Errorf("%s: %w", o.record, err)
	}
	if len(o.goarches) > 0 && !slices.Contains(o.goarches, h.GOARCH) {
		return headerSet{}, errUsage{fmt.Errorf("-record %s is of %s, which -goarch leaves out", o.record, h.GOARCH)}
	}
	return headerSet{goarch: h.GOARCH, record: h}, nil
}

// compilersArch is the architecture that a compiler makes objects for.
func compilersArch(ctx context.Context, o *options) (string, error) {
	h, err := layout.ReadHeaders(ctx, layout.Target{CC: o.cc}, []string{"stddef.h"}, nil)
	if err != nil {
		return "", err
	}
	if len(o.goarches) == 1 && o.goarches[0] != h.GOARCH {
		return "", errUsage{fmt.Errorf("-cc makes objects for %s, -goarch asks for %s", h.GOARCH, o.goarches[0])}
	}
	return h.GOARCH, nil
}

func isCL(t layout.Target) bool {
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(t.CC[0]), ".exe"))
	return name == "cl" || name == "clang-cl"
}

// errUsage is a mistake on the command line.
type errUsage struct{ error }

func (e errUsage) Unwrap() error { return e.error }
