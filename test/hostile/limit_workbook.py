#!/usr/bin/python3
"""Job: workbooks that stand exactly at a limit, and one past it.
Caller: limits.sh. Use: limit_workbook.py EXPORT.xlsx > lines of "setting<TAB>value<TAB>allowed<TAB>base64". Standard library only.
Promise: what a file needs is counted here without rehydra; the settings' values are as low as the file allows, or lower by one.
"""
import base64
import io
import re
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

sys.dont_write_bytecode = True
from hostile_workbook import UNREAD, titled  # noqa: E402

BOOK = "xl/workbook.xml"
UNKNOWN = "\\N"  # NULL to COPY


def zipped(parts, comment=b"", stored=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
        book.comment = comment
    return out.getvalue()


def attributes(content):
    return max(len(re.findall(rb'\s[\w:]+="', tag)) for tag in re.findall(rb"<[a-zA-Z][^>]*>", content))


def longest_cell(parts):
    texts = [text for name in parts if "sheet" in name for text in re.findall(rb"<t[^>]*>([^<]*)</t>", parts[name])]
    return max(len(ElementTree.fromstring(b"<t>" + text + b"</t>").text.encode("utf-16-le")) // 2 for text in texts if text)


def widest(parts, read):
    def number(letters):
        total = 0
        for letter in letters.decode():
            total = total * 26 + ord(letter) - 64
        return total
    return max(number(letters) for name in read for letters in re.findall(rb'<c r="([A-Z]+)\d', parts[name]))


def padded(content, size):
    """White space behind the root element."""
    return content + b" " * (size - len(content))


def main(path):
    with zipfile.ZipFile(path) as book:
        parts = {entry.filename: book.read(entry) for entry in book.infolist()}
    sheets = [name for name, title in titled(parts).items() if title not in UNREAD]
    small = ["[Content_Types].xml", "_rels/.rels", BOOK, "xl/_rels/workbook.xml.rels"]
    read = small + sheets + ["xl/sharedStrings.xml"]
    plain = zipped(parts)

    def tell(setting, value, allowed, data):
        print(f"rehydra.{setting}\t{value}\t{UNKNOWN if allowed is None else allowed}\t{base64.b64encode(data).decode()}")

    for setting, needed in (("max_entries", len(parts)), ("max_sheets", parts[BOOK].count(b"<sheet ")), ("max_columns", widest(parts, sheets)),
                            ("max_xml_attributes", max(attributes(parts[name]) for name in read)), ("max_cell_units", longest_cell(parts))):
        tell(setting, needed, True, plain)
        tell(setting, needed - 1, False, plain)
    for levels, allowed in ((12, True), (13, False)):
        for name, root in ((sheets[0], b"</worksheet>"), (BOOK, b"</workbook>")):
            nest = b"<a>" * (levels - 1) + b"</a>" * (levels - 1)
            tell("max_xml_depth", 12, allowed, zipped({**parts, name: parts[name].replace(root, nest + root)}))
    kilobytes = len(plain) // 1024 + 1
    for more, allowed in ((0, True), (1, False)):
        tell("max_input_bytes", f"{kilobytes}kB", allowed, zipped(parts, b"x" * (kilobytes * 1024 - len(plain) + more)))
    total = sum(len(parts[name]) for name in read)
    for size, allowed in ((total // 1024 * 1024 + 1024, True), (total // 1024 * 1024 + 1025, False)):
        tell("max_inflated_bytes", f"{total // 1024 + 1}kB", allowed, zipped({**parts, BOOK: padded(parts[BOOK], len(parts[BOOK]) + size - total)}))
    for size, allowed in ((64 << 10, True), ((64 << 10) + 1, False)):
        tell("max_held_part_bytes", "64kB", allowed, zipped({**parts, BOOK: padded(parts[BOOK], size)}))
        name = sheets[0]
        tag = b'<sheetPr x="%s"/>' % (b"A" * (size - len(b'<sheetPr x=""/>')))
        tell("max_held_part_bytes", "64kB", allowed, zipped({**parts, name: re.sub(rb"<sheetData", tag + b"<sheetData", parts[name], count=1)}))
    # Past 1 MiB the ratio counts: the same part stored has a ratio of 1.
    large = {**parts, BOOK: padded(parts[BOOK], 2 << 20)}
    tell("max_held_part_ratio", 1, True, zipped(large, stored=True))
    tell("max_held_part_ratio", 100, False, zipped(large))
    tell("max_shared_string_bytes", "1kB", True, plain)
    name = next(name for name in sheets if parts[name].count(b"<row ") > 3)
    spoilt, count = re.subn(rb'<c (r="A([2-9]|\d\d+)"[^>]*)><v>[^<]*</v>', rb'<c \1 t="str"><v>no number</v>', parts[name])
    tell("max_errors", count, None, zipped({**parts, name: spoilt}))


if __name__ == "__main__":
    main(*sys.argv[1:])
