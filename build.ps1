<#
.SYNOPSIS
Builds, tests and runs tcpmib on Windows.

.DESCRIPTION
usage: .\build.ps1 <task> [-Arch amd64|386|arm64] [arguments]

  setup       find Go and a MinGW-w64 compiler, or install them
              (winget or Chocolatey, MSYS2)
  build       make .build\tcpmib.exe
  run ...     build tcpmib and run it; the arguments are tcpmib's
  layout ...  check structs and functions against the C headers;
              the arguments are layoutcheck's
  bench       our benchmarks next to their baselines; those of other
              packages are a task of build.sh
  check       what to run while you work: format, vet, staticcheck and
              the short tests
  test        what must pass before a change goes in: lint, all tests with
              cgo and without, and the race detector where there is one;
              without a compiler it tests the rest, and fails
  help        this text

-Arch comes after the task; the default is the machine's own. Programs and
state are kept in .build. With WINMIB_LIVE_TESTS=<number>, test fails if
fewer tests of this machine's sockets have passed.

.LINK
https://github.com/winmib/winmib/blob/main/CONTRIBUTING.md
#>

# build.sh has the same tasks for Linux. This script runs in Windows PowerShell 5.1 and PowerShell 7.
# It has no param block, because what follows a task such as run goes to tcpmib unchanged. The
# caller's preferences do not apply: exit codes are checked here, not by PowerShell.
$ErrorActionPreference = 'Stop'
Set-Variable -Name PSNativeCommandUseErrorActionPreference -Value $false
Set-StrictMode -Version 3.0

$tasks = 'setup', 'build', 'run', 'layout', 'bench', 'check', 'test'

# For each GOARCH: what the compiler calls its target, MSYS2's folder and its package.
$targets = @{
    'amd64' = @{ Cpu = 'x86_64';  Folder = 'ucrt64';     Package = 'mingw-w64-ucrt-x86_64-gcc' }
    '386'   = @{ Cpu = 'i686';    Folder = 'mingw32';    Package = 'mingw-w64-i686-gcc' }
    'arm64' = @{ Cpu = 'aarch64'; Folder = 'clangarm64'; Package = 'mingw-w64-clang-aarch64-clang' }
}
$msysFolders = 'C:\msys64', 'C:\tools\msys64'

# --- what everything below uses

# Write-Talk writes a line to stderr, so that stdout has what the task prints, and nothing else.
function Write-Talk($text) { [Console]::Error.WriteLine($text) }

# Invoke-Program calls a program and fails when it does. Windows PowerShell makes an error of each
# line of a program's stderr where that is redirected; with Continue it goes on.
function Invoke-Program($program, $arguments) {
    $ErrorActionPreference = 'Continue'
    & $program $arguments
    if ($LASTEXITCODE -ne 0) {
        $ErrorActionPreference = 'Stop'
        throw "$program $arguments failed with exit code $LASTEXITCODE"
    }
}

function Invoke-Go($arguments) { Invoke-Program $script:go $arguments }

