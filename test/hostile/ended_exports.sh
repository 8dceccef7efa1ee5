#!/usr/bin/env bash
# Job: end exports in the middle: cancelled, timed out, terminated; and export where no thread is to be had. The session,
# or the server, goes on, and neither a thread nor a temporary file is left.
# Caller: make test (hostile), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

export PGDATABASE=rehydra_ended_exports
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
