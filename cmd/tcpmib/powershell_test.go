package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// asked is something that a user of PowerShell does, and what comes of it: what the command prints, its
// objects joined by |.
type asked struct{ name, command, want string }

// oddFolder is a name with everything that PowerShell, cmd and wildcards could take apart.
const oddFolder = "a b (1) [2] & söhne 日本"

// readUTF8 has PowerShell take what a program prints for UTF-8.
const readUTF8 = `[Console]::OutputEncoding = [Text.Encoding]::UTF8`

// Help and the page say how PowerShell reads CSV and tables.
func TestPowerShellIsTold(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), readUTF8)
	for _, command := range []string{"list", "estats"} {
		assert.Contains(t, runOffice(t, command, "--help"), readUTF8, command)
	}
}

// What PowerShell makes of the output of tcpmib: objects, numbers, exit codes, streams, completion.
func TestPowerShell(t *testing.T) {
	if runtime.GOOS != "windows" {
		t.Skip("left out: this is not Windows")
	}
	if testing.Short() {
		t.Skip("left out: -short; what PowerShell makes of the output does not depend on cgo")
	}
	listen := func() int { // for those who watch this machine
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { l.Close() })
		return l.Addr().(*net.TCPAddr).Port
	}
	ports := fmt.Sprintf("%d,%d", listen(), listen())
	tests := []asked{
		// Objects.
		{"list", `@(tcpmib list --from before.zip --json | ConvertFrom-Json | ForEach-Object { $_ }).Count`, "31"},
		{"JSON lines", `@(tcpmib list --from before.zip --format jsonl | ForEach-Object { ConvertFrom-Json $_ }).Count`, "31"},
		{"CSV", `@(tcpmib list --from before.zip --format csv | ConvertFrom-Csv).Count`, "31"},
		{"a CSV value", `(tcpmib list --from before.zip --port 139 --format csv | ConvertFrom-Csv).localPort`, "139"},
		{"one row", `$r = tcpmib list --from before.zip --port 139 --json | ConvertFrom-Json; @($r | ForEach-Object { $_ }).Count; $r.localPort`, "1|139"},
		{"no row", `$r = tcpmib list --from before.zip --port 1 --json | ConvertFrom-Json; @($r | Where-Object { $_ }).Count; $LASTEXITCODE`, "0|1"},
		{"no row in CSV", `@(tcpmib list --from before.zip --port 1 --format csv | ConvertFrom-Csv).Count`, "0"},
		{"numbers", `$r = tcpmib list --from before.zip --port 139 --json | ConvertFrom-Json; $r.localPort -is [ValueType]; $r.pid + 1; $null -eq $r.remotePort`, "True|5|True"},
		{"times", `$r = tcpmib list --from before.zip --port 139 --created --json | ConvertFrom-Json; ([datetime]$r.created).ToUniversalTime().ToString('yyyy')`, "2024"},
		{"Group-Object", `tcpmib list --from before.zip --json | ConvertFrom-Json | ForEach-Object { $_ } | Where-Object { $_.state -eq 'CLOSE-WAIT' } | Group-Object process | ForEach-Object { "$($_.Name) $($_.Count)" }`, "chrome.exe 1"},
		{"summary", `(tcpmib summary --from before.zip --json | ConvertFrom-Json).connections`, "31"},
		{"stats", `tcpmib stats --from before.zip --json | ConvertFrom-Json | ForEach-Object { $_ } | ForEach-Object { $_.family }`, "ipv4|ipv6"},
		{"port", `$r = tcpmib port 139 --from before.zip --json | ConvertFrom-Json; $r.verdict; $r.protocols[0].holders[0].localPort`, "held|139"},
		{"diff", `$r = tcpmib diff before.zip after.zip --json | ConvertFrom-Json | ForEach-Object { $_ }; $r.event; $LASTEXITCODE`, "changed|closed|opened|1"},

		// Streams, files and exit codes.
		{"Select-Object -First", `tcpmib list --from before.zip --format jsonl | Select-Object -First 2 | ForEach-Object { (ConvertFrom-Json $_).protocol }`, "tcp|tcp"},
		{"watch, the first of many", `tcpmib watch --from before.zip --from after.zip --format jsonl | Select-Object -First 2 | ForEach-Object { (ConvertFrom-Json $_).event }`, "present|present"},
		{"watch, without an end", `tcpmib watch --local-port ` + ports + ` --interval 100ms --format jsonl | Select-Object -First 2 | ForEach-Object { (ConvertFrom-Json $_).event }`, "present|present"},
		{"text in a file", `tcpmib list --from before.zip > list.txt; @(Get-Content list.txt).Count`, "32"},
		{"a capture in a file", `
			tcpmib capture - > redirected.zip
			$said = tcpmib list --from redirected.zip --count 2>&1 | ForEach-Object { "$_" }
			if ($PSVersionTable.PSVersion -ge [version]'7.4') { $LASTEXITCODE -lt 2 } else { $LASTEXITCODE -eq 3 -and "$said" -match 'changed into text' }`, "True"},
		{"exit code 0", `$null = tcpmib list --from before.zip; $?; $LASTEXITCODE`, "True|0"},
		{"exit code 1", `$null = tcpmib list --from before.zip --port 1 2> $null; $?; $LASTEXITCODE`, "False|1"},
		{"exit code 2", `$null = tcpmib list --nonsense 2> $null; $?; $LASTEXITCODE`, "False|2"},
		{"exit code 3", `$null = tcpmib list --from nonsense.zip 2> $null; $?; $LASTEXITCODE`, "False|3"},

		// Arguments.
		{"a list", `$list = 443, 139; tcpmib list --from before.zip --port ($list -join ',') --count`, "7"},
		{"an empty variable", `$none = $null; tcpmib list --from before.zip --process $none --count 2> $null; $LASTEXITCODE`, "2"},
		{"a negated value", `tcpmib list --from before.zip --state !listen --count`, "22"},
		{"folders", `
			foreach ($path in '.\ODD\before.zip', "$pwd\ODD\before.zip") { tcpmib list --count --from $path }
			Push-Location -LiteralPath 'ODD'
			tcpmib list --count --from before.zip
			.\tcpmib.exe list --count --from .\before.zip
			Pop-Location
			& '.\ODD\tcpmib.exe' list --count --from '.\ODD\before.zip'`, "31|31|31|31|31"},

		// Completion.
		{"commands", complete("tcpmib summ"), "summary"},
		{"commands of a path", complete(`.\tcpmib.exe summ`), "summary"},
		{"commands after a pipe", complete("1 | tcpmib summ"), "summary"},
		{"flags", complete("tcpmib list --listen"), "--listening"},
		{"values", complete("tcpmib list --state time-"), "time-wait"},
		{"columns", complete("tcpmib list --columns localA"), "localAddress"},
		{"a second column", complete("tcpmib list --columns local,remoteP"), "local`,remotePort"}, // `, is a comma that is no list
		{"processes of a capture", complete("tcpmib list --from before.zip --process chr"), "chrome.exe"},
		{"a path and a pipe", complete(`1 | .\tcpmib.exe list --state time-`), "time-wait"},
	}

	// Names, whatever the code page of the console: JSON is ASCII.
	const name = `(tcpmib list --from japan.zip --port 139 --json | ConvertFrom-Json).process`
	for _, page := range []int{437, 850, 932, 936, 949, 950, 1252, 65001} {
		tests = append(tests, asked{fmt.Sprintf("JSON in code page %d", page), fmt.Sprintf(
			`[Console]::OutputEncoding = [Text.Encoding]::GetEncoding(%d); [Console]::OutputEncoding.CodePage; %s`, page, name), fmt.Sprintf("%d|%s", page, serverName)})
	}
	// CSV and tables are UTF-8, and read as such after one line of PowerShell.
	tests = append(tests,
		asked{"CSV", readUTF8 + `; (tcpmib list --from japan.zip --port 139 --format csv | ConvertFrom-Csv).process`, serverName},
		asked{"a table", readUTF8 + `; (tcpmib list --from japan.zip --port 139 --columns process --no-header).Trim()`, serverName},
	)

	for _, s := range powerShells(t) {
		t.Run(s.name, func(t *testing.T) { s.ask(t, tests) })
	}
}

