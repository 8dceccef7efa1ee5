#!/usr/bin/env bash
# Job: end exports and imports in the middle: cancelled, timed out, terminated; and export where no thread is to be had.
# The session, or the server, goes on, and neither a thread nor a temporary file is left.
# Caller: make test (hostile), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

export PGDATABASE=rehydra_ended_operations
folder=$(mktemp -d)
finish() {
  rm -rf "$folder"
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE WITH (FORCE)" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
temporary_files() { sql -c "SELECT count(*) FROM pg_ls_tmpdir()"; }
# A restart after a crash makes a new one.
checkpointer() { sql -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"; }
threads() { find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l; }
# The backend of session $1, once its export rests behind a sheet; 0 when the client, process $2, ended before.
resting() {
  local pid=
  until [ -n "$pid" ]; do
    if ! kill -0 "$2" 2>/dev/null; then pid=0; break; fi
    pid=$(sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = '$1' AND wait_event_type = 'Extension'")
  done
  echo "$pid"
}
# Enough rows that a part of the file is read by two.
sql -c "INSERT INTO kpi_time_series (id, kpi_id, account_id, customer_id, month, year, value) SELECT 1000 + n, 2, 1, 1, 1 + n % 12, 3000 + n, n * 1.37 FROM generate_series(1, 20000) n"
# A session that exports, rests, is ended, and exports again: SQLSTATE, threads then, whether the second file is a whole one.
cat >"$folder/session.sql" <<'SQL'
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
COPY (SELECT) TO PROGRAM :'before';
SET rehydra.fault_point = 'export_sheet:wait';
SELECT set_config('statement_timeout', :'timeout', false) \g /dev/null
SELECT length(rehydra_export(1)) \g /dev/null
\echo :LAST_ERROR_SQLSTATE
\! find "/proc/$BACKEND/task" -mindepth 1 -maxdepth 1 | wc -l
RESET statement_timeout;
SET rehydra.fault_point = '';
SELECT rehydra_import(rehydra_export(1), customer_id => '1') ->> 'status';
SQL
session() { PGAPPNAME=$1 psql -XqAt -v before="$2" -v timeout="$3" -f "$folder/session.sql" >"$folder/$1" 2>/dev/null </dev/null; }

with_worker=2
if [ "$(nproc)" -lt 2 ]; then with_worker=1; fi
server=$(checkpointer)

session cancelled 'cat' 0 &
pid=$(resting cancelled $!)
tell "$(threads "$pid")" "$with_worker" "an export has a worker thread, where there is a second processor"
sql -c "SELECT pg_cancel_backend($pid)" >/dev/null
wait $!
tell "$(paste -sd' ' "$folder/cancelled")" "57014 1 unchanged" "cancelled, it joins its thread, and the session exports again"
tell "$(temporary_files)" 0 "no temporary file is left"

session timed 'cat' 100
tell "$(paste -sd' ' "$folder/timed")" "57014 1 unchanged" "and so at statement_timeout"
tell "$(temporary_files)" 0 "no temporary file is left"

# The shell's parent is the backend.
session refused 'cat && prlimit --nproc=1: --pid=$PPID' 0 &
pid=$(resting refused $!)
tell "$(threads "$pid")" 1 "where the system refuses a thread, an export does without"
sql -c "SELECT pg_cancel_backend($pid)" >/dev/null
wait $!
tell "$(paste -sd' ' "$folder/refused")" "57014 1 unchanged" "and makes the same workbook"

session terminated 'cat' 0 &
pid=$(resting terminated $!)
sql -c "SELECT pg_terminate_backend($pid, 60000)" >/dev/null
wait $! || true
tell "$([ -d "/proc/$pid" ] && echo there || echo gone)" gone "terminated, the backend goes"
tell "$(checkpointer)" "$server" "and the server stays"
tell "$(temporary_files)" 0 "no temporary file is left"

# An import that rests where a part of the file is read, and one where the snapshot is taken; its session never exported.
sql -c "CREATE TABLE files AS SELECT rehydra_export(1) AS file" -c "CREATE TABLE as_it_was AS SELECT rehydra_export(1) AS file"
sql -c "UPDATE products SET revenue = 4711 WHERE product_id = 1" -c "UPDATE files SET file = rehydra_export(1)"
cat >"$folder/import.sql" <<'SQL'
SELECT pg_backend_pid() AS pid \gset
\setenv BACKEND :pid
SET rehydra.fault_point = :'point';
SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE') ->> 'status' FROM :files;
\echo :LAST_ERROR_SQLSTATE
\! find "/proc/$BACKEND/task" -mindepth 1 -maxdepth 1 | wc -l
SET rehydra.fault_point = '';
SELECT rehydra_import(file, customer_id => '1', dry_run => true) ->> 'status' FROM :files;
SQL
# ended FILES POINT: of files as the rows are nothing is changed, of those as they were something.
ended() {
  local files=$1 point=$2 pid
  rest() { PGAPPNAME=$1 psql -XqAt -v files="$files" -v point="$point:wait" -f "$folder/import.sql" >"$folder/$1" 2>/dev/null </dev/null; }
  rest "cancelled_$point" &
  pid=$(resting "cancelled_$point" $!)
  tell "$(threads "$pid")" "$with_worker" "an import has a thread at $point, where there is a second processor"
  sql -c "SELECT pg_cancel_backend($pid)" >/dev/null
  wait $!
  tell "$(paste -sd' ' "$folder/cancelled_$point")" "57014 1 previewed" "cancelled at $point, it joins its thread, and the session goes on"

  rest "terminated_$point" &
  pid=$(resting "terminated_$point" $!)
  sql -c "SELECT pg_terminate_backend($pid, 60000)" >/dev/null
  wait $! || true
  tell "$([ -d "/proc/$pid" ] && echo there || echo gone)" gone "terminated at $point, the backend goes"
  tell "$(checkpointer)" "$server" "and the server stays"
  tell "$(temporary_files)" 0 "no temporary file is left"
}
ended files staging_kpi_time_series
ended as_it_was snapshot_dataset
