#!/usr/bin/env bash
# Job: a registered model through pg_dump and pg_restore, in every way that a database travels: whole, as an archive, data alone, one
#      schema, over itself. An export of before imports as unchanged, a snapshot of before restores, the log and the guard are there.
# Caller: make test (lifecycle), with ROOT, WORK, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

folder=$(mktemp -d)
databases=(travel_from travel_plain travel_archive travel_data travel_schema)
finish() {
  rm -rf "$folder"
  for database in "${databases[@]}"; do psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $database" >/dev/null; done
  psql -Xq -d postgres -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }
quiet=(-c "SET client_min_messages = error")
helpers=("${quiet[@]}" -f "$ROOT/test/pgtap/import_helpers.psql")
digest() { sql -d "$1" "${helpers[@]}" -c "SELECT md5(concat(pg_temp.digest('1'), pg_temp.digest('2'), pg_temp.digest('shared')))"; }
import() { sql -d "$1" "${quiet[@]}" -c "SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE') ->> 'status' FROM saved"; }

for database in "${databases[@]}"; do sql -d postgres -c "CREATE DATABASE $database TEMPLATE template0"; done
sql -d travel_from "${quiet[@]}" -c "CREATE EXTENSION rehydra" -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" \
  -f "$ROOT/test/pgtap/import_data.psql" -c "CREATE TABLE saved AS SELECT rehydra_export(1) AS file, rehydra_snapshot('1') AS snapshot" \
  -c "GRANT SELECT ON saved TO test_app" >/dev/null
whole=$(digest travel_from)
log=$(sql -d travel_from -c "SELECT count(*) FROM rehydra.activity")
# Oids of the restored database are used up first, so that none is what it was by chance.
use_oids() { sql -d "$1" -c "SELECT lo_create(0) FROM generate_series(1, 500)" >/dev/null; }

# What must hold in a database that was brought here.
check() {
  local database=$1 how=$2
  tell "$(digest "$database")" "$whole" "$how: every row is there"
  tell "$(sql -d "$database" -c "SELECT count(*) FROM rehydra.activity")" "$log" "$how: the log is there"
  tell "$(sql -d "$database" "${quiet[@]}" -c "SET rehydra.tenant = '1'" -c "SET ROLE test_app" -c "SELECT count(*) > 0 FROM rehydra.activity_log")" t "$how: a session reads its own lines at once"
  tell "$(import "$database")" unchanged "$how: an export of before imports as unchanged"
  sql -d "$database" "${quiet[@]}" -c "UPDATE accounts SET account_name = 'x' WHERE customer_id = 1" -c "DELETE FROM kpi_time_series WHERE customer_id = 1"
  tell "$(sql -d "$database" "${quiet[@]}" -c "SELECT rehydra_restore(snapshot, confirm => 'DELETE') ->> 'status' FROM saved")" applied "$how: a snapshot of before is restored"
  tell "$(digest "$database")" "$whole" "$how: to the last row"
  tell "$(sql -d "$database" "${quiet[@]}" -c "SET rehydra.tenant = '2'" -c "SET ROLE test_app" -c "SELECT count(*) FROM accounts")" 2 "$how: the policies are there"
  tell "$(sql -d "$database" -c "UPDATE rehydra.activity SET outcome = 'x'" 2>&1 | grep -c 'append-only')" 1 "$how: the log is still append-only"
  sql -d "$database" -c "ALTER TABLE accounts RENAME TO companies" -c "ALTER TABLE products RENAME COLUMN product_sku TO sku"
  tell "$(import "$database")" unchanged "$how: renames are followed from here on"
  tell "$(sql -d "$database" -c "SELECT count(*) FROM rehydra.datasets d JOIN pg_class c ON c.oid = d.relation_oid AND c.relname = d.table_name AND d.relation_home = rehydra.registry_home()")" \
    "$(sql -d "$database" -c "SELECT count(*) FROM rehydra.datasets")" "$how: the registry knows its tables"
}

pg_dump -d travel_from -f "$folder/plain.sql"
use_oids travel_plain
psql -XqAt -v ON_ERROR_STOP=1 -d travel_plain -f "$folder/plain.sql" </dev/null >/dev/null
check travel_plain "pg_dump | psql"

pg_dump -d travel_from -Fc -f "$folder/archive"
pg_restore -d travel_archive --exit-on-error "$folder/archive"
check travel_archive "pg_restore of an archive"

# The data alone, into a database whose tables an application's own migration made.
use_oids travel_data
sql -d travel_data "${quiet[@]}" -c "CREATE EXTENSION rehydra" >/dev/null
pg_dump -d travel_from --schema-only -f "$folder/schema.sql"
psql -XqAt -v ON_ERROR_STOP=1 -d travel_data -f "$folder/schema.sql" </dev/null >/dev/null
pg_restore -d travel_data --exit-on-error --data-only --disable-triggers "$folder/archive"
check travel_data "the data alone"

# One schema brings tables, not the registry: what an export says.
pg_dump -d travel_from -n public -f "$folder/public.sql"
sed -i '/^CREATE SCHEMA public;$/d' "$folder/public.sql"
sql -d travel_schema "${quiet[@]}" -c "CREATE EXTENSION rehydra" >/dev/null
psql -XqAt -v ON_ERROR_STOP=1 -d travel_schema -f "$folder/public.sql" </dev/null >/dev/null
tell "$(sql -d travel_schema -c "SELECT rehydra_export(1)" 2>&1 | grep -c 'no model is registered in this database')" 1 "one schema elsewhere: no model is registered, says an export"
sql -d travel_schema "${quiet[@]}" -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" >/dev/null
tell "$(import travel_schema)" unchanged "one schema elsewhere: registered there, an export of before imports as unchanged"

# Tables put back over themselves have other oids, the same names and the same owner.
pg_dump -d travel_from -Fc -t accounts -f "$folder/accounts"
sql -d travel_from "${quiet[@]}" -c "DROP TABLE accounts CASCADE" >/dev/null
tell "$(sql -d travel_from -c "SELECT rehydra_export(1)" 2>&1 | grep -c 'table "public"."accounts" of data set "accounts" does not exist any more')" 1 "a dropped table is named"
pg_restore -d travel_from --exit-on-error "$folder/accounts"
tell "$(import travel_from)" unchanged "one table put back: it is taken for what it was"
pg_restore -d travel_from --exit-on-error --clean --if-exists "$folder/archive" 2>"$folder/errors" || true
tell "$(head -n 3 "$folder/errors")" "" "pg_restore --clean over the same database"
check travel_from "pg_restore --clean over itself"
