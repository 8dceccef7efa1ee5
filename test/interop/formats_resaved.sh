#!/usr/bin/env bash
# Job: show that json documents and csv bundles survive the programs that people and scripts open and save them with, and
#      what an import makes of edited and broken bundles.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export PGDATABASE=rehydra_formats_resaved HELPERS=$ROOT/test/pgtap/import_helpers.psql
finish() {
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
psql -XqAt -v ON_ERROR_STOP=1 -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
# What spreadsheets change where they can.
psql -XqAt -v ON_ERROR_STOP=1 <<'SQL'
INSERT INTO kpis (kpi_id, upload_id, account_id, kpi_parameter, data)
  SELECT 200 + n, 1, 3, 'Text ' || n, text
  FROM unnest(ARRAY['=1+1', '+1', '-1', '@SUM(A1)', E'\t=1', ' =1+1', '00123', '1e5', '1/2', '10:30', '2024-01-31', 'TRUE', 'false', 'Jan 5',
    '50%', '1,5', '$5', '(12)', '''quoted', '"in quotes"', '""', '"', 'a;b', E'a\tb', E'a\rb', E'a\r\nb', E'a\nb', ' x ', 'N/A', '#N/A', 'NULL',
    '_x000D_', E'\u0001', E'\uFFFE', '漢字', '1.000', '123456789012345678', '12345678901234567890', 'http://example.org/?a=1&b=2', '[[rehydra:long 1', '🦊'])
    WITH ORDINALITY AS t (text, n);
UPDATE accounts SET created_at = '2024-01-31 12:34:56', updated_at = '1899-12-31 23:59:59' WHERE account_id = 1;
UPDATE playbook_executions SET started_at = '2024-12-31 23:59:01' WHERE id = 1;
UPDATE accounts SET revenue = 123456789012.25 WHERE account_id = 2;
SQL
/usr/bin/python3 "$here/formats_resaved.py"
