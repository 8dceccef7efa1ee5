#!/usr/bin/env bash
# Job: exported workbooks that other programs open and save again, unedited, change nothing: imported over live SQL, the plan is empty.
# Caller: make test (interop) and make resaved, with ROOT, PGHOST, PGPORT and PGUSER set. VALUES=300: random values a type.
# Promise: TAP lines, with the figures; a program that is not installed is skipped, and said so; leaves nothing in the cluster.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
export PGDATABASE=rehydra_resaved
trap 'rm -rf "$folder"; psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" >/dev/null' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }
VALUES=${VALUES:-300}
PROGRAMS=${PROGRAMS:-libreoffice openpyxl sheetjs exceljs gnumeric xlsxwriter}

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" >/dev/null
sql -v rows=2000 -f "$ROOT/demo/10-data.sql" >/dev/null
sql -v "values=$VALUES" -v "pgtap=$ROOT/test/pgtap" -f "$here/resaved_values.sql" >/dev/null
sql -c "CREATE TABLE public.files (name text PRIMARY KEY, file text)"

# judge PROGRAM MODEL FILE: the import's answer in one line, the refused or changed cells behind it.
judge() {
  local name=$1.$2
  { printf '%s\t' "$name"; base64 -w 0 "$3"; echo; } >"$folder/file.tsv"
  psql -XqAt -v ON_ERROR_STOP=1 -c "\\copy public.files FROM '$folder/file.tsv'" </dev/null
  sql -v "name=$name" -v "model=$2" -f "$here/resaved_import.sql"
}

for model in customer_success kinds random; do
  sql -c "SELECT encode(rehydra_export(1, options => '{\"model\": \"$model\"}'), 'base64')" | base64 -d >"$folder/$model.xlsx"
done
for program in $PROGRAMS; do
  if ! bash "$here/lib/resave.sh" --has "$program"; then
    echo "# $program is not installed: skipped"
    continue
  fi
  for model in customer_success kinds random; do
    if bash "$here/lib/resave.sh" "$program" "$folder/$model.xlsx" "$folder/resaved.xlsx"; then
      judge "$program" "$model" "$folder/resaved.xlsx"
    else
      echo "not ok - $program opens the workbook of $model"
    fi
  done
done
