# shellcheck shell=bash
# Sourced by the scripts beside it: strict mode, the repository's root, and how they speak.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# A shell that was not started as a login shell does not know rustup's folder.
if [[ -d "${HOME:-}/.cargo/bin" && ":$PATH:" != *":$HOME/.cargo/bin:"* ]]; then
    PATH="$PATH:$HOME/.cargo/bin"
fi

# A build on a CI machine starts from nothing: incremental data would only cost time and space there.
if [[ "${CI:-}" == true ]]; then
    export CARGO_INCREMENTAL=0
fi

# The one set of features that everything is built with, so that nothing is built twice.
# `custom-protocol` makes the window load the built UI instead of looking for a development server.
# shellcheck disable=SC2034
features=(--features custom-protocol)

name=${0##*/}

say() { printf '%s: %s\n' "$name" "$*"; }

fail() {
    printf '%s: %s\n' "$name" "$*" >&2
    exit 1
}

# The header of a script is its help: the comment lines after the first line, up to the first that is none.
help_of() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$1"; }
