#!/usr/bin/env bash
# Job: let another program open a workbook and save it again, as a person does.
# Callers: the interoperability tests. Use: resave.sh PROGRAM IN.xlsx OUT.xlsx; resave.sh --has PROGRAM.
# Promise: fails where the program is not there or writes nothing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
modules=$(cd "$here/../../.." && pwd)/build/npm/node_modules
python=/usr/bin/python3

has() {
  case $1 in
    libreoffice) command -v soffice ;;
    openpyxl) "$python" -c 'import openpyxl' ;;
    gnumeric) command -v ssconvert ;;
    xlsxwriter | pandas) "$python" -c "import openpyxl, $1" ;;
    openxlsx) Rscript -e 'library(openxlsx)' ;;
    sheetjs) command -v node && test -d "$modules/xlsx" ;;
    exceljs) command -v node && test -d "$modules/exceljs" ;;
    *) return 1 ;;
  esac >/dev/null 2>&1
}

if [ "$1" = --has ]; then has "$2"; exit; fi
program=$1 from=$2 to=$3
case $program in
  libreoffice)
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    bash "$here/resave_libreoffice.sh" "$from" "$folder"
    mv "$folder/$(basename "$from")" "$to" ;;
  openpyxl) "$python" -c 'import openpyxl, sys; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])' "$from" "$to" ;;
  gnumeric) ssconvert --export-type=Gnumeric_Excel:xlsx2 "$from" "$to" >/dev/null 2>&1 ;;
  xlsxwriter | pandas) "$python" "$here/rewrite.py" "$program" "$from" "$to" ;;
  openxlsx) Rscript -e 'a <- commandArgs(TRUE); openxlsx::saveWorkbook(openxlsx::loadWorkbook(a[1]), a[2], overwrite = TRUE)' "$from" "$to" >/dev/null ;;
  sheetjs | exceljs) NODE_PATH=$modules node --max-old-space-size=8192 "$here/../npm/resave.js" "$program" "$from" "$to" ;;
  *) echo "unknown program $program" >&2; exit 2 ;;
esac
test -s "$to"
