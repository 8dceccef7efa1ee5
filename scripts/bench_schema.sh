#!/usr/bin/env bash
# Job: run the schema's bench on a throwaway cluster.
# Caller: make bench-schema [TABLES=300] [TENANTS=1000].
# Promise: prints its figures; leaves nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

build_extension
say "starting a throwaway cluster"
# shellcheck disable=SC2034  # cluster.sh reads it
CLUSTER_OPTIONS=$'shared_buffers = 1GB\nmax_wal_size = 8GB\nautovacuum = off\nmax_locks_per_transaction = 1024'
cluster_start
beside_cluster bash "$ROOT/bench/schema.sh"
give_to_caller "$BUILD"
