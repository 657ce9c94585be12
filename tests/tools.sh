#!/usr/bin/env bash
# Names what this machine lacks to build Sandspan, and what to install. $1 is the Python to use.
set -euo pipefail

complete=yes

need() {
    local name=$1 advice=$2
    shift 2
    if ! "$@" >/dev/null 2>&1; then
        echo "Sandspan needs $name: $advice" >&2
        complete=no
    fi
}

links_statically() {
    local folder result=0
    folder=$(mktemp -d)
    cc -static -x c - -o "$folder/program" <<<'int main(void) { return 0; }' || result=1
    rm -r "$folder"
    return $result
}

has_rust() {
    local version
    version=$(rustc --version | cut -d ' ' -f 2)
    cargo --version && printf '1.88.0\n%s\n' "$version" | sort --version-sort --check
}

has_python() {
    "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))'
}

has_node() {
    printf '20.14.0\n%s\n' "$(node --print process.versions.node)" | sort --version-sort --check &&
        npm --version
}

python=$1
need 'Linux 5.11 or newer' 'its local runtime is made of namespaces' test "$(uname)" = Linux
need 'Rust 1.88 or newer' 'install it with rustup, from https://rustup.rs' has_rust
need 'Python 3.10 or newer, with venv' \
    'install python3 and python3-venv, or name another one: make PYTHON=python3.12' has_python
need 'Node 20.14 or newer, with npm' 'install it from https://nodejs.org' has_node
need 'a C compiler' 'install gcc (Debian: build-essential)' cc --version
need 'a static C library' \
    'install it (Debian has it in libc6-dev, Fedora in glibc-static)' links_statically
test $complete = yes
