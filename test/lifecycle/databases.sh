#!/usr/bin/env bash
# Job: two databases of one cluster share their roles and nothing else; the extension can be dropped and made again in one; one that
#      was updated from a released version is the same as one made new.
# Caller: make test (lifecycle), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

databases=(life_one life_two life_copy life_updated)
finish() {
  for database in "${databases[@]}"; do psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $database" >/dev/null; done
  psql -Xq -d postgres -c 'DROP ROLE IF EXISTS test_app, test_operator, test_nobody' >/dev/null
}
trap finish EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }
quiet=(-c "SET client_min_messages = error")
import() { sql -d "$1" "${quiet[@]}" -c "SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE') ->> 'status' FROM saved"; }

for database in life_one life_two life_updated; do sql -d postgres -c "CREATE DATABASE $database"; done
sql -d life_one "${quiet[@]}" -c "CREATE EXTENSION rehydra" -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" \
  -f "$ROOT/test/pgtap/import_data.psql" -c "CREATE TABLE saved AS SELECT rehydra_export(1) AS file" >/dev/null
sql -d life_two "${quiet[@]}" -c "CREATE EXTENSION rehydra" -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" >/dev/null
tell "$(sql -d life_two -c "SELECT count(*) FROM rehydra.activity")" 0 "a second database has a registry and a log of its own"
sql -d life_two "${quiet[@]}" -c "DROP EXTENSION rehydra CASCADE"
tell "$(sql -d life_two -c "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'rehydra\_%'" | sed 's/^[5-9]$/kept/')" kept "dropped there, the roles of the cluster stay"
tell "$(import life_one)" unchanged "and the first database goes on"
tell "$(sql -d life_one "${quiet[@]}" -c "SET rehydra.tenant = '2'" -c "SET ROLE test_app" -c "SELECT count(*) FROM accounts")" 2 "its policies bind"
sql -d life_two "${quiet[@]}" -c "CREATE EXTENSION rehydra"
tell "$(sql -d life_two "${quiet[@]}" -c "SELECT count(*) > 0 FROM rehydra_install_preset('customer_success', 'public')")" t "made again, the preset takes the tables that are there"
tell "$(sql -d life_two -c "SELECT isolation FROM rehydra.models")" all "and keeps them apart as they were"

# A copy of a database on the server: its oids are the same, the place is another.
sql -d postgres -c "CREATE DATABASE life_copy TEMPLATE life_one"
sql -d life_copy -c "ALTER TABLE accounts RENAME TO before" -c "ALTER TABLE before RENAME TO accounts"
tell "$(import life_copy)" unchanged "a copy of a database works"
sql -d life_copy -c "ALTER TABLE accounts RENAME TO companies"
tell "$(import life_copy)" unchanged "and follows its own renames"
tell "$(import life_one)" unchanged "the original does not notice"

catalog=$ROOT/test/lifecycle/lib/extension_catalog.sql
fresh=$(sql -d life_one -f "$catalog")
tell "$(($(wc -l <<<"$fresh") > 100))" 1 "the extension's catalog can be told as text"
sql -d life_updated "${quiet[@]}" -c "CREATE EXTENSION rehydra"
tell "$(diff <(sql -d life_updated -f "$catalog") <(echo "$fresh") | head -3)" "" "two new installations have the same catalog"
# Each version that pg_available_extension_versions offers beside the present one was released, and has a way to it.
for version in $(sql -d life_updated -c "SELECT v.version FROM pg_available_extension_versions v JOIN pg_available_extensions a USING (name) WHERE name = 'rehydra' AND v.version <> a.default_version"); do
  sql -d life_updated "${quiet[@]}" -c "DROP EXTENSION rehydra" -c "CREATE EXTENSION rehydra VERSION '$version'" -c "ALTER EXTENSION rehydra UPDATE"
  tell "$(diff <(sql -d life_updated -f "$catalog") <(echo "$fresh") | head -3)" "" "updated from $version, the catalog is that of a new installation"
done
sql -d life_updated "${quiet[@]}" -c "ALTER EXTENSION rehydra UPDATE"
tell "$(diff <(sql -d life_updated -f "$catalog") <(echo "$fresh") | head -3)" "" "an update to the version that is there changes nothing"
