#!/usr/bin/env bash
# Job: many random values of every type through each program that saves workbooks, and back over live SQL.
# Caller: make resaved; scripts/resaved.sh. VALUES=100000 a type, PROGRAMS="libreoffice openpyxl sheetjs exceljs gnumeric
#         xlsxwriter pandas openxlsx".
# Promise: the lines of test/interop/resaved.sh; the exit code is 0 only when all are ok. Leaves nothing running.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/cluster.sh
. "$ROOT/scripts/cluster.sh"

build_extension
cluster_start
export VALUES=${VALUES:-100000}
beside_cluster bash "$ROOT/test/interop/resaved.sh" | tee "$BUILD/resaved.log"
! grep -q '^not ok' "$BUILD/resaved.log"
