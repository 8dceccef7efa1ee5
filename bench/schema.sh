#!/usr/bin/env bash
# Job: measure what a schema costs: the registration of many tables, and an export beside few and many other tenants.
# Caller: scripts/bench_schema.sh, beside a throwaway cluster. TABLES (default 300) and TENANTS (default 1000).
# Promise: prints seconds and buffers, and the ratio of what may not depend on the neighbours.
set -euo pipefail
# shellcheck source=scripts/cluster.sh
. "$CLUSTER_SH"

HERE=$ROOT/bench
TABLES=${TABLES:-300}
TENANTS=${TENANTS:-1000}

# in_database NAME SCRIPT_ARGUMENT...: the script's last line, from a database of its own.
in_database() {
  local name=$1; shift
  psql -Xq -d postgres -c "CREATE DATABASE $name"
  psql -XqAt -v ON_ERROR_STOP=1 -d "$name" "$@" | tail -n 1
}

IFS='|' read -r registered first second < <(in_database tables -v "tables=$TABLES" -f "$HERE/many_tables.sql")
echo "$TABLES tables: registered in $registered s; an empty tenant's export $first s as a session's first, $second s as its second"
IFS='|' read -r alone_s alone < <(in_database alone -v tenants=1 -f "$HERE/neighbours.sql")
IFS='|' read -r among_s among < <(in_database among -v "tenants=$TENANTS" -f "$HERE/neighbours.sql")
awk -v "alone=$alone" -v "among=$among" -v "alone_s=$alone_s" -v "among_s=$among_s" -v "tenants=$TENANTS" 'BEGIN {
  printf "one of %d tenants against one alone: %d buffers against %d (%.2fx), %s s against %s s\n", tenants, among, alone, among / alone, among_s, alone_s }'
