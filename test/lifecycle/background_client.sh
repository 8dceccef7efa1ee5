#!/usr/bin/env bash
# Job: background work from Python, by the lines of docs/background.md.
# Caller: make test (lifecycle), with ROOT and PG_CONFIG set. Promise: TAP lines; a cluster of its own, which goes.
set -euo pipefail
if ! /usr/bin/python3 -c 'import psycopg' 2>/dev/null; then
  echo "# psycopg 3 is not installed: skipped"
  exit 0
fi
# shellcheck source=test/lifecycle/lib/background_cluster.sh
. "$ROOT/test/lifecycle/lib/background_cluster.sh"
PGUSER=test_web PGOPTIONS="-c rehydra.tenant=1" /usr/bin/python3 "$ROOT/test/lifecycle/background_client.py" "$CLUSTER_DIR/customer1.xlsx"
