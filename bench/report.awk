# Job: the table for people from build/bench/results.tsv: minimum and median of either side, ratios, memory, WAL.
# Caller: run.sh. Variables: scale.
BEGIN { FS = "\t" }
NR > 1 && $1 == scale {
  if (!($3 in count)) order[++measures] = $3
  i = ++count[$3]
  ours[$3, i] = $5; copy[$3, i] = $6; pair[$3, i] = $5 / $6; rows = $2
  if ($8 > memory[$3]) memory[$3] = $8
  if ($9 > wal[$3]) wal[$3] = $9
  file = $10
}
END {
  printf "\n%s: %d rows of the customer, workbook %.1f MB, %d runs of each side, seconds\n", scale, rows, file, count[order[1]]
  printf "%-22s %9s %9s %9s %9s %7s %7s %11s %10s\n", "", "rehydra", "", "COPY", "", "ratio of", "median", "memory over", "WAL"
  printf "%-22s %9s %9s %9s %9s %7s %7s %11s %10s\n", "", "min", "median", "min", "median", "medians", "of pairs", "idle, MB", "MB"
  for (m = 1; m <= measures; m++) {
    name = order[m]; n = count[name]
    delete a; delete b; delete p
    for (i = 1; i <= n; i++) { a[i] = ours[name, i]; b[i] = copy[name, i]; p[i] = pair[name, i] }
    ma = median(a, n); mb = median(b, n); mp = median(p, n)
    printf "%-22s %9.3f %9.3f %9.3f %9.3f %7.2f %7.2f %11.1f %10.2f\n", name, a[1], ma, b[1], mb, ma / mb, mp, memory[name], wal[name]
  }
}
