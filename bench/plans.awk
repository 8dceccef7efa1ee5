# Job: auto_explain's notices as a page: first a line a statement that took half a percent of the longest's time or more, then each statement with its plan,
#      three of those that come again and again (a foreign key's check of each row).
# Caller: plans.sh. Buffers are those of the plan's top.
function flush_block() { if (n && ++times[query[n]] <= 3) block[n] = text }
/NOTICE:  duration: / {
  flush_block()
  text = ""
  sub(/^.*duration: /, "")
  ms[++n] = $1 + 0
  if (ms[n] > longest) longest = ms[n]
  line = sprintf("--- statement %d: %s ms", n, $1)
  text = line "\n"
  fresh = 1
  next
}
/^psql:.*: NOTICE: / { next }
n {
  if (sub(/^Query Text: /, "")) query[n] = $0
  if (fresh && match($0, /Buffers: shared/)) { buffers[n] = substr($0, RSTART + 9); fresh = 0 }
  text = text $0 "\n"
}
END {
  flush_block()
  printf "%d statements\n\n%9s %-40s %s\n", n, "ms", "buffers", "statement"
  for (i = 1; i <= n; i++) if (ms[i] >= longest / 200) printf "%9.1f %-40s %d: %s\n", ms[i], buffers[i], i, substr(query[i], 1, 160)
  for (text in times) if (times[text] > 3) printf "%d times: %s\n", times[text], substr(text, 1, 160)
  for (i = 1; i <= n; i++) if (i in block) printf "\n%s", block[i]
}
