#!/usr/bin/env bash
# Job: measure export and import against COPY of the same rows of the same tables, one run of either after the other.
# Caller: scripts/bench.sh, beside a throwaway cluster: run.sh SCALE...; RUNS (default 3) pairs a measure; MEASURES picks
#         some; FORMAT (xlsx, json, csv) of the file.
# Promise: every run is rolled back and swept, so that each begins with the same database; prints a table a scale, and
#          leaves every single run in build/bench/results.tsv.
set -euo pipefail
# shellcheck source=scripts/cluster.sh
. "$CLUSTER_SH"
HERE=$ROOT/bench
# shellcheck source=bench/plans.sh
. "$HERE/plans.sh"

RUNS=${RUNS:-3}
FORMAT=${FORMAT:-xlsx}
MEASURES=${MEASURES:-export again emptied unchanged 1% merge part 10% 100%}
RESULTS=$ROOT/build/bench/results.tsv
export SAMPLER=$HERE/sample.sh
CSV=$WORK/csv

export PGOPTIONS="-c client_min_messages=warning"
sql() { psql --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 "$@"; }

rows_of() { case $1 in XS) echo 1000 ;; S) echo 10000 ;; M) echo 100000 ;; L) echo 1000000 ;; XL) echo 10000000 ;; *) echo "no scale $1" >&2; return 1 ;; esac; }

# copy_database NAME SCRIPT_ARGUMENT...: the prepared database under another name, with something done to it. The registry takes root in a copy with
# its first operation, which here would be every one, as they are rolled back: a database that is in use has it behind it.
copy_database() {
  local name=$1; shift
  sql -d postgres -c "DROP DATABASE IF EXISTS $name" -c "CREATE DATABASE $name TEMPLATE prepared STRATEGY file_copy"
  sql -d "$name" -c 'SELECT count(*) FROM rehydra_follow_renames()' >/dev/null
  if [ $# -gt 0 ]; then sql -d "$name" "$@"; fi
}

# call_rehydra DATABASE ACTION PSQL_ARGUMENT...
call_rehydra() {
  local database=$1 action=$2; shift 2
  rm -f "$WORK/peak" "$WORK/stop"
  sql -d "$database" -v "action=$action" -v "arguments=$ARGUMENTS" -v "format=$FORMAT" -v "peak=$WORK/peak" -v "stop=$WORK/stop" -f "$HERE/rehydra.sql" "$@"
}

# One run of rehydra in a database: seconds, status, WAL bytes, memory over idle in kB.
run_rehydra() {
  local database=$1 action=$2 seconds status wal idle peak
  read -r seconds status wal idle < <(call_rehydra "$database" "$action")
  while [ ! -e "$WORK/peak" ]; do sleep 0.02; done
  peak=$(cat "$WORK/peak")
  sql -d "$database" -f "$HERE/tidy.sql"
  echo "$seconds $status $wal $((peak - idle))"
}

run_copy() {
  sql -d "$1" -v "action=$2" -v "csv=$CSV" -f "$HERE/copy.sql"
  sql -d "$1" -f "$HERE/tidy.sql"
}

# measure NAME ACTION REHYDRA_DATABASE COPY_DATABASE EXPECTED_STATUS
measure() {
  local name=$1 action=$2 run seconds status wal memory baseline
  for ((run = 1; run <= RUNS; run++)); do
    read -r seconds status wal memory < <(run_rehydra "$3" "$action")
    if [ "$status" != "$5" ]; then echo "bench: $name: status $status, expected $5" >&2; return 1; fi
    baseline=$(run_copy "$4" "$action")
    # Of the memory, the value itself (the workbook, as result or argument) is not counted.
    awk -v scale="$SCALE" -v rows="$TOTAL" -v name="$name" -v run="$run" -v ours="$seconds" -v copy="$baseline" -v memory="$memory" \
      -v file="$FILE_BYTES" -v wal="$wal" 'BEGIN { OFS = "\t"
        print scale, rows, name, run, ours, copy, sprintf("%.3f", ours / copy), sprintf("%.1f", memory / 1024 - file / 1048576),
              sprintf("%.3f", wal / 1048576), sprintf("%.1f", file / 1048576) }' >>"$RESULTS"
    printf '   %s %s, run %d: rehydra %s s, COPY %s s\n' "$SCALE" "$name" "$run" "$seconds" "$baseline"
  done
  keep_plans "$SCALE-${name//[ ,%]/-}" call_rehydra "$3" "$action"
  while [ ! -e "$WORK/peak" ]; do sleep 0.02; done  # else its sampler may write over the next run's
  sql -d "$3" -f "$HERE/tidy.sql"
}

# Of one account, in the middle: the file's rows of all others are passed over.
one_account() {
  echo ", selection => '{\"accounts\": [$(sql -d present -c 'SELECT account_id FROM crm.accounts WHERE customer_id = 1 ORDER BY account_id OFFSET (SELECT count(*) / 2 FROM crm.accounts WHERE customer_id = 1) LIMIT 1')]}'"
}

bench_scale() {
  SCALE=$1
  local name
  rm -rf "$CSV"
  mkdir -p "$CSV"
  cluster_own "$CSV" "$WORK"
  echo "== $SCALE: three customers, about $(rows_of "$SCALE") rows each"
  sql -d postgres -c 'DROP DATABASE IF EXISTS prepared' -c 'CREATE DATABASE prepared'
  read -r TOTAL FILE_BYTES < <(sql -d prepared -v "rows=$(rows_of "$SCALE")" -v "csv=$CSV" -v "format=$FORMAT" -v "data=$ROOT/demo/10-data.sql" -f "$HERE/prepare.sql" | tail -n 1)
  copy_database emptied -f "$HERE/empty.sql"
  for name in $MEASURES; do
    ARGUMENTS=
    case $name in
      export) copy_database present -f "$HERE/tidy.sql"; measure export export present present exported; continue ;;
      again) copy_database present -f "$HERE/tidy.sql"; measure 'export again' again present present exported; continue ;;
      emptied) measure 'into emptied' import emptied emptied applied; continue ;;
      unchanged) copy_database present -f "$HERE/tidy.sql"; measure unchanged import present emptied unchanged ;;
      1%) copy_database present -v every=100 -f "$HERE/change.sql"; measure '1% changed' import present emptied applied ;;
      10%) copy_database present -v every=10 -f "$HERE/change.sql"; measure '10% changed' import present emptied applied ;;
      merge) copy_database present -v every=100 -f "$HERE/change.sql"; ARGUMENTS=", mode => 'merge'"; measure 'merge, 1% changed' import present emptied applied ;;
      part) copy_database present -v every=1 -f "$HERE/change.sql"; ARGUMENTS=$(one_account); measure 'one account' import present emptied applied ;;
      100%) copy_database present -v every=1 -f "$HERE/change.sql"; measure '100% changed' import present emptied applied ;;
      *) echo "no measure $name" >&2; return 1 ;;
    esac
  done
  sql -d postgres -c 'DROP DATABASE IF EXISTS present' -c 'DROP DATABASE emptied' -c 'DROP DATABASE prepared'
}

mkdir -p "$(dirname "$RESULTS")"
printf '%s\t' scale rows measure run rehydra_s copy_s ratio memory_over_idle_mb wal_mb >"$RESULTS"
echo file_mb >>"$RESULTS"
for scale in "$@"; do bench_scale "$scale"; done
for scale in "$@"; do awk -v "scale=$scale" -f "$HERE/median.awk" -f "$HERE/report.awk" "$RESULTS"; done
