#!/usr/bin/env bash
# Job: measure what a schema costs: the registration of many tables, and an export beside few and many other tenants.
# Caller: scripts/bench_schema.sh, beside a throwaway cluster. TABLES (default 300) and TENANTS (default 1000).
# Promise: prints seconds and buffers, among neighbours and without them; no page of the tenant is another one when they are gone.
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
# neighbours NAME TENANTS APART MORE
neighbours() { in_database "$1" -v "tenants=$2" -v entries=10 -v "apart=$3" -v "more=$4" -f "$HERE/neighbours.sql"; }

# compare NAME APART MORE: one among all, against the same pages without the others, and against tables of its own.
compare() {
  local among_s among left_s left pages alone_s alone
  IFS='|' read -r among_s among left_s left pages < <(neighbours "${1}_among" "$TENANTS" "$2" "$3")
  IFS='|' read -r alone_s alone _ < <(neighbours "${1}_alone" 1 "$2" "$3")
  awk -v "tenants=$TENANTS" -v "name=$1" -v "rows=$((1111 + 110 * $3))" -v "pages=$pages" -v "among=$among" -v "among_s=$among_s" \
      -v "left=$left" -v "left_s=$left_s" -v "alone=$alone" -v "alone_s=$alone_s" 'BEGIN {
    printf "one of %d tenants, %s, %d rows, entries on %d pages: %d buffers, %s s\n", tenants, name, rows, pages, among, among_s
    printf "  the same pages, the others deleted: %d buffers (%.2fx), %s s\n", left, among / left, left_s
    printf "  alone, in tables of its own: %d buffers (%.2fx), %s s\n", alone, among / alone, alone_s }'
}

compare interleaved false 0
compare apart true 0
compare large false 1000
