#!/usr/bin/env bash
# Job: prove with other means than rehydra's that an export and a snapshot hold a customer's rows, all of them and no others.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
export PGDATABASE=rehydra_export_rows
trap 'rm -rf "$folder"; psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" >/dev/null' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" >/dev/null
sql -v rows=2000 -f "$ROOT/demo/10-data.sql" >/dev/null
sql -c "UPDATE customer_configs SET openai_api_key_encrypted = 'the-secret-of-' || customer_id"
sql -f "$here/kinds.sql" >/dev/null

# check MODEL CUSTOMER
check() {
  local file=$folder/$1.$2.xlsx options="{\"model\": \"$1\"}" snapshot
  sql -c "SELECT encode(rehydra_export($2, options => '$options'), 'base64')" | base64 -d >"$file"
  snapshot=$(sql -c "SELECT rehydra_snapshot('$2', 'interop', '$options')")
  /usr/bin/python3 "$here/check_export.py" "$file" "$2" || true
  /usr/bin/python3 "$here/check_snapshot.py" "$snapshot" "$2" || true
}
check customer_success 1
check customer_success 2
check kinds 1
