#!/usr/bin/env bash
# Job: install the Debian packages that a command of the Makefile needs.
# Caller: make setup, demo, test, bench, file-reader, soak, fuzz, tidy; scripts/versions.sh;
#         scripts/setup.sh [demo|server|test|reader|fuzz|tidy]. PG_MAJOR chooses PostgreSQL's version.
# Promise: does nothing, fast, when all is there; otherwise asks nothing, says what it installs, and leaves no cluster,
#          no running service and no setting of its own behind. What the tests need of npm goes to build/npm.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

PROFILE=${1:-test}
DROP_IN=/etc/postgresql-common/createcluster.d/rehydra-setup.conf
POLICY=/usr/sbin/policy-rc.d
CREATED=()          # files and folders to remove again, newest first
AS_ROOT=()

# What is needed; NN stands for PostgreSQL's major version.
REQUIRED=(g++ make pkg-config binutils postgresql-NN postgresql-server-dev-NN
  libxlsxwriter-dev libminizip-dev libxml2-dev zlib1g-dev libssl-dev nlohmann-json3-dev)
OPTIONAL=(libisal-dev)
# What tests need beside programs that save workbooks.
SERVER_TESTS=(cmake libgtest-dev postgresql-NN-pgtap libtap-parser-sourcehandler-pgtap-perl python3 python3-psycopg)
case $PROFILE in
  demo) ;;
  server) REQUIRED+=("${SERVER_TESTS[@]}") ;;
  test) REQUIRED+=("${SERVER_TESTS[@]}" python3-openpyxl python3-xlsxwriter libreoffice-calc gnumeric)
        # A node of one's own will do.
        if ! command -v node >/dev/null || ! command -v npm >/dev/null; then REQUIRED+=(nodejs npm); fi ;;
  reader) REQUIRED+=(cmake) ;;
  fuzz) REQUIRED+=(cmake clang) ;;
  tidy) REQUIRED+=(cmake libgtest-dev clang-tidy clang-format) ;;
  *) die "unknown set-up '$PROFILE': demo, server, test, reader, fuzz or tidy" ;;
esac

