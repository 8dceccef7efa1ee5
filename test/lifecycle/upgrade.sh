#!/usr/bin/env bash
# Job: registered models through pg_upgrade, from each other major version that is installed here to this one (or from this one to a newer
#      one), by copy, by link and, where that is there, by swap: rows, bookkeeping, policies and grants are as before, nothing has run in
#      pg_upgrade's hands, files and snapshots of before fit, what waited goes on.
# Caller: make test (lifecycle), with ROOT and PG_CONFIG set. Promise: TAP lines; clusters of its own, which go. Where one major version
#         is installed, a line that says so, and no test.
set -euo pipefail
# shellcheck source=test/lifecycle/lib/upgrade_clusters.sh
. "$ROOT/test/lifecycle/lib/upgrade_clusters.sh"

if [ "$(majors | wc -l)" -lt 2 ]; then
  echo "# pg_upgrade: not run, since PostgreSQL $OWN_MAJOR is the only major version here (with server and headers); see docs/lifecycle.md"
  exit 0
fi

tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }
sql() { PGHOST=$CLUSTER_DIR PGPORT=$CLUSTER_PORT PGUSER=postgres psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
quiet=(-c "SET client_min_messages = error")
await() {
  local deadline=$((SECONDS + 60))
  until [ "$(sql -d travel -c "$1")" = "$2" ]; do
    if [ $SECONDS -gt $deadline ]; then echo "# waited for '$2' of: $1"; return 0; fi
  done
}
CLUSTER_OPTIONS="shared_preload_libraries = 'rehydra'
rehydra.max_jobs_per_tenant = 1"
unloaded="-c shared_preload_libraries="
second=00000000-0000-0000-0000-000000000002

# --- What is looked at -------------------------------------------------------------------------------------------------------------------
# Every row of schemas, whoever's, by SQL that does not use rehydra.
rows() {
  sql -d "$1" -c "SELECT md5(string_agg(c.oid::regclass || query_to_xml(format('SELECT t::text FROM ONLY %s AS t ORDER BY 1', c.oid::regclass), true, false, '')::text, '' ORDER BY c.oid::regclass::text))
    FROM pg_class AS c WHERE relkind = 'r' AND relnamespace = ANY ('{$2}'::regnamespace[])"
}
# Policies, switches and privileges of everything outside of the system. MAINTAIN came with 17; how a policy's text names its own columns
# changes between versions.
guards() {
  sql -d "$1" -c "SELECT schemaname, tablename, policyname, permissive, roles, cmd, regexp_replace(concat(qual, ' / ', with_check), '\m\w+\.', '', 'g') FROM pg_policies ORDER BY 1, 2, 3" \
    -c "SELECT oid::regclass::text, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) FROM pg_class WHERE relkind IN ('r', 'p', 'v') AND relnamespace::regnamespace::text !~ '^(pg_|information)' ORDER BY 1" \
    -c "SELECT kind, object, grantee::regrole::text, privilege_type, is_grantable FROM (
          SELECT 'relation' AS kind, oid::regclass::text AS object, (aclexplode(relacl)).* FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information)'
          UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, (aclexplode(attacl)).* FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace::regnamespace::text !~ '^(pg_|information)'
          UNION ALL SELECT 'function', oid::regprocedure::text, (aclexplode(proacl)).* FROM pg_proc WHERE pronamespace::regnamespace::text !~ '^(pg_|information)'
          UNION ALL SELECT 'schema', oid::regnamespace::text, (aclexplode(nspacl)).* FROM pg_namespace WHERE nspname IN ('rehydra', 'shop', 'office')) AS granted
        WHERE privilege_type <> 'MAINTAIN' ORDER BY 1, 2, 3, 4" \
    -c "SELECT pg_get_userbyid(member), pg_get_userbyid(roleid) FROM pg_auth_members WHERE pg_get_userbyid(roleid) LIKE 'rehydra%' ORDER BY 1, 2"
}
coverage() { sql -d "$1" -c "SELECT * FROM rehydra_coverage()" | sort; }
catalog() { sql -d "$1" -f "$ROOT/test/lifecycle/lib/extension_catalog.sql"; }
import() {
  sql -d "$1" "${quiet[@]}" -c "SELECT report ->> 'status' || COALESCE(' ' || (report #>> '{errors,0,message}'), '')
    FROM saved, rehydra_import(file, customer_id => '$3', confirm => 'DELETE', options => jsonb_build_object('model', name)) AS report WHERE name = '$2'"
}
restore() { sql -d "$1" "${quiet[@]}" -c "SELECT rehydra_restore(snapshot, confirm => 'DELETE') ->> 'status' FROM saved WHERE name = '$2'"; }
as_app() { sql -d "$1" "${quiet[@]}" -c "SET $2" -c "SET ROLE test_app" -c "$3"; }

