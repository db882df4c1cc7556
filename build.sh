#!/usr/bin/env bash
# Builds, tests and runs tcpmib on Debian and Ubuntu: MinGW-w64 makes the Windows program, Wine runs
# it. build.ps1 has the same tasks for Windows. State (Wine prefix, programs, DLLs) is kept in
# .build.
set -euo pipefail
unset GOOS GOARCH CGO_ENABLED CC DISPLAY WAYLAND_DISPLAY

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=$root/.build
PATH=$state/go/bin:$PATH:/usr/local/go/bin # .build/go: see need_go

say() { printf '%s\n' "$*" >&2; }
die() {
	say "build.sh: $*"
	exit 1
}

task_help() {
	cat <<'END'
usage: ./build.sh <task> [arguments]

  setup      install what is missing (apt) and make the Wine prefix
  build      .build/tcpmib.exe for 64-bit Windows
  run ...    build tcpmib and run it under Wine; the arguments are tcpmib's
  layout ... check Go's structs against MinGW-w64's and Wine's headers; the arguments are those of tcpmib layout
  check      what to run while you work: format, vet, staticcheck and the short tests of this machine
  test       what must pass before a change goes in: lint, every platform's build, layout, all tests on Linux and under Wine
  bench      our benchmarks beside their baselines, then a table of ours beside others (downloads their modules)
  ports      four programs written on this module: their results are those of the originals, and in how many lines (downloads modules)
  screens    make the images of the README anew, from captures
  release    the files of a release of HEAD, in .build/release/files; CC_arm64 names a compiler for arm64 (llvm-mingw's)
  apidiff    what the change since a commit, such as origin/main, does to those who link the library
  help       this text

Every task installs what it needs first. State is kept in .build, which may be deleted at any time.

  WINMIB_TABLE=auto|wine|standin  whose TCP table programs see under Wine: Wine's own, or that of a stand-in iphlpapi.dll that
                                  reads /proc/net; auto is Wine's own where that shows this machine's sockets
  WINMIB_386=auto|native|qemu     how test runs the 386 programs of Linux; auto is qemu where the kernel does not run them
END
}

task_setup() {
	need_go
	need "${test_packages[@]}"
	wine_ready
	wine_start "$table"
}

task_build() {
	need_go
	need "${build_packages[@]}"
	windows amd64 1 go -C "$root" build -o "$state/tcpmib.exe" ./cmd/tcpmib
}

task_run() {
	task_build
	wine_ready
	# Wine 8 and 9 take some milliseconds for the owner of each row.
	if [[ ${WINMIB_TABLE:-auto} == auto && $table == wine ]] && (($(cat /proc/net/tcp* | wc -l) > 1000)); then
		table=standin standin_note="Wine is slow with so many sockets, so a stand-in iphlpapi.dll reads /proc/net (WINMIB_TABLE=wine: Wine's own)"
	fi
	[[ $table == wine ]] || say "build.sh: $standin_note"
	WINMIB_TABLE=$table task_exec "$state/tcpmib.exe" "$@"
}

# exec runs a Windows program under Wine, with its exit code: the runner of `go test -exec`.
task_exec() {
	wine_ready
	wine_start "$table"
	if [[ -t 1 ]]; then
		# Wine's console counts the bytes of a color as columns and breaks lines early, so a pipe
		# keeps it out of the way, and TTY_FORCE and COLUMNS tell the program what is behind it.
		local status=0
		TTY_FORCE=1 COLUMNS=$(tput cols) wine_run "$@" | cat || status=${PIPESTATUS[0]}
		return "$status"
	fi
	wine_run "$@"
}

# synthetic is exec on a system whose iphlpapi.dll is tcpmib/internal/synthetic/testdata/iphlpapi.c.
task_synthetic() {
	need "${run_packages[@]}"
	wine_start synthetic
	WINMIB_SYNTHETIC=1 wine_run "$@"
}

# planted is exec on a system that looks for iphlpapi.dll in the program's folder first, as Windows
# does.
task_planted() {
	need "${run_packages[@]}"
	wine_start wine
	overrides="iphlpapi=n,b;$overrides"
	wine_run "$@"
}

task_bench() {
	need_go
	need "${build_packages[@]}" "${run_packages[@]}"
	cd "$root"
	local synthetic="-exec='$root/build.sh' synthetic"
	go test -run '^$' -bench '^Benchmark(Decode|Conns|AppendConns|AppendOwned|AppendEndpoints)$' ./tcpmib ./tcpmib/udpmib
	windows amd64 1 go test -run '^$' -bench . "$synthetic" ./tcpmib/internal/synthetic
	WINMIB_SCENARIO=rows=1000000 windows amd64 1 go test -run '^$' -bench '^BenchmarkMillion$' -benchtime 3x "$synthetic" ./cmd/tcpmib
	windows amd64 1 go -C tcpmib/bench test -count=1 -run '^TestTable$' "$synthetic"
}

task_ports() {
	need_go
	need "${build_packages[@]}" "${run_packages[@]}"
	cd "$root"
	local wine=(windows amd64 1 go -C tcpmib/bench test -count=1)
	windows amd64 1 go -C tcpmib/bench vet ./...
	"${wine[@]}" -run '^TestLive' "-exec='$root/build.sh' exec" ./ports
	"${wine[@]}" -run '^TestSynthetic' "-exec='$root/build.sh' synthetic" ./ports
	go -C tcpmib/bench test -count=1 -v -run '^Test(Layout|Lines)' ./ports
}

task_screens() {
	need_go
	go -C "$root" test -count=1 -run '^TestScreens$' ./cmd/tcpmib -update
}

# release builds in a clean clone at the tag, so that the programs depend on the commit, Go and the
# C compilers alone.
release_go=go1.26.8
task_release() { # [tag]
	need_go
	need "${build_packages[@]}" gcc-mingw-w64-i686
	local dir=$state/release tag=${1-} arch
	[[ -n $tag ]] || tag=v$(go -C "$root/.github/tools" run ./release version)
	go -C "$root/.github/tools" run ./release check "$tag"
	gcc[arm64]=${CC_arm64:-aarch64-w64-mingw32-clang}
	have "${gcc[arm64]%% *}" || die "no C compiler for arm64: put llvm-mingw's bin folder on PATH, or set CC_arm64"
	rm -rf "$dir"
	git clone -q "$root" "$dir/source"
	git -C "$dir/source" tag -f "$tag" >/dev/null
	for arch in amd64 386 arm64; do
		step "tcpmib.exe, $arch" release_program "$arch" "$dir/source" "$dir/tcpmib-$arch.exe"
	done
	go -C "$dir/source/.github/tools" run ./release pack "$tag" "$dir" "$dir/files"
	cat "$dir/files/SHA256SUMS"
}

release_program() { # <GOARCH> <source> <exe>
	GOTOOLCHAIN=$release_go CGO_CFLAGS=-O2 windows "$1" 1 go -C "$2" build -trimpath -buildvcs=true \
		-ldflags='-s -w -buildid= -extldflags=-Wl,--no-insert-timestamp' -o "$3" ./cmd/tcpmib
}

# apidiff says what the change since a commit does to those who link the library.
task_apidiff() { # <commit>
	need_go
	local dir=$state/apidiff apidiff module
	apidiff=$(go -C "$root/.github/tools" tool -n apidiff)
	module=$(cd "$root" && go list -m)
	rm -rf "$dir"
	mkdir "$dir"
	git -C "$root" archive "$1" | tar -x -C "$dir"
	export GOOS=windows CGO_ENABLED=0
	(cd "$dir" && "$apidiff" -m -w "$state/api" "$module")
	(cd "$root" && "$apidiff" -m "$state/api" "$module")
}

# layout runs no Windows program: compilers answer for every architecture, here on Linux.
task_layout() {
	need_go
	need "${layout_packages[@]}"
	go -C "$root" build -o "$state/tcpmib" ./cmd/tcpmib
	"$state/tcpmib" layout "$@"
}

# check is the inner loop: what needs neither Wine nor another compiler than Go.
task_check() {
	need_go
	cd "$root"
	step 'gofmt' gofmt_clean
	step 'vet' go vet ./...
	step 'staticcheck' go tool staticcheck ./...
	tests 'tests, short' go test -short ./...
}

task_test() {
	task_setup
	cd "$root"
	export WINMIB_TABLE=$table
	choose_386

	# The sources themselves.
	step 'gofmt' gofmt_clean
	step 'go mod tidy' go mod tidy -diff
	step 'go mod tidy, .github/tools' go -C .github/tools mod tidy -diff
	step 'shellcheck' shellcheck build.sh .ci/run
	step 'actionlint' go tool actionlint
	step 'C: gcc and clang, C11, no warnings' c_lint

	# Every target builds, those too that no test below runs on.
	step 'build and vet, linux' build_and_vet
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 step 'build and vet, darwin/arm64' build_and_vet
	local target
	for target in amd64 386 arm64; do
		step "build and vet, windows/$target" windows "$target" 0 build_and_vet
	done
	for target in amd64 386; do
		step "build and vet, windows/$target, cgo" windows "$target" 1 build_and_vet
	done
	local staticcheck
	staticcheck=$(go tool -n staticcheck) # built here, where the C compiler is Linux's own
	step 'staticcheck, linux' "$staticcheck" ./...
	step 'vet and staticcheck, .github/tools' tools_lint "$staticcheck"
	step 'staticcheck, windows' windows amd64 0 "$staticcheck" ./...
	step 'staticcheck, windows, cgo' windows amd64 1 "$staticcheck" ./...

	# Layouts, by the compilers of every header set; then all that does not depend on Windows.
	CI=true step 'layout: MinGW-w64, Wine x amd64, 386, arm64' task_layout
	tail -n 1 <<<"$output"
	tests 'tests, linux' go test ./...
	tests "tests, linux, 386, $how_386" tests_386
	# Without the tests that wait for compilers, which -short leaves out: the race detector finds
	# nothing in those.
	tests 'tests, linux, race' go test -short -race ./...
	fuzz

	# The Windows program. One package after the other: they open and close sockets, and each looks
	# at all of them.
	local wine=(go test -count=1 -p 1 "-exec='$root/build.sh' exec") system
	mapfile -t system < <(system_packages)
	step 'the twin without cgo' windows amd64 0 go test -c -o "$state/twin.exe" ./native
	export WINMIB_TWIN=$state/twin.exe
	echo "iphlpapi.dll under Wine: $table"
	local all
	mapfile -t all < <(go list ./... | grep -vE '/(layout/source|layoutcheck)$') # whose tests run go, which Wine does not have
	tests 'tests, Wine, cgo' windows amd64 1 "${wine[@]}" "${all[@]}"
	# These two only where Windows has files of its own; the others are proven on Linux.
	tests 'tests, Wine, no cgo' windows amd64 0 "${wine[@]}" "${system[@]}"
	tests 'tests, Wine, cgo, race, checkptr' windows amd64 1 "${wine[@]}" -race -gcflags=all=-d=checkptr=2 "${system[@]}"
	if [[ $table == wine ]]; then
		WINMIB_TABLE=standin WINMIB_STANDIN_AGREES=1 \
			tests 'tests, Wine, the stand-in' windows amd64 1 "${wine[@]}" -run '^Test(Live|Standin)' "${system[@]}"
	fi
	step 'a program that vendors the module, Wine' vendored
	tests 'the API, tcpmib.exe, the release' go -C .github/tools test -count=1 ./...

	# The same program on systems that do not exist.
	wine=(go test -count=1 "-exec='$root/build.sh' synthetic")
	step 'the twin without cgo, synthetic system' windows amd64 0 go test -c -o "$state/synthetic-twin.exe" ./tcpmib/internal/synthetic
	export WINMIB_SYNTHETIC_TWIN=$state/synthetic-twin.exe
	tests 'tests, synthetic system, cgo' windows amd64 1 "${wine[@]}" ./tcpmib/internal/synthetic
	tests 'tests, synthetic system, no cgo' windows amd64 0 "${wine[@]}" ./tcpmib/internal/synthetic
	tests 'tests, synthetic system, race, checkptr' windows amd64 1 "${wine[@]}" -race -gcflags=all=-d=checkptr=2 ./tcpmib/internal/synthetic
	echo "all green in ${SECONDS}s"
}

# --- the steps of test

# step runs a command: one line when it works, everything it printed when it does not. The output
# stays in $output.
step() {
	local name=$1 start=$SECONDS status
	shift
	printf '%-42s' "$name"
	set +e
	output=$(
		set -e
		"$@" 2>&1
	)
	status=$?
	set -e
	if ((status != 0)); then
		printf 'FAILED\n%s\n' "$output"
		grep -P '^ *--- FAIL:|^FAIL\t' <<<"$output" >&2 || true # the tests among them once more, where they are seen
		die "$name failed"
	fi
	printf 'ok %4ds\n' $((SECONDS - start))
}

# tests is a step of `go test`: it prints go's line for each package and how many tests ran, and
# none is a failure.
tests() {
	local name=$1 passed skipped
	shift
	step "$name" "$@" -v
	passed=$(grep -c '^ *--- PASS:' <<<"$output" || true)
	skipped=$(grep '^ *--- SKIP:' <<<"$output" || true)
	grep -P '^ok\s' <<<"$output" || true
	[[ -z $skipped ]] || printf '%s\n' "$skipped"
	echo "$passed tests passed"
	((passed > 0)) || die "$name: no test ran"
}

# fuzz gives every fuzz target of the module some thousand inputs. (Not some seconds: on a busy
# machine `go test` takes the end of its time for a failure now and then.) By default go test may
# take a minute to shorten each input that it keeps.
fuzz() {
	local package target targets
	targets=$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ { names[n++] = $1 } /^ok/ { while (n) print $2, names[--n] }')
	[[ -n $targets ]] || die 'no fuzz target found'
	while read -r package target; do
		step "fuzz, $target" go test -run '^$' -fuzz "^$target\$" -fuzztime 20000x -fuzzminimizetime 10x -parallel 2 "$package"
	done <<<"$targets"
}

# system_packages lists the packages that are not the same on Windows as on Linux: those with files
# of one system only.
system_packages() {
	diff <(files_on linux) <(files_on windows) | sed -n 's/^[<>] \([^ ]*\) .*/\1/p' | sort -u | grep -vE '/(layout/source|layoutcheck)$'
}

files_on() { # <GOOS>
	GOOS=$1 CGO_ENABLED=0 go list -f '{{.ImportPath}} {{.GoFiles}} {{.TestGoFiles}} {{.XTestGoFiles}}' ./...
}

# choose_386 finds out how this machine runs the 386 programs of Linux, by trying a small one:
# natively, or under qemu where the kernel does not run them. WINMIB_386 (auto, native or qemu)
# decides instead.
choose_386() {
	how_386=${WINMIB_386:-auto}
	case $how_386 in
	native | qemu) ;;
	auto)
		mkdir -p "$state/386"
		printf 'package main\n\nfunc main() {}\n' >"$state/386/main.go"
		GOARCH=386 CGO_ENABLED=0 go build -o "$state/386/try" "$state/386/main.go"
		if "$state/386/try" 2>/dev/null; then how_386=native; else how_386=qemu; fi
		;;
	*) die "WINMIB_386=$how_386: want auto, native or qemu" ;;
	esac
	[[ $how_386 == native ]] || need qemu-user-static
}

