# shellcheck shell=bash
# Job: what every script needs: where the checkout is, what to say, how to build.
# Caller: sourced by the other scripts of this folder, after `set -euo pipefail`.
# Promise: changes nothing by being sourced.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PG_CONFIG=${PG_CONFIG:-pg_config}
BUILD=$ROOT/build

say() { printf '== %s\n' "$*"; }
die() { printf 'rehydra: %s\n' "$*" >&2; exit 1; }

jobs_count() { nproc 2>/dev/null || echo 1; }

# Build the extension in the checkout, quietly; the whole output only when it fails.
build_extension() {
  local log=$BUILD/build.log
  local -a choices=("PG_CONFIG=$PG_CONFIG")
  if [ -n "${CXX:-}" ]; then choices+=("CXX=$CXX"); fi
  mkdir -p "$BUILD"
  say "building the extension for $("$PG_CONFIG" --version) (log: build/build.log)"
  if ! make -C "$ROOT" -j "$(jobs_count)" "${choices[@]}" all >"$log" 2>&1; then
    cat "$log" >&2
    die "the build failed"
  fi
}

# Give a file or folder under build/ to whoever called through sudo, so that a person can open it.
give_to_caller() {
  if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}" ]; then chown -R "$SUDO_UID:${SUDO_GID:-}" "$@"; fi
}
