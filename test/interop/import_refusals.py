#!/usr/bin/python3
"""Job: every edit that an import must refuse: the message names sheet, cell and header, the hint a remedy, and nothing changed.
Caller: import_edited.sh.
"""
import datetime
import sys

from edit_workbook import edit_part
from import_case import Cases, exported

CASES = Cases(exported())
ACCOUNTS, PROFILE, PRODUCTS, TRENDS = "Accounts Summary", "Customer Profile Data", "Products", "Health Trends"


def values(case):
    case.refused("a text where a number belongs", lambda b: b.set(PRODUCTS, 1, "Revenue", "lots"),
                 r'sheet "Products", (row 2|cell G2).*Revenue.*"lots" is not a value of type numeric')
    case.refused("a fraction where a whole number belongs", lambda b: b.set(TRENDS, 1, "Month", 1.5),
                 r'sheet "Health Trends".*Month.*1\.5')
    case.refused("a number past its type", lambda b: b.set(TRENDS, 1, "Month", 99999999999), r'sheet "Health Trends".*Month.*out of range')
    case.refused("a number past its precision", lambda b: b.set(TRENDS, 1, "Overall Health Score", 12345.5), r'sheet "Health Trends".*Overall Health Score')
    case.refused("a word where yes or no belongs", lambda b: b.set("Feature Toggles", 1, "Enabled", "perhaps"), r'sheet "Feature Toggles".*Enabled.*"perhaps"')
    case.refused("a date that does not exist", lambda b: b.set(PRODUCTS, 1, "Created At", "2023-02-30 10:00:00", text=True),
                 r'sheet "Products".*Created At.*2023-02-30', hint="YYYY-MM-DD")
    case.refused("a word where a time belongs", lambda b: b.set(PRODUCTS, 1, "Created At", "yesterdayish"), r'sheet "Products".*Created At')
    case.refused("a text that is too long", lambda b: b.set(PRODUCTS, 1, "Product SKU", "x" * 101), r'sheet "Products".*Product SKU.*100')
    case.refused("a formula", lambda b: b.set(PRODUCTS, 1, "Revenue", "=1+1"), r'sheet "Products".*G2.*Revenue.*formula', hint="value")
    case.refused("a text in which a program lost a character", lambda b: b.set(PRODUCTS, 2, "Product Name", "Al\ufffd\ufffd"), r'cell [A-Z]3, column "Product Name": the text holds U.FFFD', hint="Enter the text again")
    case.refused("an error of the spreadsheet", lambda b: b.set(PRODUCTS, 1, "Revenue", "#REF!"), r'sheet "Products".*Revenue.*#REF!', hint="Enter a value")
    case.refused("JSON that is none", lambda b: b.set(PROFILE, 1, "Profile Metadata (JSON)", '{"tier": '), r'sheet "Customer Profile Data".*Profile Metadata.*json')
    case.refused("base64 that is none", lambda b: b.set("KPI Uploads", 1, "Raw Excel (Base64)", "???"), r'sheet "KPI Uploads".*Raw Excel.*base64')
    case.refused("a blank where a value must be", lambda b: b.set(ACCOUNTS, 1, "Account Name", None), r'sheet "Accounts Summary".*Account Name')
    case.refused("a blank required cell of a new row", lambda b: b.add(PRODUCTS, Account_ID=1, Product_SKU="1"), r'sheet "Products".*Product Name')


def keys(case):
    case.refused("a key that stands twice", lambda b: b.set(PRODUCTS, 2, "Product ID", 1), r'sheet "Products".*A3.*key 1 stands twice.*A2')
    case.refused("a unique value that stands twice", lambda b: b.set(PRODUCTS, 2, "Product Name", "Alpha"), r'sheet "Products".*unique.*cell ')
    case.refused("a parent that is not there", lambda b: b.set(PRODUCTS, 1, "Account ID", 999), r'sheet "Products".*Account ID.*999')
    upload = 'sheet "All KPIs", cell N2, column "Upload ID"'
    case.refused("a KPI without an upload, which leads it to its customer", lambda b: b.set("All KPIs", 1, "Upload ID", None), upload)
    case.refused("a KPI of a foreign customer's upload", lambda b: b.set("All KPIs", 1, "Upload ID", 11), upload + ".*11")
    case.refused("an e-mail address that another customer has, which only the database knows", lambda b: b.sheet("Customer").cell(2, b.column("Customer", "Email"), "u@two"),
                 "customers_email_key", status="failed", setup="UPDATE customers SET email = 'u@two' WHERE customer_id = 2")
    missing = 'sheet "Products", cell B2, column "Account ID": no row of "Accounts Summary" has the key '
    case.refused("a foreign customer's parent has the words of a missing one", lambda b: b.set(PRODUCTS, 1, "Account ID", 11), missing + "11$")
    case.refused("and a missing one these", lambda b: b.set(PRODUCTS, 1, "Account ID", 999), missing + "999$")
    case.refused("a parent that the file deletes", lambda b: b.remove(ACCOUNTS, 2) or b.remove(PROFILE, 2), r'sheet "Products".*Account ID.*key 2')
    case.refused("a parent that the file deletes, in a merge too where the table lacks it", lambda b: b.remove(ACCOUNTS, 6) or b.remove(PROFILE, 6) or b.set(PRODUCTS, 1, "Account ID", 6),
                 r'sheet "Products".*Account ID.*6', arguments="mode => 'merge'", setup="DELETE FROM accounts WHERE account_id = 6")
    case.refused("a key only on the second sheet of a table", lambda b: b.remove(ACCOUNTS, 6), r'sheet "Customer Profile Data".*6.*Accounts Summary')

    def both(b):
        b.set(ACCOUNTS, 1, "External Account ID", "E-left")
        b.set(PROFILE, 1, "External Account ID", "E-right")
    case.refused("a column on two sheets, edited differently on both, is refused with both cells", both, r'sheet "Customer Profile Data", cell C2.*"Accounts Summary", cell I2')
    case.refused("a key twice on the second sheet", lambda b: b.set(PROFILE, 2, "Account ID", 1), r'sheet "Customer Profile Data".*stands twice')
    case.refused("an account with notes that the file lacks names the table that blocks it", lambda b: b.remove(ACCOUNTS, 4) or b.remove(PROFILE, 4),
                 r'sheet "Accounts Summary".*4.*account_notes', hint="Put the row back")
    case.refused("a word where a key belongs", lambda b: b.set("KPI Uploads", 1, "Account ID", "one"), r'sheet "KPI Uploads".*Account ID.*"one"')


