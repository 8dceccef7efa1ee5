# shellcheck shell=bash
# Job: a cluster of its own that preloads the library, with a database of two customers, for the tests of background work.
# Caller: sourced by test/lifecycle/background*.sh, which make test gives another cluster: that one does not preload.
# Promise: sql (a superuser), web and other (a web application's sessions, of customer 1 and 2), and ways to wait for a job without
#          waiting for a time. The cluster goes when the script ends.
# The last pg_config on the path is the system's; the first one is that of the other cluster's private copy.
PATH=${PATH#*:}
PG_CONFIG=$(command -v "${PG_CONFIG:-pg_config}")
CLUSTER_OPTIONS="shared_preload_libraries = 'rehydra'
max_prepared_transactions = 2"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"
cluster_start
PATH="$(cluster_bin):$PATH"
export PATH PGHOST=$CLUSTER_DIR PGPORT=$CLUSTER_PORT PGUSER=postgres PGDATABASE=postgres

tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
web() { PGUSER=test_web PGOPTIONS="-c rehydra.tenant=1" psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
other() { PGUSER=test_web PGOPTIONS="-c rehydra.tenant=2" psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
sqlstate() { "$1" -v VERBOSITY=sqlstate -c "$2" 2>&1 >/dev/null | sed -n 's/^ERROR:  //p'; }
# await QUERY ANSWER: until the one gives the other; a minute is more than any of this takes.
await() {
  local deadline=$((SECONDS + 60))
  until [ "$(sql -c "$1")" = "$2" ]; do
    if [ $SECONDS -gt $deadline ]; then echo "# waited for '$2' of: $1"; sql -c "TABLE rehydra.jobs" | sed 's/^/# /'; return 0; fi
  done
}
status() { sql -c "SELECT concat_ws(' ', status, outcome, sqlstate) FROM rehydra.job WHERE operation_id = '$1'"; }
await_status() { await "SELECT status FROM rehydra.job WHERE operation_id = '$1'" "$2"; }
# At rest at a fault point, which its submitter, a superuser, has armed.
await_rest() { await "SELECT count(*) FROM rehydra.job j JOIN pg_stat_activity a USING (pid) WHERE j.operation_id = '$1' AND a.wait_event_type = 'Extension'" 1; }
await_server() { until pg_isready -q; do :; done; }
helpers=(-c "SET client_min_messages = error" -f "$ROOT/test/pgtap/import_helpers.psql")
tenant() { sql "${helpers[@]}" -c "SELECT md5(concat(pg_temp.digest('1', true), pg_temp.neighbours()))"; }
content() { sql "${helpers[@]}" -c "SELECT md5(concat(pg_temp.digest('1'), pg_temp.neighbours()))"; }
damage() { sql "${helpers[@]}" -c "SELECT pg_temp.damage()" >/dev/null; }

sql -c "CREATE DATABASE background"
export PGDATABASE=background
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" -f "$ROOT/test/pgtap/import_data.psql" \
  -c "CREATE ROLE test_web LOGIN IN ROLE test_app" -c "CREATE TABLE saved AS SELECT rehydra_export(1) AS file" \
  -c "GRANT SELECT ON saved TO test_app" >/dev/null
