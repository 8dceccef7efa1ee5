#!/usr/bin/python3
"""Job: read a snapshot's blocks without rehydra and compare them with the tables, secrets included.
Callers: export_rows.sh. Use: check_snapshot.py SNAPSHOT_ID CUSTOMER, connected by the PG* variables.
Promise: prints one TAP line a data set and exits with 1 where one is not ok; needs the standard library only.
"""
import json
import sys
import zlib

from tenant_rows import psql, report, rows_of


def length_at(block, at):
    length, shift = 0, 0
    while True:
        part = block[at]
        length |= (part & 127) << shift
        at, shift = at + 1, shift + 7
        if part < 128:
            return length, at


def values_of(block):
    at = 0
    while at < len(block):
        tag, at = block[at], at + 1
        if tag == 0:
            yield None
            continue
        length, at = length_at(block, at)
        yield block[at:at + length].decode("utf-8")
        at += length


def blocks_of(snapshot, dataset):
    first, end = dataset["first_chunk"], dataset["first_chunk"] + dataset["chunks"]
    text = psql(f"SELECT encode(data, 'hex') FROM rehydra.snapshot_chunk WHERE snapshot_id = '{snapshot}'"
                f" AND chunk >= {first} AND chunk < {end} ORDER BY chunk")
    for line in text.split():
        stored = bytes.fromhex(line)
        block = zlib.decompress(stored[8:])
        assert len(block) == int.from_bytes(stored[:8], "little")
        yield block


def main(snapshot, customer):
    good = []
    for dataset in json.loads(psql(f"SELECT scope FROM rehydra.snapshot WHERE snapshot_id = '{snapshot}'")):
        columns = [column["name"] for column in dataset["columns"]]
        values = [value for block in blocks_of(snapshot, dataset) for value in values_of(block)]
        kept = [values[i:i + len(columns)] for i in range(0, len(values), len(columns))]
        same = sorted(map(str, kept)) == sorted(map(str, rows_of(dataset["dataset"], columns, customer)))
        good.append(report(same and len(kept) == dataset["rows"],
                           f"customer {customer}: the snapshot of {dataset['dataset']} is the table's rows"))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
