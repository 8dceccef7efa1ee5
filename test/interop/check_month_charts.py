"""Job: check sizes and months on the overview of a model without charts of its own.
Caller: month_charts.sh, with its folder. Promise: TAP lines; exit status 0."""
import re
import sys
import zipfile

import openpyxl


def tell(have, want, name):
    print(f"ok - {name}" if have == want else f"not ok - {name}\n# have: {have!r}\n# want: {want!r}")


def points(name):
    with open(f"{folder}/{name}") as lines:
        return [(label, int(value)) for label, value in (line.rstrip("\n").split("|") for line in lines)]


folder = sys.argv[1]
book = openpyxl.load_workbook(f"{folder}/export.xlsx")
parts = zipfile.ZipFile(f"{folder}/export.xlsx")
charts = {}
for name in parts.namelist():
    if name.startswith("xl/charts/chart"):
        xml = parts.read(name).decode()
        charts["".join(re.findall(r"<a:t>(.*?)</a:t>", xml))] = xml

months = ["Event: rows by month of Occurred At", "Few: rows by month of Created At", "Person: rows by month of Born"]
tell(sorted(charts), sorted(months + ["Rows by sheet"]), "the three largest data sets with a time column are drawn by month")
tell([title for title, xml in charts.items() if '<c:min val="0"/>' not in xml], [], "columns and bars begin at 0")
tell([title for title in months if '<c:barDir val="col"/>' not in charts.get(title, "")], [], "months are columns")


def drawn(title):
    where = re.search(r"<c:val><c:numRef><c:f>_charts!\$B\$(\d+)(?::\$B\$(\d+))?</c:f>", charts[title])
    return [(book["_charts"].cell(row, 1).value, book["_charts"].cell(row, 2).value) for row in range(int(where[1]), int(where[2] or where[1]) + 1)]


have = drawn(months[0])
want = points("events")
gap = [("2024-03", 0)]
want = sorted(want + gap)
tell(have, [("(none)", 5), ("0044-03 BC", 1)] + want + [("9999-12", 1), ("infinity", 1)], "counted in UTC, months without rows between others, no months up to a far one, rows without a time")
tell(drawn(months[2]), points("persons")[-36:], "more months than are counted in passing: the last ones, by a statement")
tell(drawn(months[1]), [("2024-05", 5)], "one month")
shown = {row[0].value: row for row in book["Overview"].iter_rows() if row[0].value}
tell("kB" in shown["Event"][2].number_format, True, "sizes are shown as such")
tell([cell.value for cell in shown["Sheet"][:4]], ["Sheet", "Rows", "Size", "Note"], "sizes stand beside the counts")
with open(f"{folder}/size") as size:
    tell((shown["Event"][2].value, shown["None"][2].value), (int(size.read()), 0), "the bytes of the values as text")
total = sum(row[2].value for row in shown.values() if isinstance(row[2].value, int))
tell(shown["Size"][1].value, f"{total} bytes of values, written as text", "and their sum is told, with what is counted")
