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
  -c "SELECT rehydra_add_chart('deal', 'Deals by status', '{status}')" \
  -c "CREATE TABLE visit (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, place text, year int, month int, at date, score numeric, note text)" \
  -c "INSERT INTO visit SELECT n, 1 + n % 2, CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'place ' || n % 40 END, 2020 + n % 5, 1 + n % 12,
        date '2024-01-01' + n % 3, NULLIF(n % 9, 0) / 4.0,
        repeat(chr(97 + n % 3), 999 + n % 3) FROM generate_series(1, 6000) n" \
  -c "SELECT count(*) FROM rehydra_register('visit', tenant_column => 'customer_id')" \
  -c "SELECT rehydra_add_chart('visit', 'Visits by place', '{place}', kind => 'pie')" \
  -c "SELECT rehydra_add_chart('visit', 'Visits by month', '{year,month}', kind => 'line')" \
  -c "SELECT rehydra_add_chart('visit', 'Score by place', '{place,month}', 'score')" \
  -c "SELECT rehydra_add_chart('visit', 'Visits by id', '{id}', kind => 'line')" \
  -c "SELECT rehydra_add_chart('visit', 'Visits by day', '{at}', kind => 'line')" \
  -c "SELECT rehydra_add_chart('visit', 'Visits by note', '{note}')" >/dev/null
sql -c "SELECT encode(rehydra_export('1'), 'base64')" | base64 -d >"$folder/export.xlsx"
# The same by plain SQL: the registered charts of visit, in their order, as label|value.
sql -c "WITH mine AS (SELECT * FROM visit WHERE customer_id = 1),
        places AS (SELECT COALESCE(NULLIF(place, ''), '(none)') AS label, count(*) AS value FROM mine GROUP BY place),
        largest AS (SELECT * FROM places ORDER BY value DESC, label COLLATE \"C\" LIMIT 12)
      SELECT label || '|' || value::float8 FROM (
        (SELECT 1 AS chart, row_number() OVER (ORDER BY value DESC, label COLLATE \"C\") AS place, label, value FROM largest)
        UNION ALL SELECT 1, 13, '(others)', (SELECT count(*) FROM mine) - (SELECT sum(value) FROM largest)
        UNION ALL (SELECT 2, row_number() OVER (ORDER BY year, month), year || '-' || lpad(month::text, 2, '0'), count(*) FROM mine GROUP BY year, month
                   ORDER BY year DESC, month DESC LIMIT 36)
        UNION ALL (SELECT 3, row_number() OVER (ORDER BY avg(score) DESC, label COLLATE \"C\"), label, avg(score) FROM
                   (SELECT place, month, COALESCE(concat_ws('-', place, lpad(month::text, 2, '0')), '(none)') AS label, score FROM mine) AS l
                   GROUP BY place, month, label ORDER BY avg(score) DESC, label COLLATE \"C\" LIMIT 12)
        UNION ALL (SELECT 4, row_number() OVER (ORDER BY id::text COLLATE \"C\"), id::text, 1 FROM mine ORDER BY id::text COLLATE \"C\" DESC LIMIT 36)
        UNION ALL (SELECT 6, row_number() OVER (ORDER BY note), note, count(*) FROM mine GROUP BY note)
        UNION ALL (SELECT 5, row_number() OVER (ORDER BY at), at::text, count(*) FROM mine GROUP BY at)) AS points
      ORDER BY chart, place" >"$folder/points"
/usr/bin/python3 "$ROOT/test/interop/check_overview.py" "$folder/export.xlsx" "$folder/points"