# --- The old cluster: two databases, three models, a log, snapshots, jobs that ended, run and wait, an upload on its way -------------------
make_old() {
  new_cluster old
  start old
  sql -d postgres -c "CREATE DATABASE travel" -c "CREATE DATABASE office" -c "ALTER DATABASE office SET rehydra.tenant_setting = 'app.current_tenant'"
  sql -d travel "${quiet[@]}" -c "CREATE EXTENSION rehydra" -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" \
    -f "$ROOT/test/pgtap/import_data.psql" -c "CREATE ROLE test_web LOGIN IN ROLE test_app" \
    -c "CREATE TABLE saved AS SELECT 'customer_success' AS name, rehydra_export('1') AS file, rehydra_snapshot('1') AS snapshot" \
    -f "$ROOT/test/lifecycle/upgrade_models.sql" -c "GRANT SELECT ON saved TO test_app" \
    -c "SELECT rehydra_import('no workbook', customer_id => '1', options => '{\"model\": \"shop\"}') ->> 'status'" >/dev/null
  sql -d office "${quiet[@]}" -c "CREATE EXTENSION rehydra" -f "$ROOT/test/lifecycle/upgrade_office.sql" >/dev/null
  local submit="rehydra_submit('export', '1', options => '{\"model\": \"customer_success\"}')"
  ended=$(sql -d travel -c "SELECT $submit")
  await "SELECT status FROM rehydra.job WHERE operation_id = '$ended'" "done"
  resting=$(sql -d travel -c "SET rehydra.fault_point = 'export_sheet:wait'" -c "SELECT $submit")
  await "SELECT count(*) FROM rehydra.job j JOIN pg_stat_activity a USING (pid) WHERE j.operation_id = '$resting' AND a.wait_event_type = 'Extension'" 1
  waiting=$(PGOPTIONS="-c rehydra.tenant=1" sql -d travel -U test_web -c "SELECT $submit")
  upload=$(as_app travel "rehydra.tenant = '1'" "SELECT rehydra_import_begin(options => '{\"model\": \"customer_success\"}')")
  as_app travel "rehydra.tenant = '1'" "SELECT rehydra_import_add('$upload', file) FROM saved WHERE name = 'customer_success'" >/dev/null
  stop
  start old "$unloaded"
  whole=$(rows travel public,shop) office_whole=$(rows office office)
  books=$(rows travel rehydra) office_books=$(rows office rehydra)
  guarded=$(guards travel; guards office)
  covered=$(coverage travel; coverage office)
  options=$(sql -d travel -c "SELECT DISTINCT split_part(o, '=', 1) FROM pg_attribute, unnest(attoptions) AS o")
  if [ "$(wc -l <<<"$guarded")" -lt 100 ] || [ "$(wc -l <<<"$covered")" -lt 10 ]; then echo "not ok - the old cluster tells what it has"; fi
  stop
}

