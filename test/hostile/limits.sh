#!/usr/bin/env bash
# Job: each limit of a file, over live SQL: a workbook that stands at it is read, one past it is refused by the setting's name.
# Caller: make test (hostile), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export PGDATABASE=rehydra_limits
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
sql -c "CREATE TABLE cases (n serial, setting text, value text, allowed boolean, file text)"
python3 "$here/limit_workbook.py" "$folder/export.xlsx" | psql -XqAt -v ON_ERROR_STOP=1 -c "COPY cases (setting, value, allowed, file) FROM STDIN"
psql -XqAt -v ON_ERROR_STOP=1 -f "$here/limits.sql" </dev/null
