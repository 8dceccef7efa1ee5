#!/usr/bin/env bash
# Job: let LibreOffice open a workbook and save it again, as a person does.
# Callers: the interoperability tests. Use: resave_libreoffice.sh IN.xlsx OUT_FOLDER [xlsx|pdf]
# Promise: a profile of its own, removed afterwards; fails where LibreOffice writes nothing.
set -euo pipefail

workbook=$1
folder=$2
format=${3:-xlsx}
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

soffice --headless "-env:UserInstallation=file://$profile" --convert-to "$format" --outdir "$folder" "$workbook" \
  >/dev/null 2>&1
test -s "$folder/$(basename "${workbook%.*}").$format"
