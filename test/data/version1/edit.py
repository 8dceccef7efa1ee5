"""Job: print the sample's workbook with edits, in base64.
Caller: test/pgtap/version1.psql. Arguments: Sheet!B2=text (an empty text clears the cell), Sheet!B2#5 (a number), Sheet!B2@5=2+3 (a formula
and the value that a program computed), Sheet!B2~#N/A (an error value), Sheet!-4 (row 4 goes), Sheet!+a|b||#5 (one more row), -Sheet (the sheet goes), Old>New (its new title).
Promise: everything else in the file stays byte by byte.
"""
import base64
import io
import os
import re
import sys
import xml.etree.ElementTree as tree
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
tree.register_namespace("", MAIN)
tree.register_namespace("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")


def name(tag):
    return f"{{{MAIN}}}{tag}"


def fill(cell, text, number=False, formula=None, error=False):
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if formula is not None:
        tree.SubElement(cell, name("f")).text = formula
    if error:
        cell.set("t", "e")
    if number or error:
        tree.SubElement(cell, name("v")).text = text
    elif text != "":
        cell.set("t", "inlineStr")
        target = tree.SubElement(tree.SubElement(cell, name("is")), name("t"))
        target.text = text
        target.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


class Book:
    def __init__(self, path):
        with zipfile.ZipFile(path) as packed:
            self.parts = {entry: packed.read(entry) for entry in packed.namelist()}
        self.book = tree.fromstring(self.parts["xl/workbook.xml"])
        self.titles = [sheet.get("name") for sheet in self.book.find(name("sheets"))]
        self.open = {}

    def rows(self, title):
        if title not in self.open:
            self.open[title] = tree.fromstring(self.parts[f"xl/worksheets/sheet{self.titles.index(title) + 1}.xml"])
        return self.open[title].find(name("sheetData"))

    def cell(self, title, reference):
        column, number = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()
        row = next(row for row in self.rows(title) if row.get("r") == number)
        for at, cell in enumerate(row):
            other = re.match("[A-Z]+", cell.get("r"))[0]
            if other == column:
                return cell
            if (len(other), other) > (len(column), column):
                row.insert(at, tree.Element(name("c"), {"r": reference}))
                return row[at]
        return tree.SubElement(row, name("c"), {"r": reference})

    def add_row(self, title, values):
        rows = self.rows(title)
        number = int(rows[-1].get("r")) + 1
        row = tree.SubElement(rows, name("row"), {"r": str(number)})
        for at, value in enumerate(values):
            cell = tree.SubElement(row, name("c"), {"r": f"{chr(ord('A') + at)}{number}"})
            fill(cell, value.removeprefix("#"), number=value.startswith("#"))

    def retitle(self, title, new):
        sheets = self.book.find(name("sheets"))
        sheet = next(one for one in sheets if one.get("name") == title)
        if new is None:
            sheets.remove(sheet)
        else:
            sheet.set("name", new)

    def edit(self, edit):
        title, separator, what = edit.partition("!")
        if not separator:
            old, separator, new = edit.partition(">")
            self.retitle(old if separator else edit.removeprefix("-"), new if separator else None)
        elif what.startswith("-"):
            rows = self.rows(title)
            rows.remove(next(row for row in rows if row.get("r") == what[1:]))
        elif what.startswith("+"):
            self.add_row(title, what[1:].split("|"))
        else:
            reference, kind, text = re.fullmatch(r"([A-Z]+\d+)([=#@~])(.*)", what, re.DOTALL).groups()
            value, _, formula = text.partition("=") if kind == "@" else (text, "", None)
            fill(self.cell(title, reference), value, number=kind in "#@", formula=formula, error=kind == "~")

    def packed(self):
        for title, part in self.open.items():
            self.parts[f"xl/worksheets/sheet{self.titles.index(title) + 1}.xml"] = tree.tostring(part)
        self.parts["xl/workbook.xml"] = tree.tostring(self.book)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for entry, content in self.parts.items():
                packed.writestr(entry, content)
        return out.getvalue()


book = Book(os.path.join(os.path.dirname(os.path.abspath(__file__)), "customer3.xlsx"))
for one in sys.argv[1:]:
    book.edit(one)
print(base64.b64encode(book.packed()).decode())
