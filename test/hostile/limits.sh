#!/usr/bin/env bash
# Job: each limit of a file, over live SQL: a workbook that stands at it is read, one past it is refused by the setting's name.
# Caller: make test (hostile), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export PGDATABASE=rehydra_limits
# shellcheck source=test/hostile/lib/sample_export.sh
. "$here/lib/sample_export.sh"
sql -c "CREATE TABLE cases (n serial, setting text, value text, allowed boolean, file text)"
python3 "$here/limit_workbook.py" "$folder/export.xlsx" | psql -XqAt -v ON_ERROR_STOP=1 -c "COPY cases (setting, value, allowed, file) FROM STDIN"
psql -XqAt -v ON_ERROR_STOP=1 -f "$here/limits.sql" </dev/null