# Invoke-Exactly calls a program with exactly these arguments and returns what it prints. Windows
# PowerShell drops arguments that are empty and does not escape quotes, so they are put into a
# variable as the program's C runtime reads them, which it passes on as it is; so does PowerShell 7 in
# its Legacy mode.
function Invoke-Exactly($program, $arguments) {
    $ErrorActionPreference = 'Continue'
    Set-Variable -Name PSNativeCommandArgumentPassing -Value 'Legacy'
    $quoted = foreach ($argument in $arguments) {
        '"' + ($argument -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1') + '"'
    }
    if (-not $quoted) {
        & $program
        return
    }
    $env:WINMIB_ARGUMENTS = $quoted -join ' '
    & $program --% %WINMIB_ARGUMENTS%
}

# Find-Program returns the path of a program. By its bare name PowerShell would call a function or an
# alias of the caller's first.
function Find-Program($name) {
    $found = Get-Command -Name $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($found) { return $found.Path }
}

# Install-Tool takes a package from winget or Chocolatey, whichever is there.
function Install-Tool($winget, $choco) {
    $program = Find-Program 'winget'
    if ($program) {
        Write-Talk "installing $winget with winget"
        $arguments = 'install', '--exact', '--id', $winget, '--source', 'winget', '--silent',
            '--accept-package-agreements', '--accept-source-agreements', '--disable-interactivity'
    } else {
        $program = Find-Program 'choco'
        if (-not $program) { throw 'neither winget nor Chocolatey is here to install it' }
        Write-Talk "installing $choco with Chocolatey"
        $arguments = 'install', $choco, '--yes', '--no-progress'
    }
    Invoke-Program $program $arguments | ForEach-Object { Write-Talk $_ }
}

# --- Go and the compiler

# Use-Go finds Go, and decides what it builds: not a go.work above the checkout, not the caller's
# variables and not what `go env -w` keeps. Where modules come from and go to stays the caller's.
function Use-Go {
    $env:PATH = "$env:PATH;$env:ProgramFiles\Go\bin"
    $script:go = Find-Program 'go'
    if (-not $script:go) {
        try {
            Install-Tool -Winget 'GoLang.Go' -Choco 'golang'
        } catch {
            throw "Go is not on PATH; $($_.Exception.Message): install it (https://go.dev/dl) and try again"
        }
        $script:go = Find-Program 'go'
        if (-not $script:go) { throw 'Go was installed but is not on PATH: open a new window and try again' }
    }
    $places = 'GOPROXY', 'GOSUMDB', 'GOPRIVATE', 'GONOPROXY', 'GONOSUMDB', 'GOINSECURE', 'GOAUTH', 'GOPATH', 'GOMODCACHE', 'GOCACHE', 'GOTOOLCHAIN'
    $kept = $places + 'GOTMPDIR', 'GOMAXPROCS', 'GOMEMLIMIT', 'GOGC'
    # GOROOT stays if it is this Go's own, which may need it: go.exe does not always know where it is.
    # The GOROOT of another Go would break the build.
    if ($script:go -eq ($env:GOROOT -replace '/', '\').TrimEnd('\') + '\bin\go.exe') { $kept += 'GOROOT' }
    foreach ($name in [Environment]::GetEnvironmentVariables().Keys) {
        if ($name -match '^C?GO|^(CC|CXX|AR|PKG_CONFIG)$' -and $name -notin $kept) { Remove-Item -LiteralPath "Env:$name" }
    }
    $env:GOWORK = 'off'
    $values = @(Invoke-Go (@('env') + $places))
    for ($i = 0; $i -lt $values.Count -and $i -lt $places.Count; $i++) {
        [Environment]::SetEnvironmentVariable($places[$i], $values[$i])
    }
    $env:GOENV = 'off'
}

# Find-Compiler looks for a gcc or clang that makes MinGW programs for $target, on PATH first. The
# name proves nothing: the gcc on an arm64 machine may be one for x86_64, and LLVM's clang one for
# MSVC. Each compiler that does not fit is added to $unfit, with the reason.
function Find-Compiler($target, $unfit) {
    $ErrorActionPreference = 'Continue'
    $folders = @($env:PATH -split ';') + @($msysFolders | ForEach-Object { "$_\$($target.Folder)\bin" })
    $folders += 'C:\mingw64\bin', 'C:\mingw32\bin', "$env:ProgramData\mingw64\mingw64\bin"
    foreach ($folder in $folders) {
        if (-not $folder) { continue }
        foreach ($name in "$($target.Cpu)-w64-mingw32-gcc.exe", "$($target.Cpu)-w64-mingw32-clang.exe", 'gcc.exe', 'clang.exe') {
            $path = $folder.Trim('"').TrimEnd('\') + '\' + $name # Join-Path fails where there is no such drive
            if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { continue }
            try {
                $machine = [string](& $path -dumpmachine 2>$null)
            } catch {
                $machine = 'it does not start'
            }
            if ($machine -match "^$($target.Cpu)-.*(mingw32|windows-gnu)") { return $path }
            if (-not $machine) { $machine = 'it does not say what it compiles for' }
            $unfit.Add("$path ($machine)")
        }
    }
}

function Find-Bash {
    foreach ($folder in $msysFolders) {
        if (Test-Path -LiteralPath "$folder\usr\bin\bash.exe") { return "$folder\usr\bin\bash.exe" }
    }
}

# Install-Compiler installs MSYS2's. A partial upgrade may break other packages, so the list of
# packages is brought up to date only together with everything else, and only if it must be.
function Install-Compiler($target) {
    $bash = Find-Bash
    if (-not $bash) {
        Install-Tool -Winget 'MSYS2.MSYS2' -Choco 'msys2'
        $bash = Find-Bash
        if (-not $bash) { throw "MSYS2 was installed, but not in $($msysFolders -join ' or ')" }
    }
    Write-Talk "installing $($target.Package) with MSYS2's pacman"
    $install = "pacman -S --needed --noconfirm $($target.Package)"
    Invoke-Program $bash @('-lc', "$install || { pacman -Syu --noconfirm && $install; }") | ForEach-Object { Write-Talk $_ }
}

# Use-Compiler returns the path of the compiler and makes it Go's. It installs one if there is none, but
# not for layout, which needs no cgo, can use LLVM's clang and says itself what is missing. If none can
# be installed, test goes on with what needs none: $script:untested then says what to install.
function Use-Compiler($arch, $task) {
    $target = $targets[$arch]
    $unfit = [Collections.Generic.List[string]]::new()
    $path = Find-Compiler $target $unfit
    if (-not $path) {
        if ($task -eq 'layout') { return '' }
        try {
            Install-Compiler $target
            $path = Find-Compiler $target ([Collections.Generic.List[string]]::new())
            if (-not $path) { throw "no compiler was found after $($target.Package) was installed" }
        } catch {
            $missing = "no MinGW-w64 compiler for $arch on PATH, in MSYS2 ($($msysFolders -join ', ')) or in C:\mingw64"
            if ($unfit.Count -gt 0) { $missing += "; these do not fit: $($unfit -join ', ')" }
            $advice = "install MSYS2 (https://www.msys2.org), run `"pacman -S $($target.Package)`" in its shell and try again"
            $missing += "; $($_.Exception.Message): $advice"
            if ($task -ne 'test') { throw $missing }
            Write-Talk "build.ps1: testing only what needs no cgo: $missing"
            $script:untested = $advice
            return ''
        }
    }
    # By its bare name, because Go splits CC at spaces; its folder goes first, because the compiler
    # needs its DLLs.
    $env:PATH = "$([IO.Path]::GetDirectoryName($path));$env:PATH"
    $env:CC = [IO.Path]::GetFileName($path)
    return $path
}

# --- the steps of check and test

function Write-Step($name) { Write-Output "== $name" }

function Test-Format {
    Write-Step 'gofmt'
    $gofmt = Find-Program 'gofmt'
    if (-not $gofmt) { $gofmt = [IO.Path]::GetDirectoryName($script:go) + '\gofmt.exe' }
    $files = Invoke-Program $gofmt @('-l', '.')
    if ($files) { throw "gofmt -w these: $files" }
}

# Use-Encoding sets what PowerShell takes the output of programs for, where there is a console.
function Use-Encoding($encoding) {
    try {
        [Console]::OutputEncoding = $encoding
    } catch {
        Write-Verbose "no console: $_"
    }
}

# Test-Package runs `go test`, prints its line for each package and what was skipped, and counts the tests
# of this machine's sockets. A failure prints ten lines; all of them are in a file.
function Test-Package($name, $arguments, $module = '.') {
    Write-Step $name
    $null = New-Item -ItemType Directory -Force '.build\logs'
    $log = ".build\logs\$($name -replace '[^A-Za-z0-9]+', '-').txt"
    $encoding = [Console]::OutputEncoding
    Use-Encoding ([Text.Encoding]::UTF8)
    try {
        Invoke-Go (@('-C', $module, 'test', '-v') + $arguments) | Tee-Object -FilePath $log | Where-Object { $_ -match '^(ok|FAIL)\s' }
    } catch {
        $lines = @(if (Test-Path -LiteralPath $log) { Get-Content -LiteralPath $log })
        $first = @($lines | Select-String -Pattern '^\s*--- FAIL:|^panic:|^fatal error:' | Select-Object -First 1)
        $end = if ($first) { $first[0].LineNumber - 1 } else { $lines.Count - 1 }
        if ($end -ge 0) { $lines[([Math]::Max(0, $end - 9))..$end] | ForEach-Object { Write-Talk $_ } }
        throw "$name failed; all that it printed is in $log"
    } finally {
        Use-Encoding $encoding
    }
    $script:live += @(Select-String -LiteralPath $log -Pattern '^--- PASS: TestLive').Count
    Write-Skipped $log
}

# Write-Skipped prints how many tests passed and the names of those that were skipped, and remembers the
# reasons that say what to install.
function Write-Skipped($log) {
    $passed = @(Select-String -LiteralPath $log -Pattern '^\s*--- PASS:').Count
    $skipped = @(Select-String -LiteralPath $log -Pattern '^--- SKIP: (\S+)' -Context 1, 0)
    if ($skipped.Count -eq 0) {
        Write-Output "  $passed tests"
        return
    }
    Write-Output "  $passed tests, $($skipped.Count) skipped:"
    $line = '   '
    foreach ($test in $skipped) {
        $name = $test.Matches[0].Groups[1].Value
        if ($line.Length + $name.Length -ge 100) {
            Write-Output $line
            $line = '   '
        }
        $line += " $name"
        $reason = "$($test.Context.PreContext)" -replace '^\s+\S+\.go:\d+: ', ''
        if ($reason -match ': install \w') { $script:lacking[$reason] = 1 + $script:lacking[$reason] }
    }
    Write-Output $line
}

# Test-Quickly is the task check. It needs no compiler but Go's.
function Test-Quickly($staticcheck) {
    Test-Format
    Write-Step 'vet, staticcheck and short tests'
    Invoke-Go 'vet', './...'
    Invoke-Program $staticcheck @('./...')
    Invoke-Go 'test', '-short', './...'
    Write-Output 'all green'
}

# Test-Everything is the task test. Packages are tested one at a time, because they open and close
# sockets and each looks at all of them. The tests that wait for compilers, which -short leaves out,
# run once: cgo and the race detector change nothing there. Without a compiler for cgo the rest is
# tested, and test fails in the end, because not everything has passed.
function Test-Everything($arch, $compiler, $staticcheck) {
    $one = '-count=1', '-p=1', '-timeout=30m'
    Test-Format
    if ($compiler) {
        Write-Step 'C11 without warnings'
        foreach ($file in Get-ChildItem 'native\*.c') {
            Invoke-Program $compiler @('-std=c11', '-Wall', '-Wextra', '-Werror', '-O2', '-c', '-o', '.build\lint.o', "native\$($file.Name)")
        }
    }
    $env:CGO_ENABLED = '0'
    Write-Step 'vet, staticcheck and the twin without cgo'
    Invoke-Go 'vet', './...'
    Invoke-Program $staticcheck @('./...')
    Invoke-Go 'test', '-c', '-o', '.build\twin.exe', './native'
    if ($compiler) {
        $env:WINMIB_TWIN = "$PSScriptRoot\.build\twin.exe"
        $env:CGO_ENABLED = '1'
        Write-Step 'vet and staticcheck, cgo'
        Invoke-Go 'vet', './...'
        Invoke-Program $staticcheck @('./native')
        Test-Package 'tests, cgo' ($one + './...')
        $env:CGO_ENABLED = '0'
        Test-Package 'tests, no cgo' ($one + '-short', './...')
        $env:CGO_ENABLED = '1'
        if ($arch -eq 'amd64') {
            Test-Package 'tests, cgo, race, checkptr' ($one + '-short', '-race', '-gcflags=all=-d=checkptr', './...')
        }
    } else {
        Test-Package 'tests, no cgo' ($one + './...')
    }
    Test-Package 'the API, tcpmib.exe, the release' @('-count=1', '-timeout=30m', './...') '.github/tools'
    if ($compiler) { Test-Vendored }
    Write-Output "$script:live tests of this machine's sockets passed"
    if ($env:WINMIB_LIVE_TESTS -and $script:live -lt [int]$env:WINMIB_LIVE_TESTS) {
        throw "only $script:live tests of this machine's sockets passed, and WINMIB_LIVE_TESTS wants $env:WINMIB_LIVE_TESTS"
    }
    foreach ($reason in $script:lacking.Keys) { Write-Output "not tested: $reason ($($script:lacking[$reason]) tests)" }
    if (-not $compiler) {
        throw "what was tested is green, but nothing that needs cgo was tested (the C shim, the race detector, a program that vendors the module): $script:untested"
    }
    Write-Output 'all green'
}

function Test-Vendored {
    Write-Step 'a program that vendors the module'
    if (Test-Path -LiteralPath '.build\vendored') { Remove-Item -Recurse -Force -LiteralPath '.build\vendored' }
    Copy-Item -Recurse 'native\testdata\vendored' '.build\vendored'
    Copy-Item 'go.sum' '.build\vendored'
    Invoke-Go '-C', '.build\vendored', 'mod', 'edit', '-replace', 'github.com/winmib/winmib=../..' # a relative path needs no quotes
    Invoke-Go '-C', '.build\vendored', 'mod', 'tidy'
    Invoke-Go '-C', '.build\vendored', 'mod', 'vendor'
    Invoke-Go '-C', '.build\vendored', 'build', '-mod=vendor', '-o', 'vendored.exe', '.'
    $said = Invoke-Program '.build\vendored\vendored.exe' @()
    if ($said -ne 'found by the cgo shim') { throw "the program that vendors the module printed `"$said`"; want `"found by the cgo shim`"" }
}

# --- the tasks

function Test-Layout($arguments) {
    Invoke-Go 'build', '-o', '.build\layoutcheck.exe', './cmd/layoutcheck'
    $ours = '-headers', 'winsock2.h,ws2tcpip.h,iphlpapi.h,tcpestats.h', '-format', 'short', '-map', 'tcpmib/conformance/layout.map', '-allow', 'tcpmib/conformance/layout.allow'
    Invoke-Exactly '.build\layoutcheck.exe' ($ours + $arguments + './tcpmib', './tcpmib/tcpestats', './tcpmib/udpmib')
    $script:status = $LASTEXITCODE
    if ($script:status -eq 0) {
        Invoke-Go 'test', './tcpmib/conformance'
        Write-Output 'functions, completeness, other header sets and the recorded SDKs agree: tcpmib/conformance'
    }
}

function Invoke-Task($task, $arch, $arguments, $caller) {
    Set-Location -LiteralPath $PSScriptRoot
    $null = New-Item -ItemType Directory -Force '.build'
    Use-Go
    $staticcheck = ''
    if ($task -in 'check', 'test') {
        $staticcheck = Invoke-Go '-C', '.github/tools', 'tool', '-n', 'staticcheck' # built for this machine, before GOARCH says otherwise
    }
    $compiler = if ($task -ne 'check') { Use-Compiler -Arch $arch -Task $task }
    $env:GOARCH = $arch
    $env:CGO_ENABLED = if ($compiler) { '1' } else { '0' }
    switch ($task) {
        'setup' { Write-Output "$(Invoke-Go 'version'), $compiler" }
        'build' { Invoke-Go 'build', '-o', '.build\tcpmib.exe', './cmd/tcpmib' }
        'run' {
            Invoke-Go 'build', '-o', '.build\tcpmib.exe', './cmd/tcpmib'
            Set-Location -LiteralPath $caller # so that relative paths in its arguments work
            Invoke-Exactly "$PSScriptRoot\.build\tcpmib.exe" $arguments
            $script:status = $LASTEXITCODE
        }
        'layout' { Test-Layout $arguments }
        'bench' { Invoke-Go 'test', '-run', '^$', '-bench', '^Benchmark(Decode|Conns|AppendConns|AppendDatedConns|AppendEndpoints)$', './tcpmib', './tcpmib/udpmib' }
        'check' { Test-Quickly $staticcheck }
        'test' { Test-Everything -Arch $arch -Compiler $compiler -Staticcheck $staticcheck }
    }
}

# --- the command line

# Get-Usage returns the help above, which Get-Help prints too.
function Get-Usage {
    $text = Get-Content -LiteralPath $PSCommandPath
    $first, $last = foreach ($mark in '.DESCRIPTION', '.LINK') { [array]::IndexOf($text, $mark) }
    return $text[($first + 1)..($last - 2)]
}

function Exit-Usage($message) {
    Write-Talk "build.ps1: $message; .\build.ps1 help lists the tasks"
    exit 2
}

# Split-Architecture takes -Arch off the front of the arguments.
function Split-Architecture($arguments) {
    $machine = $env:PROCESSOR_ARCHITEW6432
    if (-not $machine) { $machine = $env:PROCESSOR_ARCHITECTURE }
    $found = ''
    while ($arguments.Count -gt 0 -and $arguments[0] -match '^-Arch(:(.*))?$') {
        $value = if ($arguments[0] -match ':.') { $arguments[0] -replace '^[^:]*:', '' } elseif ($arguments.Count -gt 1) { $arguments[1] } else { '' }
        $arguments = @($arguments | Select-Object -Skip $(if ($arguments[0] -match ':.') { 1 } else { 2 }))
        if (-not $value) { Exit-Usage '-Arch needs a value: amd64, 386 or arm64' }
        if ($found) { Exit-Usage "-Arch is there twice: $found and $value" }
        if (-not $targets.ContainsKey($value.ToLowerInvariant())) { Exit-Usage "-Arch `"$value`": want amd64, 386 or arm64" }
        $found = $value.ToLowerInvariant()
    }
    if (-not $found) { $found = @{ 'AMD64' = 'amd64'; 'ARM64' = 'arm64'; 'x86' = '386' }[$machine] }
    if (-not $found) { Exit-Usage "PROCESSOR_ARCHITECTURE is `"$machine`": name an architecture with -Arch" }
    return $found, $arguments
}

if ([Environment]::OSVersion.Platform -ne 'Win32NT') {
    Write-Talk 'build.ps1: this script is for Windows; here the same tasks are those of ./build.sh'
    exit 1
}
# PowerShell makes a list of an argument with commas, such as 443,8443.
$arguments = @($args | ForEach-Object { $_ -join ',' })
$task = if ($arguments.Count -gt 0) { $arguments[0] } else { 'help' }
if ($task -in 'help', '-h', '-help', '--help', '-?', '/?') {
    Get-Usage
    exit 0
}
if ($task -notin $tasks) { Exit-Usage "`"$task`" is not a task; want $($tasks -join ', ') or help" }
$arch, $arguments = Split-Architecture @($arguments | Select-Object -Skip 1)
$arguments = @($arguments)
if ($task -notin 'run', 'layout' -and $arguments.Count -gt 0) { Exit-Usage "$task takes no argument but -Arch, got `"$($arguments -join ' ')`"" }
if ($PSScriptRoot -match '[[\]]') {
    Write-Talk "build.ps1: Go on Windows cannot embed files in a folder with [ or ] in its path (golang/go#68908): move the checkout out of $PSScriptRoot"
    exit 1
}

# The caller's folder and variables are put back at the end.
$script:status = 0
$script:go = ''
$script:live = 0
$script:lacking = [ordered]@{}
$script:untested = ''
$caller = Get-Location
$before = [Environment]::GetEnvironmentVariables()
try {
    Invoke-Task -Task $task.ToLowerInvariant() -Arch $arch -Arguments $arguments -Caller $caller
} catch {
    Write-Talk "build.ps1: $($_.Exception.Message)"
    $script:status = 1
} finally {
    Set-Location -LiteralPath $caller
    $after = [Environment]::GetEnvironmentVariables()
    foreach ($name in $after.Keys) {
        if (-not $before.ContainsKey($name)) { Remove-Item -LiteralPath "Env:$name" }
    }
    foreach ($name in $before.Keys) {
        if ($after[$name] -cne $before[$name]) { Set-Item -LiteralPath "Env:$name" -Value $before[$name] }
    }
}
exit $script:status
