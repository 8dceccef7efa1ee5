#!/usr/bin/env bash
# Job: a workbook past 1 GB out and in by pieces, on a throwaway cluster.
# Caller: people: scripts/bench_pieces.sh [MEGABYTES]. Needs some 8 times that of disk in /tmp.
# Promise: prints times and memory; fails where the file does not come back unchanged; leaves nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"
build_extension
say "starting a throwaway cluster"
# shellcheck disable=SC2034  # cluster.sh reads it
CLUSTER_OPTIONS=$'shared_buffers = 256MB\nmax_wal_size = 4GB\nautovacuum = off\nrehydra.max_input_bytes = 4GB\nrehydra.max_inflated_bytes = 64GB'
cluster_start
beside_cluster bash "$ROOT/bench/pieces.sh" "${1:-1500}"