# --- What must hold in the new one ---------------------------------------------------------------------------------------------------------
check() {
  local how=$1
  start new "$unloaded"
  tell "$(rows travel public,shop) $(rows office office)" "$whole $office_whole" "$how: every row is there"
  tell "$(rows travel rehydra) $(rows office rehydra)" "$books $office_books" "$how: registry, log, snapshots, jobs and uploads are as they were, and no job ran meanwhile"
  tell "$(diff <(guards travel; guards office) <(echo "$guarded") | head -5)" "" "$how: policies and grants are as before"
  tell "$(diff <(coverage travel; coverage office) <(echo "$covered") | head -5)" "" "$how: so is the coverage"
  sql -d postgres -c "CREATE DATABASE fresh"
  sql -d fresh "${quiet[@]}" -c "CREATE EXTENSION rehydra"
  tell "$(diff <(catalog travel) <(catalog fresh) | head -5)" "" "$how: the extension's catalog is that of a new installation"
  stop
  start new
  tell "$(import travel customer_success 1), $(import travel shop 1), $(import office office "${second/%2/1}")" "unchanged, unchanged, unchanged" \
    "$how: exports of before import as unchanged, also of before a rename"
  await "SELECT status FROM rehydra.job WHERE operation_id = '$waiting'" "done"
  tell "$(sql -d travel -c "SELECT concat_ws(' ', status, outcome, pg_get_userbyid(role)) FROM rehydra.job WHERE operation_id IN ('$ended', '$resting', '$waiting') ORDER BY number")" \
    "$(printf '%s\n' 'done applied postgres' 'interrupted interrupted postgres' 'done applied test_web')" "$how: a job that waited runs, one that ran is interrupted"
  tell "$(sql -d travel "${quiet[@]}" -c "SELECT rehydra_import(rehydra_job_file('$ended'), customer_id => '1', options => '{\"model\": \"customer_success\"}') ->> 'status'")" unchanged "$how: the file of one that had ended is there"
  tell "$(as_app travel "rehydra.tenant = '1'" "SELECT rehydra_import_run('$upload', confirm => 'DELETE') ->> 'status'")" unchanged "$how: an upload goes on"
  check_changes "$how"
  check_tenants "$how"
  check_travel "$how"
  stop
}

check_changes() {
  local how=$1
  sql -d travel -c "UPDATE accounts SET account_name = 'x' WHERE customer_id = 1" -c "DELETE FROM kpi_time_series WHERE customer_id = 1" \
    -c "UPDATE shop.purchases SET token = NULL, mood = NULL WHERE tenant_id = 1" -c "DELETE FROM shop.lines WHERE no = 2 AND order_id IN (SELECT id FROM shop.purchases WHERE tenant_id = 1)"
  sql -d office -c "UPDATE office.desks SET label = 'x' WHERE room_id IN (SELECT id FROM office.rooms WHERE tenant_id <> '$second')"
  tell "$(restore travel customer_success), $(restore travel shop), $(restore office office)" "applied, applied, applied" "$how: snapshots of before are restored"
  tell "$(rows travel public,shop) $(rows office office)" "$whole $office_whole" "$how: to the last row"
  sql -d travel -c "ALTER TABLE shop.purchases RENAME TO bought" -c "ALTER TABLE shop.bought RENAME COLUMN number TO label" -c "ALTER TABLE accounts RENAME TO companies"
  tell "$(import travel shop 1), $(import travel customer_success 1)" "unchanged, unchanged" "$how: renames are followed from here on"
  sql -d travel -c "ALTER TABLE companies RENAME TO accounts"
  tell "$(sql -d travel -c "ALTER EXTENSION rehydra UPDATE" 2>&1; import travel shop 1)" \
    "NOTICE:  version \"$(sql -d travel -c "SELECT rehydra_version()")\" of extension \"rehydra\" is already installed"$'\n'unchanged "$how: ALTER EXTENSION works"
}

