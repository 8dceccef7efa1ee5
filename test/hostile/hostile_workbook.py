#!/usr/bin/python3
"""Job: make files that attack a reader on purpose, out of an exported workbook: containers that lie, XML that grows, cells that are nowhere.
Caller: hostile_files.sh. Use: hostile_workbook.py EXPORT.xlsx FIRST_SEED COUNT > lines of "seed<TAB>attack<TAB>verdict<TAB>base64". Standard library only.
Promise: the same seed makes the same file. verdict: "refused" where a reader must refuse it, "either" where what it says may be read.
"""
import base64
import io
import random
import re
import struct
import sys
import zipfile
import zlib

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml$")
MAX32 = 0xFFFFFFFF


class Entry:
    """One zip entry, each number of its two headers open to a lie."""

    def __init__(self, name, content, method=8):
        self.name, self.content, self.method = name.encode(), content, method
        self.packed = raw_deflate(content) if method == 8 else content
        self.numbers = {"flags": 0, "method": method, "crc": zlib.crc32(content), "packed": len(self.packed), "size": len(content)}
        self.local, self.central, self.local_name, self.extra, self.central_extra = {}, {}, None, b"", b""
        self.before = self.behind = b""
        self.offset = None


def raw_deflate(content, level=6):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def header(entry, lies, signature, name, extra, central, offset):
    n = {**entry.numbers, **lies}
    common = struct.pack("<HHHHHIIIHH", 20, n["flags"], n["method"], 0, 33, n["crc"] & MAX32, n["packed"] & MAX32, n["size"] & MAX32, len(name), len(extra))
    if not central:
        return signature + common + name + extra
    return signature + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, offset & MAX32) + name + extra


def container(entries, end=None, tail=b"", count=None):
    out, directory = b"", b""
    for entry in entries:
        out += entry.before
        at = len(out) if entry.offset is None else entry.offset
        out += header(entry, entry.local, b"PK\3\4", entry.local_name or entry.name, entry.extra, False, 0) + entry.packed + entry.behind
        directory += header(entry, entry.central, b"PK\1\2", entry.name, entry.central_extra, True, at)
    n = len(entries) if count is None else count
    record = end(len(out), len(directory), n) if end else struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, n, n, len(directory), len(out), 0)
    return out + directory + record + tail


def entries_of(parts):
    return [Entry(name, content) for name, content in parts]


def pick(entries, dice):
    return dice.choice(entries)


# --- containers ---------------------------------------------------------------------------------------------------------------
def flags(entries, dice):
    pick(entries, dice).numbers["flags"] = dice.choice((1, 1 << 5, 1 << 6, 1 << 13, 1 | 8))


def method(entries, dice):
    pick(entries, dice).numbers["method"] = dice.choice((1, 2, 6, 9, 12, 14, 93, 95, 97, 98, 99, 65535))


def one_header(entries, dice):
    entry = pick(entries, dice)
    what = dice.choice(("flags", "method", "crc", "packed", "size"))
    lie = entry.numbers[what] ^ (1 << dice.randrange({"flags": 11, "method": 4}.get(what, 31)))
    dice.choice((entry.local, entry.central))[what] = lie if (what, lie) != ("flags", 8) else 2


def both_sizes(entries, dice):
    entry = pick(entries, dice)
    what = dice.choice(("packed", "size"))
    entry.numbers[what] = dice.choice((0, 1, entry.numbers[what] - 1, entry.numbers[what] + 1, entry.numbers[what] * 1000, MAX32 - 1, 1 << 31))


def checksum(entries, dice):
    pick(entries, dice).numbers["crc"] ^= 1 << dice.randrange(32)


def other_name(entries, dice):
    entry = pick(entries, dice)
    entry.local_name = dice.choice((b"x", entry.name[:-1], entry.name.upper() + b"x", b"../" + entry.name, entry.name + b"\0"))


def twice(entries, dice):
    entry = pick(entries, dice)
    name = entry.name.decode()
    again = dice.choice((name, name.upper(), name.replace("x", "%78"), name + "/"))
    entries.insert(dice.randrange(len(entries) + 1), Entry(again, dice.choice((entry.content, b"<x/>"))))


