#!/usr/bin/env bash
# Job: a workbook that says the same in the dialect of another program changes nothing when it is imported over live SQL.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines, one a dialect; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
export PGDATABASE=rehydra_respelled
trap 'rm -rf "$folder"; psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" >/dev/null' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "CREATE EXTENSION rehydra" -f "$here/kinds.sql" >/dev/null
sql -c "SELECT encode(rehydra_export(1, options => '{\"model\": \"kinds\"}'), 'base64')" | base64 -d >"$folder/export.xlsx"
/usr/bin/python3 "$here/respell_workbook.py" "$folder/export.xlsx" >"$folder/dialects.tsv"
sql -c "CREATE TABLE dialects (n serial, dialect text, file text)"
psql -XqAt -v ON_ERROR_STOP=1 -c "\\copy dialects (dialect, file) FROM '$folder/dialects.tsv'" </dev/null
# The timeout is far above what any of them takes: a million blank rows must not take minutes.
sql -c "SET client_min_messages = error" -c "SET statement_timeout = '2min'" -c "
  SELECT format('%s - read right: %s', CASE WHEN good THEN 'ok' ELSE 'not ok' END, dialect) || CASE WHEN good THEN '' ELSE format(E'\n# %s', left(r::text, 800)) END
  FROM dialects, rehydra_import(decode(file, 'base64'), customer_id => '1', dry_run => true, options => '{\"model\": \"kinds\"}') AS r,
    LATERAL (SELECT COALESCE((r #>> '{datasets,0,in_file}')::int > 15 AND r #> '{datasets,0,in_file}' = r #> '{datasets,0,unchanged}' AND r -> 'error_count' = '0', false)) AS l (good)
  ORDER BY n"