# PG_MAJOR decides, then the server headers that are there, then the newest that the package sources offer.
pg_major() {
  local there=${PG_MAJOR:-}
  if [ -n "$there" ]; then echo "$there"; return; fi
  there=$("$PG_CONFIG" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p') || true
  if [ -n "$there" ] && [ -e "$("$PG_CONFIG" --pgxs)" ]; then echo "$there"; return; fi
  apt-cache search --names-only '^postgresql-server-dev-[0-9]+$' | sed 's/.*-dev-\([0-9]*\) .*/\1/' | sort -n | tail -1
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = "ii " ]; }
offered() { [[ $(apt-cache policy "$1" 2>/dev/null) =~ "Candidate: "[^\(] ]]; }

# Of the given packages, those that are not installed; nothing when PostgreSQL's version is still unknown.
missing_of() {
  local major=$1 package; shift
  for package in "${@//NN/$major}"; do
    installed "$package" || echo "$package"
  done
}

become_root() {
  if [ "$(id -u)" -eq 0 ]; then return; fi
  command -v sudo >/dev/null || die "packages are missing; run as root, or install sudo: apt-get install $*"
  AS_ROOT=(sudo)
  if [ ! -t 0 ]; then AS_ROOT=(sudo -n); fi
}
root() { "${AS_ROOT[@]}" "$@"; }
write_as_root() { root tee "$1" >/dev/null; }

# Debian's packages would create a cluster and start it: tell both not to, for as long as we install.
quiet_postgresql() {
  local folder
  for folder in /etc/postgresql-common /etc/postgresql-common/createcluster.d; do
    if [ ! -d "$folder" ]; then root mkdir "$folder"; CREATED=("$folder" "${CREATED[@]}"); fi
  done
  CREATED=("$DROP_IN" "${CREATED[@]}")
  echo "create_main_cluster = false" | write_as_root "$DROP_IN"
  if [ ! -e "$POLICY" ]; then
    CREATED=("$POLICY" "${CREATED[@]}")
    printf '#!/bin/sh\nexit 101\n' | write_as_root "$POLICY"
    root chmod 755 "$POLICY"
  fi
}

# A folder that a package has filled meanwhile stays.
undo_quiet() {
  local path
  for path in "${CREATED[@]}"; do
    if [ -d "$path" ]; then root rmdir --ignore-fail-on-non-empty "$path"; else root rm -f "$path"; fi
  done
  CREATED=()
}

apt() { root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"; }

refuse_what_is_not_offered() {
  local package absent=()
  for package in "$@"; do offered "$package" || absent+=("$package"); done
  if [ ${#absent[@]} -eq 0 ]; then return; fi
  printf 'rehydra: this system (%s) offers no package:' "$(. /etc/os-release && echo "${PRETTY_NAME:-unknown}")" >&2
  printf ' %s' "${absent[@]}" >&2
  printf '\n' >&2
  die "rehydra is developed on Debian 12 with PostgreSQL 15; install the missing ones by hand, then build with make all"
}

install_missing() {
  local major=$1 package; shift
  local -a wanted=("$@")
  refuse_what_is_not_offered "${wanted[@]}"
  for package in $(missing_of "$major" "${OPTIONAL[@]}"); do
    if offered "$package"; then wanted+=("$package"); else say "set-up: no package $package here, going on without"; fi
  done
  say "set-up: installing ${wanted[*]}"
  trap undo_quiet EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  quiet_postgresql
  apt install -y --no-install-recommends "${wanted[@]}" >"$LOG" 2>&1 || { tail -40 "$LOG" >&2; die "apt-get failed ($LOG)"; }
  undo_quiet
  say "set-up: done"
}

# The libraries of npm that save workbooks, as test/interop/npm/package-lock.json names them. Without the registry the
# tests go on without them, and say so.
install_npm() {
  local from=$ROOT/test/interop/npm to=$BUILD/npm
  if [ "$PROFILE" != test ] || cmp -s "$from/package-lock.json" "$to/installed"; then return; fi
  command -v npm >/dev/null || { say "set-up: no npm here, going on without SheetJS and ExcelJS"; return; }
  mkdir -p "$to"
  cp "$from/package.json" "$from/package-lock.json" "$to/"
  say "set-up: installing SheetJS and ExcelJS into build/npm (log: build/npm.log)"
  if (cd "$to" && npm ci --ignore-scripts --no-audit --no-fund) >"$BUILD/npm.log" 2>&1; then
    cp "$from/package-lock.json" "$to/installed"
  else
    say "set-up: npm ci failed, going on without SheetJS and ExcelJS"
  fi
  give_to_caller "$BUILD"
}

if ! command -v apt-get >/dev/null; then
  install_npm
  if [ -e "$("$PG_CONFIG" --pgxs 2>/dev/null)" ]; then say "set-up: no apt-get here, taking what is installed"; exit 0; fi
  die "set-up installs Debian packages, and there is no apt-get; see README.md for what is needed"
fi

# A PostgreSQL that did not come as a package needs none.
case $("$PG_CONFIG" --pgxs 2>/dev/null || true) in
  ''|/usr/lib/postgresql/*) ;;
  *) mapfile -t REQUIRED < <(printf '%s\n' "${REQUIRED[@]}" | grep -v '^postgresql-') ;;
esac

MAJOR=$(pg_major)
mapfile -t MISSING < <([ -z "$MAJOR" ] || missing_of "$MAJOR" "${REQUIRED[@]}")
if [ -n "$MAJOR" ] && [ ${#MISSING[@]} -eq 0 ]; then
  install_npm
  exit 0
fi

become_root "${MISSING[@]:-postgresql-server-dev-all}"
mkdir -p "$BUILD"
LOG=$BUILD/setup.log
say "set-up for make $PROFILE: reading the package lists (log: build/setup.log)"
apt update >"$LOG" 2>&1 || { tail -20 "$LOG" >&2; die "apt-get update failed"; }
MAJOR=$(pg_major)
if [ -z "$MAJOR" ]; then die "the package sources offer no postgresql-server-dev"; fi
mapfile -t MISSING < <(missing_of "$MAJOR" "${REQUIRED[@]}")
install_missing "$MAJOR" "${MISSING[@]}"
install_npm
