package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

func TestCaptureToStdout(t *testing.T) {
	got := runApp(officeApp(), "capture", "-")
	require.Equal(t, cli.ExitOK, got.code, got.stderr)
	c, err := capture.Read(bytes.NewReader([]byte(got.stdout)), int64(len(got.stdout)))
	require.NoError(t, err)
	assert.Equal(t, "chrome.exe", c.Info().Processes[9216])
	assert.NoFileExists(t, "-")
}

// A capture that fails leaves no file behind, and one that is there stays.
func TestCaptureWholeOrNone(t *testing.T) {
	dir := fixture.TempDir(t)
	path := filepath.Join(dir, "a.zip")
	m, processes := fixture.Office()
	require.Equal(t, cli.ExitOK, runApp(testApp(m, processes), "capture", path).code)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o111, "it is no program")
	got := runApp(testApp(m, processes), "capture", path)
	assert.Equal(t, result{"", "tcpmib: " + path + " already exists: choose another name\n", cli.ExitFailure}, got)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, after)

	m.Code4, m.Code6 = 31, 31
	got = runApp(testApp(m, processes), "capture", filepath.Join(dir, "b.zip"))
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Contains(t, got.stderr, "the network stack does not answer")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, files, 1)
}

// A capture records UDP, bound sockets and what is known of processes. Command lines may hold
// passwords: they are recorded only when asked for.
func TestCaptureOwners(t *testing.T) {
	path := filepath.Join(fixture.TempDir(t), "a.zip")
	for _, asked := range []bool{false, true} {
		args := []string{"capture", path}
		if asked {
			args = append(args, "--command-lines")
		}
		require.Equal(t, cli.ExitOK, runApp(officeApp(), args...).code)
		c, err := capture.Open(path)
		require.NoError(t, err)
		require.NoError(t, os.Remove(path))
		o := c.Info().Owners[1044]
		assert.Equal(t, `C:\Windows\System32\svchost.exe`, o.Path)
		assert.Equal(t, `NT AUTHORITY\NETWORK SERVICE`, o.User)
		assert.EqualValues(t, 612, o.Parent)
		assert.Equal(t, []string{"RpcEptMapper", "RpcSs"}, o.Services)
		assert.Equal(t, asked, o.CommandLine != "")
		for _, other := range c.Info().Owners {
			assert.True(t, asked || other.CommandLine == "")
		}
		sockets, err := machine.Sockets(&machine.Captured{Capture: c, File: path}, rows.Tables{Families: tcpmib.Both, Bound: true, UDP: true})
		require.NoError(t, err)
		assert.Len(t, sockets, 9)
	}
}

// A capture of a newer version is not a question of the operating system.
func TestNewerCapture(t *testing.T) {
	path := filepath.Join(fixture.TempDir(t), "newer.zip")
	old, err := zip.OpenReader(filepath.Join("testdata", "office.zip"))
	require.NoError(t, err)
	defer old.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range old.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		if f.Name == "manifest.json" {
			var manifest map[string]any
			require.NoError(t, json.Unmarshal(text, &manifest))
			manifest["version"] = capture.Version + 1
			text, err = json.Marshal(manifest)
			require.NoError(t, err)
		}
		to, err := w.Create(f.Name)
		require.NoError(t, err)
		_, err = to.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	for _, command := range []string{"list", "watch", "stats", "summary"} {
		got := runApp(newApp(), command, "--from", path)
		assert.Equal(t, cli.ExitFailure, got.code, command)
		assert.Contains(t, got.stderr, "version 3, and this program reads versions up to 2", command)
		assert.NotContains(t, got.stderr, "are read from Windows", command)
	}
}