# tests_386 runs the tests where 32 bits may matter: not those that run compilers and go list, which
# are the host's own. What 32 bits change is Go's alone, so a 386 program of Linux shows it. Under
# qemu programs cannot start others, as the tests of the command do, and Go's asynchronous
# preemption crashes.
tests_386() {
	local flags=("$@") packages others='/(layout|layout/source|conformance|layoutcheck)$'
	if [[ $how_386 == qemu ]]; then
		others='/(layout|layout/source|conformance|layoutcheck|cmd/tcpmib)$'
		flags+=(-exec "$(type -P qemu-i386-static)")
		export GODEBUG=asyncpreemptoff=1
	fi
	mapfile -t packages < <(go list ./... | grep -vE "$others")
	GOARCH=386 CGO_ENABLED=0 go test "${flags[@]}" "${packages[@]}"
}

gofmt_clean() {
	local files
	files=$(gofmt -l .)
	[[ -z $files ]] || {
		echo "gofmt -w these: $files"
		return 1
	}
}

build_and_vet() {
	go build ./...
	go vet ./...
}

tools_lint() ( # <staticcheck>
	cd .github/tools
	go vet ./...
	"$1" ./...
)

c_lint() {
	local file target cc=()
	for file in native/*.c native/testdata/*.c tcpmib/internal/synthetic/testdata/*.c .github/tools/exe/testdata/*.c; do
		for target in gcc/{x86_64,i686} clang/{x86_64,i686,aarch64}; do
			case $target in
			gcc/*) cc=("${target#*/}-w64-mingw32-gcc") ;;
			clang/*) cc=(clang "--target=${target#*/}-w64-windows-gnu" -isystem /usr/share/mingw-w64/include) ;;
			esac
			"${cc[@]}" -std=c11 -Wall -Wextra -Werror -O2 -c -o /dev/null "$file"
		done
	done
}

