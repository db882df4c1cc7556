package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib/owner"
)

// guarded is a machine that does not tell command lines, as Windows does not of another user's
// processes, and nothing of ssh.exe.
type guarded struct{ *fakeMachine }

func (guarded) Details(_ owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
	details, errs := map[uint32]owner.Details{}, map[uint32][]error{}
	for _, pid := range pids {
		errs[pid] = []error{errors.New("access denied")}
		if pid != 8088 {
			details[pid] = owner.Details{Path: `C:\a.exe`, User: "anna"}
		}
	}
	return details, errs
}

// A column is said to be missing only if its own values are, and parents come from elsewhere.
func TestMissingOwners(t *testing.T) {
	for args, want := range map[string]string{
		"--port=135 --columns=path,user,parent,parentProcess,age":  "",
		"--port=135 --columns=commandLine":                         "tcpmib: command lines are missing: 1 of 1 processes: access denied\n",
		"--port=22 --state=closing --columns=path":                 "tcpmib: paths are missing: 1 of 1 processes: access denied\n",
		"--port=22 --state=closing --columns=parent,parentProcess": "",
		"--port=22,135 --state=closing,listen --columns=user":      "tcpmib: users are missing: 1 of 2 processes: access denied\n",
		"--port=135 --columns=path,commandLine --sort=commandLine": "tcpmib: command lines are missing: 1 of 1 processes: access denied\n",
	} {
		a := officeApp()
		a.live = guarded{fake(a)}
		got := runApp(a, append([]string{"list"}, strings.Fields(args)...)...)
		assert.Equal(t, cli.ExitOK, got.code, args)
		assert.Equal(t, want, got.stderr, args)
	}
}
