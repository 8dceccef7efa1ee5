#!/usr/bin/env bash
# Job: measure what a schema costs: the registration of many tables, and an export beside few and many other tenants.
# Caller: scripts/bench_schema.sh, beside a throwaway cluster. TABLES (default 300) and TENANTS (default 1000).
# Promise: prints seconds, accesses to buffers and different pages, among neighbours and without them; no page of the tenant is another one
#          when they are gone.
set -euo pipefail
# shellcheck source=scripts/cluster.sh
. "$CLUSTER_SH"

HERE=$ROOT/bench
TABLES=${TABLES:-300}
TENANTS=${TENANTS:-1000}

# last_line DATABASE PSQL_ARGUMENT...: of what a script prints.
last_line() { psql -XqAt -v ON_ERROR_STOP=1 -d "$@" | tail -n 1; }
create() { psql -Xq -d postgres -c "CREATE DATABASE $*"; }

create tables
IFS='|' read -r registered first second < <(last_line tables -v "tables=$TABLES" -f "$HERE/many_tables.sql")
echo "$TABLES tables: registered in $registered s; an empty tenant's export $first s as a session's first, $second s as its second"

# neighbours DATABASE TENANTS APART MORE
neighbours() {
  create "$1"
  last_line "$1" -v "tenants=$2" -v entries=10 -v "apart=$3" -v "more=$4" -f "$HERE/neighbours.sql"
}
# touched DATABASE: by a copy of it.
touched() {
  psql -Xq -d postgres -c CHECKPOINT
  create "$1_copy" TEMPLATE "$1" STRATEGY file_copy
  last_line "$1_copy" -f "$HERE/touched.sql"
  psql -Xq -d postgres -c "DROP DATABASE $1_copy"
}

# compare NAME APART MORE: one among all, against the same pages without the others, and against tables of its own.
compare() {
  local among=$1_among alone=$1_alone figures
  figures=$(neighbours "$among" "$TENANTS" "$2" "$3" && touched "$among" && last_line "$among" -f "$HERE/neighbours_gone.sql" && touched "$among" &&
    neighbours "$alone" 1 "$2" "$3" && touched "$alone")
  tr '\n' '|' <<<"$figures" | awk -F'|' -v "name=$1" -v "tenants=$TENANTS" -v "rows=$((1111 + 110 * $3))" '
    function line(who, accesses, seconds, own, every) {
      printf "  %-38s %8d accesses (%.2fx), %6d pages (%.2fx), %6d with catalogs (%.2fx), %s s\n",
        who, accesses, $1 / accesses, own, $4 / own, every, $5 / every, seconds
    }
    { printf "one of %d tenants, %s, %d rows, entries on %d pages; an export again, and the different pages of a first one:\n", tenants, name, rows, $3
      line("among all", $1, $2, $4, $5)
      line("the same pages, the others deleted", $6, $7, $8, $9)
      line("alone, in tables of its own", $10, $11, $13, $14) }'
}

compare interleaved false 0
compare apart true 0
compare large false 1000
