#!/usr/bin/env bash
# Job: background work as a web application uses it: submitted and left alone, fetched later, refused, cancelled, kept in order and
#      within bounds; and everything else in a server that preloads the library.
# Caller: make test (lifecycle), with ROOT and PG_CONFIG set. Promise: TAP lines; a cluster of its own, which goes.
set -euo pipefail
# shellcheck source=test/lifecycle/lib/background_cluster.sh
. "$ROOT/test/lifecycle/lib/background_cluster.sh"
resting() { sql -c "SET rehydra.fault_point = '${2:-export_sheet}:wait'" -c "SELECT rehydra_submit('export', '$1')"; }
cancel() { sql -c "SET client_min_messages = error" -c "SELECT rehydra_cancel('$1')"; }

# --- What may be submitted, by whom -----------------------------------------------------------------------------------------------------
sql -c "CREATE EXTENSION pgtap"
sql -f "$ROOT/test/lifecycle/background_rules.sql"

# --- Out: the session that submitted it is gone when the file is there ---------------------------------------------------------------------
id=$(web -c "SET rehydra.app_user = 'ada'" -c "SET application_name = 'shop'" -c "SELECT rehydra_submit('export')")
await_status "$id" "done"
tell "$(status "$id")" "done applied" "an export that was submitted is done"
tell "$(web -c "SELECT rehydra_import(rehydra_job_file('$id')) ->> 'status'")" unchanged "its file is the customer's data"
tell "$(sql -c "SELECT kind, customer_id, outcome, session_role, effective_role, app_user, application_name FROM rehydra.activity WHERE operation_id = '$id'")" \
  "export|1|applied|test_web|test_web|ada|shop" "the log has it under the same id, as its submitter's"
tell "$(sql -c "SELECT a.file_bytes = j.file_bytes AND a.file_sha256 = encode(sha256(rehydra_job_file('$id')), 'hex') FROM rehydra.activity a JOIN rehydra.jobs j USING (operation_id) WHERE operation_id = '$id'")" \
  t "with the size and digest of the file"
