#!/usr/bin/env bash
# Builds, tests and runs tcpmib on Debian and Ubuntu: MinGW-w64 makes the Windows program, Wine runs
# it. build.ps1 has the same tasks for Windows. State (Wine prefix, programs, DLLs) is kept in
# .build.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=$root/.build
# .build/go: see need_go; .github/tools: so that -exec names wine.sh in a checkout of any path.
PATH=$state/go/bin:$root/.github/tools:$PATH:/usr/local/go/bin

# Wherever the checkout lies and whatever the caller has set, Go builds the same: a go.work above, the
# variables below and what `go env -w` keeps do not count. Where modules come from and go to, does.
settle_go() {
	local name places=(GOPROXY GOSUMDB GOPRIVATE GONOPROXY GONOSUMDB GOINSECURE GOPATH GOMODCACHE GOCACHE GOTOOLCHAIN)
	for name in "${!GO@}" "${!CGO_@}" CC CXX AR PKG_CONFIG; do
		[[ " ${places[*]} GOENV GOTMPDIR GOAUTH GOMAXPROCS GOMEMLIMIT GOGC " == *" $name "* ]] || unset "$name"
	done
	for name in "${places[@]}"; do
		export "$name=$(cd / && go env "$name")"
	done
	export GOENV=off GOWORK=off
	# Go cannot stamp a version into programs where git does not trust the checkout (another owner,
	# say).
	git -C "$root" rev-parse HEAD >/dev/null 2>&1 || export GOFLAGS=-buildvcs=false
}

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
  layout ... check structs and functions against the C headers; the arguments are those of layoutcheck
  check      what to run while you work: format, vet, staticcheck and the short tests of this machine
  test       what must pass before a change goes in: lint, every platform's build, layout, all tests on Linux and under Wine
  bench      our benchmarks next to their baselines, then a table of ours next to others (downloads their modules)
  ports      eight programs written on this module, compared with the originals (downloads modules)
  screens    regenerate the images of the README from captures
  release    the files of a release of HEAD, in .build/release/files; CC_arm64 names a compiler for arm64 (llvm-mingw's)
  mutate ... change operators, constants and conditions of packages, and report which changes their tests notice
  alone ...  run a command, such as go test -exec, in a network of its own, where no other program opens sockets
  help       this text

Every task installs what it needs first. State is kept in .build, which may be deleted at any time.

  WINMIB_TABLE=auto|wine|standin  whose TCP table programs see under Wine: Wine's own, or that of a stand-in iphlpapi.dll that
                                  reads /proc/net; auto is Wine's own where that shows this machine's sockets
  WINMIB_386=auto|native|qemu     how test runs the 386 programs of Linux; auto is qemu where the kernel does not run them
END
}

task_setup() {
	need_go
	need "${test_needs[@]}"
	wine.sh setup
}

task_build() {
	need_go
	need "${build_needs[@]}"
	windows amd64 1 go -C "$root" build -o "$state/tcpmib.exe" ./cmd/tcpmib
}

task_run() {
	task_build
	need "${run_needs[@]}"
	local table
	table=$(wine.sh table)
	if [[ $table == standin ]]; then
		say "build.sh: this Wine's own TCP table is not this machine's, so a stand-in iphlpapi.dll reads /proc/net (WINMIB_TABLE=wine: Wine's own)"
	elif [[ ${WINMIB_TABLE:-auto} == auto ]] && (($(cat /proc/net/tcp* | wc -l) > 1000)); then
		table=standin # Wine 8 and 9 take some milliseconds for the owner of each row
		say "build.sh: Wine is slow with so many sockets, so a stand-in iphlpapi.dll reads /proc/net (WINMIB_TABLE=wine: Wine's own)"
	fi
	WINMIB_TABLE=$table wine.sh exec "$state/tcpmib.exe" "$@"
}

task_exec() { wine.sh exec "$@"; }

