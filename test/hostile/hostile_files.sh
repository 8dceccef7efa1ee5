#!/usr/bin/env bash
# Job: import thousands of files that attack the reader on purpose, the same ones at every run, in one session over live SQL: each is
#      refused or says nothing new, no backend crashes, memory stays within its budget. HOSTILE=800 and SEED=1 choose which.
# Caller: make test (hostile), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export PGDATABASE=rehydra_hostile_files
# shellcheck source=test/hostile/lib/sample_export.sh
. "$here/lib/sample_export.sh"
sql -c "CREATE TABLE hostile (seed int PRIMARY KEY, attack text, verdict text, file text)"
python3 "$here/hostile_workbook.py" "$folder/export.xlsx" "${SEED:-1}" "${HOSTILE:-800}" | psql -XqAt -v ON_ERROR_STOP=1 -c "COPY hostile FROM STDIN"
psql -XqAt -v ON_ERROR_STOP=1 -v "helpers=$ROOT/test/pgtap/import_helpers.psql" -f "$here/hostile_files.sql" </dev/null || echo "not ok - the session lives to the end"
