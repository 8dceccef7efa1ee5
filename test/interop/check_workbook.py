#!/usr/bin/python3
"""Job: read a workbook with openpyxl and compare its cells with a JSON file of expected values.
Callers: the interoperability tests. Use: check_workbook.py FILE.xlsx EXPECTED.json
Promise: prints one TAP line a sheet and exits with 1 where a cell differs; each difference names its cell.
"""
import datetime
import json
import sys

import openpyxl


def is_close(found, wanted):
    return found == wanted or abs(found - wanted) <= abs(wanted) * 1e-14


def agrees(cell, wanted):
    """Whether a cell's value is the expected one, in value and in kind."""
    found = cell.value
    cell_is_text = isinstance(found, str) and cell.data_type == "s"
    if wanted is None:
        return found is None
    (kind, value), = wanted.items()
    if kind == "boolean":
        # LibreOffice saves a boolean as the formula TRUE() or FALSE(): the reader takes exactly these two as values.
        return found is value or found == f"={str(value).upper()}()"
    if kind == "number":
        return isinstance(found, (int, float)) and not isinstance(found, bool) and is_close(found, float(value))
    if kind == "time":
        return isinstance(found, datetime.datetime) and found == datetime.datetime.fromisoformat(value)
    return cell_is_text and found == value


def differences(sheet, rows):
    # A first row of headers is there wherever the sheet has one row more than expected.
    first = 1 + max(0, sheet.max_row - len(rows))
    for row_number, row in enumerate(rows, first):
        for column_number, wanted in enumerate(row, 1):
            cell = sheet.cell(row_number, column_number)
            if not agrees(cell, wanted):
                yield f"{cell.coordinate}: {str(cell.value)[:80]!r}, expected {str(wanted)[:80]}"


def main(path, expected_path):
    workbook = openpyxl.load_workbook(path)
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)
    failed = False
    for title, rows in expected.items():
        found = ["the sheet is missing"] if title not in workbook.sheetnames else list(
            differences(workbook[title], rows))
        print(f"{'not ok' if found else 'ok'} - {path.rsplit('/', 1)[-1]}: sheet {title}")
        for line in found[:20]:
            print(f"# {line}")
        failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