def bad_name(entries, dice):
    entries.append(Entry(dice.choice(("/xl/x.xml", "../x", "xl/../x", "xl//x", "xl\\x", "c:x", "x\0y", "x%00y", "a" * 513, "./x", "xl/..", "%2e%2e/x")), b"x"))


def overlapping(entries, dice):
    """Two entries of the directory that share bytes of the file (the way of most zip bombs)."""
    first, second = dice.sample(range(len(entries)), 2)
    at = 0
    for entry in entries[:first]:
        at += 30 + len(entry.name) + len(entry.packed)
    entries[second].offset = at + dice.choice((0, 0, 1, 30))


def gap(entries, dice):
    entry = pick(entries, dice)
    setattr(entry, dice.choice(("before", "behind")), dice.randbytes(dice.choice((1, 12, 16, 24, 4000))))


def offset(entries, dice):
    pick(entries, dice).offset = dice.choice((1, 7, 1 << 20, 1 << 31, MAX32))


def descriptor(entries, dice):
    """A descriptor that is missing or says something else."""
    entry = pick(entries, dice)
    entry.numbers["flags"] |= 8
    lie = struct.pack("<4sIII", b"PK\7\10", entry.numbers["crc"] ^ 1, entry.numbers["packed"], entry.numbers["size"])
    entry.behind = dice.choice((b"", lie, lie[4:], lie + b"x", lie[:-1]))


def trailing_stream(entries, dice):
    """Bytes behind the end of the deflate stream, or a stream without end, in an entry whose headers agree."""
    entry = pick(entries, dice)
    entry.packed = dice.choice((entry.packed + b"x", entry.packed[:-1], entry.packed + raw_deflate(b"more"), entry.packed + b"\0" * 5000, b"\x07", b"", b"\0" * 10))
    entry.numbers["packed"] = len(entry.packed)


def zip64_field(entries, dice):
    entry = pick(entries, dice)
    lie = struct.pack("<HHQQ", 1, 16, dice.choice((entry.numbers["size"] + 1, (1 << 64) - 1, 1 << 40)), dice.choice((entry.numbers["packed"] + 1, (1 << 63), 0)))
    entry.extra = entry.central_extra = dice.choice((lie, lie[:12], lie + lie))
    entry.numbers["packed"] = entry.numbers["size"] = MAX32


def end_record(entries, dice):
    def end(at, size, n):
        count, bytes_, start = dice.choice(((n + 1, size, at), (n - 1, size, at), (n, size + 1, at), (n, size, at + 1), (n, size, 0), (0, 0, at), (n, MAX32, MAX32 - 1), (65535, size, at)))
        return struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, bytes_ & MAX32, start & MAX32, 0)
    return {"end": end}


def zip64_end(entries, dice):
    def end(at, size, n):
        where = dice.choice((at + size + 1, at, 0, (1 << 64) - 1, 1 << 63))
        record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, n, n, size, at)
        return record + struct.pack("<4sIQI", b"PK\6\7", 0, where, 1) + b"PK\5\6" + b"\0" * 4 + b"\xff" * 12 + b"\0\0"
    return {"end": end}


def disks(entries, dice):
    return {"end": lambda at, size, n: struct.pack("<4sHHHHIIH", b"PK\5\6", dice.choice((1, 65534)), 0, n, n, size, at, 0)}


def behind_the_end(entries, dice):
    return {"tail": dice.choice((b"x", b"\0" * 70000, b"PK\5\6" + b"\0" * 17, dice.randbytes(30)))}


def polyglot(entries, dice):
    entries[0].before = dice.choice((b"%PDF-1.7\n", b"#!/bin/sh\nexit 1\n", b"MZ" + b"\0" * 62, b"GIF89a" + b"\0" * 20))


def many_entries(entries, dice):
    entries += [Entry(f"media/{n}.png", b"") for n in range(dice.choice((65536, 66000)))]
    return {"count": 65535}


CONTAINERS = (flags, method, one_header, both_sizes, checksum, other_name, twice, bad_name, overlapping, gap, offset, descriptor, trailing_stream, zip64_field, end_record, zip64_end, disks,
              behind_the_end, polyglot)


