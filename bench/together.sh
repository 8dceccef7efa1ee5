#!/usr/bin/env bash
# Job: measure what tenants that import at the same time cost each other, against the same imports one after the other.
# Caller: scripts/bench_together.sh, beside a throwaway cluster. TOGETHER (default 8) tenants of ENTRIES (default 100) hundred
#         rows and a few; RUNS (default 3) of either, in turns.
# Promise: each tenant's rows go in whole, judged by plain SQL, or it says so and fails; prints seconds and the ratio of throughputs.
set -euo pipefail

HERE=$ROOT/bench
TOGETHER=${TOGETHER:-8}
ENTRIES=${ENTRIES:-100}
RUNS=${RUNS:-3}
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }

# The tenants' rows, whoever wrote them.
digest() { sql -d "$1" -f "$HERE/teams_digest.sql"; }

import() {
  local status
  status=$(sql -d "$1" -c "SELECT rehydra_import(file, customer_id => tenant) ->> 'status' FROM files WHERE tenant = '$2'")
  if [ "$status" != applied ]; then echo "bench: tenant $2: $status" >&2; return 1; fi
}

one_after_the_other() { local tenant; for ((tenant = 1; tenant <= TOGETHER; tenant++)); do import "$1" "$tenant"; done; }

all_at_once() {
  local tenant failed=0 pid
  local -a pids=()
  for ((tenant = 1; tenant <= TOGETHER; tenant++)); do import "$1" "$tenant" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return "$failed"
}

# measured HOW: seconds of the imports into a fresh copy of the emptied database.
measured() {
  local began
  sql -d postgres -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS run' -c 'CREATE DATABASE run TEMPLATE emptied STRATEGY file_copy' -c CHECKPOINT
  sql -d run -c 'SELECT count(*) FROM rehydra_follow_renames()' >/dev/null  # a copy is another place: the first operation would hold up the others
  began=$(date +%s%N)
  "$1" run
  awk -v "began=$began" -v "ended=$(date +%s%N)" 'BEGIN { printf "%.3f", (ended - began) / 1e9 }'
  if [ "$(digest run)" != "$WANTED" ]; then echo "bench: rows are not what they were ($1)" >&2; return 1; fi
}

sql -d postgres -c 'CREATE DATABASE emptied'
sql -d emptied -v "tenants=$TOGETHER" -v "entries=$ENTRIES" -f "$HERE/teams.sql" -c 'CREATE TABLE public.files AS SELECT id::text AS tenant, rehydra_export(id::text) AS file FROM work.team'
WANTED=$(digest emptied)
sql -d emptied -c 'TRUNCATE work.project, work.task, work.entry' -c 'VACUUM ANALYZE'
for ((run = 1; run <= RUNS; run++)); do
  turn=$(measured one_after_the_other)
  once=$(measured all_at_once)
  awk -v "turn=$turn" -v "once=$once" -v "tenants=$TOGETHER" 'BEGIN {
    printf "%d tenants into emptied tables: %s s one after the other, %s s at once: throughput %.2fx\n", tenants, turn, once, turn / once }'
done
