# Job: a database with two customers of the preset, and customer 1's workbook beside it.
# Caller: sourced by test/hostile/*.sh, with PGDATABASE (its name) set, and ROOT, PGHOST, PGPORT and PGUSER.
# Promise: $folder/export.xlsx and sql(); database, roles and folder go when the script ends.
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
