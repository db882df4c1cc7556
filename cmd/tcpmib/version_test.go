package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBuildOf(t *testing.T) {
	settings := func(pairs ...string) (list []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	for _, tt := range []struct {
		info            *debug.BuildInfo
		version, commit string
	}{
		{nil, "unknown", "unknown"},
		{&debug.BuildInfo{}, "unknown", "unknown"},
		{&debug.BuildInfo{Main: debug.Module{Version: "v0.1.0"}}, "v0.1.0", "unknown"},
		{&debug.BuildInfo{Settings: settings("vcs.revision", "abc", "vcs.modified", "false")}, "unknown", "abc"},
		{&debug.BuildInfo{Settings: settings("vcs.modified", "true", "vcs.revision", "abc")}, "unknown", "abc, with changes"},
	} {
		version, commit := buildOf(tt.info)
		assert.Equal(t, []string{tt.version, tt.commit}, []string{version, commit})
	}
}
