# Job: the table for people from build/bench/tenants.tsv: medians of seconds and buffers, each among many customers beside the same among ten.
# Caller: tenants.sh, behind median.awk. Variable: tenants.
function of(what, among,   i, list, n) {
  for (i = 1; i <= count[key, among]; i++) list[i] = value[key, among, what, i]
  n = count[key, among]
  return median(list, n)
}
BEGIN { FS = "\t" }
NR > 1 {
  key = $1 FS $3 FS $2
  if (!(key in seen)) { seen[key] = 1; order[++keys] = key }
  i = ++count[key, $4]
  value[key, $4, "s", i] = $6; value[key, $4, "b", i] = $7
}
END {
  printf "one of %d customers against one of 10: seconds, accesses to buffers, ratios\n", tenants
  printf "%-38s %8s %8s %6s | %8s %8s %6s | %9s %9s %6s | %9s %9s %6s\n", "", "of 10", "apart", "", "thinned", "interl.", "", "of 10", "apart", "", "thinned", "interl.", ""
  for (k = 1; k <= keys; k++) {
    key = order[k]
    split(key, part, FS)
    line = sprintf("%-38s", "statistics " part[1] ", " (part[2] == 1 ? "large" : "small") ", " part[3])
    for (w = 1; w <= 2; w++) {
      what = w == 1 ? "s" : "b"
      form = w == 1 ? " %8.3f %8.3f %6.2f |" : " %9d %9d %6.2f |"
      few = of(what, "few"); apart = of(what, "apart"); thinned = of(what, "thinned"); interleaved = of(what, "interleaved")
      line = line sprintf(form, few, apart, apart / few) sprintf(form, thinned, interleaved, interleaved / thinned)
    }
    print line
  }
}
