#!/usr/bin/env bash
# Job: run the bench on a throwaway cluster that writes as durably as a real one.
# Caller: make bench [SCALE=S|M|L|all]; scripts/bench.sh SCALE.
# Promise: prints times and ratios against COPY; leaves nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

[ -f "$ROOT/bench/run.sh" ] || die "there is no bench yet (bench/run.sh)"
build_extension
say "starting a throwaway cluster (fsync on)"
CLUSTER_DURABLE=1
CLUSTER_OPTIONS=$'shared_buffers = 1GB\nmax_wal_size = 4GB\n'
cluster_start
beside_cluster bash "$ROOT/bench/run.sh" "${1:-all}"
