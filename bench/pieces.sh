#!/usr/bin/env bash
# Job: a large workbook out by chunks and in by chunks: it has to come back unchanged, and whole where its rows were deleted. Time and memory of
#      each way.
# Caller: scripts/bench_pieces.sh, beside a throwaway cluster: pieces.sh megabytes|thousands SIZE.
# Promise: prints a line a way; ends with an error where a row does not come back.
set -euo pipefail
SHAPE=$1
SIZE=$2
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
digest() {
  sql -d pieces <<'SQL'
SELECT format('SELECT %L, count(*), sum(hashtextextended(t::text, 0)) FROM %s t', oid::regclass, oid::regclass)
FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r' ORDER BY relname \gexec
SQL
}

sql -d postgres -c 'CREATE DATABASE pieces'
case $SHAPE in
  megabytes) sql -d pieces -v "rows=$((SIZE * 1000))" -f "$HERE/pieces.sql" ;;
  thousands) sql -d pieces -v "rows=$((SIZE * 1000))" -f "$HERE/pieces_rows.sql" ;;
  *) echo "pieces.sh megabytes|thousands SIZE" >&2; exit 2 ;;
esac
BEFORE=$(digest)
timed out out
echo "file     $(($(stat -c %s "$FILE") / 1048576)) MB"
# Pieces come as a client sends them, a call each: here by a trigger of the table that COPY fills.
sql -d pieces -c "CREATE TABLE arriving (piece bytea)" -c "
  CREATE FUNCTION arrive() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM rehydra_import_add((SELECT upload FROM expected), NEW.piece); RETURN NULL; END \$\$" \
  -c "CREATE TRIGGER arrive BEFORE INSERT ON arriving FOR EACH ROW EXECUTE FUNCTION arrive()" -c "CREATE TABLE expected (upload uuid)"

# came STATUS: the file is sent and run, and everything is as it was.
came() {
  UPLOAD=$(sql -d pieces -c "SELECT rehydra_import_begin('1')")
  sql -d pieces -c "TRUNCATE expected" -c "INSERT INTO expected VALUES ('$UPLOAD')"
  timed in add
  timed run run
  echo "status   $(cat "$WORK/status")"
  [ "$(cat "$WORK/status")" = "$1" ]
  [ "$(digest)" = "$BEFORE" ]
}

came unchanged
if [ "$SHAPE" = thousands ]; then
  sql -d pieces -c "SET session_replication_role = replica" \
    -c "DELETE FROM app.readings WHERE tenant_id = 1" -c "DELETE FROM app.events WHERE tenant_id = 1" -c "DELETE FROM app.notes WHERE tenant_id = 1" -c "VACUUM"
  came applied
fi
