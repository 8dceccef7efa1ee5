#!/usr/bin/env bash
# Job: show what an import makes of workbooks that people edited: what is refused, saying where and why, and what is done.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if ! /usr/bin/python3 -c 'import openpyxl' 2>/dev/null; then
  echo "# openpyxl is not installed: skipped"
  exit 0
fi
export PGDATABASE=rehydra_import_edited HELPERS=$ROOT/test/pgtap/import_helpers.psql
finish() {
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
psql -XqAt -v ON_ERROR_STOP=1 -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
code=0
/usr/bin/python3 "$here/import_refusals.py" || code=1
/usr/bin/python3 "$here/import_edits.py" || code=1
/usr/bin/python3 "$here/import_continued.py" || code=1
exit "$code"
