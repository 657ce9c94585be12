#!/usr/bin/env bash
# Looks for the programs that some tests use beside those that Sandspan needs. In CI it installs what
# is missing; elsewhere it says what that is, and the tests which want it say that they are skipped.
set -euo pipefail

packages=()
look() {
    command -v "$1" >/dev/null || packages+=("$2")
}
look git git
look ip iproute2
look nsenter util-linux
look pasta passt

if ((${#packages[@]} == 0)); then
    exit
fi
if [[ ${CI:-} && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get update --quiet=2
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends "${packages[@]}"
else
    echo "Some tests are skipped without these packages (names are Debian's): ${packages[*]}" >&2
fi
