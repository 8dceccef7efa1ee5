#!/usr/bin/env bash
# Job: rehydra.progress and rehydra_cancel among sessions that end, lie, or come and go: a cancel reaches its operation and nothing else,
#      what others put behind such locks is not believed, nothing stays of who is gone, and without shared memory everything still works.
# Caller: make test (hostile), with ROOT, WORK, PG_CONFIG, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

export PGDATABASE=rehydra_progress
folder=$(mktemp -d "$WORK/progress.XXXXXX")
finish() {
  until pg_isready -q; do :; done
  rm -rf "$folder"
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE WITH (FORCE)" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }
await() { until [ "$(sql -c "$1")" = "$2" ]; do if ! kill -0 "$3" 2>/dev/null; then echo "# the session has ended"; return 1; fi; done; }
running() { sql -c "SELECT count(*) FROM rehydra.progress"; }
locks() { sql -c "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
log_lines=$(wc -l <"$CLUSTER_DIR/server.log")

# --- An operation at rest, seen with what it has done, and ended -----------------------------------------------------------------------
# FORMAT: an export in a session of its own, which then says what became of it, and of the statement after it.
cat >"$folder/session.sql" <<'SQL'
SET rehydra.fault_point = 'export_sheet:wait';
SELECT length(rehydra_export(1, :'format')) \g /dev/null
\echo :LAST_ERROR_SQLSTATE :LAST_ERROR_MESSAGE
SELECT 'alive' FROM generate_series(1, 100000) HAVING count(*) > 0;
SQL
start_export() { PGAPPNAME=resting psql -XqAt -v format="$1" -f "$folder/session.sql" >"$folder/answer" 2>"$folder/error" </dev/null & session=$!; }
at_rest="SELECT count(*) FROM pg_stat_activity WHERE application_name = 'resting' AND wait_event_type = 'Extension'"

for format in xlsx json csv; do
  start_export "$format"
  await "$at_rest" 1 $session
  tell "$(sql -c "SELECT kind, customer_id, phase, dataset IS NOT NULL, rows_done BETWEEN 1 AND rows_total, estimated_left >= '0' FROM rehydra.progress")" \
    "export|1|writing|t|t|t" "an export to $format is seen writing"
  tell "$(sql -c "SELECT rehydra_cancel(operation_id) FROM rehydra.progress")" t "rehydra_cancel asks it to end"
  wait $session
  tell "$(paste -sd' ' "$folder/answer")" "57014 canceled by rehydra_cancel alive" "it does, and its session goes on"
  tell "$(grep -c 'DETAIL:  Role "postgres" asked for it.' "$folder/error")" 1 "the error says who asked"
  tell "$(running) $(locks)" "0 0" "nothing of it stays"
done

# --- Sessions that go -------------------------------------------------------------------------------------------------------------------
start_export xlsx
await "$at_rest" 1 $session
sql -c "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'resting'" >/dev/null
wait $session || true
tell "$(running) $(locks)" "0 0" "nothing stays of a terminated backend"

start_export xlsx
await "$at_rest" 1 $session
kill -9 "$(sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'resting'")"
wait $session || true
until pg_isready -q; do :; done
tell "$(running) $(locks)" "0 0" "nor of a killed one, when the server has recovered"

# --- Locks and segments that lie --------------------------------------------------------------------------------------------------------
# The last one on the path is the system's, which has the headers; the first one is that of the cluster's private copy.
cc -shared -fPIC -I"$("$(type -ap "$PG_CONFIG" | tail -n 1)" --includedir-server)" -o "$folder/forged.so" "$ROOT/test/hostile/lib/forged_progress.c"
chmod 755 "$folder" "$folder/forged.so"
for function in 'forge_lock(bigint) RETURNS void' 'forge_segment(bytea, int, boolean) RETURNS bigint' 'segment_content(bigint) RETURNS bytea' \
  'use_up_segments() RETURNS int'; do
  sql -c "CREATE FUNCTION $function LANGUAGE c STRICT AS '$folder/forged.so'"
done

start_export xlsx
await "$at_rest" 1 $session
handle="SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 21072"
sql -c "CREATE TABLE true_one AS SELECT ($handle) AS handle, segment_content(($handle)) AS content"
# What a session forges, by SQL; what then is seen beside the true one.
forged() { sql -c "$1" -c "SELECT count(*) FILTER (WHERE pid = pg_backend_pid()), count(*), rehydra_cancel(gen_random_uuid()) FROM rehydra.progress" 2>/dev/null | tail -n 1; }
tell "$(forged "SELECT forge_lock(forge_segment(content, 8192, true)) FROM true_one")" "1|2|f" "a segment that describes itself as its holder's in every way is believed"
tell "$(forged "SELECT forge_lock(4711)")" "0|1|f" "a lock that leads nowhere is not"
tell "$(forged "SELECT forge_lock(handle + 1) FROM true_one")" "0|1|f" "nor one beside a true one"
tell "$(forged "SELECT pg_advisory_lock(1919248505, handle::bit(32)::int) FROM true_one")" "0|1|f" "nor what SQL can take"
tell "$(forged "SELECT forge_lock(forge_segment('', 1, true))")" "0|1|f" "nor a segment of one byte"
tell "$(forged "SELECT forge_lock(forge_segment('', 8192, true))")" "0|1|f" "nor one of zeros"
tell "$(forged "SELECT forge_lock(forge_segment(decode(repeat('ff', 8192), 'hex'), 8192, true))")" "0|1|f" "nor one of ones"
tell "$(forged "SELECT forge_lock(forge_segment(content, 8192, false)) FROM true_one")" "0|1|f" "nor a copy of another session's"
tell "$(forged "SELECT forge_lock(forge_segment(content, length(content) - 1, true)) FROM true_one")" "0|1|f" "nor one that ends too early"
tell "$(forged "SELECT forge_lock(forge_segment(set_byte(content, 72, get_byte(content, 72) | 1), 8192, true)) FROM true_one")" "0|1|f" "nor one that never stops changing"
tell "$(forged "SELECT forge_lock(forge_segment(set_byte(content, length(content) - 1, 255), 8192, true)) FROM true_one")" "0|1|f" "nor one that is no text"
tell "$(forged "SELECT forge_lock(forge_segment(set_byte(content, 51, 255), 8192, true)) FROM true_one")" "0|1|f" "nor one with texts longer than it"
tell "$(forged "SELECT count(forge_lock(forge_segment(decode(repeat(md5(n::text), 16), 'hex') || content, 8192, true))) FROM true_one, generate_series(1, 50) AS n")" \
  "0|1|f" "nor fifty of any content"
sql -c "SELECT rehydra_cancel(operation_id) FROM rehydra.progress" >/dev/null
wait $session

# --- No shared memory to be had ---------------------------------------------------------------------------------------------------------
tell "$(sql -c "SELECT use_up_segments() > 0" -c "SELECT rehydra_import(rehydra_export(1), customer_id => '1') ->> 'status'" | paste -sd' ')" "t unchanged" \
  "where no segment is left, operations run unseen"
tell "$(sql -c "SELECT rehydra_import(rehydra_export(1), customer_id => '1') ->> 'status'")" unchanged "and go on"

# --- Many short operations, and a session that ends them at any moment ------------------------------------------------------------------
# Every cancel that was promised is felt by an operation, every cancel that is felt was asked for, and no other statement is hit.
{
  echo "SET client_min_messages = error; SELECT pg_advisory_lock(77) \\g /dev/null"
  for i in $(seq 400); do
    case $((i % 4)) in
      # Who catches the end of an operation goes on: no signal is left for what comes then.
      0) echo "DO \$\$ BEGIN PERFORM rehydra_export(1, 'json'); EXCEPTION WHEN query_canceled THEN PERFORM count(*) FROM generate_series(1, 2000);" \
           "RAISE '%', SQLERRM USING ERRCODE = '57014'; END \$\$;" ;;
      1) echo "SELECT rehydra_snapshot('1') \\g /dev/null" ;;
      2) echo "SELECT rehydra_import(file, customer_id => '1') FROM saved \\g /dev/null" ;;
      3) echo "SELECT rehydra_preview(file, customer_id => '1') FROM saved \\g /dev/null" ;;
    esac
    printf '%s\n' '\echo operation :LAST_ERROR_SQLSTATE :ERROR'
    echo 'SELECT count(*) FROM generate_series(1, 2000) \g /dev/null'
    printf '%s\n' '\echo other :ERROR'
  done
} >"$folder/many.sql"
sql -c "CREATE TABLE saved AS SELECT rehydra_export(1) AS file"
psql -XqAt -f "$folder/many.sql" >"$folder/many" 2>"$folder/many.errors" </dev/null & session=$!
await "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77" 1 $session
asked=$(sql -c "SET client_min_messages = error" -c "
  DO \$\$
  DECLARE
    one uuid;
    asked int := 0;
    looks int := 0;
  BEGIN
    PERFORM setseed(0.5);
    LOOP
      EXIT WHEN pg_try_advisory_xact_lock(77);
      looks := looks + 1;
      FOR one IN SELECT operation_id FROM rehydra.progress LOOP
        -- Every second one, at moments of all kinds.
        CONTINUE WHEN random() < 0.98 OR current_setting('test.last', true) = one::text;
        IF rehydra_cancel(one) THEN asked := asked + 1; END IF;
        PERFORM set_config('test.last', one::text, false);
      END LOOP;
    END LOOP;
    PERFORM set_config('test.asked', asked::text, false);
  END \$\$" -c "SELECT current_setting('test.asked')")
wait $session
tell "$(grep -c '^operation' "$folder/many") $(grep -c '^other' "$folder/many")" "400 400" "400 operations under the eyes of another session"
tell "$(grep -c '^operation 57014 true' "$folder/many")" "$asked" "as many were cancelled as cancels were promised"
tell "$((asked > 0 && asked < 400))" 1 "some of them, not all ($asked)"
tell "$(grep -c 'ERROR' "$folder/many.errors") $(grep -c 'ERROR:  canceled by rehydra_cancel' "$folder/many.errors")" "$asked $asked" "each says so, and there is no other error"
tell "$(grep -c '^other true' "$folder/many" || true)" 0 "no other statement was hit"
tell "$(running)" 0 "nothing stays"
tell "$(tail -n "+$((log_lines + 1))" "$CLUSTER_DIR/server.log" | grep -cE 'leak|TRAP|PANIC|lock of type' || true)" 0 "the server has nothing to complain about"
