#!/usr/bin/env bash
# Job: prove that rehydra-file says of an exported workbook, without a database, what the database says: rows as COPY
#      prints them, the same digests, also after other programs have saved the file; and that it sees every edit and damage.
# Caller: make test (interop), with ROOT, CODEC_BUILD, PGHOST, PGPORT and PGUSER set. Promise: TAP lines; leaves nothing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
export PGDATABASE=rehydra_command_line_reader READER=$CODEC_BUILD/rehydra-file
trap 'rm -rf "$folder"; psql -Xq -d postgres -c "DROP DATABASE IF EXISTS $PGDATABASE" >/dev/null' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@" </dev/null; }

psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
sql -c "SET client_min_messages = warning" -c "CREATE EXTENSION rehydra" \
  -c "SELECT count(*) FROM rehydra_install_preset('customer_success', 'public')" >/dev/null
sql -v rows=2000 -f "$ROOT/demo/10-data.sql" >/dev/null
sql -f "$here/kinds.sql" >/dev/null
for model in customer_success kinds; do
  sql -c "SELECT encode(rehydra_export(1, options => '{\"model\": \"$model\"}'), 'base64')" | base64 -d >"$folder/$model.xlsx"
  for format in json csv; do
    sql -c "SELECT encode(rehydra_export(1, format => '$format', options => '{\"model\": \"$model\"}'), 'base64')" | base64 -d >"$folder/$model.$format"
  done
done

files=()
for format in xlsx json csv; do files+=("$folder/customer_success.$format" "$folder/kinds.$format"); done
/usr/bin/python3 "$here/check_reader_rows.py" "${files[@]}" || echo "not ok - every row as COPY prints it"
/usr/bin/python3 "$here/check_reader_verdicts.py" "$folder/customer_success.xlsx" || echo "not ok - every verdict"
/usr/bin/python3 "$here/check_reader_formats.py" "$folder/customer_success.json" "$folder/customer_success.csv" || echo "not ok - every verdict on json and csv"

# resaved PROGRAM FILE: another program's save of an export is the same data.
resaved() {
  if "$READER" verify "$2" >"$folder/verdict"; then echo "ok - $1 saves $(basename "$2") and it is the same"; else
    echo "not ok - $1 saves $(basename "$2") and it is the same"
    sed 's/^/# /' "$folder/verdict"
  fi
}
if /usr/bin/python3 -c 'import openpyxl' 2>/dev/null; then
  mkdir "$folder/openpyxl"
  for model in customer_success kinds; do
    /usr/bin/python3 -c 'import openpyxl, sys; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])' \
      "$folder/$model.xlsx" "$folder/openpyxl/$model.xlsx"
    resaved openpyxl "$folder/openpyxl/$model.xlsx"
  done
fi
if command -v soffice >/dev/null; then
  mkdir "$folder/libreoffice"
  for model in customer_success kinds; do
    bash "$here/lib/resave_libreoffice.sh" "$folder/$model.xlsx" "$folder/libreoffice"
    resaved LibreOffice "$folder/libreoffice/$model.xlsx"
  done
fi
