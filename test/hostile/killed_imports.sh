#!/usr/bin/env bash
# Job: kill the backend of an import, as kill -9 does, at every step; after the server's recovery the customer is as before.
# Caller: make test (hostile), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

export PGDATABASE=rehydra_killed_imports
finish() {
  until pg_isready -q; do :; done
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }
helpers=(-c "SET client_min_messages = error" -f "$ROOT/test/pgtap/import_helpers.psql")
state() { sql "${helpers[@]}" -c "SELECT md5(concat(pg_temp.digest('1', true), pg_temp.neighbours())) || ' ' || (SELECT count(*) FROM rehydra.activity) || ' ' || (SELECT count(*) FROM rehydra.snapshot)"; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
sql -c "CREATE TABLE saved AS SELECT rehydra_export(1) AS file"
whole=$(sql "${helpers[@]}" -c "SELECT md5(concat(pg_temp.digest('1'), pg_temp.neighbours()))")
sql "${helpers[@]}" -c "SELECT pg_temp.damage()" >/dev/null
# synchronous_commit is off in a throwaway cluster: what came before the kill must be on record.
sql -c CHECKPOINT
before=$(state)
for point in planned kept_snapshot locked deleted inserted proved; do
  code=0
  sql -c "SET rehydra.fault_point = '$point:crash'" -c "SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE') FROM saved" >/dev/null 2>&1 || code=$?
  until pg_isready -q; do :; done
  tell "$code" 2 "killed at '$point', the import's connection is lost"
  tell "$(state)" "$before" "and the customer, the log and the snapshots are as before"
done
tell "$(sql -c "SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE') ->> 'status' FROM saved")" applied "afterwards the import goes through"
tell "$(sql "${helpers[@]}" -c "SELECT md5(concat(pg_temp.digest('1'), pg_temp.neighbours()))")" "$whole" "and brings everything back"
