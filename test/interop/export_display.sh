#!/usr/bin/env bash
# Job: what display columns show of rows' parents is the same whether the parents were read before the sheets or joined,
# which they are where they are too many, too wide, or referred to by other than integers.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

folder=$(mktemp -d)
export PGDATABASE=rehydra_export_display
trap 'rm -rf "$folder"; psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c "DROP ROLE IF EXISTS test_app, test_operator, test_nobody" >/dev/null' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" >/dev/null
export_to() { sql -c "SELECT encode(rehydra_export(1, datasets => '{kpis,products,health_trends,kpi_time_series,playbook_reports}'), 'base64')" | base64 -d >"$folder/$1.xlsx"; }

export_to read_before
tell "$(/usr/bin/python3 - "$folder/read_before.xlsx" <<'PY'
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
shown = sorted({str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value in ('North', 'West', 'South', '00123', 'Alpha', 'Epsilon')})
print(' '.join(shown))
PY
)" "00123 Alpha Epsilon North South West" "display columns show the names of the rows' parents"

# same FILE FILE: whether all sheets of data are equal, byte by byte.
same() {
  /usr/bin/python3 - "$folder/$1.xlsx" "$folder/$2.xlsx" <<'PY'
import sys, zipfile
first, second = (zipfile.ZipFile(name) for name in sys.argv[1:])
names = [name for name in first.namelist() if name.startswith('xl/worksheets/sheet')]
different = [name for name in names if first.read(name) != second.read(name)]
# Metadata and manifest tell when they were written.
print(len(names) > 5 and len(different) <= 2)
PY
}
export_to again
tell "$(same read_before again)" True "two exports have the same sheets, metadata and manifest aside"
sql -c "BEGIN" -c "INSERT INTO accounts (account_id, customer_id, account_name) SELECT 1000 + n, 1, 'one of many ' || n FROM generate_series(1, 50001) AS n" -c COMMIT
# The parents that are shown come last, so that what was read before would lack them.
behind() { sql -c "UPDATE accounts SET revenue = revenue WHERE account_id < 1000"; }
behind
export_to joined
tell "$(same read_before joined)" True "and so where parents are too many to be read before"
sql -c "DELETE FROM accounts WHERE account_id > 1000" \
  -c "ALTER TABLE accounts ALTER COLUMN account_name TYPE text" -c "VACUUM FULL accounts" \
  -c "INSERT INTO accounts (account_id, customer_id, account_name) SELECT 1000 + n, 1, repeat(n || ' wide ', 200000) FROM generate_series(1, 9) AS n"
behind
export_to wide
tell "$(same read_before wide)" True "or too wide"
