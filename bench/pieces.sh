#!/usr/bin/env bash
# Job: a workbook past the 1 GB of one value, out by chunks and in by chunks: it has to come back unchanged. Time and memory of each way.
# Caller: scripts/bench_pieces.sh, beside a throwaway cluster: pieces.sh MEGABYTES.
# Promise: prints a line a way; ends with an error where the file does not come back unchanged.
set -euo pipefail
MEGABYTES=$1
HERE=$ROOT/bench
FILE=$WORK/customer1.xlsx
sql() { psql --no-psqlrc --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 "$@"; }

# Of a backend: what it has for itself, without shared memory and the mapped pages of files, in MB.
memory_of() { awk '$1 == "RssAnon:" { printf "%d", $2 / 1024 }' "/proc/$1/status" 2>/dev/null; }

# watch NAME: the peak of the backend whose application_name that is, until it ends.
watch() {
  local pid= now peak=0
  while [ -z "$pid" ]; do pid=$(sql -d pieces -c "SELECT pid FROM pg_stat_activity WHERE application_name = '$1' AND backend_type = 'client backend'"); done
  while [ -e "/proc/$pid" ]; do
    now=$(memory_of "$pid") || true
    if [ "${now:-0}" -gt "$peak" ]; then peak=$now; fi
    sleep 0.2
  done
  echo "$peak" >"$WORK/$1.peak"
}

# timed NAME COMMAND...: a line with seconds and the backend's peak.
timed() {
  local name=$1 from to; shift
  watch "$name" &
  from=$(date +%s.%N)
  PGAPPNAME=$name "$@"
  to=$(date +%s.%N)
  wait
  awk -v name="$name" -v from="$from" -v to="$to" -v peak="$(cat "$WORK/$name.peak")" \
    'BEGIN { printf "%-8s %7.1f s, %d MB of memory\n", name, to - from, peak }'
}

# COPY of one column in binary: 19 bytes of head; a row is 2 bytes (columns), 4 (length) and the chunk.
out() { sql -d pieces -c "COPY (SELECT rehydra_export_chunks('1')) TO STDOUT (FORMAT binary)" | python3 "$HERE/pieces.py" unpack >"$FILE"; }
add() { python3 "$HERE/pieces.py" pack "$FILE" | sql -d pieces -c "COPY arriving (piece) FROM STDIN (FORMAT binary)" ; }
run() { sql -d pieces -c "SELECT rehydra_import_run('$UPLOAD') ->> 'status'" >"$WORK/status"; }

sql -d postgres -c 'CREATE DATABASE pieces'
sql -d pieces -v "rows=$((MEGABYTES * 1000))" -f "$HERE/pieces.sql"
timed out out
echo "file     $(($(stat -c %s "$FILE") / 1048576)) MB"
# Pieces come as a client sends them, a call each: here by a trigger of the table that COPY fills.
UPLOAD=$(sql -d pieces -c "SELECT rehydra_import_begin('1')")
sql -d pieces -c "CREATE TABLE arriving (piece bytea)" -c "
  CREATE FUNCTION arrive() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM rehydra_import_add('$UPLOAD', NEW.piece); RETURN NULL; END \$\$" \
  -c "CREATE TRIGGER arrive BEFORE INSERT ON arriving FOR EACH ROW EXECUTE FUNCTION arrive()"
timed in add
timed run run
echo "status   $(cat "$WORK/status")"
[ "$(cat "$WORK/status")" = unchanged ]