tell "$(sql -c "SELECT count(*), min(session_role) FROM rehydra.activity WHERE kind = 'download' AND options ->> 'operation_id' = '$id' AND session_role = 'test_web'")" "1|test_web" "and that it was taken"
tell "$(web -c "SELECT j ->> 'status', j ->> 'submitted_by' FROM rehydra_job('$id') j")" "done|test_web" "rehydra_job tells the application"
tell "$(sqlstate other "SELECT rehydra_job_file('$id')") $(sqlstate other "SELECT rehydra_job('$id')") $(other -c "SELECT count(*) FROM rehydra.jobs")" "42501 42501 0" "another customer's session sees nothing of it"
sql -c "CREATE ROLE test_web_two LOGIN IN ROLE rehydra_exporter" -c "GRANT SELECT ON accounts TO test_web_two" -c "GRANT USAGE ON SCHEMA public TO test_web_two"
two() { PGUSER=test_web_two PGOPTIONS="-c rehydra.tenant=1" psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell "$(two -c "SELECT count(*) FROM rehydra.jobs") $(sqlstate two "SELECT rehydra_job_file('$id')")" "1 42501" "another role of the customer sees the job, and does not take what it may not have seen"
id=$(web -c "SELECT rehydra_submit('export', format => 'csv', datasets => '{accounts}', period => '[2020-01-01,2020-02-01)')")
await_status "$id" "done"
tell "$(sql -c "SELECT options ->> 'format', options ->> 'datasets', options ->> 'period' IS NOT NULL FROM rehydra.activity WHERE operation_id = '$id'")" 'csv|["accounts"]|t' "arguments go along"

# A file of several chunks.
sql -c "UPDATE kpis SET data = (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 100000) AS n) WHERE kpi_id = 101"
id=$(other -c "SELECT rehydra_submit('export', format => 'json')")
await_status "$id" "done"
tell "$(other -c "SELECT count(*) > 2, max(length(data)) < 2000000, string_agg(data, '' ORDER BY number) = rehydra_job_file('$id') FROM rehydra_job_chunks('$id')")" "t|t|t" \
  "a file is had in pieces too"
tell "$(other -c "SELECT rehydra_import(rehydra_job_file('$id')) ->> 'status'") $(sqlstate web "SELECT * FROM rehydra_job_chunks('$id')")" "unchanged 42501" "by its customer alone"
sql -c "UPDATE kpis SET data = 'theirs' WHERE kpi_id = 101"

# --- In ------------------------------------------------------------------------------------------------------------------------------------
whole=$(content)
damage
id=$(web -c "SELECT rehydra_submit('import', file => file, confirm => 'DELETE') FROM saved")
await_status "$id" "done"
tell "$(status "$id") $(content)" "done applied $whole" "an import that was submitted brings everything back"
tell "$(web -c "SELECT j #>> '{report,status}', j #>> '{report,operation_id}' FROM rehydra_job('$id') j")" "applied|$id" "its report is kept"
tell "$(web -c "SELECT count(*) FROM rehydra_errors('$id')") $(sql -c "SELECT count(*) FROM rehydra.job_chunk WHERE operation_id = '$id'")" "0 0" "rehydra_errors knows the id, and the file that came in is gone"
id=$(web -c "SELECT rehydra_submit('import', file => 'no workbook')")
await_status "$id" "done"
tell "$(status "$id") $(web -c "SELECT count(*) FROM rehydra_errors('$id')")" "done rejected 1" "a file that is refused is reported as by the direct call"
id=$(web -c "SELECT rehydra_submit('import', file => 'no workbook', options => '{\"raise\": true}')")
await_status "$id" failed
tell "$(status "$id") $(web -c "SELECT j ->> 'message' IS NOT NULL, j ->> 'outcome' FROM rehydra_job('$id') j") $(sql -c "SELECT outcome, sqlstate FROM rehydra.activity WHERE operation_id = '$id'")" \
  "failed failed 22P04 t|failed failed|22P04" "what raises ends as failed, with its error, in the log too"

# --- Nothing before the commit -------------------------------------------------------------------------------------------------------------
before=$(sql -c "SELECT count(*) FROM rehydra.job")
web -c "BEGIN" -c "SAVEPOINT s" -c "SELECT rehydra_submit('export')" -c "ROLLBACK TO s" -c "COMMIT" >/dev/null
web -c "BEGIN" -c "SELECT rehydra_submit('export')" -c "ROLLBACK" >/dev/null
tell "$(sql -c "SELECT count(*) FROM rehydra.job")" "$before" "a transaction that is rolled back, or to a savepoint, has submitted nothing"
tell "$(sql -v VERBOSITY=sqlstate -c "BEGIN" -c "SELECT rehydra_submit('export', '1')" -c "PREPARE TRANSACTION 'x'" 2>&1 >/dev/null)" "ERROR:  0A000" "one that is to be prepared is refused"
tell "$(sql -c "BEGIN" -c "SAVEPOINT s" -c "SELECT rehydra_submit('export', '1')" -c "ROLLBACK TO s" -c "PREPARE TRANSACTION 'x'" -c "ROLLBACK PREPARED 'x'" -c "SELECT 'fine'" | tail -n 1)" fine "unless it has taken that back"

# --- Seen, beyond the session's limits, and ended ---------------------------------------------------------------------------------------
id=$(sql -c "SET statement_timeout = '3s'" -c "SET rehydra.fault_point = 'export_sheet:wait'" -c "SELECT rehydra_submit('export', '1')")
await_rest "$id"
await "SELECT clock_timestamp() - started_at > interval '3.1 s' FROM rehydra.progress WHERE operation_id = '$id'" t
tell "$(web -c "SELECT j ->> 'status', j #>> '{progress,phase}' FROM rehydra_job('$id') j")" "running|writing" "a job is seen, beyond the statement_timeout of the session that submitted it"
tell "$(other -c "SET client_min_messages = error" -c "SELECT rehydra_cancel('$id')")" f "another customer's session cannot end it"
tell "$(web -c "SELECT rehydra_cancel('$id')")" t "its own can"
await_status "$id" cancelled
tell "$(status "$id") $(sql -c "SELECT outcome, sqlstate, detail FROM rehydra.activity WHERE operation_id = '$id'")" "cancelled cancelled 57014 cancelled|57014|canceled by rehydra_cancel" "it is cancelled, and the log says so"
tell "$(web -c "SET client_min_messages = error" -c "SELECT rehydra_cancel('$id')")" f "what has ended is not cancelled"

# Before the operation itself is seen: the registry is held, so that the job cannot begin what it is to do.
one=$(resting 1); two=$(resting 1)
await_rest "$one"
PGAPPNAME=holding psql -XqAt -c "BEGIN" -c "LOCK TABLE rehydra.models" -c "SELECT pg_sleep(600)" >/dev/null 2>&1 </dev/null & holding=$!
await "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holding' AND wait_event_type = 'Lock'" 1
cancel "$one" >/dev/null
await "SELECT count(*) FROM rehydra.job j JOIN pg_stat_activity a USING (pid) WHERE j.operation_id = '$two' AND a.wait_event_type = 'Lock'" 1
tell "$(sql -c "SELECT count(*) FROM rehydra.progress WHERE operation_id = '$two'") $(cancel "$two")" "0 t" "a job that has hardly begun can be cancelled"
await_status "$two" cancelled
tell "$(status "$two") $(sql -c "SELECT message FROM rehydra.job WHERE operation_id = '$two'")" "cancelled cancelled 57014 canceled by rehydra_cancel" "and is"
sql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holding'" >/dev/null
wait $holding || true

# --- A database whose transactions only read by default, and a setting that has another customer --------------------------------------------
one=$(resting 1)
await_rest "$one"
two=$(web -c "SELECT rehydra_submit('export')"); three=$(web -c "SET app.customer = '2'" -c "SELECT rehydra_submit('export')")
sql -c "ALTER SYSTEM SET rehydra.tenant_setting = 'app.customer'" -c "SELECT pg_reload_conf()" >/dev/null
cancel "$one" >/dev/null
await_status "$three" failed
tell "$(status "$two"), $(status "$three")" "failed failed 42501, failed failed 42501" "a job acts for the customer that it was submitted for or not at all"
sql -c "ALTER SYSTEM RESET ALL" -c "SELECT pg_reload_conf()" >/dev/null
one=$(resting 1)
await_rest "$one"
two=$(web -c "SELECT rehydra_submit('export')")
sql -c "ALTER DATABASE background SET default_transaction_read_only = on"
cancel "$one" >/dev/null
await_status "$two" failed
tell "$(status "$two")" "failed failed 25006" "where transactions only read, a job fails as the direct call does"
sql -c "SET default_transaction_read_only = off" -c "ALTER DATABASE background RESET ALL"

# --- In order, within bounds (two jobs in all, one of a customer) --------------------------------------------------------------------------
one=$(resting 1); two=$(resting 1); three=$(resting 2); four=$(resting 2); five=$(resting 1)
await_rest "$one"; await_rest "$three"
states() { for job in "$one" "$two" "$three" "$four" "$five"; do status "$job"; done | cut -d' ' -f1 | paste -sd' '; }
tell "$(states)" "running queued running queued queued" "one job a customer and two in all run, the others wait"
tell "$(cancel "$two")" t "a waiting one can be cancelled"
tell "$(status "$two") $(sql -c "SELECT outcome FROM rehydra.activity WHERE operation_id = '$two'")" "cancelled cancelled 57014 cancelled" "and never runs"
tell "$(sql -c "BEGIN" -c "SELECT rehydra_cancel('$four')" -c "ROLLBACK") $(status "$four")" "t queued" "unless that is taken back"
cancel "$one" >/dev/null
await_rest "$five"
tell "$(states)" "cancelled cancelled running queued running" "the next of a customer follows"
sql -c "ALTER SYSTEM SET rehydra.max_jobs_per_tenant = 2" -c "ALTER SYSTEM SET rehydra.max_jobs = 3" -c "SELECT pg_reload_conf()" >/dev/null
six=$(sql -c "SELECT rehydra_submit('export', '2')")
await_rest "$four"
cancel "$five" >/dev/null
tell "$(states)" "cancelled cancelled running running cancelled" "more at a time where the settings say so"
import() { sql -c "SET rehydra.fault_point = 'planned:wait'" -c "SELECT rehydra_submit('import', '1', file => file) FROM saved"; }
damage
one=$(import)
await_rest "$one"
cancel "$three" >/dev/null; cancel "$four" >/dev/null
await_status "$six" "done"
two=$(import); five=$(resting 1)
await_rest "$five"
tell "$(states)" "running queued cancelled cancelled running" "of imports of a customer always one"
cancel "$one" >/dev/null
await_rest "$two"
cancel "$two" >/dev/null; cancel "$five" >/dev/null
await "SELECT count(*) FROM rehydra.job WHERE status IN ('queued', 'running')" 0
await "SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('rehydra dispatcher', 'rehydra job')" 0
tell "$(sql -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'rehydra launcher'")" 1 "with nothing to do, only the launcher stays"
sql -c "ALTER SYSTEM RESET ALL" -c "SELECT pg_reload_conf()" >/dev/null

