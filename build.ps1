# Builds, tests and runs tcpmib on Windows, with a MinGW-w64 gcc or clang. build.sh has the same
# tasks for Linux. Works in Windows PowerShell 5.1 and PowerShell 7. There is no param block: what
# follows the task goes to tcpmib unchanged.
$ErrorActionPreference = 'Stop'

$help = @'
usage: .\build.ps1 <task> [-Arch amd64|386|arm64] [arguments]

  setup      find Go and a MinGW-w64 compiler, or install them (winget or Chocolatey, MSYS2)
  build      .build\tcpmib.exe
  run ...    build tcpmib and run it; the arguments are tcpmib's
  layout ... check structs and functions against the C headers; the arguments are those of layoutcheck
  bench      our benchmarks next to their baselines; those next to other packages are a task of build.sh
  check      what to run while you work: format, vet, staticcheck and the short tests
  test       what must pass before a change goes in: lint, all tests with cgo and without, the race detector where there is one
  help       this text

-Arch comes first; the default is the machine's own. Programs and state are kept in .build.
'@

# For each GOARCH: what the compiler calls its target, MSYS2's folder and its package.
$targets = @{
    'amd64' = @{ Cpu = 'x86_64';  Folder = 'ucrt64';     Package = 'mingw-w64-ucrt-x86_64-gcc' }
    '386'   = @{ Cpu = 'i686';    Folder = 'mingw32';    Package = 'mingw-w64-i686-gcc' }
    'arm64' = @{ Cpu = 'aarch64'; Folder = 'clangarm64'; Package = 'mingw-w64-clang-aarch64-clang' }
}
$msysFolders = 'C:\msys64', 'C:\tools\msys64'

# Run calls a program and stops the script when it fails.
function Run {
    $program, $arguments = $args
    & $program $arguments
    if ($LASTEXITCODE -ne 0) { throw "$program $arguments failed with exit code $LASTEXITCODE" }
}

function Have($name) {
    return [bool](Get-Command $name -CommandType Application -ErrorAction SilentlyContinue)
}

# Install takes a package from winget or Chocolatey, whichever is there.
function Install($winget, $choco) {
    Write-Host "installing $choco"
    if (Have 'winget') {
        Run winget install --exact --id $winget --silent --accept-package-agreements --accept-source-agreements
    } elseif (Have 'choco') {
        Run choco install $choco --yes --no-progress
    } else {
        throw "Install $choco, or winget or Chocolatey so that this script can do it, then try again."
    }
}

function Use-Go {
    $env:PATH = "$env:PATH;$env:ProgramFiles\Go\bin"
    if (-not (Have 'go')) { Install 'GoLang.Go' 'golang' }
    if (-not (Have 'go')) { throw 'Go was installed but is not on PATH: open a new window and try again.' }
}

