# Job: the medians of build/bench/results.tsv, a line a scale and measure: scale, rows, measure, pairs, ratio, MB over idle, MB of WAL.
# Caller: sourced by bench_check.sh and bench_keep.sh.
# Promise: ratio is the median of the pairs' ratios; memory and WAL are the most of all runs.

bench_medians() {
  [ -f "$BUILD/bench/results.tsv" ] || die "no results of a bench here; run: make bench"
  awk -f "$ROOT/bench/median.awk" -f "$ROOT/bench/medians.awk" "$BUILD/bench/results.tsv"
}