# --- parts: a function takes {name: content}, changes it, and says what must come of it -----------------------------------------------
def titled(parts):
    """Part -> title, of the sheets."""
    targets = {link.group(1): "xl/" + link.group(2).decode() for link in re.finditer(rb'<Relationship Id="([^"]*)"[^>]*Target="([^"]*)"', parts["xl/_rels/workbook.xml.rels"])}
    return {targets[sheet.group(2)]: sheet.group(1).decode() for sheet in re.finditer(rb'<sheet name="([^"]*)"[^>]*r:id="([^"]*)"', parts["xl/workbook.xml"])}


UNREAD = ("Overview", "_charts", "_choices")  # drawn for people alone


def a_sheet(parts, dice):
    """One that an import reads."""
    return dice.choice([name for name, title in titled(parts).items() if title not in UNREAD and b"<row " in parts[name]])


def data_sheet(parts, dice):
    """One whose column A is the key."""
    return dice.choice([name for name, title in titled(parts).items() if title in ("Products", "Feature Toggles", "KPI Uploads")])


def an_xml(parts, dice):
    return dice.choice(["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", a_sheet(parts, dice), a_sheet(parts, dice)])


def in_cells(parts, dice, cells):
    """A row of cells behind the others, in a sheet of data."""
    name = data_sheet(parts, dice)
    row = max(int(n) for n in re.findall(rb'<row r="(\d+)"', parts[name])) + 1
    parts[name] = parts[name].replace(b"</sheetData>", b'<row r="%d">%s</row></sheetData>' % (row, cells.replace(b"#", b"%d" % row)))


