#!/usr/bin/env bash
# Job: end imports at random moments (kill -9, cancel, terminate, timeout), for a while: a customer is as before or as the file says,
#      never between; nobody else changes; the log has a line exactly for what was committed; no temporary file stays.
# Caller: make soak, with ROOT, WORK, CLUSTER_DIR, PGHOST, PGPORT and PGUSER set. SOAK_SECONDS=300 bounds it (a lower SECONDS_LIMIT of
#         the caller's too); SEED chooses the damage, the causes and the moments.
# Promise: prints its seed; ends at the first broken promise, with what was found; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
limit=${SOAK_SECONDS:-300}
if [ -z "${SOAK_SECONDS:-}" ] && [ "${SECONDS_LIMIT:-$limit}" -lt "$limit" ]; then limit=$SECONDS_LIMIT; fi
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
export PGDATABASE=rehydra_random_kills
folder=$(mktemp -d "$WORK/random_kills.XXXXXX")
round=0
import=
sql() { psql -XqAt -F ' ' -v ON_ERROR_STOP=1 "$@" </dev/null; }

finish() {
  local code=$?
  if [ "$code" -ne 0 ]; then echo "random kills: ended in round $round with code $code (SEED=$seed)"; fi
  : >"$folder/let_go"
  if [ -n "$import" ]; then wait "$import" || true; fi
  until pg_isready -q; do sleep 0.05; done
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE WITH (FORCE)" -c 'DROP ROLE IF EXISTS soak_app' >/dev/null
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT

broken() {
  printf 'not ok - round %s, SEED=%s: %s\n' "$round" "$seed" "$1"
  printf '# %s\n' "${@:2}"
  exit 1
}

# until CONDITION..., for at most a minute or two: nothing that is waited for here takes longer.
await() {
  local end=$((SECONDS + 120))
  until "$@"; do
    if [ "$SECONDS" -gt "$end" ]; then broken "waited in vain for: $*"; fi
    sleep 0.02
  done
}

# --- What is there: digests of all rows by plain SQL, and what the log, the snapshots and the server hold --------------
look() {
  sql -v digest=seen -f "$ROOT/demo/20-digest.sql" -c "
    SELECT md5(string_agg(s::text, ' ' ORDER BY table_name) FILTER (WHERE customer = '1')),
           md5(string_agg(s::text, ' ' ORDER BY customer, table_name) FILTER (WHERE customer <> '1')),
           (SELECT count(*) FROM witness), (SELECT count(*) FROM rehydra.activity),
           (SELECT count(*) FROM rehydra.activity WHERE outcome = 'applied'), (SELECT count(*) FROM rehydra.snapshot),
           (SELECT count(*) FROM pg_ls_dir('base/pgsql_tmp', true, false)),
           COALESCE((SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'), 0)
    FROM seen AS s" >"$folder/seen" || broken "the server does not answer"
  read -r one others witnessed logged applied_logged snapshots files checkpointer <"$folder/seen"
}
remember() { before=("$witnessed" "$logged" "$applied_logged" "$snapshots"); }
# Lines since then: transactions committed, lines of the log, those of them that say applied, snapshots.
news() { echo "$((witnessed - before[0])) $((logged - before[1])) $((applied_logged - before[2])) $((snapshots - before[3]))"; }

# After a crash every process is a new one, but for the postmaster; it is over when a session finds another checkpointer.
recovered() {
  local now
  now=$(sql -c "SELECT COALESCE(max(pid), 0) FROM pg_stat_activity WHERE backend_type = 'checkpointer'" 2>/dev/null) || return 1
  [ "$now" != 0 ] && [ "$now" != "$checkpointer" ]
}
gone() { ! kill -0 "$1" 2>/dev/null; }

# --- An import in a session of its own, which leaves its backend's pid, the report's status and a mark that it committed.
# It stays connected until it is let go, so that a signal that comes late meets an idle backend, not a stranger. ------------
start_import() {
  local timeout=$1
  rm -f "$folder"/{pid,status,committed,let_go}
  : >"$folder/error"
  psql -XqAt -v ON_ERROR_STOP=1 >/dev/null 2>"$folder/error" <<SQL &
-- That many rows would go is no news here, and is allowed below.
SET client_min_messages = error;
SET work_mem = '64kB';
SET ROLE soak_app;
SET rehydra.tenant = '1';
SELECT pg_backend_pid() \g $folder/pid
BEGIN;
INSERT INTO witness VALUES ($round);
SET LOCAL statement_timeout = $timeout;
SELECT rehydra_import(file, confirm => 'DELETE', options => '{"max_delete": 1.0}') ->> 'status' FROM saved \g $folder/status
COMMIT;
\! : >$folder/committed
\! until [ -e $folder/let_go ]; do sleep 0.01; done
SQL
  import=$!
  await test -s "$folder/pid"
  pid=$(<"$folder/pid")
}

end_import() {
  : >"$folder/let_go"
  wait "$import" || true
  import=
  await gone "$pid"
}

# What a cause does to backend $pid; its words, when it was in time, are the only ones that the session may hear.
strike() {
  case $1 in
    kill) kill -9 "$pid" || broken "the session ended by itself" "$(<"$folder/error")" ;;
    cancel) sql -c "SELECT pg_cancel_backend($pid)" >/dev/null ;;
    terminate) sql -c "SELECT pg_terminate_backend($pid)" >/dev/null ;;
    timeout) ;;
  esac
}
words() {
  case $1 in
    kill) echo 'server closed the connection unexpectedly' ;;
    cancel) echo 'canceling statement due to user request' ;;
    terminate) echo 'terminating connection due to administrator command' ;;
    timeout) echo 'canceling statement due to statement timeout' ;;
  esac
}
ended() { [ -e "$folder/committed" ] || gone "$import"; }

