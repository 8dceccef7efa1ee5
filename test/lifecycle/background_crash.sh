#!/usr/bin/env bash
# Job: a job whose worker is killed, as kill -9 does, or whose server stops in the middle: the customer is as before, the job is
#      interrupted, those that waited go on, and submitted again it goes through.
# Caller: make test (lifecycle), with ROOT and PG_CONFIG set. Promise: TAP lines; a cluster of its own, which goes.
set -euo pipefail
# shellcheck source=test/lifecycle/lib/background_cluster.sh
. "$ROOT/test/lifecycle/lib/background_cluster.sh"

whole=$(content)
worker() { sql -c "SELECT pid FROM rehydra.job WHERE operation_id = '$1'"; }
kill_worker() { kill -9 "$(worker "$1")"; }
kill_dispatcher() { kill -9 "$(sql -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'rehydra dispatcher'")"; }
restart() { cluster_run pg_ctl --pgdata=data --log=server.log "--mode=$2" --wait --silent restart; }
restart_fast() { restart "$1" fast; }
restart_at_once() { restart "$1" immediate; }
end_worker() { sql -c "SELECT pg_terminate_backend(pid) FROM rehydra.job WHERE operation_id = '$1'" >/dev/null; }

for way in kill_worker kill_dispatcher restart_fast restart_at_once end_worker; do
  for point in kept_snapshot inserted; do
    damage
    before=$(tenant)
    id=$(sql -c "SET rehydra.fault_point = '$point:wait'" -c "SELECT rehydra_submit('import', '1', file => file, confirm => 'DELETE') FROM saved")
    await_rest "$id"
    next=$(web -c "SELECT rehydra_submit('export')")
    # synchronous_commit is off in a throwaway cluster: what came before must be on record.
    sql -c CHECKPOINT
    $way "$id"
    await_server
    await_status "$id" interrupted
    tell "$(status "$id")" "interrupted interrupted 57P01" "$way at '$point': the job is interrupted"
    tell "$(tenant)" "$before" "the customer is as before"
    tell "$(sql -c "SELECT kind, customer_id, outcome, session_role, datasets IS NULL FROM rehydra.activity WHERE operation_id = '$id'")" "import|1|interrupted|postgres|t" "the log says so"
    await_status "$next" "done"
    tell "$(status "$next")" "done applied" "the job that waited runs"
    id=$(web -c "SELECT rehydra_submit('import', file => file, confirm => 'DELETE') FROM saved")
    await_status "$id" "done"
    tell "$(status "$id") $(content)" "done applied $whole" "submitted again, the import goes through"
  done
done

# The launcher itself comes back.
launcher=$(sql -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'rehydra launcher'")
sql -c "SELECT pg_terminate_backend($launcher)" >/dev/null
id=$(web -c "SELECT rehydra_submit('export')")
await_status "$id" "done"
tell "$(status "$id")" "done applied" "without a launcher, a job waits for the next one"
tell "$(sql -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'rehydra launcher' AND pid <> $launcher")" 1 "which comes"

# A standby has none, and takes no jobs, until it is promoted.
cluster_run pg_basebackup --pgdata=standby --write-recovery-conf --checkpoint=fast --no-sync
cluster_run mkdir -m 0700 socket
printf '%s\n' "port = $((CLUSTER_PORT + 1))" "unix_socket_directories = '$CLUSTER_DIR/socket'" >>"$CLUSTER_DIR/standby/postgresql.auto.conf"
cluster_run pg_ctl --pgdata=standby --log=standby.log --timeout=60 --wait --silent start
stop_standby() { cluster_run pg_ctl --pgdata=standby --mode=immediate --silent --wait stop || true; }
trap 'stop_standby; cluster_stop' EXIT
standby() { PGHOST=$CLUSTER_DIR/socket PGPORT=$((CLUSTER_PORT + 1)) psql -XqAt "$@" </dev/null; }
tell "$(standby -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'rehydra%'")" 0 "a standby has no launcher"
tell "$(standby -v VERBOSITY=sqlstate -c "SELECT rehydra_submit('export', '1')" 2>&1)" "ERROR:  25006" "and takes no jobs"
standby -c "SELECT pg_promote()" >/dev/null
until [ "$(standby -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'rehydra launcher'")" = 1 ]; do :; done
id=$(standby -c "SELECT rehydra_submit('export', '1')")
until [ "$(standby -c "SELECT status FROM rehydra.job WHERE operation_id = '$id'")" = "done" ]; do :; done
echo "ok - once promoted, it does"