# Find-Compiler looks for a gcc or clang that makes MinGW programs for $target, on PATH first. The
# name proves nothing: the gcc on an arm64 machine may be one for x86_64, and LLVM's clang one for
# MSVC.
function Find-Compiler {
    $folders = $env:PATH -split ';'
    foreach ($msys in $msysFolders) { $folders += "$msys\$($target.Folder)\bin" }
    $folders += 'C:\mingw64\bin', 'C:\mingw32\bin', "$env:ProgramData\mingw64\mingw64\bin"
    foreach ($folder in $folders) {
        if (-not $folder) { continue }
        foreach ($name in "$($target.Cpu)-w64-mingw32-gcc.exe", "$($target.Cpu)-w64-mingw32-clang.exe", 'gcc.exe', 'clang.exe') {
            $path = $folder.Trim('"').TrimEnd('\') + '\' + $name # Join-Path fails where there is no such drive
            if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { continue }
            $machine = & $path -dumpmachine
            if ($machine -match "^$($target.Cpu)-.*(mingw32|windows-gnu)") { return $path }
        }
    }
}

function Install-Compiler {
    $msys = $msysFolders | Where-Object { Test-Path "$_\usr\bin\bash.exe" } | Select-Object -First 1
    if (-not $msys) {
        Install 'MSYS2.MSYS2' 'msys2'
        $msys = $msysFolders | Where-Object { Test-Path "$_\usr\bin\bash.exe" } | Select-Object -First 1
        if (-not $msys) { throw "MSYS2 was installed, but not in $($msysFolders -join ' or ')." }
    }
    Write-Host "installing $($target.Package) in $msys"
    Run "$msys\usr\bin\bash.exe" -lc "pacman -Sy --needed --noconfirm $($target.Package)"
}

function Use-Compiler {
    $path = Find-Compiler
    if (-not $path) {
        Install-Compiler
        $path = Find-Compiler
    }
    if (-not $path) { throw "No MinGW-w64 compiler for $arch. Put one on PATH and try again." }
    # By its bare name, because Go splits CC at spaces; its folder goes first, because the compiler
    # needs its DLLs.
    $env:PATH = "$([IO.Path]::GetDirectoryName($path));$env:PATH"
    $env:CC = [IO.Path]::GetFileName($path)
    return $path
}

function Build {
    Run go build -o '.build\tcpmib.exe' './cmd/tcpmib'
}

function Step($name) { Write-Host "== $name" }

function Test-Format {
    Step 'gofmt'
    $files = & gofmt -l .
    if ($LASTEXITCODE -ne 0) { throw 'gofmt failed' }
    if ($files) { throw "gofmt -w these: $files" }
}

# Check needs no compiler but Go's.
function Check($staticcheck) {
    Test-Format
    $env:CGO_ENABLED = '0'
    Step 'vet, staticcheck and short tests'
    Run go vet './...'
    Run $staticcheck './...'
    Run go test '-short' './...'
    Write-Host 'all green'
}

function Test($compiler, $staticcheck) {
    Test-Format
    Step 'C11 without warnings'
    foreach ($file in Get-ChildItem 'native\*.c') {
        Run $compiler '-std=c11' '-Wall' '-Wextra' '-Werror' '-O2' '-c' '-o' '.build\lint.o' $file.FullName
    }
    $env:CGO_ENABLED = '0'
    Step 'the twin without cgo'
    Run go test '-c' '-o' '.build\twin.exe' './native'
    $env:WINMIB_TWIN = "$PSScriptRoot\.build\twin.exe"
    foreach ($cgo in '1', '0') {
        $env:CGO_ENABLED = $cgo
        Step "vet, staticcheck and tests, CGO_ENABLED=$cgo"
        Run go vet './...'
        Run $staticcheck './...'
        Run go test '-count=1' './...'
    }
    if ($arch -eq 'amd64') {
        $env:CGO_ENABLED = '1'
        Step 'tests, race and checkptr'
        Run go test '-count=1' '-race' '-gcflags=all=-d=checkptr' './...'
    }
    $env:CGO_ENABLED = '1'
    Step 'the API, tcpmib.exe, the release'
    Run go '-C' '.github/tools' test '-count=1' './...'
    Step 'a program that vendors the module'
    $vendored = "$PSScriptRoot\.build\vendored"
    if (Test-Path -LiteralPath $vendored) { Remove-Item -Recurse -Force -LiteralPath $vendored }
    Copy-Item -Recurse 'native\testdata\vendored' '.build\vendored'
    Copy-Item 'go.sum' '.build\vendored'
    Run go '-C' $vendored mod edit '-replace' "github.com/winmib/winmib=$PSScriptRoot"
    Run go '-C' $vendored mod tidy
    Run go '-C' $vendored mod vendor
    Run go '-C' $vendored build '-mod=vendor' '-o' 'vendored.exe' '.'
    $said = & "$vendored\vendored.exe"
    if ($said -ne 'found by the cgo shim') { throw "the vendored program said: $said" }
    Write-Host 'all green'
}

$status = 0
$task = 'help'
$rest = @()
if ($args.Count -gt 0) {
    $task = [string]$args[0]
    # PowerShell turns an argument with commas, such as 443,8443, into a list.
    $rest = @($args | Select-Object -Skip 1 | ForEach-Object { $_ -join ',' })
}
$arch = ''
if ($rest.Count -ge 2 -and [string]$rest[0] -eq '-Arch') {
    $arch = [string]$rest[1]
    $rest = @($rest | Select-Object -Skip 2)
} else {
    $machine = $env:PROCESSOR_ARCHITEW6432
    if (-not $machine) { $machine = $env:PROCESSOR_ARCHITECTURE }
    $arch = [string]@{ 'AMD64' = 'amd64'; 'ARM64' = 'arm64'; 'x86' = '386' }[$machine]
}
$target = $targets[$arch]
if (-not $target -or $task -notin 'setup', 'build', 'run', 'layout', 'bench', 'check', 'test') {
    Write-Output $help
    if ($task -eq 'help') { exit 0 }
    exit 2
}

# The program runs in the caller's folder, so that relative paths in its arguments work; everything
# else runs here. The caller's variables are put back at the end.
$caller = Get-Location
$variables = 'PATH', 'CC', 'GOOS', 'GOARCH', 'CGO_ENABLED', 'WINMIB_TWIN'
$before = @{}
foreach ($name in $variables) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }
foreach ($name in ($variables -ne 'PATH')) { Remove-Item -LiteralPath "Env:$name" -ErrorAction SilentlyContinue }
Set-Location -LiteralPath $PSScriptRoot
try {
    $null = New-Item -ItemType Directory -Force '.build'
    Use-Go
    $staticcheck = ''
    if ($task -in 'check', 'test') {
        $staticcheck = & go '-C' '.github/tools' tool -n staticcheck # built for this machine, before GOARCH says otherwise
        if ($LASTEXITCODE -ne 0) { throw 'go tool staticcheck failed' }
    }
    if ($task -ne 'check') { $compiler = Use-Compiler }
    $env:GOARCH = $arch
    $env:CGO_ENABLED = '1'
    switch ($task) {
        'setup' { Write-Host "$(& go version), $compiler" }
        'build' { Build }
        'run' { Build }
        'layout' {
            Run go build '-o' '.build\layoutcheck.exe' './cmd/layoutcheck'
            & .build\layoutcheck.exe '-headers' 'winsock2.h,ws2tcpip.h,iphlpapi.h,tcpestats.h' '-map' 'tcpmib/conformance/layout.map' `
                '-allow' 'tcpmib/conformance/layout.allow' $rest './tcpmib' './tcpmib/tcpestats' './tcpmib/udpmib'
            $status = $LASTEXITCODE
            if ($status -eq 0) {
                Run go test './tcpmib/conformance'
                Write-Host 'functions, completeness, other header sets and the recorded SDKs agree: tcpmib/conformance'
            }
        }
        'bench' { Run go test '-run' '^$' '-bench' '^Benchmark(Decode|Conns|AppendConns|AppendDatedConns|AppendEndpoints)$' './tcpmib' './tcpmib/udpmib' }
        'check' { Check $staticcheck }
        'test' { Test $compiler $staticcheck }
    }
    if ($task -eq 'run') {
        Set-Location -LiteralPath $caller
        & "$PSScriptRoot\.build\tcpmib.exe" $rest
        $status = $LASTEXITCODE
    }
} finally {
    Set-Location -LiteralPath $caller
    foreach ($name in $variables) {
        if ($null -eq $before[$name]) {
            Remove-Item -LiteralPath "Env:$name" -ErrorAction SilentlyContinue
        } else {
            Set-Item -LiteralPath "Env:$name" $before[$name]
        }
    }
}
exit $status