# --- Whoever loses a right meanwhile -------------------------------------------------------------------------------------------------------
sql -c "CREATE ROLE test_gone LOGIN IN ROLE rehydra_exporter" -c "CREATE ROLE test_out LOGIN IN ROLE rehydra_exporter" -c "CREATE ROLE test_less LOGIN IN ROLE rehydra_exporter"
block=$(resting 1)
await_rest "$block"
as() { PGUSER=$1 PGOPTIONS="-c rehydra.tenant=1" psql -XqAt -c "SET ROLE ${2:-$1}" -c "SELECT rehydra_submit('export')" </dev/null; }
sql -c "GRANT test_app TO test_less"
sql -c "GRANT SELECT ON ALL TABLES IN SCHEMA public TO test_gone, test_out, test_less"
gone=$(as test_gone); out=$(as test_out); less=$(as test_less); not_it=$(as test_less test_app)
sql -c "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM test_gone" -c "DROP ROLE test_gone" -c "ALTER ROLE test_out NOLOGIN" -c "REVOKE rehydra_exporter, test_app FROM test_less"
cancel "$block" >/dev/null
await_status "$not_it" failed
tell "$(status "$gone"), $(status "$out"), $(status "$less"), $(status "$not_it")" "failed failed 28000, failed failed 28000, failed failed 42501, failed failed 42501" \
  "a role that is gone, may not log in, export, or become what it was, does not"
