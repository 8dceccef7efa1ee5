#!/usr/bin/python3
"""Job: change and damage json and csv exports, and see what rehydra-file verify says and returns.
Callers: command_line_reader.sh. Use: check_reader_formats.py FILE.json FILE.csv with READER set (exports of model
customer_success). Promise: prints TAP lines and exits with 1 where one is not ok; needs the standard library only.
"""
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

from tenant_rows import report


def reader(data, command, *options):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return subprocess.run([os.environ["READER"], command, file.name, *options], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def document(data, edit):
    content = json.loads(data)
    edit(content)
    return json.dumps(content).encode()


def bundle(data, name, edit):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part).decode()
            if part != name:
                target.writestr(part, content)
            elif edit is not None:
                changed = edit(content)
                assert changed != content, f"nothing to edit in {name}"
                target.writestr(part, changed)
    return out.getvalue()


def member(content, column, value):
    content["datasets"]["products"][1][column] = value


def cases(text, packed):
    """name, file, status, words of the verdict"""
    key = next(iter(json.loads(text)["datasets"]["products"][0]))
    yield "json: as exported", text, 0, ["the same: all"]
    yield "json: laid out anew", json.dumps(json.loads(text), indent=2).encode(), 0, ["the same: all"]
    yield "json: a text edited", document(text, lambda c: member(c, "product_name", "Other")), 1, [
        "products: DIFFERS", "as exported, but other values", "accounts: same"]
    yield "json: a word for a number", document(text, lambda c: member(c, key, "seven")), 1, [
        f'data set "products", row 2, column "{key}"', '"seven" is not a value of type']
    yield "json: a row deleted", document(text, lambda c: c["datasets"]["products"].pop()), 1, ["products: DIFFERS", "rows in the file"]
    yield "json: a list removed", document(text, lambda c: c["datasets"].pop("products")), 1, ['data set "products" is missing']
    yield "json: a manifest changed", document(text, lambda c: c["rehydra"].update(model="other")), 2, ["SHA-256"]
    yield "json: cut off", text[:len(text) // 2], 2, ["rehydra-file: "]
    yield "csv: as exported", packed, 0, ["the same: all"]
    yield "csv: a row deleted", bundle(packed, "products.csv", lambda c: re.sub(r"\r\n[^\r]*\r\n$", "\r\n", c)), 1, ["products: DIFFERS", "rows in the file"]
    yield "csv: a word for a number", bundle(packed, "products.csv", lambda c: re.sub(r"(\r\n)\d+", r"\1seven", c, count=1)), 1, [
        'file "products.csv", row 2, column', '"seven" is not a value of type']
    yield "csv: a file removed", bundle(packed, "products.csv", None), 1, ['file "products.csv" is missing']
    yield "csv: a manifest changed", bundle(packed, "manifest.json", lambda c: c.replace("customer_success", "other")), 2, ["SHA-256"]
    yield "csv: cut off", packed[:len(packed) // 2], 2, ["rehydra-file: "]


def main(*paths):
    text, packed = (open(path, "rb").read() for path in paths)
    good = True
    for name, changed, status, words in cases(text, packed):
        done = reader(changed, "verify")
        output = done.stdout.decode("utf-8", "backslashreplace")
        problems = [f"status {done.returncode}"] if done.returncode != status else []
        problems += [f'no "{word}"' for word in words if word not in output]
        good &= report(not problems, f"verify {name}", problems + output.split("\n") if problems else ())
    for data in (text, packed):
        done = reader(data, "verify", "--limit", "rehydra.max_input_bytes=1kB")
        good &= report(done.returncode == 2 and b"rehydra.max_input_bytes" in done.stdout, "verify: over a limit")
    for data, words in ((text, ["Lists of rows", ", json, ", "products  "]), (packed, ["Files", ", csv, ", "products.csv "])):
        told = reader(data, "info").stdout.decode()
        fine = all(word in told for word in words) and "not of the export" not in told
        good &= report(fine, f"info: {words[0]}", () if fine else told.split("\n"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
