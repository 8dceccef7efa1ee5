#!/usr/bin/env bash
# Job: what helps a person who opens the workbook: charts with the right points, lists, colours, comments, tabs.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

folder=$(mktemp -d)
export PGDATABASE=rehydra_overview
trap 'rm -rf "$folder"; psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" >/dev/null' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" -c "CREATE TABLE customer (id int PRIMARY KEY, name text)" \
  -c "CREATE TYPE mood AS ENUM ('great', 'so, so', 'bad \"quoted\"')" \
  -c "CREATE TABLE deal (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, mood mood, tier text CHECK (tier IN ('gold', 'it''s')),
        size int CHECK (size IN (1, 2)), status text, year int, month int, score numeric(5, 2))" \
  -c "INSERT INTO customer VALUES (1, 'One'), (2, 'Two')" \
  -c "INSERT INTO deal SELECT n, 1 + n % 2, 'great', 'gold', 1, CASE WHEN n % 4 < 2 THEN 'active' ELSE 'churned' END, 2024, 1 + n % 3, n FROM generate_series(1, 12) n" \
  -c "SELECT count(*) FROM rehydra_register_schema('public', tenant_column => 'customer_id')" \
  -c "SELECT rehydra_add_chart('deal', 'Score by month', '{year,month}', 'score', 'line')" \
  -c "SELECT rehydra_add_chart('deal', 'Deals by status', '{status}')" >/dev/null
sql -c "SELECT encode(rehydra_export('1'), 'base64')" | base64 -d >"$folder/export.xlsx"
/usr/bin/python3 "$ROOT/test/interop/check_overview.py" "$folder/export.xlsx"