tell "$(sql -c "SELECT count(*) FROM rehydra.job WHERE operation_id IN ('$gone', '$out', '$less', '$not_it') AND message <> '' AND hint <> ''")" 4 "each job says why, and what to do"

# --- No process to be had ------------------------------------------------------------------------------------------------------------------
sql -c "ALTER SYSTEM SET max_worker_processes = 4"
cluster_run pg_ctl --pgdata=data --log=server.log --mode=fast --wait --silent restart
one=$(resting 1)
await_rest "$one"
two=$(sql -c "SELECT rehydra_submit('export', '2')")
await "SELECT count(*) > 0 FROM regexp_matches(pg_read_file('$CLUSTER_DIR/server.log'), 'no background process for a job', 'g')" t
tell "$(status "$two" | cut -d' ' -f1)" queued "a job for which the server has no process stays in the queue"
cancel "$one" >/dev/null
await_status "$two" "done"
tell "$(status "$two")" "done applied" "until there is one"
sql -c "ALTER SYSTEM RESET ALL"
cluster_run pg_ctl --pgdata=data --log=server.log --mode=fast --wait --silent restart

# --- Databases that come and go ------------------------------------------------------------------------------------------------------------
one=$(resting 1); two=$(resting 1)
await_rest "$one"
sql -d postgres -c "ALTER DATABASE background RENAME TO renamed" 2>/dev/null && echo "not ok - a database with a job is in use" || echo "ok - a database with a job is in use"
cancel "$two" >/dev/null; cancel "$one" >/dev/null
await_status "$one" cancelled
await "SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('rehydra dispatcher', 'rehydra job')" 0
sql -d postgres -c "CREATE DATABASE copy TEMPLATE background"
one=$(resting 1)
await_rest "$one"
(sql -c "SET client_min_messages = error" -c "DROP EXTENSION rehydra CASCADE"; echo dropped >"$CLUSTER_DIR/dropped") & dropping=$!
await "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'" 1
cancel "$one" >/dev/null
wait $dropping
tell "$(cat "$CLUSTER_DIR/dropped") $(sql -c "SELECT to_regclass('rehydra.job') IS NULL")" "dropped t" "DROP EXTENSION waits for a job that runs"
export PGDATABASE=copy
one=$(resting 1)
await_rest "$one"
sql -d postgres -c "DROP DATABASE copy WITH (FORCE)"
await_dispatchers() { PGDATABASE=postgres await "SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('rehydra dispatcher', 'rehydra job')" 0; }
await_dispatchers
tell "$(sql -d postgres -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'rehydra launcher'")" 1 "a database can be dropped by force, jobs and all"
tell "$(grep -cE 'leak|TRAP|PANIC|terminated by signal' "$CLUSTER_DIR/server.log" || true)" 0 "the server has nothing to complain about"

# --- The rest of the extension, preloaded ---------------------------------------------------------------------------------------------------
sql -d postgres -c "CREATE DATABASE preloaded"
export PGDATABASE=preloaded
sql -c "CREATE EXTENSION pgtap" -c "CREATE EXTENSION rehydra" -c "DROP DATABASE background" -c "DROP ROLE test_web, test_web_two, test_out, test_less, test_app, test_operator, test_nobody"
for file in progress export import_roundtrip import_tenancy isolation_existing; do (cd "$ROOT/test/pgtap" && sql -f "$file.sql"); done
