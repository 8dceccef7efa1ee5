#!/usr/bin/env bash
# Job: measure what one customer's operations cost among many customers, against the same among ten.
# Caller: scripts/bench_tenants.sh, beside a throwaway cluster. TENANTS (default 10000), RUNS (default 3) of each, in turns.
# Promise: every run is rolled back; prints medians and ratios, keeps every run in build/bench/tenants.tsv and the plans of one in build/bench/plans.
set -euo pipefail
HERE=$ROOT/bench
# shellcheck source=bench/plans.sh
. "$HERE/plans.sh"

TENANTS=${TENANTS:-10000}
RUNS=${RUNS:-3}
MEASURES=${MEASURES:-export again preview unchanged edited emptied}
RESULTS=$ROOT/build/bench/tenants.tsv
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }

# among NAME TENANTS APART
among() {
  sql -d postgres -c "CREATE DATABASE $1"
  sql -d "$1" -v "tenants=$2" -v "apart=$3" -f "$HERE/tenants.sql"
}

# The interleaved rows on the pages that they are on, with nine others left: what a page holds besides is not the operation's doing.
thin_out() {
  sql -d postgres -c 'CREATE DATABASE thinned TEMPLATE interleaved STRATEGY file_copy'
  sql -d thinned <<'SQL'
SET session_replication_role = replica;
DELETE FROM crm.kpis WHERE upload_id IN (SELECT upload_id FROM crm.kpi_uploads WHERE customer_id > 10);
SELECT format('DELETE FROM crm.%I WHERE customer_id > 10', relname) FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' AND relname <> 'kpis' \gexec
RESET session_replication_role;
VACUUM;
REINDEX SCHEMA crm;
SELECT count(*) FROM rehydra_follow_renames() \g /dev/null
SQL
}

# one_run DATABASE ACTION CUSTOMER
one_run() { sql -d "$1" -v "action=$2" -v "customer=$3" -f "$HERE/tenants_run.sql"; }

measure() {
  local knowledge=$1 action=$2 customer run database
  for customer in 1 2; do
    for ((run = 1; run <= RUNS; run++)); do
      for database in few apart thinned interleaved; do
        printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$knowledge" "$action" "$customer" "$database" "$run" "$(one_run "$database" "$action" "$customer" | tr '|' '\t')" >>"$RESULTS"
      done
    done
    keep_plans "tenants-$knowledge-$action-$customer" sql -d interleaved -v "action=$action" -v "customer=$customer" -f "$HERE/tenants_run.sql"
  done
}

among few 10 false
among apart "$TENANTS" true
among interleaved "$TENANTS" false
thin_out
mkdir -p "$(dirname "$RESULTS")"
printf 'statistics\tmeasure\tcustomer\tamong\trun\tseconds\tbuffers\n' >"$RESULTS"
for knowledge in fresh none stale; do
  for database in few apart thinned interleaved; do sql -d "$database" -v "knowledge=$knowledge" -f "$HERE/tenants_statistics.sql"; done
  for action in $MEASURES; do measure "$knowledge" "$action"; done
done
awk -v "tenants=$TENANTS" -f "$HERE/median.awk" -f "$HERE/tenants.awk" "$RESULTS"
