// Package metrics holds the test that Prometheus reads what tcpmib writes for it.
package metrics

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const command = "../../../cmd/tcpmib"

// names are the worst that processes can have. Any of them would make the whole file invalid, and an
// unprivileged user chooses them.
var names = []string{
	`back\slash.exe`, `quote".exe`, "line\nfeed.exe", "cr\rlf\r\n.exe", `\n`, `\"`, `"} 1`, "{process=\"x\"}", "# HELP x", "a,b=\"c\"",
	"\x1b]0;title\x07", "\u009b31m", "\u202eexe.txt", "\ufeff", "\x00", "\u2028", "日本語サーバ", "\ufffd", "", " ", strings.Repeat("long", 5000),
}

func TestPrometheusReadsTheMetrics(t *testing.T) {
	dir := t.TempDir()
	exe := filepath.Join(dir, "tcpmib")
	if runtime.GOOS == "windows" {
		exe += ".exe"
	}
	build := exec.Command("go", "build", "-o", exe, ".")
	build.Dir = command
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	for _, name := range append(names, `\ud800`) { // the last is half of a character in JSON
		capture := filepath.Join(dir, "capture.zip")
		renameProcesses(t, filepath.Join(command, "testdata", "office.zip"), capture, name)
		for _, args := range [][]string{{}, {"-tu"}, {"-u"}, {"--state", "bound,listen"}, {"--ephemeral", "--dynamic-range", "1024-65535"}} {
			args = append([]string{"summary", "--format", "prometheus", "--from", capture}, args...)
			text, err := exec.Command(exe, args...).Output()
			require.NoError(t, err, args)
			families := parse(t, text)
			require.NotEmpty(t, families, "%q %v", name, args)
			toFile := filepath.Join(dir, "tcpmib.prom")
			require.NoError(t, exec.Command(exe, append(args, "--output", toFile)...).Run())
			written, err := os.ReadFile(toFile)
			require.NoError(t, err)
			assert.Equal(t, string(text), string(written))
			for _, family := range families {
				for _, metric := range family.Metric {
					for _, label := range metric.Label {
						assert.True(t, utf8.ValidString(label.GetValue()))
						assert.False(t, strings.ContainsFunc(label.GetValue(), func(r rune) bool { return r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 }),
							"%s %q", family.GetName(), label.GetValue())
					}
				}
			}
		}
	}

	// A number is what list counts.
	capture := filepath.Join(command, "testdata", "office.zip")
	text, err := exec.Command(exe, "summary", "--format", "prometheus", "--from", capture).Output()
	require.NoError(t, err)
	sum := 0.0
	for _, metric := range parse(t, text)["tcpmib_connections"].Metric {
		sum += metric.Gauge.GetValue()
	}
	assert.Equal(t, 31.0, sum)
}

func parse(t *testing.T, text []byte) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	require.NoError(t, err, "%.2000s", text)
	return families
}

// renameProcesses copies a capture and gives all its processes one name. A name that begins with a
// backslash and u is put there as it is in JSON.
func renameProcesses(t *testing.T, from, to, name string) {
	t.Helper()
	z, err := zip.OpenReader(from)
	require.NoError(t, err)
	defer z.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		if f.Name == "manifest.json" {
			var manifest map[string]any
			require.NoError(t, json.Unmarshal(content, &manifest))
			processes := manifest["processes"].(map[string]any)
			for pid := range processes {
				processes[pid] = name
				if strings.HasPrefix(name, `\u`) {
					processes[pid] = "HALF"
				}
			}
			content, err = json.Marshal(manifest)
			require.NoError(t, err)
			content = bytes.ReplaceAll(content, []byte("HALF"), []byte(name))
		}
		entry, err := w.Create(f.Name)
		require.NoError(t, err)
		entry.Write(content)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(to, b.Bytes(), 0o600))
}