def layout(case):
    case.refused("a missing sheet", lambda b: b.book.remove(b.sheet(PRODUCTS)), r'sheet "Products".*missing', hint="Put it back")
    case.refused("a missing second sheet of a table", lambda b: b.book.remove(b.sheet(PROFILE)), r'sheet "Customer Profile Data".*missing')
    case.refused("a renamed column names the unknown header beside it", lambda b: b.rename_column(PRODUCTS, "Revenue", "Umsatz"), r'sheet "Products".*"Revenue" is missing', hint="Umsatz")
    case.refused("a missing column", lambda b: b.remove_column(PRODUCTS, "Revenue"), r'sheet "Products".*"Revenue" is missing', hint="missing_columns")
    case.refused("a missing column in a merge", lambda b: b.remove_column(PRODUCTS, "Revenue"), r'sheet "Products".*"Revenue" is missing', arguments="mode => 'merge'")
    case.refused("a missing key, even where missing columns are kept", lambda b: b.remove_column(PRODUCTS, "Product ID"), r'sheet "Products".*"Product ID" is missing',
                 arguments="""options => '{"missing_columns": "keep"}'""")
    case.refused("a header that stands twice", lambda b: b.rename_column(PRODUCTS, "Status", " revenue "), r'sheet "Products".*H1.*stands twice.*G1')
    case.refused("a reserved header", lambda b: b.sheet(PRODUCTS).cell(1, 12, "_mine"), r'sheet "Products".*_mine.*reserved')
    case.refused("a sheet without its header row", lambda b: b.sheet(PRODUCTS).delete_rows(1), r'sheet "Products".*missing')
    case.refused("a workbook without Export Metadata", lambda b: b.book.remove(b.sheet("Export Metadata")), "Export Metadata")
    case.refused("a workbook without its manifest", lambda b: b.book.remove(b.sheet("_rehydra")), "_rehydra", hint="exported file")


def metadata_line(book, start, new):
    for row in book.sheet("Export Metadata").iter_rows():
        if str(row[0].value).startswith(start):
            row[0].value = new
            return
    raise KeyError(start)


def identity(case):
    case.refused("an edited customer id", lambda b: metadata_line(b, "Customer ID", "Customer ID: 2"), "customer 2.*customer 1", status="denied")
    case.refused("an edited export version", lambda b: metadata_line(b, "Export Version", "Export Version: 3"), "version")

    def manifest(b):
        cell = next(row[0] for row in b.sheet("_rehydra").iter_rows() if '"customer_success"' in str(row[0].value))
        cell.value = cell.value.replace('"customer_success"', '"customer_zuccess"')
    case.refused("an edited manifest", manifest, "manifest")

    def newer(b):
        cell = next(row[0] for row in b.sheet("_rehydra").iter_rows() if '"version":2' in str(row[0].value))
        cell.value = cell.value.replace('"version":2', '"version":3')
    case.refused("a file of a newer format", newer, "format version 3, newer than 2", hint="version of the extension")
    case.refused("a file without a single sheet of rehydra's", lambda b: [b.book.remove(s) for s in b.book.worksheets[1:]] and None, "_rehydra")
    case.refused("a date in the manifest's place", lambda b: b.sheet("_rehydra").cell(1, 1, datetime.datetime(2024, 1, 1)), "manifest")


def containers(case):
    case.refused("not a zip file", lambda b: b"account_id;account_name\n1;North\n", r"\w")
    case.refused("an empty file", lambda b: b"", r"\w")
    case.refused("a truncated file", lambda b: CASES.data[:len(CASES.data) // 2], r"\w")
    case.refused("a zip file that is no workbook", lambda b: b"PK\5\6" + bytes(18), r"\w")
    case.refused("an old binary workbook", lambda b: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), r"\w")
    case.refused("a document type declaration", lambda b: edit_part(CASES.data, "xl/worksheets/sheet3.xml", lambda x: x.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY e "v">]><worksheet', 1)), r"\w")
    case.refused("XML that is not well formed", lambda b: edit_part(CASES.data, "xl/worksheets/sheet3.xml", lambda x: x.replace(b"</row>", b"</raw>", 1)), r"\w")


for group in (values, keys, layout, identity, containers):
    group(CASES)
sys.exit(1 if CASES.failed else 0)
