#!/usr/bin/python3
"""Job: bad workbooks of several kinds and makers: refused, given back marked, opened by openpyxl and LibreOffice, corrected, imported.
Caller: error_workbook.sh. Use: error_workbook.py FOLDER. Promise: TAP lines; a workbook that LibreOffice or openpyxl saved stands for theirs.
"""
import base64
import io
import json
import pathlib
import re
import subprocess
import sys
import zipfile

import openpyxl
from openpyxl.comments import Comment

from edit_workbook import Workbook, edit_part
from import_case import psql
from respell_workbook import dialects

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(sys.argv[1])
ACCOUNTS, PRODUCTS, TRENDS, LIST = "Accounts Summary", "Products", "Health Trends", "Import Errors"
RED = "FFFFC7CE"
FAILED = []


def tell(good, text, *why):
    print(f"{'ok' if good else 'not ok'} - {text}", flush=True)
    if not good:
        FAILED.append(text)
        for line in why:
            print("# " + str(line).replace("\n", " ")[:400])


def exported(file_format="xlsx"):
    return base64.b64decode(psql(f"SELECT encode(rehydra_export(1, '{file_format}'), 'base64')").stdout)


def imported(data):
    done = psql("SET client_min_messages = error; SELECT rehydra_import(decode('%s', 'base64'), customer_id => '1', confirm => 'DELETE')"
                % base64.b64encode(data).decode())
    return json.loads(done.stdout.decode() or "{}") or {"status": done.stderr.decode()}


def marked(report, data):
    done = psql("SELECT encode(rehydra_error_workbook('%s', decode('%s', 'base64')), 'base64')"
                % (report["operation_id"], base64.b64encode(data).decode()))
    if done.stderr:
        print("# " + done.stderr.decode()[:300])
    return base64.b64decode(done.stdout)


def resaved(data, program):
    before, after = FOLDER / "before.xlsx", FOLDER / "after.xlsx"
    before.write_bytes(data)
    after.unlink(missing_ok=True)
    subprocess.run(["bash", str(HERE / "lib/resave.sh"), program, str(before), str(after)], check=True, stdout=subprocess.DEVNULL)
    return after.read_bytes()


def has_libreoffice():
    return subprocess.run(["bash", str(HERE / "lib/resave.sh"), "--has", "libreoffice"], check=False).returncode == 0


def marks_of(data):
    """{(sheet, cell): comment} of the cells that are filled as marks are."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {(sheet.title, cell.coordinate): cell.comment.text if cell.comment else None
            for sheet in book.worksheets if sheet.title != LIST for row in sheet.iter_rows() for cell in row
            if cell.fill.fgColor.rgb == RED}


def cells_of(report):
    return {(e["sheet"], e["cell"]) for e in report["errors"] if e["cell"]}


def broken(book):
    """Sets bad values; returns what corrects them."""
    good = [(PRODUCTS, 1, "Revenue", book.get(PRODUCTS, 1, "Revenue")), (ACCOUNTS, 1, "Account Name", book.get(ACCOUNTS, 1, "Account Name")),
            (TRENDS, 1, "Month", book.get(TRENDS, 1, "Month"))]
    book.set(PRODUCTS, 1, "Revenue", "lots")
    book.set(ACCOUNTS, 1, "Account Name", None)
    book.set(TRENDS, 1, "Month", 1.5)
    return good


def corrected(data, good):
    book = Workbook(data)
    for place in good:
        book.set(*place)
    return book.save()


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {entry.filename: file.read(entry) for entry in file.infolist()}


def case(text, data, good):
    """data is refused; its error workbook has exactly the report's cells marked and imports once corrected."""
    report = imported(data)
    answer = marked(report, data)
    found = marks_of(answer) if answer else {}
    listed = openpyxl.load_workbook(io.BytesIO(answer)) if answer else None
    tell(report["status"] == "rejected" and found.keys() == cells_of(report) and all(found.values()), f"{text}: the bad cells, and no others, are filled and commented",
         report, found)
    rows = list(listed[LIST].iter_rows(min_row=2)) if listed and listed.sheetnames[0] == LIST else []
    tell(len(rows) == report.get("error_count") and all(row[1].hyperlink is not None for row in rows if row[0].value), f"{text}: the list in front has every error, with a link", rows)
    untouched(data, answer)
    if has_libreoffice():
        by_office = resaved(answer, "libreoffice")
        tell(marks_of(by_office).keys() == found.keys() and all(marks_of(by_office).values()), f"{text}: LibreOffice shows the same marks", marks_of(by_office))
        again = imported(corrected(by_office, good))
        tell(again["status"] == "unchanged", f"{text}: corrected, behind LibreOffice, it imports", again.get("errors", again))
    again = imported(corrected(answer, good))
    tell(again["status"] == "unchanged", f"{text}: corrected, it imports", again.get("errors", again))
    return answer


