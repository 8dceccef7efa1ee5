# Job: the medians of build/bench/results.tsv, a line a scale and measure: scale, rows, measure, pairs, ratio, MB over idle, MB of WAL.
# Caller: sourced by bench_check.sh and bench_keep.sh.
# Promise: ratio is the median of the pairs' ratios; memory and WAL are the most of all runs.

bench_medians() {
  [ -f "$BUILD/bench/results.tsv" ] || die "no results of a bench here; run: make bench"
  awk 'BEGIN { FS = OFS = "\t" }
    NR > 1 { key = $1 OFS $2 OFS $3; if (!(key in n)) order[++keys] = key; ratio[key, ++n[key]] = $7
             if ($8 > memory[key]) memory[key] = $8; if ($9 > wal[key]) wal[key] = $9 }
    END { for (k = 1; k <= keys; k++) { key = order[k]; m = n[key]
            for (i = 2; i <= m; i++) for (j = i; j > 1 && ratio[key, j - 1] > ratio[key, j]; j--) { t = ratio[key, j]; ratio[key, j] = ratio[key, j - 1]; ratio[key, j - 1] = t }
            median = m % 2 ? ratio[key, (m + 1) / 2] : (ratio[key, m / 2] + ratio[key, m / 2 + 1]) / 2
            print key, m, sprintf("%.3f", median), memory[key] + 0, wal[key] + 0 } }' "$BUILD/bench/results.tsv"
}