# --- A round -------------------------------------------------------------------------------------------------------------
play_round() {
  local cause share moment timeout=0 server=$checkpointer pause state found
  # One sequence a round, so that a round does not hang on how many numbers the ones before it took.
  RANDOM=$((seed % 1000003 + round))
  cause=${causes[RANDOM % 4]}
  share=$((1 + RANDOM % 1024))
  if [ $((RANDOM % 2)) -eq 0 ]; then share=$((1 + share / 16)); fi
  moment=$((1 + RANDOM * (usual * 5 / 4 + 20) / 32768))

  sql -v "seed=$((seed + round))" -v "share=$share" -f "$here/random_damage.sql"
  look
  if [ "$one" = "$whole" ]; then broken "the damage did no damage"; fi
  if [ "$others" != "$neighbours" ]; then broken "the damage reached other customers"; fi
  local damaged=$one
  remember

  if [ "$cause" = timeout ]; then timeout=$moment; fi
  start_import "$timeout"
  if [ "$cause" = timeout ]; then await ended; else
    printf -v pause '%d.%03d' $((moment / 1000)) $((moment % 1000))
    sleep "$pause"
  fi
  if compgen -G "$data/base/pgsql_tmp/pgsql_tmp*" >/dev/null; then spilled=$((spilled + 1)); fi
  strike "$cause"
  if [ "$cause" = terminate ] || [ "$cause" = kill ]; then await gone "$pid"; else await ended; fi
  end_import
  if [ "$cause" = kill ]; then await recovered; fi

  look
  found="$cause after $moment ms (an import takes $usual), $share of 1024 rows damaged; the session says: $(tr '\n' ' ' <"$folder/error")"
  if [ "$cause" != kill ] && [ "$checkpointer" != "$server" ]; then broken "the server crashed" "$found"; fi
  if [ -s "$folder/error" ] && ! grep -qF "$(words "$cause")" "$folder/error"; then broken "an unexpected error" "$found"; fi
  if [ "$others" != "$neighbours" ]; then broken "another customer changed" "$found"; fi
  if [ "$files" -ne 0 ]; then broken "$files temporary files stayed" "$found"; fi
  state=$(news)
  if [ "$one" = "$whole" ] && [ "$state" = '1 1 1 1' ]; then applied[$cause]=$((applied[$cause] + 1))
  elif [ "$one" = "$damaged" ] && [ "$state" = '0 0 0 0' ]; then untouched[$cause]=$((untouched[$cause] + 1))
  else
    broken "customer 1 is $(case $one in "$whole") echo 'as the file says' ;; "$damaged") echo 'as before' ;; *) echo 'neither as before nor as the file says' ;; esac)" \
      "transactions, lines of the log, applied, snapshots: $state" "status told: $(cat "$folder/status" 2>/dev/null || true)" "$found"
  fi
  if [ -e "$folder/committed" ] && [ "$one" != "$whole" ]; then broken "a commit that the session was told is lost" "$found"; fi
}

