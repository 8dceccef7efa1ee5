# Job: draw the kept ratios over the number of rows, each measure's last figure at each scale, as an SVG picture.
# Caller: scripts/bench_keep.sh: curve.awk figures.tsv, behind median.awk. Both axes are logarithmic; the line at 1 is COPY.
function log10(v) { return log(v) / log(10) }
function x(rows) { return 70 + (log10(rows) - 3) / 4 * 560 }
function y(ratio) { return 30 + (log10(4) - log10(ratio)) / (log10(4) - log10(0.05)) * 360 }
BEGIN { FS = "\t"; split("#1f6fb4 #d1570c #2c8a2c #b3261e #7a4fa3 #6b4b3e #c33d94 #5f6368 #8a8a00", colour, " ") }
FNR > 1 { if (!($6 in index_of)) { order[++measures] = $6; index_of[$6] = measures }
          ratio[$6, $5] = $8; rows[$5] = 1 }
END {
  n = 0
  for (r in rows) at[++n] = r + 0
  sorted(at, n)
  print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"450\" font-family=\"sans-serif\" font-size=\"12\">"
  print "<rect width=\"860\" height=\"450\" fill=\"white\"/>"
  split("0.05 0.1 0.2 0.5 1 2 4", level, " ")
  for (i = 1; i in level; i++) printf "<path d=\"M70 %.1fH630\" stroke=\"%s\"/><text x=\"62\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", y(level[i]), level[i] == 1 ? "#444" : "#ddd", y(level[i]) + 4, level[i]
  split("1000 10000 100000 1000000 10000000", mark, " "); split("1k 10k 100k 1M 10M", name, " ")
  for (i = 1; i in mark; i++) printf "<path d=\"M%.1f 30V390\" stroke=\"#eee\"/><text x=\"%.1f\" y=\"408\" text-anchor=\"middle\">%s</text>\n", x(mark[i]), x(mark[i]), name[i]
  print "<text x=\"350\" y=\"434\" text-anchor=\"middle\">rows of the customer</text>"
  print "<text x=\"70\" y=\"18\">time, as a multiple of COPY of the same rows</text>"
  for (m = 1; m <= measures; m++) {
    path = ""
    for (i = 1; i <= n; i++) if ((order[m], at[i]) in ratio) {
      px = x(at[i]); py = y(ratio[order[m], at[i]])
      path = path sprintf("%s%.1f %.1f", path == "" ? "M" : "L", px, py)
      printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", px, py, colour[m]
    }
    printf "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", path, colour[m]
    printf "<path d=\"M650 %dh24\" stroke=\"%s\" stroke-width=\"2\"/><text x=\"682\" y=\"%d\">%s</text>\n", 40 + m * 20, colour[m], 44 + m * 20, order[m]
  }
  print "</svg>"
}
