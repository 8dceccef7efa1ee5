#!/usr/bin/env bash
# Job: run groups of tests on each version of PostgreSQL that Debian's releases bring, each release in a chroot of its own.
# Caller: make test-versions, as root: SUITES="trixie sid", ONLY="regress pgtap"; scripts/versions.sh [GROUP...].
#         VERSIONS_DIR: where the chroots are kept for the next time (about 3 GB each); MIRROR: Debian's.
# Promise: what is mounted or runs is gone when it ends, also when it is killed; nothing outside of VERSIONS_DIR is written; one run a
#          release at a time. A line a release at the end, "N passed, M failed"; the exit code is 0 only when nothing failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

SUITES=${SUITES:-bullseye bookworm trixie sid}
VERSIONS_DIR=${VERSIONS_DIR:-/var/tmp/rehydra-versions}
MIRROR=${MIRROR:-http://deb.debian.org/debian}
WANTED=("$@")
if [ $# -eq 0 ]; then WANTED=(layers unit regress pgtap isolation lifecycle); fi
KNOWN=$(sed -n 's/^ALL=(\(.*\))$/\1/p' "$ROOT/scripts/test.sh")
for group in "${WANTED[@]}"; do [[ " $KNOWN " == *" $group "* ]] || die "unknown test group '$group' (there are: $KNOWN)"; done
RESULTS=()
FAILED=

# Base release, PostgreSQL's version; then releases whose packages are taken where the base has none, and versions that are installed
# beside it for pg_upgrade and, for 13, the tester of isolation. Debian 11's g++ and OpenSSL are too old for rehydra and it has no
# libxlsxwriter: its PostgreSQL runs on 12.
about() {
  case $1 in
    bullseye) echo "bookworm 13 bullseye 15" ;;
    bookworm) echo "bookworm 15 bullseye 13" ;;
    trixie) echo "trixie 17 bookworm,bullseye 13,15" ;;
    sid) echo "sid 18 trixie,bullseye 13,17" ;;
    *) die "unknown release '$1': bullseye, bookworm, trixie or sid" ;;
  esac
}

# In namespaces of its own: mounts, processes and shared memory go with the first process in them, and that one goes with this script.
BOUNDARY=$(readlink /proc/self/ns/mnt)
if [ "${VERSIONS_OUTSIDE:-$BOUNDARY}" = "$BOUNDARY" ]; then
  if [ "$(id -u)" -ne 0 ]; then die "chroots are made by root"; fi
  command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
  VERSIONS_OUTSIDE=$BOUNDARY setpriv --pdeathsig KILL unshare --mount --propagation private --ipc --pid --mount-proc --fork --kill-child \
    bash "$0" "$@" </dev/null
  exit
fi
trap 'exit 130' INT
trap 'exit 143' TERM HUP

inside() {
  local folder=$1; shift
  chroot "$folder" env -i PATH=/usr/lib/ccache:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}
packages() { inside "$1" apt-get -q -y -o Dpkg::Use-Pty=0 "${@:2}"; }

make_chroot() {
  local folder=$1 base=$2 others=$3 other
  if [ ! -e "$folder/etc/apt/sources.list" ] || [ -d "$folder/debootstrap" ]; then
    rm -rf "$folder"
    debootstrap --variant=minbase --include=ca-certificates,perl "$base" "$folder" "$MIRROR"
  fi
  for other in ${others//,/ }; do
    echo "deb $MIRROR $other main" >"$folder/etc/apt/sources.list.d/$other.list"
    printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$other" >"$folder/etc/apt/preferences.d/$other"
  done
  # Nothing starts in there, and no cluster is made.
  printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
  chmod 755 "$folder/usr/sbin/policy-rc.d"
  mkdir -p "$folder/etc/postgresql-common/createcluster.d"
  echo 'create_main_cluster = false' >"$folder/etc/postgresql-common/createcluster.d/rehydra-versions.conf"
}

mount_system() {
  local path
  for path in /proc /dev /dev/pts; do mount --bind "$path" "$1$path"; done
  mount -t tmpfs tmpfs "$1/dev/shm"
  # What a run that was killed has left.
  rm -rf "$1"/tmp/rehydra.*
}

# The checkout alone: objects of another state of it may be younger than its files, so that only ccache knows which still fit.
copy_checkout() {
  local folder=$1/root/rehydra
  mkdir -p "$folder"
  find "$folder" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
  tar -C "$ROOT" -c --exclude=./build --exclude=./.git --exclude=./rehydra.so . | tar -C "$folder" -x
}

set_up() {
  local folder=$1 major=$2 besides=$3 profile=server beside
  packages "$folder" update
  packages "$folder" install --no-install-recommends ccache
  case " ${WANTED[*]} " in *" interop "* | *" hostile "*) profile="test" ;; esac
  inside "$folder" "PG_MAJOR=$major" bash /root/rehydra/scripts/setup.sh "$profile"
  case " ${WANTED[*]} " in *" lifecycle "* | *" isolation "*) ;; *) return 0 ;; esac
  for beside in ${besides//,/ }; do
    packages "$folder" install --no-install-recommends "postgresql-$beside" "postgresql-server-dev-$beside"
  done
}

run_suite() {
  local suite=$1 folder=$VERSIONS_DIR/$1 log=$VERSIONS_DIR/$1.log code=0 base major others besides
  read -r base major others besides < <(about "$suite")
  exec 9>"$folder.lock"
  flock --nonblock 9 || die "$folder is in use by another run"
  say "PostgreSQL $major of Debian $suite: making ready (log: $log)"
  # In a subshell with its own -e: one release's failure must not end the others.
  set +e
  (set -e; make_chroot "$folder" "$base" "$others"; mount_system "$folder"; copy_checkout "$folder"
   set_up "$folder" "$major" "$besides") >"$log" 2>&1
  code=$?
  set -e
  if [ "$code" -ne 0 ]; then
    tail -20 "$log"
    RESULTS+=("PostgreSQL $major ($suite): could not be set up")
    FAILED=1
    return 0
  fi
  say "PostgreSQL $major of Debian $suite: ${WANTED[*]}"
  inside "$folder" "PG_CONFIG=/usr/lib/postgresql/$major/bin/pg_config" bash /root/rehydra/scripts/test.sh "${WANTED[@]}" 2>&1 | tee -a "$log" || code=$?
  RESULTS+=("PostgreSQL $major ($suite): $(tail -n 1 "$log")")
  if [ "$code" -ne 0 ]; then FAILED=1; fi
}

for suite in $SUITES; do about "$suite" >/dev/null; done
mkdir -p "$VERSIONS_DIR"
for suite in $SUITES; do run_suite "$suite"; done
printf '%s\n' "${RESULTS[@]}"
[ -z "$FAILED" ]
