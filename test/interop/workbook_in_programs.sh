#!/usr/bin/env bash
# Job: prove that a workbook of odd values opens in openpyxl and LibreOffice, and that every cell survives a save there.
# Caller: make test (interop), with CODEC_BUILD and WORK set. Promise: TAP lines; programs that are not installed are skipped.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=/usr/bin/python3

"$CODEC_BUILD/make_sample" "$folder/sample.xlsx" "$folder/expected.json"
"$CODEC_BUILD/make_sample" "$folder/again.xlsx" "$folder/expected.json"
if cmp -s "$folder/sample.xlsx" "$folder/again.xlsx"; then
  echo "ok - equal rows make equal bytes"
else
  echo "not ok - equal rows make equal bytes"
fi

if ! "$python" -c 'import openpyxl' 2>/dev/null; then
  echo "# openpyxl is not installed: skipped"
  exit 0
fi
"$python" "$here/check_workbook.py" "$folder/sample.xlsx" "$folder/expected.json" || true

if ! command -v soffice >/dev/null; then
  echo "# LibreOffice is not installed: skipped"
  exit 0
fi
mkdir "$folder/resaved"
if bash "$here/lib/resave_libreoffice.sh" "$folder/sample.xlsx" "$folder/resaved"; then
  "$python" "$here/check_workbook.py" "$folder/resaved/sample.xlsx" "$folder/expected.json" || true
else
  echo "not ok - LibreOffice opens the sample"
fi
