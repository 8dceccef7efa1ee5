#!/usr/bin/env bash
# Job: run the bench and compare its ratios with the last ones that were kept.
# Caller: make bench-check [SCALES="S M"] [RUNS=3].
# Promise: seconds are not compared, machines differ; prints each measure that got worse by more than 20%, and fails if one did.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/bench_medians.sh
. "$ROOT/scripts/bench_medians.sh"

FIGURES=$ROOT/bench/figures.tsv
[ -f "$FIGURES" ] || die "no figures are kept yet; run: make bench, then make bench-keep"
SCALES=${SCALES:-S M} bash "$ROOT/scripts/bench.sh" S
bench_medians | awk 'BEGIN { FS = "\t" }
  FILENAME != "-" { if (FNR > 1) { last[$4 FS $6] = $8; when[$4 FS $6] = $1 " (" $2 ")" } next }
  { key = $1 FS $3
    if (!(key in last)) { printf "   %s %s: %.2f, never kept before\n", $1, $3, $5; next }
    compared++
    if ($5 > 1.2 * last[key]) { worse++; printf "   %s %s: %.2f of COPY, %.2f on %s: worse by %d%%\n", $1, $3, $5, last[key], when[key], ($5 / last[key] - 1) * 100 } }
  END { printf "%d ratios compared, %d worse by more than 20%%\n", compared, worse; exit worse > 0 }' "$FIGURES" -
