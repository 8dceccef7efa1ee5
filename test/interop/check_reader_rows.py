#!/usr/bin/python3
"""Job: hold what rehydra-file prints of a workbook against COPY of the tables.
Callers: command_line_reader.sh. Use: check_reader_rows.py FILE.xlsx..., connected by the PG* variables, READER set.
Promise: prints TAP lines and exits with 1 where one is not ok; needs the standard library only.
"""
import csv
import io
import os
import subprocess
import sys

from tenant_rows import report, rows_of, value_of


csv.field_size_limit(1 << 30)


def reader(*words):
    return subprocess.run([os.environ["READER"], *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def names_of(path):
    lines = reader("info", path).stdout.decode().split("\n")
    return [line.split()[2].rstrip(":") for line in lines if line.startswith("Data set ")]


def sorted_rows(rows):
    return sorted(rows, key=lambda row: [value or "" for value in row])


def check_dataset(path, name):
    done = reader("rows", path, name, "--tab")
    lines = [line.split("\t") for line in done.stdout.decode().split("\n")[:-1]]
    columns, rows = lines[0], [[value_of(field) for field in line] for line in lines[1:]]
    expected = rows_of(name, columns, 1)
    differences = [f"{ours} | {theirs}" for ours, theirs in zip(sorted_rows(rows), sorted_rows(expected)) if ours != theirs]
    good = done.returncode == 0 and len(rows) == len(expected) and not differences
    report(good, f"rows of {name} as COPY prints them", differences or done.stderr.decode().split("\n")[:3] if not good else ())
    comma = list(csv.reader(io.StringIO(reader("rows", path, name).stdout.decode(), newline="")))
    as_csv = [[value or "" for value in row] for row in rows]
    return report(comma[1:] == as_csv, f"rows of {name} as csv", []) and good


def main(paths):
    good = True
    for path in paths:
        names = names_of(path)
        good &= report(len(names) > 0, f"info names the data sets of {os.path.basename(path)}")
        good &= all([check_dataset(path, name) for name in names])
        done = reader("verify", path)
        good &= report(done.returncode == 0, f"{os.path.basename(path)} is the same", () if done.returncode == 0 else done.stdout.decode().split("\n"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
