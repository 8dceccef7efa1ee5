#!/usr/bin/python3
"""Job: check an exported workbook against the tables: digests taken again, counts, other customers' and secret values.
Callers: export_rows.sh. Use: check_export.py FILE.xlsx CUSTOMER, connected by the PG* variables.
Promise: prints TAP lines and exits with 1 where one is not ok; needs the standard library only.
"""
import hashlib
import json
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

from tenant_rows import psql, report, rows_of

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheets_of(parts):
    """Title -> rows of the sheet, each a dictionary of column letters and texts."""
    links = {link.get("Id"): link.get("Target") for link in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])}
    sheets = {}
    for sheet in ElementTree.fromstring(parts["xl/workbook.xml"]).iter(MAIN + "sheet"):
        tree = ElementTree.fromstring(parts["xl/" + links[sheet.get(LINK)]])
        sheets[sheet.get("name")] = [{cell.get("r").rstrip("0123456789"): "".join(cell.itertext()) for cell in row}
                                     for row in tree.iter(MAIN + "row")]
    return sheets


def digest_columns(dataset):
    names = []
    for sheet in dataset["sheets"]:
        names += [column["name"] for column in sheet["columns"]
                  if column["kind"] != "display" and column["name"] not in names]
    return names


def digest(rows):
    total = 0
    for row in rows:
        image = b"".join(b"\0" if value is None else b"\1" + len(value.encode()).to_bytes(8, "big") + value.encode()
                         for value in row)
        total += int.from_bytes(hashlib.sha256(image).digest(), "big")
    return "%064x" % (total % 2**256)


def check_dataset(dataset, sheets, customer):
    rows = rows_of(dataset["name"], digest_columns(dataset), customer)
    problems = []
    if dataset["rows"] != len(rows):
        problems.append(f"{dataset['rows']} rows in the manifest, {len(rows)} in the table")
    if dataset["digest"] != digest(rows):
        problems.append("the digest is not that of the table's rows")
    for sheet in dataset["sheets"]:
        found = sum(len(sheets[title]) - 1 for title in sheet["titles"])
        if found != len(rows):
            problems.append(f"{found} rows on sheet {sheet['titles'][0]}")
    return report(not problems, f"customer {customer}: {dataset['name']} as in the table", problems)


def values_in(parts, values):
    return [f"{name}: {value}" for value in values for name, part in parts.items() if value.encode() in part]


def main(path, customer):
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    sheets = sheets_of(parts)
    manifest = json.loads("".join(row["A"] for row in sheets["_rehydra"]))
    good = [check_dataset(dataset, sheets, customer) for dataset in manifest["datasets"]]
    secrets = psql("SELECT openai_api_key_encrypted FROM customer_configs").split()
    good.append(report(not values_in(parts, secrets), "no secret in any part", values_in(parts, secrets)))
    others = psql(f"SELECT email FROM customers WHERE customer_id <> {customer}").split()
    good.append(report(not values_in(parts, others), "nothing of the other customers", values_in(parts, others)))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
