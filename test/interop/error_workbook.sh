#!/usr/bin/env bash
# Job: show that a refused workbook comes back marked, opens everywhere, and imports once its marked cells are corrected.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT, PGUSER and WORK set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if ! /usr/bin/python3 -c 'import openpyxl' 2>/dev/null; then
  echo "# openpyxl is not installed: skipped"
  exit 0
fi
export PGDATABASE=rehydra_error_workbook
finish() {
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
psql -XqAt -v ON_ERROR_STOP=1 -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
/usr/bin/python3 "$here/error_workbook.py" "$WORK"