# vendored builds a program outside the module, from its vendor folder alone, with the shim: the C
# files must be in it.
vendored() {
	local program=$state/vendored
	rm -rf "$program"
	cp -r native/testdata/vendored "$program"
	cp go.sum "$program"
	(
		cd "$program"
		go mod edit -replace "github.com/winmib/winmib=$root"
		go mod tidy
		go mod vendor
		windows amd64 1 go build -mod=vendor -o vendored.exe .
	)
	task_exec "$program/vendored.exe" | grep -x 'found by the cgo shim'
}

# --- Windows programs and DLLs

declare -A gcc=([amd64]=x86_64-w64-mingw32-gcc [386]=i686-w64-mingw32-gcc)

# windows runs a command with Go's settings for a Windows target.
windows() { # <GOARCH> <CGO_ENABLED> <command...>
	GOOS=windows GOARCH=$1 CGO_ENABLED=$2 CC=${gcc[$1]-} "${@:3}"
}

# dll makes a 64-bit DLL of one C file, if it is not there or older than its source.
dll() { # <dll> <source> <libraries...>
	[[ $1 -nt $2 ]] || "${gcc[amd64]}" -std=c11 -O2 -shared -static-libgcc -o "$1" "$2" "${@:3}"
}

# --- Wine

# find_wine looks for Wine itself first: Debian's wrapper complains about a missing 32-bit Wine at
# every run.
find_wine() {
	local program
	for program in ${brings[wine64]}; do
		WINE=$(type -P "$program") || continue
		WINESERVER=$(type -P "${WINE%/*}/wineserver" || type -P wineserver) || continue
		return
	done
	die 'no Wine found'
}

