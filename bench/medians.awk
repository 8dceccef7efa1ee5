# Job: a line a scale and measure of results.tsv: scale, rows, measure, pairs, ratio, MB over idle, MB of WAL.
# Caller: scripts/bench_medians.sh. Ratio is the median of the pairs' ratios; memory and WAL are the most of all runs.
BEGIN { FS = OFS = "\t" }
NR > 1 {
  key = $1 OFS $2 OFS $3
  if (!(key in n)) order[++keys] = key
  ratio[key, ++n[key]] = $7
  if ($8 > memory[key]) memory[key] = $8
  if ($9 > wal[key]) wal[key] = $9
}
END {
  for (k = 1; k <= keys; k++) {
    key = order[k]
    delete list
    for (i = 1; i <= n[key]; i++) list[i] = ratio[key, i] + 0
    print key, n[key], sprintf("%.3f", median(list, n[key])), memory[key] + 0, wal[key] + 0
  }
}
