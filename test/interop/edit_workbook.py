"""Job: change a workbook as a person would, with openpyxl: cells, rows, columns and sheets, found by title, header and key.
Callers: the edited-file tests of test/interop and test/hostile. Nothing of rehydra's own code is used.
"""
import io
import re
import zipfile

import openpyxl


class Workbook:
    def __init__(self, data):
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def save(self):
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def sheet(self, title):
        return self.book[title]

    def column(self, title, header):
        for cell in self.sheet(title)[1]:
            if cell.value == header:
                return cell.column
        raise KeyError(f"{title} has no column {header}")

    def row(self, title, key, header=None):
        """The row whose first column (or the one named) holds key."""
        column = self.column(title, header) if header else 1
        for row in range(2, self.sheet(title).max_row + 1):
            if self.sheet(title).cell(row, column).value == key:
                return row
        raise KeyError(f"{title} has no row {key}")

    def cell(self, title, key, header):
        return self.sheet(title).cell(self.row(title, key), self.column(title, header))

    def set(self, title, key, header, value, text=False):
        cell = self.cell(title, key, header)
        cell.value = value
        if text:
            cell.data_type = "s"
            cell.number_format = "@"
        return cell.coordinate

    def get(self, title, key, header):
        return self.cell(title, key, header).value

    def add(self, title, **values):
        """A row at the end; headers with spaces are written with underscores."""
        row = self.sheet(title).max_row + 1
        for header, value in values.items():
            self.sheet(title).cell(row, self.column(title, header.replace("_", " ")), value)
        return row

    def remove(self, title, key, header=None):
        self.sheet(title).delete_rows(self.row(title, key, header))

    def remove_column(self, title, header):
        self.sheet(title).delete_cols(self.column(title, header))

    def rename_column(self, title, header, new):
        self.sheet(title).cell(1, self.column(title, header), new)

    def reorder_columns(self, title, order):
        """order: the new sequence of the columns' present numbers."""
        sheet = self.sheet(title)
        for row in range(1, sheet.max_row + 1):
            old = [(sheet.cell(row, column).value, sheet.cell(row, column).data_type) for column in order]
            for column, (value, kind) in enumerate(old, 1):
                cell = sheet.cell(row, column)
                cell.value = value
                # A text that looks like a formula stays a text.
                cell.data_type = kind


def edit_part(data, name, change):
    """The same container with one part (or each that matches the pattern) put through change(bytes) -> bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if re.fullmatch(name, entry.filename) else content)
    return out.getvalue()