// complete returns a command that prints how PowerShell completes a line.
func complete(line string) string {
	return fmt.Sprintf(`$line = '%s'; (TabExpansion2 $line $line.Length).CompletionMatches | ForEach-Object { $_.CompletionText.Trim() }`, line)
}

// ask runs commands in one PowerShell, in a folder with captures.
func (s shell) ask(t *testing.T, tests []asked) {
	folder := exampleFolder(t)
	writeServerCapture(t, folder)
	require.NoError(t, os.Mkdir(filepath.Join(folder, oddFolder), 0o755))
	content, err := os.ReadFile(filepath.Join(folder, "before.zip"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, oddFolder, "before.zip"), content, 0o644))
	bin := fixture.TempDir(t)
	putPrograms(t, bin, "tcpmib")
	putPrograms(t, folder, "tcpmib")
	putPrograms(t, filepath.Join(folder, oddFolder), "tcpmib")

	var script strings.Builder
	script.WriteString("\ufeff") // without it Windows PowerShell takes a script for one in the code page of the system
	// The completion script asks PSReadLine what Tab does, and a small PowerShell comes without it.
	script.WriteString(`if (-not (Get-Command Get-PSReadLineKeyHandler -ErrorAction SilentlyContinue)) {
		function Get-PSReadLineKeyHandler { [pscustomobject]@{ Key = 'Tab'; Function = 'TabCompleteNext' } }
	}
	tcpmib completion powershell | Out-String | Invoke-Expression
	`)
	for i, test := range tests {
		fmt.Fprintf(&script, "try { $value = & {\n%s\n} } catch { $value = \"$_\" }\n", strings.ReplaceAll(test.command, "ODD", oddFolder))
		fmt.Fprintf(&script, "[IO.File]::AppendAllText(\"$PSScriptRoot\\results\", (ConvertTo-Json -Compress @('%d', (@($value | ForEach-Object { \"$_\" }) -join '|'))) + \"`n\")\n", i)
	}
	path := filepath.Join(folder, "asked.ps1")
	require.NoError(t, os.WriteFile(path, []byte(script.String()), 0o644))
	cmd := hidden(exec.Command(s.path, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", path))
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), variableMain+"=1", "NO_COLOR=1")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	results, readErr := os.ReadFile(filepath.Join(folder, "results"))
	require.NoError(t, readErr, "%v: %s", err, &said)
	got := map[string]string{}
	for line := range strings.Lines(string(results)) {
		var result [2]string
		require.NoError(t, json.Unmarshal([]byte(line), &result), line)
		got[result[0]] = result[1]
	}
	for i, test := range tests {
		assert.Empty(t, cmp.Diff(test.want, got[fmt.Sprint(i)]), "%s: %s", test.name, test.command)
		t.Logf("%s: %s: %s", test.name, strings.Join(strings.Fields(test.command), " "), got[fmt.Sprint(i)])
	}
	if t.Failed() {
		t.Logf("%s printed:\n%s", s.name, &said)
	}
}
