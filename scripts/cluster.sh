#!/usr/bin/env bash
# Job: a throwaway PostgreSQL cluster in a private folder, for demo, tests and bench.
# Caller: sourced by scripts/*.sh (cluster_start, then cluster_run/cluster_psql); or run: scripts/cluster.sh COMMAND...
#         runs COMMAND (default: psql) beside a fresh cluster, with PGHOST, PGPORT, PGUSER, PGDATABASE set.
# Promise: reachable by nothing but a socket in that folder (mode 0700); stopped and removed at exit; no other
#          cluster and no file of the system's PostgreSQL is touched: the server runs from a private copy of its
#          installation, into which the extension is installed, so nothing here needs root. As root everything of the
#          server runs as user postgres, who sees only that folder: copy what it has to read there with cluster_copy.

# Settings of the caller: CLUSTER_DURABLE=1 keeps fsync and full page writes (bench); CLUSTER_OPTIONS adds "-c name=value".
# A script that was given CLUSTER_DIR and CLUSTER_PORT uses that cluster, and does not stop it.
CLUSTER_DIR=${CLUSTER_DIR:-}
CLUSTER_PORT=${CLUSTER_PORT:-}
CLUSTER_STARTED=

PG_CONFIG=${PG_CONFIG:-pg_config}
CLUSTER_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# PostgreSQL finds its files relative to its program, so the same paths under another root make an installation.
cluster_bin() { echo "$CLUSTER_DIR/pg$("$PG_CONFIG" --bindir)"; }

cluster_install() {
  local pg=$CLUSTER_DIR/pg folder
  if ! "$PG_CONFIG" --version >/dev/null 2>&1; then echo "rehydra: no $PG_CONFIG here; run: make setup" >&2; return 1; fi
  mkdir -p "$pg$("$PG_CONFIG" --bindir)"
  cp -- "$("$PG_CONFIG" --bindir)"/* "$pg$("$PG_CONFIG" --bindir)/"
  for folder in "$("$PG_CONFIG" --pkglibdir)" "$("$PG_CONFIG" --sharedir)" "$("$PG_CONFIG" --sharedir)/extension"; do
    mkdir -p "$pg$folder"
    find "$folder" -mindepth 1 -maxdepth 1 ! -name 'rehydra*' ! -name extension -exec ln -s -t "$pg$folder" {} +
  done
  if [ -f "$CLUSTER_SOURCE/rehydra.so" ]; then
    env -u MAKEFLAGS -u MFLAGS make -s -C "$CLUSTER_SOURCE" install "DESTDIR=$pg" "PG_CONFIG=$PG_CONFIG" >/dev/null
  fi
  chmod -R go+rX "$pg"
}

# The user that the server and its clients run as: never root, which PostgreSQL refuses.
cluster_user() {
  if [ "$(id -u)" -ne 0 ]; then id -un
  elif id postgres >/dev/null 2>&1; then echo postgres
  else echo nobody
  fi
}

# Run a command as the cluster's user, in CLUSTER_CWD (default: the private folder), with the cluster's address and a
# clean environment.
cluster_run() {
  local -a as=() environment=(
    "PATH=$(cluster_bin):/usr/local/bin:/usr/bin:/bin" "HOME=$CLUSTER_DIR" "TMPDIR=$CLUSTER_DIR/tmp" "LC_ALL=C.UTF-8"
    "PGHOST=$CLUSTER_DIR" "PGPORT=$CLUSTER_PORT" "PGUSER=postgres" "PGDATABASE=${PGDATABASE:-postgres}"
    "PGAPPNAME=rehydra" "PGOPTIONS=${PGOPTIONS:-}")
  if [ "$(id -u)" -eq 0 ]; then
    as=(setpriv "--reuid=$(cluster_user)" "--regid=$(id -g "$(cluster_user)")" --clear-groups --)
  fi
  (cd "${CLUSTER_CWD:-$CLUSTER_DIR}" && exec "${as[@]}" env -i "${environment[@]}" "$@")
}

cluster_psql() { cluster_run psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 "$@"; }

# Copy files or folders of the checkout into the private folder, readable by the cluster's user.
cluster_copy() {
  local target=$CLUSTER_DIR/$1; shift
  mkdir -p "$target"
  cp -r -- "$@" "$target/"
  cluster_own "$target"
}

cluster_own() { if [ "$(id -u)" -eq 0 ]; then chown -R "$(cluster_user):" "$@"; fi; }

# The private folder; whatever follows, it goes at exit.
cluster_folder() {
  # /tmp, not TMPDIR: a socket's path must stay below 108 bytes, and the postgres user must be able to enter.
  CLUSTER_DIR=$(mktemp -d /tmp/rehydra.XXXXXXXX)
  CLUSTER_PORT=$((20000 + RANDOM % 20000))
  trap cluster_stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  mkdir "$CLUSTER_DIR/tmp"
  chmod 0700 "$CLUSTER_DIR"
  cluster_own "$CLUSTER_DIR"
}

# A cluster in a folder within the private one: cluster_create FOLDER [INITDB_OPTION...]
cluster_create() {
  local data=$1; shift
  cluster_run initdb "--pgdata=$data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync "$@" >"$CLUSTER_DIR/initdb.log" || { cat "$CLUSTER_DIR/initdb.log" >&2; return 1; }
  cluster_configure "$data"
}

cluster_start() {
  cluster_folder
  cluster_install
  cluster_create data
  CLUSTER_STARTED=1
  cluster_run pg_ctl --pgdata=data --log=server.log --timeout=60 --wait --silent start || {
    cat "$CLUSTER_DIR/server.log" >&2; return 1; }
}

cluster_configure() {
  {
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$CLUSTER_DIR'"
    echo "port = $CLUSTER_PORT"
    echo "max_connections = 40"
    echo "log_line_prefix = '%m [%p] %a '"
    if [ -z "${CLUSTER_DURABLE:-}" ]; then
      printf '%s\n' 'fsync = off' 'synchronous_commit = off' 'full_page_writes = off'
    fi
    if [ -n "${CLUSTER_OPTIONS:-}" ]; then printf '%s\n' "$CLUSTER_OPTIONS"; fi
  } >>"$CLUSTER_DIR/$1/postgresql.conf"
}

# At exit: stop, show why if something failed, remove. Safe to call twice.
cluster_stop() {
  local code=$?
  trap - EXIT
  trap '' INT TERM HUP
  if [ -n "$CLUSTER_STARTED" ]; then
    CLUSTER_STARTED=
    cluster_run pg_ctl --pgdata=data --mode=immediate --silent --wait stop >/dev/null 2>&1 || true
  fi
  if [ -n "$CLUSTER_DIR" ] && [ -d "$CLUSTER_DIR" ]; then
    if [ "$code" -ne 0 ] && [ -n "${CLUSTER_KEEP_LOG:-}" ] && [ -f "$CLUSTER_DIR/server.log" ]; then
      cp "$CLUSTER_DIR/server.log" "$CLUSTER_KEEP_LOG" || true
    fi
    rm -rf -- "$CLUSTER_DIR"
  fi
  trap - INT TERM HUP
  return "$code"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  cluster_start
  if [ $# -eq 0 ]; then set -- psql --no-psqlrc; fi
  cluster_run "$@"
fi
