"""Job: a workbook's cells, read by openpyxl or pandas and written as a new file by another library, as a script does that fills a template.
Caller: resave.sh: rewrite.py xlsxwriter|pandas IN.xlsx OUT.xlsx. Hidden sheets stay hidden where the writer can say so."""
import datetime
import sys

import openpyxl

FORMATS = {datetime.datetime: "yyyy-mm-dd hh:mm:ss", datetime.date: "yyyy-mm-dd", datetime.time: "hh:mm:ss"}


def write_by_xlsxwriter(source, target):
    import xlsxwriter
    book = openpyxl.load_workbook(source, read_only=True)
    made = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {kind: made.add_format({"num_format": code}) for kind, code in FORMATS.items()}
    for sheet in book.worksheets:
        to = made.add_worksheet(sheet.title)
        if sheet.sheet_state != "visible":
            to.hide()
        for r, row in enumerate(sheet.iter_rows(values_only=True)):
            for c, value in enumerate(row):
                if value is not None:
                    to.write(r, c, value, formats.get(type(value)))
    made.close()


def write_by_pandas(source, target):
    import pandas
    frames = pandas.read_excel(source, sheet_name=None, header=None, dtype=object, keep_default_na=False, na_filter=False, engine="openpyxl")
    with pandas.ExcelWriter(target, engine="openpyxl") as to:
        for title, frame in frames.items():
            frame.to_excel(to, sheet_name=title, header=False, index=False)


{"xlsxwriter": write_by_xlsxwriter, "pandas": write_by_pandas}[sys.argv[1]](sys.argv[2], sys.argv[3])