# Undisturbed, the import always brings customer 1 back; how long it takes sets the next round's moments.
bring_back() {
  local status
  remember
  local known=$one
  start_import 0
  await ended
  end_import
  status=$(cat "$folder/status" 2>/dev/null || true)
  look
  if [ "$one" != "$whole" ]; then broken "the import after it does not bring customer 1 back" "status: $status" "$(<"$folder/error")"; fi
  if [ "$others" != "$neighbours" ]; then broken "the import after it changed another customer" "status: $status"; fi
  if [ "$files" -ne 0 ]; then broken "the import after it left $files temporary files"; fi
  case "$status $(news)" in
    'applied 1 1 1 1') if [ "$known" = "$whole" ]; then broken "an import of what is there says applied"; fi ;;
    'unchanged 1 1 0 '[01]) if [ "$known" != "$whole" ]; then broken "an import of what is not there says unchanged"; fi ;;
    *) broken "the import after it says: $status" "transactions, lines of the log, applied, snapshots: $(news)" "$(<"$folder/error")" ;;
  esac
  usual=$(sql -c "SELECT ceil(duration_ms) FROM rehydra.activity WHERE outcome = 'applied' ORDER BY at DESC LIMIT 1")
}

# --- The customers ---------------------------------------------------------------------------------------------------------
psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
# What was committed must be there after a crash, or no promise could be checked.
sql -c "ALTER DATABASE $PGDATABASE SET synchronous_commit = on" -c "ALTER DATABASE $PGDATABASE SET search_path = crm, public" \
  -c "ALTER DATABASE $PGDATABASE SET client_min_messages = warning"
sql -c "CREATE EXTENSION rehydra" -c "CREATE SCHEMA crm" -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'crm')" >/dev/null
sql -v rows=2000 -f "$ROOT/demo/10-data.sql"
sql -c "CREATE ROLE soak_app NOLOGIN" -c "GRANT rehydra_exporter, rehydra_importer TO soak_app" -c "GRANT USAGE ON SCHEMA crm TO soak_app" \
  -c "CREATE TABLE public.witness (round int NOT NULL)" -c "CREATE TABLE public.saved AS SELECT rehydra_export('1') AS file" \
  -c "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crm TO soak_app" -c "GRANT USAGE ON ALL SEQUENCES IN SCHEMA crm TO soak_app" \
  -c "GRANT SELECT ON public.saved TO soak_app" -c "GRANT INSERT ON public.witness TO soak_app"
data=$(sql -c 'SHOW data_directory')
log_lines=$(wc -l <"$CLUSTER_DIR/server.log")
look
whole=$one neighbours=$others

causes=(kill cancel terminate timeout)
declare -A applied untouched
for cause in "${causes[@]}"; do applied[$cause]=0 untouched[$cause]=0; done
spilled=0
echo "random kills: SEED=$seed, $limit s, $(sql -c "SELECT count(*) FROM kpi_time_series WHERE customer_id = 1") of customer 1's rows are KPI time series"

# A first accident without a disturbance tells how long an import takes here.
sql -v "seed=$seed" -v share=512 -f "$here/random_damage.sql"
look
bring_back
end=$((SECONDS + limit))
while [ "$SECONDS" -lt "$end" ]; do
  round=$((round + 1))
  play_round
  bring_back
done

server_log() { tail -n "+$((log_lines + 1))" "$CLUSTER_DIR/server.log"; }
crashes=$(server_log | grep -c 'was terminated by signal' || true)
killed=$((applied[kill] + untouched[kill]))
alarms=$(server_log | grep -E 'PANIC|TRAP|leak' || true)
if [ -n "$alarms" ]; then broken "the server's log has alarms" "$alarms"; fi
if [ "$crashes" -ne "$killed" ]; then broken "$crashes crashes, but only $killed kills"; fi
printf '%-10s %8s %8s %10s\n' cause rounds applied untouched
for cause in "${causes[@]}"; do
  printf '%-10s %8d %8d %10d\n' "$cause" $((applied[$cause] + untouched[$cause])) "${applied[$cause]}" "${untouched[$cause]}"
done
echo "temporary files were there at the moment in $spilled rounds, and in none afterwards"
echo "ok - $round rounds: as before or as the file says, never between (SEED=$seed)"
