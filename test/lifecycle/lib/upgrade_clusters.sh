# shellcheck shell=bash
# Job: two major versions of the server side by side, each with a build of rehydra of its own, for the test of pg_upgrade.
# Caller: sourced by test/lifecycle/upgrade.sh, which make test gives another cluster, with ROOT and PG_CONFIG set.
# Promise: majors, and use MAJOR, new_cluster FOLDER, start FOLDER, stop, upgrade FROM OLD_FOLDER NEW_FOLDER [OPTION...]. Nothing that
#          belongs to another cluster is touched; what was started is stopped at the end of the script.
# The last pg_config on the path is the system's; the first one is that of the other cluster's private copy.
PATH=${PATH#*:}
OWN_PG_CONFIG=$(command -v "${PG_CONFIG:-pg_config}")
OWN_PATH=$PATH
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"
CHECKOUT=$CLUSTER_SOURCE
STARTED=

major_of() { "$1" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p'; }
OWN_MAJOR=$(major_of "$OWN_PG_CONFIG")

# "MAJOR pg_config" a line, oldest first: of the versions that are installed with the headers that a build needs.
majors() {
  local config
  { echo "$OWN_MAJOR $OWN_PG_CONFIG"
    for config in /usr/lib/postgresql/*/bin/pg_config; do
      if [ -x "$(dirname "$config")/pg_upgrade" ] && [ -e "$("$config" --pgxs)" ]; then echo "$(major_of "$config") $config"; fi
    done
  } | sort -n -u -k1,1
}

# From here on programs, library and settings are those of one version; its library is built when it is used first.
use() {
  PG_CONFIG=$(majors | sed -n "s/^$1 //p")
  if [ "$1" = "$OWN_MAJOR" ]; then CLUSTER_SOURCE=$CHECKOUT; else CLUSTER_SOURCE=$ROOT/build/upgrade/$1; fi
  PATH="$(cluster_bin):$OWN_PATH"
}

install_versions() {
  local major
  cluster_folder
  trap 'stop; cluster_stop' EXIT
  for major in "$@"; do
    use "$major"
    if [ "$CLUSTER_SOURCE" != "$CHECKOUT" ]; then build_here; fi
    cluster_install
  done
}

# Sources keep their times, so that a second run builds what has changed.
build_here() {
  mkdir -p "$CLUSTER_SOURCE"
  rm -rf "$CLUSTER_SOURCE/src"
  cp -a "$CHECKOUT/Makefile" "$CHECKOUT/rehydra.control" "$CHECKOUT/src" "$CLUSTER_SOURCE/"
  echo "# building the extension for PostgreSQL $(major_of "$PG_CONFIG") in build/upgrade"
  PATH=$OWN_PATH env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$CLUSTER_SOURCE" -j "$(nproc)" "PG_CONFIG=$PG_CONFIG" all \
    >"$CLUSTER_SOURCE/build.log" 2>&1 || { cat "$CLUSTER_SOURCE/build.log"; return 1; }
}

# Versions differ in whether they write checksums when they are not told; pg_upgrade wants both clusters to be alike.
new_cluster() { cluster_create "$1" --data-checksums; }
start() {
  STARTED=$1
  cluster_run pg_ctl "--pgdata=$1" "--log=$1.log" --timeout=60 --wait --silent ${2:+--options "$2"} start
}
stop() {
  if [ -n "$STARTED" ]; then cluster_run pg_ctl "--pgdata=$STARTED" --mode=fast --wait --silent stop; fi
  STARTED=
}

# upgrade FROM OLD NEW [OPTION...]: pg_upgrade of the version in use; what it said, where it failed.
upgrade() {
  local from=$1 old=$2 new=$3 own=$PG_CONFIG old_bin; shift 3
  use "$from"; old_bin=$(cluster_bin); PG_CONFIG=$own
  cluster_run pg_upgrade --username=postgres --old-bindir="$old_bin" --new-bindir="$(cluster_bin)" \
    --old-datadir="$CLUSTER_DIR/$old" --new-datadir="$CLUSTER_DIR/$new" "$@" >"$CLUSTER_DIR/upgrade.log" 2>&1 && return 0
  sed 's/^/# /' "$CLUSTER_DIR/upgrade.log"
  cluster_run find . -path '*pg_upgrade_output.d*' -name '*.log' -size +0 -exec tail -n 15 {} + | sed 's/^/# /'
  return 1
}
