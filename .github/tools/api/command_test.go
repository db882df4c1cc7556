package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	office  = root + "/cmd/tcpmib/testdata/office.zip"
	later   = root + "/cmd/tcpmib/testdata/later.zip"
	old     = root + "/cmd/tcpmib/testdata/version1.zip"
	nothing = root + "/cmd/tcpmib/testdata/empty.zip"
)

// TestJSONKeys holds the command to the JSON keys in testdata/json.txt: scripts rely on them.
func TestJSONKeys(t *testing.T) {
	exe := command(t)
	var got []string
	for _, test := range []struct {
		name string
		args []string
	}{
		{"list", []string{"list", "--from", office, "--format", "json"}},
		{"list jsonl", []string{"list", "--from", office, "--format", "jsonl"}},
		{"watch", []string{"watch", "--from", office, "--from", later, "--format", "jsonl"}},
		{"diff", []string{"diff", office, later, "--format", "json"}},
		{"diff jsonl", []string{"diff", office, later, "--format", "jsonl"}},
		{"summary", []string{"summary", "--from", office, "--format", "json"}},
		{"summary ephemeral", []string{"summary", "--ephemeral", "--from", office, "--format", "json"}},
		{"stats", []string{"stats", "--from", office, "--format", "json"}},
		{"port", []string{"port", "--from", office, "--json", "5432"}},
	} {
		out, code := runCommand(t, exe, test.args...)
		require.LessOrEqual(t, code, 1, "%s: %s", test.name, out) // 1 is a difference
		keys := jsonKeys(t, out)
		require.NotEmpty(t, keys, test.name)
		for _, key := range keys {
			got = append(got, test.name+" "+key)
		}
	}
	want := golden(t, "json.txt", got)
	for _, key := range want {
		if !slices.Contains(got, key) {
			t.Errorf("%s: removed: scripts that read it break", key)
		}
	}
	for _, key := range got {
		if !slices.Contains(want, key) {
			t.Errorf("%s: added: no script breaks; run go -C .github/tools test ./api -update", key)
		}
	}
}

// TestExitCodes holds the command to its exit codes.
func TestExitCodes(t *testing.T) {
	exe := command(t)
	for _, test := range []struct {
		want int
		args []string
	}{
		{0, []string{"list", "--from", office}},
		{0, []string{"list", "--from", office, "--listening"}},
		{0, []string{"watch", "--from", office, "--from", later}},
		{0, []string{"summary", "--from", office}},
		{0, []string{"diff", office, office}},
		{0, []string{"version"}},
		{0, []string{"--help"}},
		{0, []string{"port", "--from", office, "5432", "9999"}},
		{1, []string{"port", "--from", office, "9999"}},
		{2, []string{"port", "--from", office, "http"}},
		{3, []string{"port", "--from", old, "5432", "9999"}},
		{1, []string{"list", "--from", nothing}},
		{1, []string{"list", "--from", office, "--port", "9"}},
		{1, []string{"list", "--from", office, "--not-in", office}},
		{1, []string{"diff", office, later}},
		{1, []string{"summary", "--from", office, "--port", "9"}},
		{1, []string{"summary", "--ephemeral", "--from", nothing}},
		{2, []string{"list", "--from", office, "--port", "no port"}},
		{2, []string{"list", "--no-such-flag"}},
		{2, []string{"diff"}},
		{2, []string{"no-such-command"}},
		{2, []string{"list", "--from", office, "--format", "no such format"}},
		{3, []string{"list", "--from", "no-such-file.zip"}},
		{3, []string{"list", "--from", office, "--not-in", "no-such-file.zip"}},
		{3, []string{"diff", office, "no-such-file.zip"}},
		{3, []string{"summary", "--from", "no-such-file.zip"}},
	} {
		out, code := runCommand(t, exe, test.args...)
		assert.Equal(t, test.want, code, "tcpmib %s\n%s", strings.Join(test.args, " "), out)
	}
}

// TestJSONKeysOf tests the test's own reading of JSON.
func TestJSONKeysOf(t *testing.T) {
	got := jsonKeys(t, []byte(`[{"a": 1, "b": {"c": []}}, {"a": 2, "d": [{"e": null}]}]`+"\n"+`{"f": "x"}`))
	assert.Empty(t, cmp.Diff([]string{"[].a", "[].b", "[].b.c", "[].d", "[].d[].e", "f"}, got))
}

// command builds tcpmib for this machine.
func command(t *testing.T) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "tcpmib.exe")
	out, err := exec.Command("go", "build", "-C", root, "-o", exe, "./cmd/tcpmib").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return exe
}

// runCommand returns what the command printed on standard output, and its exit code.
func runCommand(t *testing.T, exe string, args ...string) (out []byte, code int) {
	t.Helper()
	cmd := exec.Command(exe, args...)
	cmd.Env = []string{}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return append(out, exit.Stderr...), exit.ExitCode()
	}
	require.NoError(t, err)
	return out, 0
}

// jsonKeys returns the path of every key in a sequence of JSON values, sorted. Numbers, such as process
// IDs, that are keys themselves are one.
func jsonKeys(t *testing.T, text []byte) []string {
	t.Helper()
	var keys []string
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var value any
		err := decoder.Decode(&value)
		if err == io.EOF {
			break
		}
		require.NoError(t, err, "%s", text)
		walk("", value, &keys)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func walk(path string, value any, keys *[]string) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			walk(path+"[]", v, keys)
		}
	case map[string]any:
		for k, v := range value {
			if _, err := strconv.Atoi(k); err == nil {
				k = "<number>"
			}
			key := strings.TrimPrefix(fmt.Sprintf("%s.%s", path, k), ".")
			*keys = append(*keys, key)
			walk(key, v, keys)
		}
	}
}
