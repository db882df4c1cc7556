#!/usr/bin/env bash
# Checks a module with layoutcheck, as the tables of the README were made.
#
#   audit.sh MODULE@VERSION NAME PACKAGES    NAME.map and NAME.allow here say what is known of it
set -euo pipefail
[[ $# == 3 ]] || {
	sed -n '4s/^#  *//p' "$0" >&2
	exit 2
}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go -C "$here/../../.." build -o "$work/layoutcheck" ./cmd/layoutcheck
source=$(go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
cp -r "$source" "$work/module"
chmod -R u+w "$work/module"
flags=()
[[ ! -e $here/$2.map ]] || flags+=(-map "$here/$2.map")
[[ ! -e $here/$2.allow ]] || flags+=(-allow "$here/$2.allow")
cd "$work/module"
"$work/layoutcheck" "${flags[@]}" "$3"