CHANGED = re.compile(r"\[Content_Types\].xml|xl/(_rels/)?workbook.xml(.rels)?|xl/styles.xml|xl/worksheets/(_rels/)?sheet\d+.xml(.rels)?|.*(vml|comment)[^/]*")


def look_of(data):
    """What a person sees and a program reads of every sheet, marks and their comments aside."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: (sheet.sheet_state, sheet.freeze_panes, sheet.auto_filter.ref, [str(v.sqref) for v in sheet.data_validations.dataValidation],
                          {column: (d.width, d.hidden) for column, d in sheet.column_dimensions.items()}, {r: d.height for r, d in sheet.row_dimensions.items() if d.height},
                          [[cell.value is not None and (cell.value, cell.number_format, repr(cell.font), repr(cell.alignment)) for cell in row] for row in sheet.iter_rows()],
                          [str(ranges.sqref) for ranges in sheet.conditional_formatting], len(sheet._charts))
            for sheet in book.worksheets if sheet.title != LIST}


def untouched(data, answer):
    before, after = parts(data), parts(answer)
    changed = [name for name in before if before[name] != after.get(name)]
    tell(all(CHANGED.fullmatch(name) for name in changed), "  parts that no mark is about are the same bytes", changed)
    one, other = look_of(data), look_of(answer)
    tell(list(one) == list(other) and all(one[title] == other[title] for title in one), "  and the sheets look and read the same",
         [(title, [(a, b) for a, b in zip(one[title], other[title]) if a != b]) for title in one if one[title] != other.get(title)])


def edited(edit=broken, data=None):
    book = Workbook(data or exported())
    good = edit(book)
    return book.save(), good


def ours_broken(data):
    """A workbook of rehydra's own writing, one text in the place of a number, its other bytes as they were exported."""
    def change(content):
        return re.sub(rb'(<c r="G2" s="\d+")><v>1\.10?</v>', rb'\1 t="inlineStr"><is><t>lots</t></is>', content, count=1)
    return edit_part(data, r"xl/worksheets/sheet\d+\.xml", change)


def commented(data):
    book = Workbook(data)
    book.sheet(PRODUCTS)["G2"].comment = Comment("is this right?", "Ada")
    book.sheet(PRODUCTS)["H2"].comment = Comment("stays", "Ada")
    return book.save()


def opens(data):
    try:
        return marks_of(data)
    except Exception as trouble:  # whatever a program of others says about a dialect
        return trouble


