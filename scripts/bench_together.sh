#!/usr/bin/env bash
# Job: run the bench of tenants that import at the same time on a throwaway cluster that writes as durably as a real one.
# Caller: make bench-together [TOGETHER=8] [ENTRIES=100] [RUNS=3].
# Promise: prints its figures; leaves nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

build_extension
say "starting a throwaway cluster (fsync on)"
# shellcheck disable=SC2034  # cluster.sh reads both
CLUSTER_DURABLE=1
# shellcheck disable=SC2034
CLUSTER_OPTIONS=$'shared_buffers = 512MB\nmax_wal_size = 8GB\ncheckpoint_timeout = 30min\nautovacuum = off'
cluster_start
beside_cluster bash "$ROOT/bench/together.sh"
give_to_caller "$BUILD"
