#!/usr/bin/env bash
# Job: clients that stream a file out and in by pieces with the lines of docs/streaming.md: psycopg, libpq, a shell. What they keep in memory, and what
#      is there when they stop, fail or lose their connection.
# Caller: make test (interop), with ROOT, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
export PGDATABASE=rehydra_clients
finish() {
  rm -rf "$folder"
  psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" -c 'DROP ROLE IF EXISTS test_client' >/dev/null
}
trap finish EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
tell() { if [ "$1" = "$2" ]; then echo "ok - $3"; else printf 'not ok - %s\n# have: %s\n# want: %s\n' "$3" "$1" "$2"; fi; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -f "$here/clients.sql"
tenant() { PGUSER=test_client PGOPTIONS='-c rehydra.tenant=1' "$@"; }

# --- psycopg -----------------------------------------------------------------------------------------------------------------------------
code=0
if /usr/bin/python3 -c 'import psycopg' 2>/dev/null; then
  tenant /usr/bin/python3 "$here/client_psycopg.py" "$folder" || code=1
else
  echo "# psycopg 3 is not installed: skipped"
fi

# --- libpq -------------------------------------------------------------------------------------------------------------------------------
/usr/bin/python3 "$here/lib/doc_blocks.py" streaming.md c >"$folder/doc_blocks.h"
config() { "$(type -ap "$PG_CONFIG" | tail -n 1)" "$1"; }  # the first one on the path is that of the cluster's private copy
cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$folder" -isystem "$(config --includedir)" -o "$folder/client" "$here/client_libpq.c" \
  "-L$(config --libdir)" "-Wl,-rpath,$(config --libdir)" -lpq
tenant "$folder/client" "$folder/libpq.xlsx" || code=1
tell "$(sha256sum <"$folder/libpq.xlsx" | cut -d ' ' -f 1)" "$(sql -c "SELECT file_sha256 FROM rehydra.activity_log WHERE kind = 'export' AND outcome = 'applied' ORDER BY at DESC LIMIT 1")" \
  "libpq: the file is whole, as the log says"

# --- a shell -----------------------------------------------------------------------------------------------------------------------------
/usr/bin/python3 "$here/lib/doc_blocks.py" streaming.md sh | sed "s/-d mydb/-d $PGDATABASE/" >"$folder/shell.sh"
(cd "$folder" && tenant bash shell.sh)
tell "$(sha256sum <"$folder/customer1.xlsx" | cut -d ' ' -f 1)" "$(sql -c "SELECT file_sha256 FROM rehydra.activity_log WHERE kind = 'export' AND outcome = 'applied' ORDER BY at DESC LIMIT 1")" \
  "shell: the file is whole, as the log says"
sed -i "s/'1'/'2'/" "$folder/shell.sh"
tell "$(cd "$folder" && tenant bash shell.sh 2>/dev/null && echo well || echo failed)" failed "shell: an export that is refused is not taken for a file"
exit "$code"