check_tenants() {
  local how=$1
  tell "$(as_app travel "rehydra.tenant = '2'" "SELECT count(*) FROM accounts")" 2 "$how: isolation all binds everybody"
  tell "$(as_app travel "rehydra.tenant = '2'" "SELECT count(DISTINCT tenant_id) FROM shop.bought") $(sql -d travel -c "SET rehydra.tenant = '2'" -c "SET ROLE rehydra_worker" -c "SELECT DISTINCT tenant_id FROM shop.bought")" \
    "2 2" "$how: isolation worker binds the worker alone"
  tell "$(as_app office "app.current_tenant = '$second'" "SELECT DISTINCT tenant_id FROM office.rooms")" "$second" "$how: isolation existing binds as the application says"
  tell "$(as_app travel "rehydra.tenant = '1'" "SELECT count(*) > 2, count(*) FILTER (WHERE customer_id <> '1') FROM rehydra.activity_log")" "t|0" "$how: a session reads its own lines of the log"
  tell "$(sql -d travel -c "UPDATE rehydra.activity SET outcome = 'x'" 2>&1 | grep -c 'append-only')" 1 "$how: the log is still append-only"
}

# A database that came through pg_upgrade is dumped and restored like any other.
check_travel() {
  local how=$1
  sql -d postgres -c "CREATE DATABASE copy TEMPLATE template0"
  sql -d travel -c "SELECT count(*) FROM rehydra_follow_renames()" >/dev/null
  cluster_run pg_dump -d travel -Fc -f dumped
  cluster_run pg_restore -d copy --exit-on-error dumped
  tell "$(import copy shop 1), $(import copy customer_success 1), $(restore copy shop)" "unchanged, unchanged, unchanged" "$how: dumped and restored from there, it fits as well"
}

# Minor versions of 2026-11 (15.20, 17.12) give every column an option that earlier ones of a newer major version (18.6) do not know:
# pg_upgrade ends in an error there for any database with a table.
unknown_option() {
  local option
  new_cluster new
  start new "$unloaded"
  sql -d postgres -c "CREATE TABLE plain (id int)"
  for option in $options; do sql -d postgres -c "ALTER TABLE plain ALTER id SET ($option = 1)" 2>/dev/null || echo "$option"; done
  stop
  cluster_run rm -rf new
}

# --- Each pair of versions, each way -------------------------------------------------------------------------------------------------------
try() {
  local from=$1 to=$2 mode unknown
  local -a modes=(--copy --link) option
  echo "# pg_upgrade from PostgreSQL $from to $to"
  use "$from"
  make_old
  use "$to"
  unknown=$(unknown_option)
  if [ -n "$unknown" ]; then
    echo "# pg_upgrade from PostgreSQL $from to $to: not run, since $("$PG_CONFIG" --version) does not know the column option $unknown of $from; take a later minor version"
    cluster_run rm -rf old
    return
  fi
  if cluster_run pg_upgrade --help | grep -q -e '--swap'; then modes+=(--swap); fi
  cluster_run mv old kept
  for mode in "${modes[@]}"; do
    cluster_run cp -a kept old
    new_cluster new
    option=("$mode")
    if [ "$mode" = --copy ]; then option=(); fi   # the default, which has no name before 17
    if upgrade "$from" old new ${option[@]+"${option[@]}"}; then check "$from to $to, $mode"; else
      echo "not ok - $from to $to: pg_upgrade $mode"
    fi
    cluster_run rm -rf old new dumped
  done
  cluster_run rm -rf kept
}

mapfile -t others < <(majors | sed "/^$OWN_MAJOR /d; s/ .*//")
install_versions "$OWN_MAJOR" "${others[@]}"
for other in "${others[@]}"; do
  if [ "$other" -lt "$OWN_MAJOR" ]; then try "$other" "$OWN_MAJOR"; else try "$OWN_MAJOR" "$other"; fi
done
