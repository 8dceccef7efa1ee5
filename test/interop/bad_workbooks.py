#!/usr/bin/python3
"""Job: bad workbooks of many kinds, each made from the same export by spoil(book) and mended by correct(book): refused with every error at its
place (sheet, cell, column, SQLSTATE, hint), nothing changed; corrected, it imports. Where the database has rehydra_error_workbook, the workbook that
it gives back is the one that is corrected. Caller: bad_workbooks.sh. Promise: TAP lines; the database stays as it was.
"""
import base64
import re
import sys

from edit_workbook import Workbook
from import_case import exported, psql, run

GOOD = exported()
ACCOUNTS, PROFILE, PRODUCTS, TRENDS, KPIS = "Accounts Summary", "Customer Profile Data", "Products", "Health Trends", "All KPIs"
TRIGGERS, TOGGLES, RANGES = "Playbook Triggers", "Feature Toggles", "KPI Reference Ranges"
MARKS = psql("SELECT to_regprocedure('rehydra_error_workbook(uuid, bytea)') IS NOT NULL").stdout.strip() == b"t"
MARKED = """translate(encode(rehydra_error_workbook((SELECT operation_id FROM rehydra.activity_log ORDER BY at DESC LIMIT 1),
  (SELECT file FROM kept WHERE name = 'first')), 'base64'), E'\\n', '')"""


class Bad:
    """places: of each error, in any order: (sheet, cell, column, SQLSTATE, a pattern of its hint); None where an error has none."""

    def __init__(self, name, spoil, correct, places, status="rejected", opens=True, **call):
        self.name, self.spoil, self.correct, self.places, self.status, self.opens, self.call = name, spoil, correct, places, status, opens, call


def cell(name, title, key, header, value, column, sqlstate, hint, where=None, text=False, **call):
    """One bad value. where: the cell of its error, if it is another."""
    book = Workbook(GOOD)
    good, at = book.get(title, key, header), book.cell(title, key, header)
    row, place = at.row, at.coordinate

    def correct(book):
        book.sheet(title).cell(row, book.column(title, header), good)
    return Bad(name, lambda b: b.set(title, key, header, value, text), correct, [(title, where or place, column, sqlstate, hint)], **call)


def both(*bads):
    """A workbook with all of that."""
    return Bad(" and ".join(b.name for b in bads), lambda book: [b.spoil(book) for b in bads] and None, lambda book: [b.correct(book) for b in bads] and None,
               [place for b in bads for place in b.places])


def values():
    yield cell("a formula", PRODUCTS, 1, "Revenue", "=1+1", "revenue", "22P02", "value")
    yield cell("a text where a number belongs", PRODUCTS, 1, "Revenue", "lots", "revenue", "22P02", r"\w")
    yield cell("a date that does not exist", PRODUCTS, 1, "Created At", "2023-02-30 10:00:00", "created_at", "22P02", "YYYY-MM-DD", text=True)
    yield cell("a text that is too long", PRODUCTS, 1, "Product SKU", "x" * 101, "product_sku", "22001", r"\w")
    yield cell("an unknown value of an enumeration", TRIGGERS, 1, "Playbook Type", "marathon", "playbook_type", "22P02", r"\w")
    yield cell("a blank where a value must be", ACCOUNTS, 2, "Account Name", None, "account_name", "23502", "Enter a value")
    yield cell("an error of the spreadsheet", PRODUCTS, 2, "Revenue", "#REF!", "revenue", "22P02", "Enter a value")
    yield cell("a fraction where a whole number belongs", TRENDS, 1, "Month", 1.5, "month", "22P02", r"\w")
    yield cell("a word where yes or no belongs", TOGGLES, 1, "Enabled", "perhaps", "enabled", "22P02", r"\w")
    yield cell("JSON that is none", PROFILE, 1, "Profile Metadata (JSON)", '{"tier": ', "profile_metadata", "22P02", r"\w")


def rules():
    yield cell("a key twice", PRODUCTS, 6, "Product ID", 1, "product_id", "23505", "Keep one")
    yield cell("a unique value twice", PRODUCTS, 2, "Product Name", "Alpha", "product_name", "23505", "Change one")
    yield cell("an orphan", PRODUCTS, 1, "Account ID", 999, "account_id", "23503", "Add that row")
    yield cell("a reference to another customer's row", KPIS, 1, "Upload ID", 11, "upload_id", "23503", "Add that row")
    yield cell("a broken CHECK", TRENDS, 1, "Month", 13, "month", "23514", "Correct")
    yield cell("a broken rule of the registry", TOGGLES, 1, "Feature Name", "x", "feature_name", "23514", "Correct")
    yield cell("a unique value that a stored row holds", PRODUCTS, 1, "Product Name", "Late", "product_name", "23505", "Change it", arguments="mode => 'merge'",
               setup="INSERT INTO products (product_id, account_id, customer_id, product_name) VALUES (90, 1, 1, 'Late')")
    yield cell("a row without its way to the customer", KPIS, 1, "Upload ID", None, "upload_id", "23502", "Enter")

    def lose_main(book):
        lose_main.row = [c.value for c in book.sheet(ACCOUNTS)[book.row(ACCOUNTS, 6)]]
        book.remove(ACCOUNTS, 6)
    yield Bad("a second sheet's key without its main row", lose_main, lambda book: book.sheet(ACCOUNTS).append(lose_main.row),
              [(PROFILE, "A7", "account_id", "23503", "Add the row there")])

    def differ(book):
        book.set(ACCOUNTS, 1, "External Account ID", "E-left")
        book.set(PROFILE, 1, "External Account ID", "E-right")

    def agree(book):
        book.set(ACCOUNTS, 1, "External Account ID", "E-1")
        book.set(PROFILE, 1, "External Account ID", "E-1")
    yield Bad("two sheets of one table, edited differently", differ, agree, [(PROFILE, "C2", "external_account_id", "22P02", r"\w")])


