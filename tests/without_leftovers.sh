#!/usr/bin/env bash
# Runs a command with a temporary directory of its own. Fails when the command fails, when a program
# of this checkout that it started still runs at the end, or when its files cannot be removed.
set -euo pipefail

checkout=$(pwd -P)
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/sandspan-XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
# Tests that run as another user have their folders in it.
chmod 711 "$TMPDIR"

# Prints the id and the program of each process that runs a program of this checkout.
running() {
    local process program
    for process in /proc/[0-9]*; do
        program=$(readlink "$process/exe") || continue
        case $program in
            "$checkout"/* | "$TMPDIR"/*) echo "${process#/proc/} $program" ;;
        esac
    done | sort
}

before=$(running)
"$@"
left=$(comm -13 <(echo "$before") <(running))
if [[ -n $left ]]; then
    echo "these processes are left:" "$left" >&2
    exit 1
fi
rm -r "$TMPDIR"
echo 'No process and no file is left.'
