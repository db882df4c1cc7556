package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

//go:embed default.h
var defaultHeaders string

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
	if len(s.files) == 0 {
		return layout.ReadText(ctx, s.target, defaultHeaders, constants)
	}
	return layout.ReadHeaders(ctx, s.target, s.files, constants)
}

// headerSets finds what the options ask for. Notes say what is left out, and why.
func headerSets(ctx context.Context, o *options) (sets []headerSet, notes []string, err error) {
	switch {
	case o.record != "":
		set, err := recordedSet(o)
		return []headerSet{set}, nil, err
	case len(o.cc) > 0:
		set := headerSet{target: layout.Target{CC: o.cc}, files: o.headers}
		set.goarch, err = compilersArch(ctx, o)
		return []headerSet{set}, nil, err
	}
	targets, missing := layout.Discover()
	var without []string
	for _, goarch := range o.goarches {
		i := slices.IndexFunc(targets, func(t layout.Target) bool { return t.GOARCH == goarch })
		if i < 0 {
			without = append(without, goarch)
			continue
		}
		sets = append(sets, headerSet{goarch: goarch, target: targets[i], files: o.headers})
	}
	if len(without) == 0 {
		return sets, nil, nil
	}
	why := fmt.Sprintf("%s cannot be checked: %s", strings.Join(without, ", "), strings.Join(missing, "; "))
	if o.namedArch || len(sets) == 0 {
		return nil, nil, errors.New(why)
	}
	return sets, []string{why}, nil
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

// errUsage is a mistake on the command line.
type errUsage struct{ error }

func (e errUsage) Unwrap() error { return e.error }