def dialects_of(native):
    """Every way of writing a workbook that is read: marked, the file says what it said, and marked again it has grown by nothing."""
    in_office = ("UTF-16, little end first", "a prefix of its own for every element", "strict OOXML with ISO dates", "no references of rows and cells",
                 "parts of other names in other folders")
    for dialect, data in dialects(list(parts(native).items())):
        report = imported(data)
        answer = marked(report, data)
        again = imported(answer)
        twice = marked(again, answer)
        good = report["status"] == "rejected" and again.get("errors") == report["errors"] and len(parts(twice)) == len(parts(answer))
        # openpyxl makes an object of every cell.
        seen = {} if "million" in dialect else {"the input": opens(data), "the answer": opens(answer)}
        if not isinstance(seen.get("the input", Exception()), Exception):
            good = good and seen["the answer"].keys() == cells_of(report)
        if dialect in in_office and has_libreoffice():
            seen["LibreOffice"] = opens(resaved(answer, "libreoffice"))
            good = good and seen["LibreOffice"].keys() == cells_of(report) and all(seen["LibreOffice"].values())
        tell(good, f"marked: {dialect}", report.get("errors", report), again.get("errors", again), seen, len(parts(answer)), len(parts(twice)))


def main():
    data, good = edited()
    answer = case("a workbook that openpyxl saved", data, good)
    if has_libreoffice():
        case("one that LibreOffice saved", resaved(data, "libreoffice"), good)

    theirs = commented(data)
    report = imported(theirs)
    both = marked(report, theirs)
    comments = {c.coordinate: c.comment.text for row in openpyxl.load_workbook(io.BytesIO(both))[PRODUCTS].iter_rows() for c in row if c.comment}
    tell(comments.get("H2") == "stays" and comments.get("G2", "").startswith("is this right?\n") and "lots" in comments["G2"],
         "a person's comments stay, at a bad cell with the error behind them", comments)
    tell(imported(corrected(both, good))["status"] == "unchanged", "and the workbook imports once corrected")

    half = corrected(answer, good[:2])
    report = imported(half)
    twice = marked(report, half)
    book = openpyxl.load_workbook(io.BytesIO(twice))
    tell([t for t in book.sheetnames if t.startswith(LIST)] == [LIST] and book[LIST].max_row == 2, "a second round has one list, of what is still wrong", book.sheetnames)
    left = [(s.title, c.coordinate) for s in book.worksheets for row in s.iter_rows() for c in row if c.comment and "rehydra" in c.comment.author]
    tell(left == [(TRENDS, openpyxl.load_workbook(io.BytesIO(twice))[TRENDS].cell(2, Workbook(twice).column(TRENDS, "Month")).coordinate)], "and one comment", left)
    tell(imported(corrected(twice, good))["status"] == "unchanged", "and imports")

    native = ours_broken(exported())
    report = imported(native)
    answer = marked(report, native)
    before, after = parts(native), parts(answer)
    tell(report["status"] == "rejected" and marks_of(answer).keys() == cells_of(report), "an exported file, one value spoilt, is marked", report)
    same = [name for name in before if before[name] == after.get(name)]
    tell(all(name in same for name in before if "sharedStrings" in name or "chart" in name or "theme" in name or "docProps" in name) and len(same) > len(before) / 2,
         "and most of its parts are the same bytes", sorted(set(before) - set(same)))

    dialects_of(native)

    for file_format, member in (("json", None), ("csv", "errors.csv")):
        data = exported(file_format)
        bad = data.replace(b'"revenue":1.10', b'"revenue":"lots"') if member is None else edit_part(data, "products.csv", lambda x: x.replace(b"1.1", b"lots", 1))
        report = imported(bad)
        answer = marked(report, bad)
        listed = json.loads(answer)["errors"] if member is None else parts(answer)[member].decode("utf-8-sig").splitlines()[1:]
        tell(report["status"] == "rejected" and len(listed) == report["error_count"], f"a {file_format} file carries its errors", report, listed)
        twice = marked(imported(answer), answer)
        again = twice.replace(b'"revenue":"lots"', b'"revenue":1.10') if member is None else edit_part(twice, "products.csv", lambda x: x.replace(b"lots", b"1.1", 1))
        tell(imported(again)["status"] == "unchanged" and twice.count(b"errors") == answer.count(b"errors"), f"and imports once corrected, marked a second time", imported(again))


main()
sys.exit(1 if FAILED else 0)
