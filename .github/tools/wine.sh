#!/usr/bin/env bash
# Runs Windows programs under Wine; build.sh says what must be installed.
#
#   wine.sh exec PROGRAM [ARGUMENT...]       run a program, with its exit code: the runner of `go test -exec`
#   wine.sh synthetic PROGRAM [ARGUMENT...]  the same with tcpmib/internal/synthetic/testdata/iphlpapi.c as iphlpapi.dll
#   wine.sh planted FOLDER PROGRAM [ARGUMENT...]
#                                            the same on a Wine that prefers the DLLs of FOLDER, the program's own
#   wine.sh environment                      print env and the arguments with which it runs programs of Wine's own table, a line each
#   wine.sh table                            print whose TCP table exec shows: wine or standin
#   wine.sh setup                            make the prefix and start Wine
#
#   WINMIB_TABLE=auto|wine|standin  Wine's own iphlpapi.dll, or standin.c, which reads /proc/net; auto is Wine's own if
#                                   that shows the sockets of Linux programs
set -euo pipefail
unset DISPLAY WAYLAND_DISPLAY

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
state=$root/.build
sources=$root/tcpmib/internal/synthetic/testdata
prefix=
overrides=

say() { printf '%s\n' "$*" >&2; }
die() {
	say "wine.sh: $*"
	exit 1
}

# find_wine looks for Wine itself first: Debian's wrapper complains about a missing 32-bit Wine at
# every run.
find_wine() {
	local program
	for program in /usr/lib/wine/wine64 wine64 wine; do
		WINE=$(type -P "$program") || continue
		WINESERVER=$(type -P "${WINE%/*}/wineserver" || type -P wineserver) || continue
		return
	done
	die 'no Wine found: run ./build.sh setup'
}

wine() {
	WINMIB_WINE=1 WINEPREFIX=$prefix WINEDEBUG=-all WINEDLLOVERRIDES=$overrides "$WINE" "$@"
}

wine_quietly() {
	wine "$@" </dev/null >"$state/wine.log" 2>&1 || {
		cat "$state/wine.log" >&2
		die "wine $* failed"
	}
}

# run runs a program on a Wine that has been started.
run() {
	if [[ -t 1 ]]; then
		# Wine's console counts the bytes of a color as columns and breaks lines early, so a pipe
		# keeps it out of the way, and TTY_FORCE and COLUMNS tell the program what is behind it.
		local status=0
		TTY_FORCE=1 COLUMNS=$(tput cols) wine "$@" | cat || status=${PIPESTATUS[0]}
		return "$status"
	fi
	wine "$@"
}

# start makes a prefix the first time and boots Wine in it unless it runs. Its background processes
# must not hold the caller's pipes open, so they are started here, apart from any program; they end
# a minute after the last program. The stand-in and the synthetic DLL have prefixes of their own.
start() { # wine|standin|synthetic
	mkdir -p "$state"
	local lock network
	exec {lock}>"$state/lock"
	flock "$lock"
	make_prefix {lock}>&-
	[[ $1 == wine ]] || make_prefix_with "$1" {lock}>&-
	# A Wine that was started in another network shows that one's sockets.
	network=$(readlink /proc/self/ns/net || true)
	if [[ $network != "$(cat "$prefix/network" 2>/dev/null)" ]]; then
		WINEPREFIX=$prefix "$WINESERVER" -k 2>/dev/null || true # it does not run
		WINEPREFIX=$prefix "$WINESERVER" -w
		rm -f "$prefix/network" # which may be a link to that of another prefix
		printf '%s\n' "$network" >"$prefix/network"
	fi
	if WINEPREFIX=$prefix "$WINESERVER" -p60 {lock}>&- 2>/dev/null; then # an error means that it runs
		wine_quietly wineboot {lock}>&-
	fi
	exec {lock}>&-
}

make_prefix() {
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

# make_prefix_with makes a prefix whose iphlpapi.dll is the stand-in or the synthetic one. It starts
# as a copy of the first.
make_prefix_with() { # standin|synthetic
	local ours=$state/$1/iphlpapi.dll wines=$prefix/drive_c/windows/system32/iphlpapi.dll
	mkdir -p "$state/$1"
	[[ -e $prefix-$1/made ]] || cp -al "$prefix/." "$prefix-$1" # links: what Wine changes in a prefix it replaces, and so do we
	prefix=$prefix-$1 overrides="iphlpapi=n;$overrides"
	if [[ $1 == standin ]]; then
		if [[ ! $ours -nt $wines || ! $ours -nt $sources/standin.c ]]; then
			rm -f "$ours"
			standin_exports "$wines" >"$state/$1/standin.def"
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
standin_exports() { # <Wine's iphlpapi.dll>
	local own
	own=$(grep -oP '^\w+ WINAPI \K\w+' "$sources/standin.c")
	printf 'EXPORTS\n%s\n' "$own"
	x86_64-w64-mingw32-objdump -p "$1" | sed -n '/Name Pointer\] Table/,/^$/s/^\t\[.* \(\w\+\)$/\1/p' |
		grep -vxF "$own" | sed 's/.*/& = wineiphlpapi.&/'
}

# dll makes a 64-bit DLL of one C file, if it is not there or older than its source.
dll() { # <dll> <source> <libraries...>
	[[ $1 -nt $2 ]] || x86_64-w64-mingw32-gcc -std=c11 -O2 -shared -static-libgcc -o "$1" "$2" "${@:3}"
}

# replace puts a copy of a file in the place of another, unless it is there.
replace() { # <old> <new>
	cmp -s "$1" "$2" || cp --remove-destination "$2" "$1"
}

# table prints wine or standin: WINMIB_TABLE, or, where that is auto or unset, whichever shows this
# machine's sockets.
table() {
	local found # remembered for this version of Wine
	case ${WINMIB_TABLE:-auto} in
	wine | standin) echo "$WINMIB_TABLE" ;;
	auto)
		found=$state/table-of-$("$WINE" --version | tr -c 'a-z0-9.\n' _)
		if [[ ! -e $found ]]; then
			start wine
			if shows_linux; then echo wine; else echo standin; fi >"$found"
		fi
		cat "$found"
		;;
	*) die "WINMIB_TABLE=$WINMIB_TABLE: want auto, wine or standin" ;;
	esac
}

# shows_linux says whether Wine's netstat shows a connection of a Linux program. It does in Wine 8
# and 9.
shows_linux() {
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
	wine netstat </dev/null 2>/dev/null | tr -d '\r' | grep -c ":$port\b" >/dev/null || status=1
	# shellcheck disable=SC2154 # coproc sets it
	kill "$linux_PID"
	return "$status"
}

find_wine
command=${1-}
shift || true
case $command in
exec)
	start "$(table)"
	run "$@"
	;;
synthetic)
	start synthetic
	WINMIB_SYNTHETIC=1 run "$@"
	;;
planted)
	start wine
	for dll in "$1"/*.dll; do
		[[ ! -e $dll ]] || overrides="$(basename "$dll" .dll)=n,b;$overrides"
	done
	run "${@:2}"
	;;
environment)
	start wine
	printf '%s\n' env -u DISPLAY -u WAYLAND_DISPLAY "WINEPREFIX=$prefix" WINEDEBUG=-all "WINEDLLOVERRIDES=$overrides" "$WINE"
	;;
table) table ;;
setup) start "$(table)" ;;
*)
	sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
	exit 2
	;;
esac