def layout():
    def copy(book, title):
        return [[c.value for c in row] for row in book.sheet(title).iter_rows()]

    def lose_sheet(book):
        lose_sheet.rows = copy(book, RANGES)
        book.book.remove(book.sheet(RANGES))

    def bring_sheet(book):
        sheet = book.book.create_sheet(RANGES)
        for row in lose_sheet.rows:
            sheet.append(row)
    yield Bad("a missing sheet", lose_sheet, bring_sheet, [(RANGES, None, None, "22P04", "Put it back")])
    yield Bad("a renamed column", lambda b: b.rename_column(PRODUCTS, "Revenue", "Umsatz"), lambda b: b.rename_column(PRODUCTS, "Umsatz", "Revenue"),
              [(PRODUCTS, None, None, "22P04", "Umsatz")])
    yield Bad("a header twice", lambda b: b.rename_column(PRODUCTS, "Status", " revenue "), lambda b: b.rename_column(PRODUCTS, " revenue ", "Status"),
              [(PRODUCTS, "H1", None, "22P04", "Keep the one"), (PRODUCTS, None, None, "22P04", "Put the column back")])

    def reserve(book):
        reserve.column = book.sheet(PRODUCTS).max_column + 1
        book.sheet(PRODUCTS).cell(1, reserve.column, "_mine")
    yield Bad("a reserved header", reserve, lambda b: b.sheet(PRODUCTS).delete_cols(reserve.column), [(PRODUCTS, r"[A-Z]+1", None, "22P04", r"\w")])

    def mark(book):
        mark.column = book.sheet(PRODUCTS).max_column + 1
        book.sheet(PRODUCTS).cell(1, mark.column, "_op")
        book.sheet(PRODUCTS).cell(2, mark.column, "destroy")
    yield Bad("a mark that is none", mark, lambda b: b.sheet(PRODUCTS).delete_cols(mark.column), [(PRODUCTS, r"[A-Z]+2", None, "22P02", "insert, update, delete or skip")])


def identity():
    def swap(book, old, new):
        line = next(row[0] for row in book.sheet("_rehydra").iter_rows() if old in str(row[0].value))
        line.value = line.value.replace(old, new)
    yield Bad("an edited manifest", lambda b: swap(b, '"customer_success"', '"customer_zuccess"'), lambda b: swap(b, '"customer_zuccess"', '"customer_success"'),
              [("_rehydra", None, None, "22P04", "as it was exported")], opens=False)

    def owner(book, old, new):
        line = next(row[0] for row in book.sheet("Export Metadata").iter_rows() if str(row[0].value).startswith(old))
        line.value = new
    yield Bad("another customer's number", lambda b: owner(b, "Customer ID", "Customer ID: 2"), lambda b: owner(b, "Customer ID", "Customer ID: 1"),
              [(None, None, None, "42501", r"\w")], status="denied", opens=False)


def lines(errors):
    return [(e["sheet"], e["cell"], e["column_name"], e["sqlstate"], e["hint"]) for e in errors]


def fits(error, place):
    return all((got is None) == (want is None) and (want is None or re.fullmatch(want, got) or (n == 4 and re.search(want, got)))
               for n, (got, want) in enumerate(zip(error, place)))


def placed(errors, places):
    left = list(places)
    for error in errors:
        found = next((place for place in left if fits(error, place)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def tell(good, text, why):
    print(f"{'ok' if good else 'not ok'} - {text}", flush=True)
    if not good:
        print("# " + str(why).replace("\n", " ")[:600])
    return good


def check(bad):
    book = Workbook(GOOD)
    bad.spoil(book)
    data = book.save()
    outcome = run(data, value=MARKED if MARKS and bad.opens else "NULL", **bad.call)
    good = tell(outcome.status == bad.status and placed(lines(outcome.errors), bad.places) and outcome.kept and outcome.neighbours_kept, bad.name,
                (outcome.status, outcome.kept, lines(outcome.errors), outcome.said()[:3]))
    back = Workbook(base64.b64decode(outcome.value) if MARKS and bad.opens and outcome.value else data)
    bad.correct(back)
    again = run(back.save(), **bad.call)
    return tell(again.status == "unchanged" and again.kept, "  corrected, it imports", (again.status, again.said()[:3])) and good


BADS = [*values(), *rules(), *layout(), *identity()]
BADS.append(both(*[b for b in values() if b.name != "a formula"]))
BADS.append(both(*[b for b in rules() if b.name in ("an orphan", "a broken CHECK", "a broken rule of the registry")]))
sys.exit(0 if all([check(bad) for bad in BADS]) else 1)
