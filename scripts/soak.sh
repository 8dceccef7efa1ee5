#!/usr/bin/env bash
# Job: run test/soak/*.sh (random kills, random damage) for a while.
# Caller: make soak; SECONDS_LIMIT bounds each script.
# Promise: each soak script starts from the seed it prints; the cluster goes with this script.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

compgen -G "$ROOT/test/soak/*.sh" >/dev/null || die "there is no soak test yet (test/soak/*.sh)"
export SECONDS_LIMIT=${SECONDS_LIMIT:-300}
build_extension
build_codec_programs
mkdir -p "$BUILD/test"
export CLUSTER_KEEP_LOG=$BUILD/test/soak-server.log
cluster_start
FAILED=0
for script in "$ROOT"/test/soak/*.sh; do
  say "soak $(basename "$script" .sh), $SECONDS_LIMIT s"
  beside_cluster bash "$script" || FAILED=1
done
if [ "$FAILED" -ne 0 ]; then die "soak: FAILED"; fi
say "soak: nothing lost, nothing half done"
