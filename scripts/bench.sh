#!/usr/bin/env bash
# Job: run the bench on a throwaway cluster that writes as durably as a real one.
# Caller: make bench [SCALE=XS|S|M|L|XL|all] [SCALES="S M"] [RUNS=3]; scripts/bench.sh SCALE.
# Promise: prints times and ratios against COPY, keeps every run in build/bench/results.tsv; leaves nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

SCALE=${1:-all}
if [ "$SCALE" = all ]; then SCALE='S M L'; fi
read -ra scales <<<"${SCALES:-$SCALE}"
for scale in "${scales[@]}"; do
  case $scale in XS | S | M | L | XL) ;; *) die "a scale is XS (about 1 thousand rows a customer), S (10 thousand), M (100 thousand), L (1 million) or XL (10 million)" ;; esac
done
build_extension
say "starting a throwaway cluster (fsync on)"
# shellcheck disable=SC2034  # cluster.sh reads both
CLUSTER_DURABLE=1
# A machine's usual settings; checkpoints and vacuum come between the runs, not into one side's.
# shellcheck disable=SC2034
CLUSTER_OPTIONS=$'shared_buffers = 512MB\nmax_wal_size = 8GB\ncheckpoint_timeout = 30min\nautovacuum = off\nrehydra.max_input_bytes = 4GB\nrehydra.max_inflated_bytes = 64GB'
cluster_start
beside_cluster bash "$ROOT/bench/run.sh" "${scales[@]}"
give_to_caller "$BUILD"
say "bench: every run stands in build/bench/results.tsv, the plans of each measure's statements in build/bench/plans/"