# Programs meet one of three iphlpapi.dll: Wine's own (wine), the stand-in (standin) or the
# synthetic one (synthetic). The last two have a Wine prefix of their own, which starts as a copy of
# the first.
prefix=
overrides=

wine_run() {
	WINMIB_WINE=1 WINEPREFIX=$prefix WINEDEBUG=-all WINEDLLOVERRIDES=$overrides "$WINE" "$@"
}

# wine_ready installs Wine and sets table to the iphlpapi.dll that shows this machine's sockets:
# WINMIB_TABLE, or, where that is auto or unset, Wine's own if it does, else the stand-in.
wine_ready() {
	need "${run_packages[@]}"
	find_wine
	table=${WINMIB_TABLE:-auto}
	case $table in
	wine | standin) return ;;
	auto) ;;
	*) die "WINMIB_TABLE=$table: want auto, wine or standin" ;;
	esac
	local found # remembered for this version of Wine
	found=$state/table-of-$("$WINE" --version | tr -c 'a-z0-9.\n' _)
	if [[ ! -e $found ]]; then
		wine_start wine
		if wine_sees_linux; then echo wine; else echo standin; fi >"$found"
	fi
	table=$(<"$found")
}
standin_note="this Wine's own TCP table is not this machine's, so a stand-in iphlpapi.dll reads /proc/net (WINMIB_TABLE=wine: Wine's own)"