def doctype(parts, dice):
    name = an_xml(parts, dice)
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))
    kind = dice.choice((b"<!DOCTYPE x>", b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
                        b'<!DOCTYPE x [<!ENTITY e0 "ha">' + bomb + b"]>", b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>'))
    head, rest = re.match(rb"(\s*<\?xml.*?\?>)?(.*)", parts[name], re.S).groups()
    parts[name] = (head or b"") + kind + rest
    return "refused"


def entity(parts, dice):
    in_cells(parts, dice, b'<c r="A#" t="inlineStr"><is><t>%s</t></is></c>' % dice.choice((b"&e;", b"&#0;", b"&#xD800;", b"&#x110000;", b"&#xFFFE;", b"&lt", b"&;", b"&#99999999999;", b"&nbsp;")))
    return "refused"


def deep(parts, dice):
    levels = dice.choice((33, 100, 100000))
    name = an_xml(parts, dice)
    nest = b"<a>" * levels + b"</a>" * levels
    parts[name] = re.sub(rb"(</[^<>]*>\s*)$", lambda m: nest + m.group(1), parts[name])
    return "refused"


def attributes(parts, dice):
    name = an_xml(parts, dice)
    extra = b"".join(b' a%d="1"' % n for n in range(dice.choice((65, 1000, 100000))))
    parts[name] = re.sub(rb"(/?>\s*)$", lambda m: m.group(1), parts[name])
    parts[name] = re.sub(rb"(<(?:worksheet|workbook|Types|Relationships)\b)", lambda m: m.group(1) + extra, parts[name], count=1)
    return "refused"


def long_tag(parts, dice):
    name = a_sheet(parts, dice)
    parts[name] = parts[name].replace(b"<sheetData", b'<x a="%s"/><sheetData' % (b"A" * dice.choice((17 << 20, 40 << 20))), 1)
    return "refused"


def bad_utf8(parts, dice):
    in_cells(parts, dice, b'<c r="A#" t="inlineStr"><is><t>%s</t></is></c>' % dice.choice((b"\x80", b"\xc0\xaf", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xf8\x88\x80\x80\x80", b"\x00", b"\x01", b"\xef\xbf\xbe")))
    return "refused"


def encoding(parts, dice):
    name = an_xml(parts, dice)
    bare = re.sub(rb"^\s*<\?xml.*?\?>", b"", parts[name], flags=re.S)
    kind = dice.choice(("latin1", "utf7", "ebcdic", "utf32", "lie", "half"))
    parts[name] = {"latin1": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + bare, "utf7": b'<?xml version="1.0" encoding="UTF-7"?>' + bare, "ebcdic": bare.decode().encode("cp500", "replace"),
                   "utf32": bare.decode().encode("utf-32"), "lie": b'<?xml version="1.0" encoding="UTF-16"?>' + bare, "half": b"\xff\xfe" + bare.decode().encode("utf-16-le") + b"\0"}[kind]
    return "refused"


def nowhere(parts, dice):
    """Cells of rows and columns that no sheet has, or of another row."""
    in_cells(parts, dice, dice.choice((b'<c r="XFE#"><v>1</v></c>', b'<c r="ZZZ#"><v>1</v></c>', b'<c r="AAAA#"><v>1</v></c>', b'<c r="A1048577"><v>1</v></c>', b'<c r="A1"><v>1</v></c>', b'<c r="A"><v>1</v></c>',
                                       b'<c r="#"><v>1</v></c>', b'<c r="A-#"><v>1</v></c>', b'<c r="A0#"><v>1</v></c>', b'<c r=""><v>1</v></c>', b'<c r="A99999999999999999999"><v>1</v></c>', b'<c r="XFD#"><v>1</v></c><c><v>1</v></c>')))
    return "refused"


def rows_nowhere(parts, dice):
    name = a_sheet(parts, dice)
    row = dice.choice((b"0", b"1048577", b"4294967296", b"-1", b"1e3", b"", b"99999999999999999999", b" 5"))
    parts[name] = parts[name].replace(b"</sheetData>", b'<row r="%s"><c><v>1</v></c></row></sheetData>' % row)
    return "refused"


def disorder(parts, dice):
    name = data_sheet(parts, dice)
    if dice.random() < 0.5:
        in_cells(parts, dice, dice.choice((b'<c r="B#"><v>1</v></c><c r="A#"><v>1</v></c>', b'<c r="A#"><v>1</v></c><c r="A#"><v>2</v></c>')))
    else:
        rows = re.findall(rb"<row .*?</row>", parts[name], re.S)
        again = dice.choice(rows)
        parts[name] = parts[name].replace(b"</sheetData>", again + b"</sheetData>")
    return "refused"


def formula(parts, dice):
    in_cells(parts, dice, dice.choice((b'<c r="A#"><f>1+1</f><v>2</v></c>', b'<c r="A#" t="str"><f>HYPERLINK("http://127.0.0.1")</f><v>x</v></c>', b'<c r="A#"><f t="shared" si="0" ref="A#:A9999999"/><v>1</v></c>',
                                       b'<c r="A#"><f t="array" ref="A#">SUM(A1:A2)</f></c>', b'<c r="A#" t="b"><f>TRUE()+1</f><v>1</v></c>', b'<c r="A#"><f></f></c>')))
    return "refused"


def odd_cells(parts, dice):
    in_cells(parts, dice, dice.choice((b'<c r="A#" t="s"><v>4294967295</v></c>', b'<c r="A#" t="s"><v>-1</v></c>', b'<c r="A#" t="s"><v>1e3</v></c>', b'<c r="A#" t="z"><v>1</v></c>', b'<c r="A#" t="b"><v>7</v></c>',
                                       b'<c r="A#" t="e"><v>#REF!</v></c>', b'<c r="A#"><v>1</v><v>2</v></c>', b'<c r="A#"><v>NaN</v></c>', b'<c r="A#"><v>1e999999999</v></c>', b'<c r="A#"><v>0x10</v></c>', b"<c r='A#'>loose</c>",
                                       b'<c r="A#" t="d"><v>2024-02-30</v></c>', b'<c r="A#" t="inlineStr"><is><t>[[rehydra:long 9999 sha256:%s 1 characters]] x</t></is></c>' % (b"0" * 64))))
    return "refused"


def long_cells(parts, dice):
    text = dice.choice((b"x", "漢".encode(), "🦊".encode(), b"&lt;")) * dice.choice((32768, 40000, 1 << 20))
    in_cells(parts, dice, dice.choice((b'<c r="A#" t="inlineStr"><is><t>%s</t></is></c>', b'<c r="A#" t="str"><v>%s</v></c>', b'<c r="A#" t="inlineStr"><is><r><t>%s</t></r><r><t>x</t></r></is></c>')) % text)
    return "refused"


def hints(parts, dice):
    """Counts and ranges that would be huge, on a workbook that is sound: read as it is."""
    for name in parts:
        if SHEET.search(name):
            parts[name] = re.sub(rb"<dimension [^>]*/>", dice.choice((b'<dimension ref="A1:XFD1048576"/>', b'<dimension ref="A1:ZZZZZ99999999999"/>', b'<dimension ref=""/>')), parts[name])
            parts[name] = re.sub(rb'<row (r="\d+")[^>]*>', rb'<row \1 spans="1:4294967295">', parts[name])
    parts["xl/sharedStrings.xml"] = re.sub(rb'( unique| )[cC]ount="\d+"', rb"", parts["xl/sharedStrings.xml"]).replace(b"<sst", b'<sst count="18446744073709551615" uniqueCount="4294967295"')
    return "same"


def external(parts, dice):
    name = dice.choice(("xl/_rels/workbook.xml.rels", "_rels/.rels"))
    target = dice.choice((b"http://127.0.0.1:9/x.xml", b"file:///etc/passwd", b"//host/share/x.xml", b"../../../etc/passwd", b"\\\\host\\x", b"data:text/xml,x"))
    found = re.search(rb'Target="[^"]*(worksheets/sheet\d+|xl/workbook)\.xml"', parts[name])
    parts[name] = parts[name].replace(found.group(), dice.choice((b'Target="%s"', b'Target="%s" TargetMode="External"')) % target)
    return "refused"


def relations(parts, dice):
    name = "xl/_rels/workbook.xml.rels"
    drawn = [part.rpartition("/")[2].encode() for part, title in titled(parts).items() if title in UNREAD[1:]]
    found = [r for r in re.findall(rb'<Relationship [^>]*worksheet"[^>]*/>', parts[name]) if not any(part in r for part in drawn)]
    one, two = dice.sample(found, 2)
    target = lambda r: re.search(rb'Target="[^"]*"', r).group()
    way = dice.choice(("same part", "same id", "missing", "loop"))
    if way == "same part":
        parts[name] = parts[name].replace(target(one), target(two))
    elif way == "same id":
        parts[name] = parts[name].replace(re.search(rb'Id="[^"]*"', one).group(), re.search(rb'Id="[^"]*"', two).group())
    elif way == "missing":
        parts[name] = parts[name].replace(target(one), b'Target="worksheets/nothing.xml"')
    else:
        parts[name] = parts[name].replace(target(one), b'Target="workbook.xml"')
    return "refused"


def sheets(parts, dice):
    book = parts["xl/workbook.xml"]
    found = re.findall(rb"<sheet [^>]*/>", book)
    way = dice.choice(("none", "many", "same title", "no title"))
    if way == "none":
        book = re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", book, flags=re.S)
    elif way == "many":
        more = b"".join(found[0].replace(b'name="', b'name="%d' % n) for n in range(5000))
        book = book.replace(b"</sheets>", more + b"</sheets>")
    elif way == "same title":
        book = book.replace(found[-1], re.sub(rb'name="[^"]*"', re.search(rb'name="[^"]*"', found[0]).group().upper().replace(b"NAME", b"name"), found[-1]))
    else:
        book = book.replace(found[1], re.sub(rb'name="[^"]*"', b'name=""', found[1]))
    parts["xl/workbook.xml"] = book
    return "refused"


def types(parts, dice):
    name = "[Content_Types].xml"
    kind = dice.choice((b"application/vnd.ms-excel.sheet.binary.macroEnabled.main", b"text/html", b""))
    parts[name] = dice.choice((parts[name].replace(b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", kind),
                               parts[name].replace(b"</Types>", b'<Override PartName="/XL/workbook.xml" ContentType="x/y"/></Types>')))
    return "refused"


def misnested(parts, dice):
    name = an_xml(parts, dice)
    parts[name] = dice.choice((parts[name] + b"<x/>", parts[name] + b"x", b"x" + parts[name], parts[name][:-3], parts[name].replace(b"</", b"</x", 1), parts[name] + b"\0", b"", b" " * 100,
                               parts[name].replace(b"<", b"<!--", 1), parts[name].replace(b'="', b'="<', 1), re.sub(rb"<([a-zA-Z]+) ", rb'<\1 dup="1" dup="2" ', parts[name], count=1)))
    return "refused"


def namespaces(parts, dice):
    name = a_sheet(parts, dice)
    parts[name] = dice.choice((parts[name].replace(MAIN, b"urn:other"), parts[name].replace(b"<sheetData", b"<undeclared:x/><sheetData", 1), parts[name].replace(b"<worksheet ", b'<worksheet xmlns:xml="urn:x" ', 1),
                               parts[name].replace(b"<worksheet ", b'<worksheet xmlns:a="" ', 1), parts[name].replace(b"<worksheet ", b'<worksheet xmlns:a="%s" ' % (b"u" * 5000), 1)))
    return "refused"


def manifest(parts, dice):
    """The manifest's JSON deeper, larger or other than one can be."""
    name = next(name for name in parts if SHEET.search(name) and b"rehydra workbook" in parts[name])
    text = dice.choice((b"[" * 30000, b'{"a":' * 5000, b'{"format":"rehydra workbook","version":2}', b'{"format":"rehydra workbook","version":99999999999999999999}', b'"x"', b"null", b"{}" * 10, b"\\u0000"))
    pattern = re.compile(rb"(<is><t[^>]*>)[^<]*(</t></is>)")
    parts[name] = pattern.sub(lambda m: m.group(1) + text[:32000] + m.group(2), parts[name], count=1)
    return "refused"


PARTS = (doctype, entity, deep, attributes, bad_utf8, encoding, nowhere, rows_nowhere, disorder, formula, odd_cells, long_cells, hints, external, relations, sheets, types, misnested, namespaces, manifest)


# --- bombs: small files that grow --------------------------------------------------------------------------------------------------
def bomb(parts, dice):
    megabytes = dice.choice((20, 64))
    way = dice.choice(("held", "spaces", "strings", "comment", "rows"))
    zeros = b" " * (megabytes << 20)
    if way == "held":
        name = dice.choice(("xl/workbook.xml", "[Content_Types].xml", "_rels/.rels"))
        parts[name] += zeros
        return "refused"
    name = a_sheet(parts, dice)
    if way == "strings":
        parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"</sst>", b"<si><t>%s</t></si></sst>" % (b"x" * (megabytes << 20)))
        return "same"  # one string that no cell refers to, kept as a mark
    if way == "rows":
        last = max(int(n) for n in re.findall(rb'<row r="(\d+)"', parts[name]))
        parts[name] = parts[name].replace(b"</sheetData>", b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(last + 1, last + 200000)) + b"</sheetData>")
        return "same"
    parts[name] = parts[name].replace(b"</sheetData>", (zeros if way == "spaces" else b"<!--" + zeros + b"-->") + b"</sheetData>")
    return "same"


def make(parts, dice, seed):
    """attack, verdict, file"""
    if seed % 50 == 0:
        attack = bomb
    elif seed % 250 == 1:
        attack = long_tag
    else:
        attack = (CONTAINERS + PARTS)[seed % (len(CONTAINERS) + len(PARTS))]
    if attack in CONTAINERS:
        entries = entries_of(parts)
        return attack.__name__, "container", container(entries, **(attack(entries, dice) or {}))
    changed = dict(parts)
    verdict = attack(changed, dice)
    if verdict == "refused" and changed == dict(parts):
        raise AssertionError(f"seed {seed}: {attack.__name__} changed nothing")
    return attack.__name__, verdict, container(entries_of(changed.items()))


def main(path, first, count):
    with zipfile.ZipFile(path) as book:
        parts = [(entry.filename, book.read(entry)) for entry in book.infolist()]
    for seed in range(int(first), int(first) + int(count)):
        attack, verdict, data = make(parts, random.Random(seed), seed)
        print(f"{seed}\t{attack}\t{verdict}\t{base64.b64encode(data).decode()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
