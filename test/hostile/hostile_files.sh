#!/usr/bin/env bash
# Job: import thousands of files that attack the reader on purpose, the same ones at every run, in one session over live SQL: each is
#      refused or says nothing new, no backend crashes, memory stays within its budget. HOSTILE=800 and SEED=1 choose which.
# Caller: make test (hostile), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export PGDATABASE=rehydra_hostile_files
folder=$(mktemp -d)
finish() {
  rm -rf "$folder"
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
sql -c "SELECT encode(rehydra_export(1), 'base64')" | base64 -d >"$folder/export.xlsx"
sql -c "CREATE TABLE hostile (seed int PRIMARY KEY, attack text, verdict text, file text)"
python3 "$here/hostile_workbook.py" "$folder/export.xlsx" "${SEED:-1}" "${HOSTILE:-800}" | psql -XqAt -v ON_ERROR_STOP=1 -c "COPY hostile FROM STDIN"
psql -XqAt -v ON_ERROR_STOP=1 -v "helpers=$ROOT/test/pgtap/import_helpers.psql" -f "$here/hostile_files.sql" </dev/null || echo "not ok - the session lives to the end"