# wine_sees_linux says whether Wine's netstat shows a connection of a Linux program. It does in Wine
# 8 and 9.
wine_sees_linux() {
	local port status=0
	coproc linux {
		exec perl -MIO::Socket::INET -e '
			my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die $@;
			my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $listener->sockport) or die $@;
			$| = 1;
			print $client->sockport, "\n";
			<STDIN>'
	}
	read -r port <&"${linux[0]}" || die 'perl could not open a connection on 127.0.0.1'
	wine_run netstat </dev/null 2>/dev/null | tr -d '\r' | grep -c ":$port\b" >/dev/null || status=1
	# shellcheck disable=SC2154 # coproc sets it
	kill "$linux_PID"
	return "$status"
}

# wine_start makes a prefix the first time and boots Wine in it unless it runs. Its background
# processes must not hold the caller's pipes open, so they are started here, apart from any program;
# they end a minute after the last program.
wine_start() { # wine|standin|synthetic
	find_wine
	mkdir -p "$state"
	local lock
	exec {lock}>"$state/lock"
	flock "$lock"
	wine_prefix {lock}>&-
	[[ $1 == wine ]] || wine_prefix_with "$1" {lock}>&-
	if WINEPREFIX=$prefix "$WINESERVER" -p60 {lock}>&- 2>/dev/null; then # an error means that it runs
		wine_quietly wineboot {lock}>&-
	fi
	exec {lock}>&-
}

