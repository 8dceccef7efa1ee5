#!/usr/bin/python3
"""Job: a data set on several sheets: rows that continue on a second sheet, and a second sheet of a table that is incomplete.
Caller: import_edited.sh. A continuation takes more than a million rows, so the manifest is rewritten, with its own SHA-256, for small ones.
"""
import hashlib
import json
import sys

from import_case import Cases, exported, run

CASES = Cases(exported())
PRODUCTS, MORE, PROFILE = "Products", "Products (2)", "Customer Profile Data"
KEEP = """confirm => 'DELETE', options => '{"missing_columns": "keep"}'"""


def text_of(content):
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rewrite_manifest(book, change):
    sheet = book.sheet("_rehydra")
    old = "".join(row[0].value for row in sheet.iter_rows() if row[0].value)
    content = json.loads(old[old.index("{"):])
    change(content)
    content.pop("sha256")
    content["sha256"] = hashlib.sha256(text_of(content).encode()).hexdigest()
    text = text_of(content)
    sheet.delete_rows(1, sheet.max_row)
    for number, start in enumerate(range(0, len(text), 30000), 1):
        sheet.cell(number, 1, text[start:start + 30000]).data_type = "s"


def continued(book):
    """The last three products move to a second sheet."""
    def change(content):
        for dataset in content["datasets"]:
            if dataset["name"] == "products":
                dataset["sheets"][0]["titles"] = [PRODUCTS, MORE]
    rewrite_manifest(book, change)
    copy = book.book.copy_worksheet(book.sheet(PRODUCTS))
    copy.title = MORE
    half = book.sheet(PRODUCTS).max_row - 3
    book.sheet(PRODUCTS).delete_rows(half + 1, 3)
    copy.delete_rows(2, half - 1)


def without(first, second):
    def edit(book):
        continued(book)
        book.remove_column(PRODUCTS, first)
        book.remove_column(MORE, second)
    return edit


def preview(text, edit, pattern):
    outcome = run(CASES.edited(edit), arguments="dry_run => true", value="pg_temp.import('', call => 'rehydra_preview') ->> 'message'")
    CASES.tell(outcome.value is not None and pattern in outcome.value and outcome.kept, text, outcome)


CASES.accepted("rows that continue on a second sheet", continued, status="unchanged")
CASES.accepted("in another order of columns", lambda b: continued(b) or b.reorder_columns(MORE, [3, 2, 1, *range(4, b.sheet(MORE).max_column + 1)]), status="unchanged")
CASES.accepted("both without the same column, which is kept", without("Revenue", "Revenue"), status="unchanged", arguments=KEEP)
CASES.refused("as many columns, but not the same", without("Revenue", "Product SKU"), "do not have the same columns", arguments=KEEP)
CASES.refused("in one of them a column less", lambda b: continued(b) or b.remove_column(MORE, "Revenue"), "do not have the same columns", arguments=KEEP)
CASES.refused("a continuation that is missing", lambda b: continued(b) or b.book.remove(b.sheet(MORE)), r'sheet "Products \(2\)".*missing')
CASES.accepted("a second sheet of a table with its key alone, the rest is kept",
               lambda b: b.remove_column(PROFILE, "Profile Metadata (JSON)") or b.remove_column(PROFILE, "External Account ID"), status="unchanged", arguments=KEEP)
CASES.refused("one without its key", lambda b: b.remove_column(PROFILE, "Account ID"), 'sheet "Customer Profile Data".*"Account ID" is missing', arguments=KEEP)
preview("a preview of a file without the second sheet of a table says so", lambda b: b.book.remove(b.sheet(PROFILE)), 'sheet "Customer Profile Data" is missing')
preview("and of one whose second sheet lacks a column", lambda b: b.remove_column(PROFILE, "External Account ID"), '"External Account ID" is missing')
sys.exit(1 if CASES.failed else 0)
