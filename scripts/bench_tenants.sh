#!/usr/bin/env bash
# Job: run the bench of one customer among many on a throwaway cluster.
# Caller: make bench-tenants [TENANTS=10000] [RUNS=3].
# Promise: prints its figures, and where the plans are; leaves nothing running. Needs some 3 GB of disk in /tmp.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

build_extension
say "starting a throwaway cluster"
# shellcheck disable=SC2034  # cluster.sh reads it
CLUSTER_OPTIONS=$'shared_buffers = 2GB\nmax_wal_size = 8GB\nautovacuum = off'
cluster_start
beside_cluster bash "$ROOT/bench/tenants.sh"
give_to_caller "$BUILD"
say "bench: every run stands in build/bench/tenants.tsv, the plans in build/bench/plans/"