wine_prefix() {
	prefix=$state/wine overrides='mscoree=;mshtml=;winemenubuilder.exe='
	local system32=$prefix/drive_c/windows/system32 ours=$state/bcryptprimitives.dll
	if [[ ! -e $prefix/made ]]; then
		say 'making a Wine prefix in .build (once, some 20 s)'
		wine_quietly wineboot -i
		WINEPREFIX=$prefix "$WINESERVER" -k # which writes the registry: the copies below need all of it
		WINEPREFIX=$prefix "$WINESERVER" -w
		touch "$prefix/made"
	fi
	# Wine 8 has no bcryptprimitives.dll, and Go programs do not start without.
	if [[ -e $ours || ! -e $system32/bcryptprimitives.dll ]]; then
		dll "$ours" "$root/native/testdata/bcryptprimitives.c" -ladvapi32
		replace "$system32/bcryptprimitives.dll" "$ours"
	fi
}

# wine_prefix_with makes a prefix whose iphlpapi.dll is the stand-in or the synthetic one.
wine_prefix_with() { # standin|synthetic
	local sources=$root/tcpmib/internal/synthetic/testdata ours=$state/$1/iphlpapi.dll
	local wines=$prefix/drive_c/windows/system32/iphlpapi.dll
	mkdir -p "$state/$1"
	[[ -e $prefix-$1/made ]] || cp -al "$prefix/." "$prefix-$1" # links: what Wine changes in a prefix it replaces, and so do we
	prefix=$prefix-$1 overrides="iphlpapi=n;$overrides"
	if [[ $1 == standin ]]; then
		if [[ ! $ours -nt $wines || ! $ours -nt $sources/standin.c ]]; then
			rm -f "$ours"
			standin_exports "$wines" "$sources/standin.c" >"$state/$1/standin.def"
		fi
		dll "$ours" "$sources/standin.c" "$state/$1/standin.def" -lws2_32 -lntdll
		replace "$prefix/drive_c/windows/system32/wineiphlpapi.dll" "$wines"
	else
		dll "$ours" "$sources/iphlpapi.c" -lws2_32
	fi
	replace "$prefix/drive_c/windows/system32/iphlpapi.dll" "$ours"
}

# standin_exports prints the exports of the stand-in: the functions in its source, and all others of
# Wine's own DLL, forwarded there.
standin_exports() { # <Wine's iphlpapi.dll> <source>
	local own name
	own=$(grep -oP '^\w+ WINAPI \K\w+' "$2")
	printf 'EXPORTS\n%s\n' "$own"
	x86_64-w64-mingw32-objdump -p "$1" | sed -n '/Name Pointer\] Table/,/^$/s/^\t\[.* \(\w\+\)$/\1/p' |
		while read -r name; do
			grep -qx "$name" <<<"$own" || echo "$name = wineiphlpapi.$name"
		done
}

# replace puts a copy of a file in the place of another, unless it is there.
replace() { # <old> <new>
	cmp -s "$1" "$2" || cp --remove-destination "$2" "$1"
}

