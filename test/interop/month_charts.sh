#!/usr/bin/env bash
# Job: the overview of a model without charts of its own: sizes, and rows by month of its three largest data sets.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

folder=$(mktemp -d)
export PGDATABASE=rehydra_months
trap 'rm -rf "$folder"; psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" >/dev/null' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "SET timezone = 'UTC'" -c "CREATE EXTENSION rehydra" -c "CREATE TABLE customer (id int PRIMARY KEY, name text)" \
  -c "INSERT INTO customer VALUES (1, 'One'), (2, 'Two')" \
  -c "CREATE TABLE event (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, occurred_at timestamptz, note text)" \
  -c "INSERT INTO event SELECT n, 1 + n % 2, CASE WHEN n <= 800 THEN timestamptz '2023-11-05 23:00+00' + (n * n % 300) * interval '1 day' END, 'é' FROM generate_series(1, 810) n" \
  -c "UPDATE event SET occurred_at = occurred_at + interval '2 months' WHERE date_trunc('month', occurred_at) = '2024-03-01'" \
  -c "INSERT INTO event VALUES (1001, 1, '9999-12-31'), (1002, 1, 'infinity'), (1003, 1, '0044-03-15 BC'), (1004, 2, '2030-01-01')" \
  -c "CREATE TABLE person (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, born date)" \
  -c "INSERT INTO person SELECT n, 1, date '1000-01-01' + n * 31 FROM generate_series(1, 5000) n" \
  -c "CREATE TABLE few (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, created_at timestamp)" \
  -c "INSERT INTO few SELECT n, 1, timestamp '2024-05-31 23:59:59.5' FROM generate_series(1, 5) n" \
  -c "CREATE TABLE fewer (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, created_at timestamp)" \
  -c "INSERT INTO fewer VALUES (1, 1, '2024-05-31'), (2, 1, NULL)" \
  -c "CREATE TABLE none (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, created_at timestamp)" \
  -c "CREATE TABLE timeless (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer)" \
  -c "INSERT INTO timeless SELECT n, 1 FROM generate_series(1, 9000) n" \
  -c "SELECT count(*) FROM rehydra_register_schema('public', tenant_column => 'customer_id')" \
  -c "SELECT count(*) FROM rehydra_register('person', tenant_column => 'customer_id', time_column => 'born')" >/dev/null
# A session far from UTC: the sheet shows UTC, and so do the months.
sql -c "SET timezone = 'Pacific/Kiritimati'" -c "SET standard_conforming_strings = off" -c "SET escape_string_warning = off" \
  -c "SELECT encode(rehydra_export('1'), 'base64')" | base64 -d >"$folder/export.xlsx"
sql -c "SET timezone = 'UTC'" -c "SELECT to_char(occurred_at, 'YYYY-MM') || '|' || count(*) FROM event WHERE customer_id = 1 AND id <= 800 GROUP BY to_char(occurred_at, 'YYYY-MM')
        ORDER BY to_char(occurred_at, 'YYYY-MM')" >"$folder/events"
sql -c "SELECT to_char(month, 'YYYY-MM') || '|' || count(born) FROM (SELECT max(born) AS last FROM person) l
        CROSS JOIN generate_series(date_trunc('month', last) - interval '35 months', last, interval '1 month') month
        LEFT JOIN person ON date_trunc('month', born) = month GROUP BY month ORDER BY month" >"$folder/persons"
sql -c "SET timezone = 'UTC'" -c "SELECT sum(octet_length(id::text) + COALESCE(octet_length(occurred_at::text), 0) + COALESCE(octet_length(note), 0)) FROM event WHERE customer_id = 1" >"$folder/size"
/usr/bin/python3 "$ROOT/test/interop/check_month_charts.py" "$folder"
