"""Job: check what an exported workbook offers a person, as openpyxl and the parts themselves show it.
Caller: overview.sh, with the file and the points of table visit by SQL. Promise: TAP lines; exit status 0."""
import re
import sys
import zipfile

import openpyxl


def tell(have, want, name):
    print(f"ok - {name}" if have == want else f"not ok - {name}\n# have: {have!r}\n# want: {want!r}")


path = sys.argv[1]
book = openpyxl.load_workbook(path)
parts = zipfile.ZipFile(path)
deals = book["Deal"]
headers = {cell.value: cell for cell in deals[1]}


def letter(header):
    return headers[header].column_letter


charts = sorted(name for name in parts.namelist() if name.startswith("xl/charts/chart"))
titles = [re.search(r"<a:t>(.*?)</a:t>", parts.read(name).decode()).group(1) for name in charts]
tell(sorted(titles), ["Deals by status", "Rows by sheet", "Score by month", "Score by place", "Visits by day", "Visits by id", "Visits by month", "Visits by note", "Visits by place"], "the registered charts and the rows by sheet are drawn")

points = [(row[0].value, row[1].value) for row in book["_charts"].iter_rows()]
tell(points[:5], [("2024-01", 9), ("2024-02", 7), ("2024-03", 5), ("active", 3), ("churned", 3)], "with the points of this customer's rows alone")
with open(sys.argv[2]) as lines:
    counted = [(label, float(value)) for label, value in (line.rstrip("\n").split("|") for line in lines)]
tell([(str(label), round(value, 9)) for label, value in points[5:]], [(label[:1_000] + "…" * (len(label) > 1_000), round(value, 9)) for label, value in counted], "the numbers are SQL's: largest and others, NULL and empty labels, months, averages, a thousand groups and more, long texts")
shown = {row[0].value: row[1].value for row in book["Overview"].iter_rows() if row[0].value}
tell((shown["Deal"], shown["Visit"], shown["Rows"]), (6, 3000, "3007"), "the overview tells the rows that were written")
tell((book["Visit"].auto_filter.ref, book["Visit"].max_row), ("A1:G3001", 3001), "and the filter reaches over them")
tell(book["_charts"].sheet_state, "hidden", "which stand on a hidden sheet")

lists = {}
for rule in deals.data_validations.dataValidation:
    where = re.fullmatch(r"_choices!\$([A-Z]+)\$1:\$[A-Z]+\$(\d+)", rule.formula1)
    values = [book["_choices"][f"{where[1]}{row}"].value for row in range(1, int(where[2]) + 1)]
    lists[re.match("[A-Z]+", str(rule.sqref))[0]] = values
tell(lists, {letter("Mood"): ["great", "so, so", 'bad "quoted"'], letter("Tier"): ["gold", "it's"]}, "enumerations and CHECK lists are offered, nothing else is")

colored = {re.match("[A-Z]+", str(area.sqref))[0] for area in deals.conditional_formatting}
tell(colored, {letter("Status")}, "the status column is coloured")
tell(headers["Score"].comment.text.strip() if headers["Score"].comment else None, "score: numeric(5,2)", "a header says its column and type")
tell([sheet.title for sheet in book if sheet.sheet_state == "visible" and sheet.title != "Overview" and not sheet.sheet_properties.tabColor], [], "every sheet's tab has a colour")
tell(book.active.title, "Overview", "the overview is what a person sees first")