task_bench() {
	need_go
	need "${run_needs[@]}"
	cd "$root"
	local synthetic='-exec=wine.sh synthetic'
	go test -run '^$' -bench '^Benchmark(Decode|Conns|AppendConns|AppendDatedConns|AppendBound|AppendEndpoints)$' ./tcpmib ./tcpmib/udpmib
	windows amd64 1 go test -run '^$' -bench . "$synthetic" ./tcpmib/internal/synthetic
	WINMIB_SCENARIO=rows=1000000 windows amd64 1 go test -run '^$' -bench '^BenchmarkMillion$' -benchtime 3x "$synthetic" ./cmd/tcpmib
	windows amd64 1 go -C tcpmib/bench test -count=1 -run '^TestTable$' "$synthetic"
	go test -run '^$' -bench '^BenchmarkStart$' -benchtime 20x ./cmd/tcpmib
}

task_ports() {
	need_go
	need "${run_needs[@]}"
	cd "$root"
	local wine=(windows amd64 1 go -C tcpmib/bench test -count=1)
	windows amd64 1 go -C tcpmib/bench vet ./...
	"${wine[@]}" -run '^TestLive' '-exec=wine.sh exec' ./ports
	"${wine[@]}" -run '^TestSynthetic' '-exec=wine.sh synthetic' ./ports
	go -C tcpmib/bench test -count=1 -v -run ^TestLayout ./ports
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
	need "${layout_needs[@]}"
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

# The sections of the program begin at pages of the file: Windows reads such pages faster (/FILEALIGN),
# and Wine maps them, where it copies others.
release_program() { # <GOARCH> <source> <exe>
	GOTOOLCHAIN=$release_go CGO_CFLAGS=-O2 windows "$1" 1 go -C "$2" build -trimpath -buildvcs=true \
		-ldflags='-s -w -buildid= -extldflags=-Wl,--no-insert-timestamp,--file-alignment=4096' -o "$3" ./cmd/tcpmib
}

task_mutate() { # [-n number] [-seed number] [-least percent] package...
	need_go
	go -C "$root/.github/tools" run ./mutate "$@"
}

# layout runs no Windows program: compilers answer for every architecture, here on Linux.
task_layout() {
	need_go
	need "${layout_needs[@]}"
	check_layouts "$@"
	go -C "$root" test ./tcpmib/conformance >"$state/conformance.txt" || { cat "$state/conformance.txt"; return 1; }
	echo "functions, completeness, other header sets and the recorded SDKs agree: tcpmib/conformance"
}

check_layouts() {
	go -C "$root" build -o "$state/layoutcheck" ./cmd/layoutcheck
	(cd "$root" && "$state/layoutcheck" -headers winsock2.h,ws2tcpip.h,iphlpapi.h,tcpestats.h -format short \
		-map tcpmib/conformance/layout.map -allow tcpmib/conformance/layout.allow "$@" ./tcpmib ./tcpmib/tcpestats ./tcpmib/udpmib)
}

# check is the inner loop: what needs neither Wine nor another compiler than Go.
task_check() {
	need_go
	cd "$root"
	step 'gofmt' gofmt_clean
	step 'vet' go vet ./...
	step 'staticcheck' "$(tool staticcheck)" ./...
	tests 'tests, short' go test -short ./...
}

# test prepares what needs the network and the rights of a user, then runs the gate in a network of its
# own, where no other program opens sockets.
task_test() {
	task_setup
	choose_386
	local module
	for module in "$root" "$root/.github/tools"; do
		go -C "$module" mod download
		go -C "$module" mod tidy -diff >/dev/null 2>&1 || true # downloads more, and is a step of the gate
	done
	WINMIB_TABLE=$(wine.sh table)
	export WINMIB_TABLE WINMIB_386=$how_386
	task_alone "$root/build.sh" gate
}

# alone runs a command in a network of its own: a loopback interface that only the command and what it
# starts can see. Where the kernel does not allow that, the command sees the sockets of all programs.
task_alone() {
	local way why
	# SIOCSIFFLAGS, IFF_UP; SIOCSIFADDR: a link-local address, as any machine has.
	# shellcheck disable=SC2016 # perl's variables
	local perl=(perl -MSocket=:all -e '
		my ($v4, $v6, $up, $local) = (undef, undef, pack("a16 s x22", "lo", 1), pack("a16 L i", inet_pton(AF_INET6, "fe80::1"), 64, 1));
		socket($v4, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
		ioctl($v4, 0x8914, $up) or die "loopback: $!\n";
		socket($v6, AF_INET6, SOCK_DGRAM, 0) and ioctl($v6, 0x8916, $local);
		exec @ARGV or die "$ARGV[0]: $!\n"')
	for way in '' '--map-current-user --keep-caps'; do
		# shellcheck disable=SC2086 # a list of words
		if why=$(unshare --net $way "${perl[@]}" true 2>&1); then
			exec unshare --net $way "${perl[@]}" "$@"
		fi
	done
	say "build.sh: no network of its own, so tests see the sockets of all programs: ${why##*$'\n'}"
	exec "$@"
}

task_gate() {
	need_go
	cd "$root"
	local staticcheck system
	rm -rf "$logs"
	export CI=true # a compiler that is missing is a failure

	# The sources themselves.
	step 'gofmt' gofmt_clean
	step 'go mod tidy' go mod tidy -diff
	step 'go mod tidy, .github/tools' go -C .github/tools mod tidy -diff
	step 'shellcheck' shellcheck build.sh .ci/run .github/tools/wine.sh cmd/layoutcheck/audit/audit.sh
	step 'actionlint' "$(tool actionlint)"
	step 'C: gcc and clang, C11, no warnings' c_lint

	# Every target. TestResources in .github/tools/exe links the commands for those of Windows. Two
	# packages differ with cgo.
	step 'vet, linux' go vet ./...
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 step 'vet and build, darwin/arm64' vet_and_build
	step 'vet, windows/amd64' windows amd64 0 go vet ./...
	step 'vet, windows/amd64, cgo' windows amd64 1 go vet ./native ./tcpmib/internal/synthetic
	step 'vet, windows/arm64' windows arm64 0 go vet ./...
	step 'vet, windows/386' windows 386 0 go vet ./...
	step 'vet, windows/386, cgo' windows 386 1 go vet ./native ./tcpmib/internal/synthetic
	staticcheck=$(tool staticcheck)
	step 'staticcheck, linux' "$staticcheck" ./...
	step 'staticcheck, windows' windows amd64 0 "$staticcheck" ./...
	step 'staticcheck, windows, cgo' windows amd64 1 "$staticcheck" ./native
	step 'vet and staticcheck, .github/tools' tools_lint "$staticcheck"

	# Layouts, by the compilers of every header set; then all that does not depend on Windows. go
	# remembers these tests, so they cost time only after a change.
	step 'layout: MinGW-w64, Wine x amd64, 386, arm64' check_layouts
	tests 'tests, linux' go test ./...
	tests "tests, linux, 386, $WINMIB_386" tests_386
	# Without the tests of compilers, which -short leaves out, and those that do one thing many times: a
	# race in it shows where it is done once.
	tests 'tests, linux, race' go test -short -race -skip "$many_times" ./...
	step 'fuzz' fuzz

	# The Windows program, where it has files of its own; the other packages are proven above. One
	# package after the other: they open and close sockets, and each looks at all of them.
	local wine=(go test -count=1 -p 1 -short '-exec=wine.sh exec') checked=(-race -gcflags=all=-d=checkptr=2)
	mapfile -t system < <(system_packages)
	step 'compile what runs under Wine' compile_for_wine "${system[@]}"
	step 'the twin without cgo' windows amd64 0 go test -c -o "$state/twin.exe" ./native
	export WINMIB_TWIN=$state/twin.exe
	tests "tests, Wine, cgo, table: $WINMIB_TABLE" windows amd64 1 "${wine[@]}" "${system[@]}"
	# The shim and its twin, and what calls them; the other packages are the same with both.
	tests 'tests, Wine, no cgo' windows amd64 0 "${wine[@]}" ./native ./tcpmib
	# What has unsafe code or goroutines of its own on Windows.
	tests 'tests, Wine, cgo, race, checkptr' windows amd64 1 "${wine[@]}" "${checked[@]}" ./native ./tcpmib ./tcpmib/owner
	# The stand-in knows the owner of every socket, which Wine's own table does not.
	if [[ $WINMIB_TABLE == wine ]]; then
		WINMIB_TABLE=standin WINMIB_STANDIN_AGREES=1 \
			tests 'tests, Wine, the stand-in' windows amd64 1 "${wine[@]}" -run '^Test(Live|Standin)' ./tcpmib ./tcpmib/owner ./cmd/tcpmib
	fi
	step 'a program that vendors the module, Wine' vendored
	tests 'the API, tcpmib.exe, the release' go -C .github/tools test -count=1 ./...

	# The same program on systems that do not exist.
	wine=(go test -count=1 '-exec=wine.sh synthetic')
	step 'the twin without cgo, synthetic system' windows amd64 0 go test -c -o "$state/synthetic-twin.exe" ./tcpmib/internal/synthetic
	export WINMIB_SYNTHETIC_TWIN=$state/synthetic-twin.exe
	tests 'tests, synthetic system, cgo' windows amd64 1 "${wine[@]}" ./tcpmib/internal/synthetic
	tests 'tests, synthetic system, no cgo' windows amd64 0 "${wine[@]}" ./tcpmib/internal/synthetic
	tests 'tests, synthetic system, race, checkptr' windows amd64 1 "${wine[@]}" "${checked[@]}" ./tcpmib/internal/synthetic
	echo "all green in ${SECONDS}s"
}

# --- the steps of the gate

logs=$state/logs

# step runs a command: one line when it works, ten more when it does not. All that it printed is in
# the file $log.
step() {
	local name=$1
	shift
	printf '%-45s' "$name"
	run_step "$name" "$@"
	printf 'ok %4ds\n' "$took"
}

run_step() {
	local name=$1 start=$SECONDS status
	shift
	mkdir -p "$logs"
	log=$logs/$(tr -cs 'A-Za-z0-9.\n' '-' <<<"$name").txt
	set +e
	(
		set -e
		"$@" 2>&1
	) | tee "$log" | "${shown:-nothing}"
	status=${PIPESTATUS[0]}
	set -e
	if ((status != 0)); then
		[[ -z ${shown-} ]] || printf '%45s' '' # below the packages
		echo FAILED
		failure "$log" >&2
		die "$name failed; the rest is in ${log#"$root/"}"
	fi
	took=$((SECONDS - start))
}

nothing() { cat >/dev/null; }

# packages shows a line for each package that go test has run, and none for what it remembers.
packages() {
	local ok package took
	grep --line-buffered '^ok' | while read -r ok package took _; do
		[[ $took == '(cached)' ]] || printf '  %-43s%s %4.0fs\n' "${package#*/*/*/}" "$ok" "${took%s}"
	done
}

# tests is a step of `go test`: it prints a line for each package when that is done, and how many
# tests passed. None is a failure.
tests() {
	local name=$1 passed skipped shown=packages
	shift
	echo "$name"
	run_step "$name" "$@" -v -timeout=30m # ten minutes, go's own limit, are not enough on a busy machine
	passed=$(grep -c '^ *--- PASS:' "$log" || true)
	((passed > 0)) || die "$name: no test ran"
	mapfile -t skipped < <(sed -n 's/^--- SKIP: \([^ ]*\).*/\1/p' "$log" | sort -u)
	if ((${#skipped[@]} == 0)); then
		printf '  %-43sok %4ds\n' "$passed tests" "$took"
	else
		printf '  %-43sok %4ds\n' "$passed tests, ${#skipped[@]} skipped:" "$took"
		fold -sw 96 <<<"${skipped[*]}" | sed 's/^/    /'
	fi
}

# failure prints ten lines of a log that say what failed first: of `go test -v` the lines of the first
# test that failed and the names of all, of anything else what looks like an error, or the end.
failure() { # <log>
	local failed test lines
	failed=$(sed -n 's/^ *--- FAIL: \([^ ]*\).*/\1/p' "$1")
	if [[ -n $failed ]]; then
		# One without subtests that failed, which follow it.
		test=$(awk 'NR > 1 && index($1, last "/") != 1 { exit } { last = $1 } END { print last }' <<<"$failed")
		lines=$(awk -v test="$test" '
			/^=== (RUN|NAME|CONT|PAUSE) / { on = $3 == test; next }
			/^ *--- FAIL: / { if ($3 == test) { print; exit } }
			on && NF' "$1")
		(($(wc -l <<<"$lines") > 1)) || lines=$(grep -A 8 -- "--- FAIL: $test " "$1") # a panic's lines follow
		lines=$(tail -n 9 <<<"$lines")$'\nfailed: '$(sort -u <<<"$failed" | tr '\n' ' ')
	else
		lines=$(grep -m 10 -E '^panic:|^fatal error:|DATA RACE|:[0-9]+:([0-9]+:)? |^FAIL' "$1" || tail -n 10 "$1")
	fi
	head -n 10 <<<"$lines" | cut -c 1-300
}

# fuzz gives every fuzz target of the module some thousand inputs. (Not some seconds: on a busy
# machine the end of the time is taken for a failure now and then.) A package's program is built
# once for all of its targets. By default a target may take a minute to shorten each input that it
# keeps.
fuzz() {
	local package dir target found='' inputs
	inputs=$(go env GOCACHE)/fuzz
	while read -r package dir; do
		grep -qs '^func Fuzz' "$dir"/*_test.go || continue
		go test -c -fuzz=. -o "$state/fuzz.test" "$package"
		for target in $("$state/fuzz.test" -test.list '^Fuzz'); do
			echo "$package $target"
			found=yes
			(cd "$dir" && "$state/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzzcachedir "$inputs/$package" \
				-test.fuzztime 5000x -test.fuzzminimizetime 10x -test.parallel 2 -test.timeout 30m)
		done
	done < <(go list -f '{{.ImportPath}} {{.Dir}}' ./...)
	[[ -n $found ]] || die 'no fuzz target found'
}

# compile_for_wine fills Go's cache on all cores: -p 1, below, compiles on one.
compile_for_wine() { # <packages that run with cgo...>
	windows amd64 1 go list -export -test "$@"
	windows amd64 0 go list -export -test ./native ./tcpmib
	windows amd64 1 go list -export -test "${checked[@]}" ./native ./tcpmib ./tcpmib/owner
}

# The packages whose tests run go and compilers, which are this machine's own whatever GOOS and GOARCH.
with_compilers='/(layout|layout/source|conformance|layoutcheck)$'

# Tests that load packages dozens of times, and one that starts its program hundreds of times.
many_times='^Test(RecordMutants|RunTellsTypesOfOneNameApart|RunWantsOneDeclaration|TheCallersEnvironmentChangesNothing|Examples)$'

# system_packages lists the packages that are not the same on Windows as on Linux: those with files
# of one system only.
system_packages() {
	diff <(files_on linux) <(files_on windows) | sed -n 's/^[<>] \([^ ]*\) .*/\1/p' | sort -u | grep -vE "$with_compilers|/synthetic$"
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
	[[ $how_386 == native ]] || need qemu-i386-static:qemu-user-static
}

# tests_386 runs the tests where 32 bits may matter. Only Go's part changes with 32 bits, so a 386
# program of Linux is enough. Under qemu programs cannot start others, as the tests of the command
# do, and Go's asynchronous preemption crashes.
tests_386() {
	local flags=("$@") packages others=$with_compilers
	if [[ $WINMIB_386 == qemu ]]; then
		others+='|/cmd/tcpmib$'
		flags+=(-exec "$(type -P qemu-i386-static)")
		export GODEBUG=asyncpreemptoff=1
	fi
	mapfile -t packages < <(go list ./... | grep -vE "$others")
	GOARCH=386 CGO_ENABLED=0 go test -short "${flags[@]}" "${packages[@]}"
}

# tool builds one of the tools of .github/tools/go.mod for this machine and prints its path.
tool() { # <name>
	go -C "$root/.github/tools" tool -n "$1"
}

gofmt_clean() {
	local files
	files=$(gofmt -l .)
	[[ -z $files ]] || {
		echo "gofmt -w these: $files"
		return 1
	}
}

vet_and_build() {
	go vet ./...
	go build ./...
}

tools_lint() ( # <staticcheck>
	cd .github/tools
	go vet ./...
	"$1" ./...
)

c_lint() {
	local file target cc
	for file in native/*.c native/testdata/*.c tcpmib/internal/synthetic/testdata/*.c .github/tools/exe/testdata/*.c; do
		for target in gcc/{x86_64,i686} clang/{x86_64,i686,aarch64}; do
			case $target in
			gcc/*) cc=${target#*/}-w64-mingw32-gcc ;;
			clang/*) cc="clang --target=${target#*/}-w64-windows-gnu -isystem /usr/share/mingw-w64/include" ;;
			esac
			echo "$cc -std=c11 -Wall -Wextra -Werror -O2 -c -o /dev/null $file"
		done
	done | xargs -P "$(nproc)" -I '{}' sh -c '{}'
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
		go mod edit -replace github.com/winmib/winmib=../.. # a relative path needs no quotes
		go mod tidy
		go mod vendor
		windows amd64 1 go build -mod=vendor -o vendored.exe .
	)
	wine.sh exec "$program/vendored.exe" | grep -x 'found by the cgo shim'
}

# --- Windows programs and DLLs

declare -A gcc=([amd64]=x86_64-w64-mingw32-gcc [386]=i686-w64-mingw32-gcc)

# windows runs a command with Go's settings for a Windows target.
windows() { # <GOARCH> <CGO_ENABLED> <command...>
	GOOS=windows GOARCH=$1 CGO_ENABLED=$2 CC=${gcc[$1]-} "${@:3}"
}

# --- what must be installed

# A command or file, and the Debian package that has it.
build_needs=(x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64)
run_needs=("${build_needs[@]}" wine:wine64)
layout_needs=("${build_needs[@]}" i686-w64-mingw32-gcc:gcc-mingw-w64-i686 clang:clang /usr/include/wine/wine/windows:libwine-dev)
test_needs=("${run_needs[@]}" "${layout_needs[@]}" gcc:gcc /usr/include/stdlib.h:libc6-dev git:git shellcheck:shellcheck
	/etc/ssl/certs/ca-certificates.crt:ca-certificates)

have() { # <command or file>
	local name
	for name in "$1" $([[ $1 != wine ]] || echo wine64 /usr/lib/wine/wine64); do
		[[ ! -e $name ]] && ! type -P "$name" >/dev/null || return 0
	done
	return 1
}

# need installs what is missing.
need() { # <what:package...>
	local pair missing=() apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o=Dpkg::Use-Pty=0)
	for pair; do have "${pair%:*}" || missing+=("${pair#*:}"); done
	((${#missing[@]} > 0)) || return 0
	have apt-get || die "install these with your system's package manager, then try again: ${missing[*]}"
	((EUID == 0)) || apt=(sudo "${apt[@]}")
	say "installing with apt: ${missing[*]}"
	if ! { compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null || "${apt[@]}" update; } >"$state/apt.log" 2>&1 ||
		! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >>"$state/apt.log" 2>&1; then
		tail -n 10 "$state/apt.log" >&2
		die "apt-get failed (.build/apt.log); install these yourself, then try again: ${missing[*]}"
	fi
}

# need_go finds a Go that go.mod accepts. A Go of 1.21 or later fetches that one by itself; for an
# older one, as in Debian 12, it is fetched here, as the module that it is.
need_go() {
	local wanted module
	type -P go >/dev/null || need go:golang-go /etc/ssl/certs/ca-certificates.crt:ca-certificates
	settle_go
	wanted=$(sed -n 's/^go //p' "$root/go.mod")
	go_is "$wanted" && return
	export GOTOOLCHAIN=auto # Debian's Go is configured not to fetch one
	go_is "$wanted" && return
	module=golang.org/toolchain@v0.0.1-go$wanted.linux-amd64
	say "fetching Go $wanted"
	if (cd / && go mod download "$module"); then
		ln -sfn "$(go env GOMODCACHE)/$module" "$state/go"
		chmod -R +x "$state/go/bin" "$state/go/pkg/tool"
		hash -r
		go_is "$wanted" && return
	fi
	die "Go $wanted or later is needed: install it from https://go.dev/dl/ and put its bin folder on PATH"
}

go_is() { # <version>: or later
	local version
	version=$(go -C "$root" env GOVERSION 2>/dev/null) && printf 'go%s\n%s\n' "$1" "$version" | sort -VC
}

main() {
	local task=${1:-help}
	shift || true
	[[ $task != -h && $task != --help ]] || task=help
	declare -F "task_$task" >/dev/null || {
		say "build.sh: \"$task\" is not a task; ./build.sh help lists the tasks"
		exit 2
	}
	mkdir -p "$state"
	"task_$task" "$@"
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
