#!/usr/bin/env bash
# Fetches the tools that `make check` and `make k8s-check` need beside Rust into .tools, and says what it is doing.
# Usage: scripts/tools.sh buf|kubernetes-validate|nextest
set -euo pipefail
cd "$(dirname "$0")/.."
tools="$PWD/.tools"

from_pypi() { # command package version
    if [ ! -x "$tools/venv/bin/$1" ]; then
        command -v python3 >/dev/null || { echo "tools: $1 needs python3 (3.9 or newer) with venv: not found" >&2; exit 1; }
        echo "tools: fetching $1 from PyPI into .tools/venv" >&2
        [ -d "$tools/venv" ] || python3 -m venv "$tools/venv"
        "$tools/venv/bin/pip" install --quiet --disable-pip-version-check "$2==$3" \
            || { echo "tools: could not fetch $2 $3 from PyPI" >&2; exit 1; }
    fi
}

case "${1:?which tool}" in
buf) from_pypi buf buf-bin 1.75.0 ;;
kubernetes-validate) from_pypi kubernetes-validate kubernetes-validate 1.37.0 ;;
nextest)
    if ! cargo nextest --version >/dev/null 2>&1; then
        echo "tools: building cargo-nextest from crates.io into .tools (some minutes, once)" >&2
        cargo install cargo-nextest --locked --quiet --root "$tools" \
            || { echo "tools: could not build cargo-nextest" >&2; exit 1; }
    fi
    ;;
*) echo "tools: no tool is called $1" >&2; exit 2 ;;
esac
