#!/usr/bin/env bash
# Job: run every group of tests that exists, and count.
# Caller: make test (all groups), make test-GROUP, .ci/run; scripts/test.sh [GROUP...].
# Promise: runs all groups even when one fails; the last line is "N passed, M failed"; the exit code is 0 only when
#          N > 0 and M = 0. Leaves nothing running; logs stay in build/test/.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"
# shellcheck source=scripts/test_groups.sh
. "$ROOT/scripts/test_groups.sh"

ALL=(layers unit regress pgtap isolation interop hostile lifecycle)
GROUPS_WANTED=("$@")
if [ $# -eq 0 ]; then GROUPS_WANTED=("${ALL[@]}"); fi
LOGS=$BUILD/test
PASSED=0
FAILED=0

# A group's function prints its tests; what it counted stands in the file that $COUNTS names: "passed failed" a line.
run_group() {
  local group=$1 code=0 passed=0 failed=0 p f
  "group_${group}_exists" || return 0
  say "test group $group"
  COUNTS=$LOGS/$group.counts
  : >"$COUNTS"
  # In a subshell with its own -e: one group's failure must not end the others.
  set +e
  (trap - EXIT; set -e; "group_$group") 2>&1 | tee "$LOGS/$group.log"
  code=${PIPESTATUS[0]}
  set -e
  while read -r p f; do passed=$((passed + p)); failed=$((failed + f)); done <"$COUNTS"
  # A group that broke without a failed test (a crash, a build error) is one failure.
  if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
  if [ "$failed" -gt 0 ]; then
    say "test group $group: $passed passed, $failed FAILED (build/test/$group.log)"
  else
    say "test group $group: $passed passed"
  fi
}

# Which of the wanted groups that exist are among the given ones?
wants_any() {
  local group
  for group in "${GROUPS_WANTED[@]}"; do
    if [[ " $* " == *" $group "* ]] && "group_${group}_exists"; then return 0; fi
  done
  return 1
}

for group in "${GROUPS_WANTED[@]}"; do
  [[ " ${ALL[*]} " == *" $group "* ]] || die "unknown test group '$group' (there are: ${ALL[*]})"
done
rm -rf "$LOGS"
mkdir -p "$LOGS"
cd "$ROOT"

# The layer check looks at the objects too, so the build comes first.
BUILT=1
if wants_any layers regress pgtap isolation interop hostile lifecycle && ! (build_extension); then
  BUILT=
  FAILED=$((FAILED + 1))
fi
for group in "${GROUPS_WANTED[@]}"; do
  case $group in layers | unit) run_group "$group" ;; esac
done
if [ -n "$BUILT" ] && wants_any regress pgtap isolation interop hostile lifecycle; then
  say "starting a throwaway cluster"
  export CLUSTER_KEEP_LOG=$LOGS/server.log
  cluster_start
  for group in "${GROUPS_WANTED[@]}"; do
    case $group in layers | unit) ;; *) run_group "$group" ;; esac
  done
fi

give_to_caller "$BUILD"
if [ "$FAILED" -gt 0 ] && [ -n "$CLUSTER_STARTED" ]; then cp "$CLUSTER_DIR/server.log" "$LOGS/server.log"; fi
echo "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
