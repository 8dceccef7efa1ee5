#!/usr/bin/env bash
# Job: a workbook past 1 GB, or of millions of rows, out and in by pieces, on a throwaway cluster.
# Caller: people: scripts/bench_pieces.sh [megabytes|thousands [SIZE]], 1,500 MB or 10,000 thousand rows unless told otherwise. Needs some 8 times the
#         megabytes, or 1 kB a row, of disk in /tmp.
# Promise: prints times and memory; fails where a row does not come back; leaves nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"
SHAPE=${1:-megabytes}
case $SHAPE in megabytes) SIZE=1500 ;; thousands) SIZE=10000 ;; *) die "bench_pieces.sh [megabytes|thousands [SIZE]]" ;; esac
build_extension
say "starting a throwaway cluster"
# shellcheck disable=SC2034  # cluster.sh reads it
CLUSTER_OPTIONS=$'shared_buffers = 256MB\nmax_wal_size = 4GB\nautovacuum = off\nrehydra.max_input_bytes = 4GB\nrehydra.max_inflated_bytes = 64GB'
cluster_start
beside_cluster bash "$ROOT/bench/pieces.sh" "$SHAPE" "${2:-$SIZE}"
