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

# The quiet build of the PostgreSQL-free part: build_codec FOLDER CMAKE_OPTION...
build_codec() {
  local folder=$1 log=$1.log; shift
  mkdir -p "$folder"
  { cmake -S "$ROOT" -B "$folder" "$@" && cmake --build "$folder" -j "$(jobs_count)"; } >"$log" 2>&1 || {
    cat "$log"; return 1; }
}

# The codec's programs for tests, with sanitizers; lightly optimised, since they are compiled more often than they run long.
build_codec_programs() {
  build_codec "$BUILD/codec" -DREHYDRA_SANITIZE=ON -DCMAKE_BUILD_TYPE=None '-DCMAKE_CXX_FLAGS=-O1 -g1'
}

# Run a script as the caller, beside the cluster that is running. It finds: PGHOST, PGPORT, PGUSER and psql on the PATH;
# WORK, a folder that goes with the cluster; ROOT, the checkout; CODEC_BUILD, the codec's programs; CLUSTER_SH, to be
# sourced for cluster_run, cluster_psql, cluster_copy.
beside_cluster() {
  mkdir -p "$CLUSTER_DIR/work"
  env "PATH=$(cluster_bin):$PATH" "PGHOST=$CLUSTER_DIR" "PGPORT=$CLUSTER_PORT" PGUSER=postgres PGDATABASE=postgres \
    "CLUSTER_DIR=$CLUSTER_DIR" "CLUSTER_PORT=$CLUSTER_PORT" "CLUSTER_SH=$ROOT/scripts/cluster.sh" \
    "PG_CONFIG=$PG_CONFIG" "ROOT=$ROOT" "CODEC_BUILD=$BUILD/codec" "WORK=$CLUSTER_DIR/work" "$@" </dev/null
}