wine_quietly() {
	wine_run "$@" </dev/null >"$state/wine.log" 2>&1 || {
		cat "$state/wine.log" >&2
		die "wine $* failed"
	}
}

# --- what must be installed

# Each package with a file or command that shows it is there (of several, one is enough).
declare -A brings=(
	[ca-certificates]=/etc/ssl/certs/ca-certificates.crt
	[clang]=clang
	[gcc]=gcc
	[gcc-mingw-w64-i686]=i686-w64-mingw32-gcc
	[gcc-mingw-w64-x86-64]=x86_64-w64-mingw32-gcc
	[libc6-dev]=/usr/include/stdlib.h
	[libwine-dev]=/usr/include/wine/wine/windows/windows.h
	[qemu-user-static]=qemu-i386-static
	[shellcheck]=shellcheck
	[wine64]='/usr/lib/wine/wine64 wine64 wine'
)
build_packages=(gcc-mingw-w64-x86-64)
run_packages=(gcc-mingw-w64-x86-64 wine64)
layout_packages=(clang gcc-mingw-w64-i686 gcc-mingw-w64-x86-64 libwine-dev)
test_packages=(ca-certificates gcc libc6-dev shellcheck "${layout_packages[@]}" "${run_packages[@]}")

have() {
	local thing
	for thing; do
		[[ $thing == /* && -e $thing ]] || type -P "$thing" >/dev/null || continue
		return 0
	done
	return 1
}

# need installs those of the packages that are missing.
need() {
	local package missing=()
	for package; do
		# shellcheck disable=SC2086 # a list of names
		have ${brings[$package]} || missing+=("$package")
	done
	((${#missing[@]} == 0)) || apt_install "${missing[@]}"
}

apt_install() {
	have apt-get || die "install these with your system's package manager, then try again: $*"
	[[ $HOSTTYPE == x86_64 ]] || die "Wine runs tcpmib.exe on x86-64 only, and this is $HOSTTYPE"
	local as_root=()
	if ((EUID != 0)); then
		have sudo || die "run this as root, then try again: apt-get install $*"
		as_root=(sudo)
	fi
	say "installing with apt: $*"
	local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o=Dpkg::Use-Pty=0)
	compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null || "${apt[@]}" update >&2
	"${apt[@]}" install -y --no-install-recommends "$@" >"$state/apt.log" 2>&1 || {
		cat "$state/apt.log" >&2
		die "apt-get could not install: $*"
	}
}

# need_go sees to a Go that go.mod accepts.
need_go() {
	go_accepted && return
	have go || apt_install golang-go ca-certificates
	# A Go of 1.21 or later fetches the one that go.mod asks for; Debian's is told not to.
	export GOTOOLCHAIN=auto
	go_accepted && return
	# An older one (Debian 12) can fetch it too, as the module that it is.
	local version module
	version=$(go_wanted)
	module=golang.org/toolchain@v0.0.1-go$version.linux-amd64
	say "fetching Go $version"
	if (cd / && go mod download "$module"); then
		mkdir -p "$state"
		ln -sfn "$(go env GOMODCACHE)/$module" "$state/go"
		chmod -R +x "$state/go/bin" "$state/go/pkg/tool"
		hash -r
		go_accepted && return
	fi
	die "Go $version or later is needed: install it from https://go.dev/dl/ and put its bin folder on PATH"
}

go_wanted() { sed -n 's/^go //p' "$root/go.mod"; }

go_accepted() {
	local version
	version=$(cd "$root" && go env GOVERSION 2>/dev/null) && printf 'go%s\n%s\n' "$(go_wanted)" "$version" | sort -VC
}

main() {
	local task=${1:-help}
	shift || true
	declare -F "task_$task" >/dev/null || {
		task_help >&2
		exit 2
	}
	mkdir -p "$state"
	# Go cannot stamp a version into programs where git does not trust the checkout (another owner,
	# say).
	git -C "$root" rev-parse HEAD >/dev/null 2>&1 || export GOFLAGS="${GOFLAGS-} -buildvcs=false"
	"task_$task" "$@"
}

main "$@"
