#!/usr/bin/env bash
# Job: import hundreds of randomly damaged workbooks, the same ones at every run, in one session: no crash, no internal error, nothing
#      applied that the file does not say. FILES=300 and SEED=1 choose which.
# Caller: make test (hostile), with ROOT, WORK, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export PGDATABASE=rehydra_damaged_files
# shellcheck source=test/hostile/lib/sample_export.sh
. "$here/lib/sample_export.sh"
# After a crash every backend is a new one; the postmaster itself is not.
checkpointer() { sql -d postgres -c "SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'"; }
python3 "$here/damage_workbook.py" "$folder/export.xlsx" "${SEED:-1}" "${FILES:-300}" >"$folder/damaged.tsv"
sql -c "CREATE TABLE damaged (seed int PRIMARY KEY, kind text, file text)"
psql -XqAt -v ON_ERROR_STOP=1 -c "\\copy damaged FROM '$folder/damaged.tsv'" </dev/null

before=$(checkpointer)
psql -XqAt -v ON_ERROR_STOP=1 -v "helpers=$ROOT/test/pgtap/import_helpers.psql" -f "$here/damaged_files.sql" </dev/null || echo "not ok - the session lives to the end"
if [ "$before" = "$(checkpointer)" ]; then echo "ok - no backend crashed"; else echo "not ok - no backend crashed"; fi
