#!/usr/bin/env bash
# Job: show that bad workbooks of more than twenty kinds are refused, every error at its place, nothing changed, and import once corrected.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if ! /usr/bin/python3 -c 'import openpyxl' 2>/dev/null; then
  echo "# openpyxl is not installed: skipped"
  exit 0
fi
export PGDATABASE=rehydra_bad_workbooks HELPERS=$ROOT/test/pgtap/import_helpers.psql
finish() {
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
psql -XqAt -v ON_ERROR_STOP=1 -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" \
  -c "CREATE TYPE playbook_kind AS ENUM ('sprint', 'blitz')" \
  -c "ALTER TABLE playbook_triggers ALTER COLUMN playbook_type TYPE playbook_kind USING playbook_type::playbook_kind" \
  -c "ALTER TABLE health_trends ADD CONSTRAINT a_month CHECK (month BETWEEN 1 AND 12)" \
  -c "SELECT count(*) FROM rehydra_register('feature_toggles', 'customer_success', checks => '{\"has a name\": \"length(feature_name) > 1\"}')" >/dev/null
/usr/bin/python3 "$here/bad_workbooks.py"
