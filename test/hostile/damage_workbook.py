#!/usr/bin/python3
"""Job: damage a workbook, the same way for the same seed: its bytes, or the parts inside the container.
Callers: damaged_files.sh. Use: damage_workbook.py FILE.xlsx FIRST_SEED COUNT > lines of "seed<TAB>kind<TAB>base64". Standard library only.
"""
import base64
import io
import random
import re
import sys
import zipfile


def flip(data, dice):
    damaged = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def insert(data, dice):
    at = dice.randrange(len(data))
    return data[:at] + dice.randbytes(dice.choice((1, 2, 16, 300))) + data[at:]


def delete(data, dice):
    at = dice.randrange(len(data))
    return data[:at] + data[at + dice.choice((1, 2, 16, 300)):]


def truncate(data, dice):
    return data[:dice.randrange(len(data))]


def overwrite(data, dice):
    """A run of one byte, or a copy of another place, over some of it."""
    at, size = dice.randrange(len(data)), dice.choice((4, 30, 500))
    other = dice.randrange(len(data))
    patch = dice.choice((b"\0" * size, b"\xff" * size, data[other:other + size]))
    return data[:at] + patch + data[at + len(patch):]


TOKENS = (b"<row", b"</row>", b"</c>", b"<v>", b"</v>", b"<t>", b't="s"', b't="inlineStr"', b'r="', b"&", b"<f>1</f>", b"]]>", b"<!--", b"<!DOCTYPE x>",
          b"<?x ?>", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"1e999999999", b"-1", b"99999999999999999999", b"A1048577", b"XFE1", b"&#0;", b"&#x110000;", b"_x0000_",
          b'""', b"{", b"}", b"[", b"NaN", b"[[rehydra:long 5 sha256:00 x]]", b" " * 5000)


def in_markup(part, dice):
    """A token put in, or one taken out, at the edge of a tag or an attribute."""
    edges = [match.start() for match in re.finditer(rb"[<>\" ]", part)]
    if not edges:
        return part
    at = dice.choice(edges)
    if dice.random() < 0.6:
        return part[:at] + dice.choice(TOKENS) + part[at:]
    end = dice.choice(edges)
    return part[:min(at, end)] + part[max(at, end):] if abs(at - end) < 2000 else part[:at] + part[at + 1:]


def swap_rows(part, dice):
    rows = re.findall(rb"<row.*?</row>", part, re.S)
    return part if len(rows) < 2 else part.replace(dice.choice(rows), dice.choice(rows) * dice.choice((0, 1, 2)), 1)


def numbers(part, dice):
    found = list(re.finditer(rb"\d+", part))
    if not found:
        return part
    one = dice.choice(found)
    return part[:one.start()] + dice.choice((b"0", b"-1", b"4294967296", b"18446744073709551616", b"1.5", b"", b"1e308")) + part[one.end():]


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return [(entry.filename, book.read(entry)) for entry in book.infolist()]


def zipped(parts, dice):
    out = io.BytesIO()
    method = dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with zipfile.ZipFile(out, "w", method) as book:
        for name, content in parts:
            book.writestr(name, content)
    return out.getvalue()


def structure(data, dice):
    """One part changed inside, lost, doubled, renamed, emptied, or two exchanged; packed again, so that the container is sound."""
    parts = parts_of(data)
    sheets = [number for number, (name, _) in enumerate(parts) if "worksheets/sheet" in name]
    at = dice.choice(sheets) if sheets and dice.random() < 0.7 else dice.randrange(len(parts))
    name, content = parts[at]
    way = dice.choice(("markup", "markup", "markup", "numbers", "rows", "bytes", "lost", "renamed", "empty", "exchanged"))
    if way == "lost":
        del parts[at]
    elif way == "renamed":
        parts[at] = (name + "x", content)
    elif way == "empty":
        parts[at] = (name, b"")
    elif way == "exchanged":
        other = dice.randrange(len(parts))
        parts[at], parts[other] = (name, parts[other][1]), (parts[other][0], content)
    else:
        change = {"markup": in_markup, "numbers": numbers, "rows": swap_rows, "bytes": flip}[way]
        parts[at] = (name, change(content, dice) if content else content)
    return zipped(parts, dice)


KINDS = (flip, insert, delete, truncate, overwrite, structure, structure, structure, structure, structure)


def main(path, first, count):
    with open(path, "rb") as file:
        data = file.read()
    for seed in range(int(first), int(first) + int(count)):
        dice = random.Random(seed)
        kind = KINDS[seed % len(KINDS)]
        print(f"{seed}\t{kind.__name__}\t{base64.b64encode(kind(data, dice)).decode()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
