#!/usr/bin/python3
"""Job: write an exported workbook in the dialects that other programs write, without changing what it says.
Caller: respelled.sh. Use: respell_workbook.py EXPORT.xlsx > lines of "dialect<TAB>base64". Standard library only.
Promise: each dialect changes one thing through the whole workbook; the same file makes the same dialects.
"""
import base64
import io
import re
import struct
import sys
import zipfile
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, unescape

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml$")
CELL = re.compile(rb"<c ([^>]*?)(/>|>(.*?)</c>)", re.S)
INLINE = re.compile(rb'<c ([^>]*?) t="inlineStr"><is><t[^>]*>(.*?)</t></is></c>', re.S)


def xml_parts(parts, change, only=None):
    return [(name, change(content) if name.endswith((".xml", ".rels")) and (only is None or only.search(name)) else content) for name, content in parts]


def sheets(parts, change):
    return xml_parts(parts, change, SHEET)


def declared(content, encoding):
    """Without its own declaration, with another one."""
    return re.sub(rb"^<\?xml.*?\?>\s*", b"", content, flags=re.S).decode().join((f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?>\r\n', ""))


def utf16(parts, encoding, mark):
    return xml_parts(parts, lambda content: mark + declared(content, "UTF-16").encode(encoding))


def strict(parts):
    """ISO/IEC 29500 strict, as Excel saves it: other namespaces, and dates as ISO texts."""
    parts = iso_dates(parts)
    parts = xml_parts(parts, lambda content: content.replace(MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        OFFICE, b"http://purl.oclc.org/ooxml/officeDocument/relationships"))
    return [(name, content.replace(b"<workbook ", b'<workbook conformance="strict" ')) for name, content in parts]


def prefixed(content):
    if MAIN not in content:
        return content
    content = re.sub(rb"<(/?)(?=[a-z])(?![a-zA-Z0-9]*:)", rb"<\1any-prefix:", content)
    return content.replace(b'xmlns="' + MAIN, b'xmlns:any-prefix="' + MAIN)


def date_styles(parts):
    """Numbers of the cell formats that show a date or a time."""
    styles = dict(parts)["xl/styles.xml"]
    formats = {number for number, code in re.findall(rb'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles) if b"yy" in code} | {b"14", b"22"}
    cells = re.search(rb"<cellXfs.*?</cellXfs>", styles, re.S).group()
    return {b"%d" % n for n, xf in enumerate(re.findall(rb"<xf [^>]*", cells)) if re.search(rb'numFmtId="(\d+)"', xf).group(1) in formats}


def serials(parts, change):
    styles = date_styles(parts)
    count = 0

    def cell(match):
        nonlocal count
        style = re.search(rb's="(\d+)"', match.group(1))
        if b"t=" in match.group(1) or not match.group(3) or style is None or style.group(1) not in styles:
            return match.group()
        count += 1
        return change(match.group(1), float(match.group(3)[3:-4]))
    parts = sheets(parts, lambda content: CELL.sub(cell, content))
    assert count > 0, "no date in the workbook"
    return parts


def iso_dates(parts):
    def cell(attributes, serial):
        text = (datetime(1899, 12, 30) + timedelta(seconds=round(serial * 86400))).isoformat()
        return b'<c %s t="d"><v>%s</v></c>' % (attributes, (text.removesuffix("T00:00:00")).encode())
    return serials(parts, cell)


def epoch_1904(parts):
    parts = serials(parts, lambda attributes, serial: b"<c %s><v>%s</v></c>" % (attributes, repr(serial - 1462).encode()))
    return [(name, re.sub(rb"<workbookPr[^>]*/>", b"", content).replace(b"<bookViews", b'<workbookPr date1904="1"/><bookViews') if name == "xl/workbook.xml" else content)
            for name, content in parts]


def column_number(letters):
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def without_references(content):
    def row(match):
        made, last = [], 0
        for cell in CELL.finditer(match.group(2)):
            number = column_number(re.search(rb'r="([A-Z]+)', cell.group(1)).group(1))
            made += [b"<c/>"] * (number - last - 1) + [re.sub(rb'r="[A-Z]+\d+" ?', b"", cell.group())]
            last = number
        return b"<row>" + b"".join(made) + b"</row>"
    return re.sub(rb"<row ([^>]*)>(.*?)</row>", row, content, flags=re.S)


def inlined(parts):
    """The frame's headers are shared strings: in their cells, as all other texts."""
    items = re.findall(rb"<si><t[^>]*>(.*?)</t></si>", dict(parts)["xl/sharedStrings.xml"], re.S)
    shared_cell = re.compile(rb'<c ([^>]*?) t="s"><v>(\d+)</v></c>')
    return sheets(parts, lambda content: shared_cell.sub(lambda m: b'<c %s t="inlineStr"><is><t>%s</t></is></c>' % (m.group(1), items[int(m.group(2))]), content))


def shared(parts, item):
    parts = inlined(parts)
    texts = {}

    def cell(match):
        return b'<c %s t="s"><v>%d</v></c>' % (match.group(1), texts.setdefault(match.group(2), len(texts)))
    parts = sheets(parts, lambda content: INLINE.sub(cell, content))
    table = b'<sst xmlns="%s" count="1" uniqueCount="4294967295">%s</sst>' % (MAIN, b"".join(item(text) for text in texts))
    relation = b'<Relationship Id="rIdStrings" Type="%s/sharedStrings" Target="/xl/Texts.xml"/></Relationships>' % OFFICE
    parts = [(name, re.sub(rb"<Relationship [^>]*sharedStrings[^>]*/>", b"", content).replace(b"</Relationships>", relation) if name == "xl/_rels/workbook.xml.rels" else content)
             for name, content in parts if name != "xl/sharedStrings.xml"]
    return parts + [("xl/Texts.xml", table)]


def plain_item(text):
    return b'<si><t xml:space="preserve">%s</t></si>' % text


def rich_item(text):
    """Two runs with a phonetic guide between them."""
    letters = unescape(text.decode())
    half = len(letters) // 2
    run = '<r><rPr><b/><sz val="11"/></rPr><t xml:space="preserve">{}</t></r>'
    return ("<si>" + run.format(escape(letters[:half])) + '<rPh sb="0" eb="1"><t>guide</t></rPh>' + run.format(escape(letters[half:])) + '<phoneticPr fontId="1"/></si>').encode()


def references(content):
    """Every character of a text by its number, those outside of ASCII."""
    return INLINE.sub(lambda m: b'<c %s t="inlineStr"><is><t>%s</t></is></c>' % (m.group(1), m.group(2).decode().encode("ascii", "xmlcharrefreplace")), content)


def escaped_units(content):
    """Every third character of a text as _xHHHH_, so as Excel writes those that XML does not have."""
    def character(place, letter):
        units = letter.encode("utf-16-be").hex()
        return "".join(f"_x{units[i:i + 4]}_" for i in range(0, len(units), 4)) if place % 3 == 0 else letter
    text = lambda m: "".join(character(place, letter) for place, letter in enumerate(unescape(m.group(2).decode())))
    return INLINE.sub(lambda m: b'<c %s t="inlineStr"><is><t>%s</t></is></c>' % (m.group(1), escape(text(m)).encode()), content)


def cdata(content):
    text = lambda m: unescape(m.group(2).decode()).replace("]]>", "]]]]><![CDATA[>")
    return INLINE.sub(lambda m: f'<c {m.group(1).decode()} t="inlineStr"><is><!-- a comment --><t><![CDATA[{text(m)}]]></t><?anything here?></is></c>'.encode(), content)


def typed_text(content):
    return INLINE.sub(rb'<c \1 t="str"><v>\2</v></c>', content)


def spaced(content):
    content = re.sub(rb'([a-z]+)="([^"<]*)"', rb"\1 = '\2'", content) if b"'" not in content else content
    return re.sub(rb"</(row|c|v)>", rb"</\1 >\n ", content).replace(b"<c ", b"<c\n\t")


def exponents(content):
    return re.sub(rb"<c ([^>t]*)><v>(-?\d)(\d*)</v>", lambda m: b"<c %s><v>%s.%s0E+%02d</v>" % (m.group(1), m.group(2), m.group(3), len(m.group(3))), content)


def behind_rows(content, more):
    return content.replace(b"</sheetData>", more + b"</sheetData>")


def last_row(content):
    return max((int(n) for n in re.findall(rb'<row r="(\d+)"', content)), default=0)


def blank_rows(content):
    first = last_row(content) + 1
    return behind_rows(content, b"".join(b'<row r="%d" spans="1:9" ht="15" customHeight="1"><c r="A%d" s="1"/></row>' % (n, n) for n in range(first, 1000001)))


def one_sheet(parts, change):
    """Only the first sheet of data: the change is large."""
    first = next(name for name, content in parts if SHEET.search(name) and content.count(b"<row ") > 2)
    return [(name, change(content) if name == first else content) for name, content in parts]


def merged(content):
    """Blank cells merged beside and below the values."""
    row = last_row(content) + 2
    cells = b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (row, row, row)
    return behind_rows(content, cells).replace(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A%d:B%d"/></mergeCells>' % (row, row), 1)


def lying_hints(content):
    return re.sub(rb"<dimension [^>]*/>", b'<dimension ref="A1:XFD1048576"/>', content)


def targets(parts, change):
    return [(name, re.sub(rb'Target="([^"]*)"', change, content) if name == "xl/_rels/workbook.xml.rels" else content) for name, content in parts]


def renamed(parts):
    """Sheets in a folder of their own, with names that need an escape."""
    parts = targets(parts, lambda m: m.group().replace(b"worksheets/sheet", b"../Other%20Folder/Blatt%C3%A4"))
    return [(name.replace("xl/worksheets/sheet", "Other%20Folder/Blatt%C3%A4") if SHEET.search(name) else name, content.replace(b"/xl/worksheets/sheet", b"/Other%20Folder/Blatt%C3%A4"))
            for name, content in parts]


def hidden(parts):
    """Every sheet hidden but the first, and in reverse order."""
    def book(content):
        found = re.findall(rb"<sheet [^>]*/>", content)
        turned = [re.sub(rb' state="[^"]*"', b"", sheet).replace(b"/>", b' state="veryHidden"/>') for sheet in reversed(found[1:])]
        content = re.sub(rb"<definedNames>.*?</definedNames>", b"", content, flags=re.S)
        return re.sub(rb"<sheets>.*</sheets>", lambda _: b"<sheets>" + found[0] + b"".join(turned) + b"</sheets>", content, flags=re.S)
    return [(name, book(content) if name == "xl/workbook.xml" else content) for name, content in parts]


class Stream(io.BytesIO):
    """Cannot go back, so that sizes follow the entries."""

    def seekable(self):
        return False

    def tell(self):
        raise OSError("a stream has no position")

    seek = tell


def zipped(parts, method=zipfile.ZIP_DEFLATED, zip64=False, out=None):
    out = out or io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as book:
        for name, content in parts:
            with book.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) if zip64 else book.open(info(name, method), "w") as entry:
                entry.write(content)
    return out.getvalue()


def info(name, method):
    made = zipfile.ZipInfo(name)
    made.compress_type = method
    return made


def zip64_end(data):
    """The directory's numbers in a zip64 record, all ones in the plain one."""
    at = data.rindex(b"PK\5\6")
    count, size, offset = struct.unpack("<HII", data[at + 10:at + 20])
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, offset)
    return data[:at] + record + b"PK\6\7" + struct.pack("<IQI", 0, at, 1) + b"PK\5\6" + b"\0" * 4 + b"\xff" * 12 + b"\0\0"


def dialects(parts):
    yield "stored entries", zipped(parts, zipfile.ZIP_STORED)
    yield "data descriptors", zipped(parts, out=Stream())
    yield "zip64 entries", zipped(parts, zip64=True)
    yield "a zip64 directory", zip64_end(zipped(parts))
    yield "zip64 entries with descriptors and a zip64 directory", zip64_end(zipped(parts, zip64=True, out=Stream()))
    yield "UTF-16, little end first", zipped(utf16(parts, "utf-16-le", b"\xff\xfe"))
    yield "UTF-16, big end first", zipped(utf16(parts, "utf-16-be", b"\xfe\xff"))
    yield "UTF-8 with a byte order mark", zipped(xml_parts(parts, lambda content: b"\xef\xbb\xbf" + content))
    yield "a prefix of its own for every element", zipped(xml_parts(parts, prefixed))
    yield "strict OOXML with ISO dates", zipped(strict(parts))
    yield "dates as ISO texts", zipped(iso_dates(parts))
    yield "days counted from 1904", zipped(epoch_1904(parts))
    yield "no references of rows and cells", zipped(sheets(parts, without_references))
    yield "shared strings", zipped(shared(parts, plain_item))
    yield "rich text with phonetic guides", zipped(shared(parts, rich_item))
    yield "characters by their numbers", zipped(sheets(parts, references))
    yield "characters as escaped UTF-16 units", zipped(sheets(parts, escaped_units))
    yield "CDATA, comments and instructions", zipped(sheets(parts, cdata))
    yield "texts of type str", zipped(sheets(parts, typed_text))
    yield "other white space and quotes", zipped(sheets(parts, spaced))
    yield "numbers with exponents", zipped(sheets(parts, exponents))
    yield "a million blank rows behind the others", zipped(one_sheet(parts, blank_rows))
    yield "merged cells", zipped(sheets(parts, merged))
    yield "dimensions that lie", zipped(sheets(parts, lying_hints))
    yield "absolute targets", zipped(targets(parts, lambda m: b'Target="/xl/' + m.group(1) + b'"'))
    yield "roundabout targets", zipped(targets(parts, lambda m: b'Target="./../xl/./' + m.group(1) + b'"'))
    yield "parts of other names in other folders", zipped(renamed(parts))
    yield "sheets hidden and in reverse order", zipped(hidden(parts))
    yield "parts in reverse order, and folders", zipped([("xl/", b"")] + parts[::-1])


def main(path):
    with zipfile.ZipFile(path) as book:
        parts = [(entry.filename, book.read(entry)) for entry in book.infolist()]
    for dialect, data in dialects(parts):
        print(f"{dialect}\t{base64.b64encode(data).decode()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
