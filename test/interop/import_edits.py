#!/usr/bin/python3
"""Job: every edit that an import must carry out, and what the rows are afterwards, by plain SQL.
Caller: import_edited.sh.
"""
import datetime
import sys

from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from import_case import Cases, exported

CASES = Cases(exported())
ACCOUNTS, PROFILE, PRODUCTS, TOGGLES, UPLOADS = "Accounts Summary", "Customer Profile Data", "Products", "Feature Toggles", "KPI Uploads"
KEEP = """confirm => 'DELETE', options => '{"missing_columns": "keep"}'"""


def clear(book, title):
    book.sheet(title).delete_rows(2, book.sheet(title).max_row)


def retitle(book, title, new):
    sheet = book.sheet(title)
    for name in ("between", new):  # openpyxl numbers a title that is there in other letters
        sheet.title = name


def looks(case):
    unchanged = {"status": "unchanged"}
    case.accepted("a workbook that openpyxl saved changes nothing", lambda b: None, **unchanged)
    case.accepted("headers in other letters and with spaces around them", lambda b: b.rename_column(PRODUCTS, "Revenue", "  rEVENUE "), **unchanged)
    case.accepted("a header that is the column's name", lambda b: b.rename_column(PRODUCTS, "Product SKU", "product_sku"), **unchanged)
    case.accepted("columns in another order", lambda b: b.reorder_columns(PRODUCTS, [7, 6, 5, 4, 3, 2, 1, 10, 8, 9]), **unchanged)
    case.accepted("the columns of a table with texts like formulas in another order", lambda b: b.reorder_columns(ACCOUNTS, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), **unchanged)
    case.accepted("sheets in another order", lambda b: b.book._sheets.reverse(), **unchanged)
    case.accepted("a sheet's title in other letters", lambda b: retitle(b, PRODUCTS, "PRODUCTS"), **unchanged)
    case.accepted("a column of one's own is ignored with a warning that names it", lambda b: b.sheet(PRODUCTS).cell(1, 12, "My remarks"), warning='"Products".*"My remarks"', **unchanged)
    case.accepted("a sheet of one's own is ignored", lambda b: b.book.create_sheet("My sums", 0).append(["Account ID", "=1+1"]), **unchanged)
    case.accepted("what is there for the reader only is ignored", lambda b: b.set(PRODUCTS, 1, "Account Name", "Somebody"), **unchanged)
    case.accepted("a blank row between rows is no row", lambda b: b.sheet(PRODUCTS).insert_rows(3), **unchanged)
    case.accepted("a missing column is left alone where that is asked for", lambda b: b.remove_column(PRODUCTS, "Revenue"), arguments=KEEP, **unchanged)
    case.accepted("also on the second sheet of a table", lambda b: b.remove_column(PROFILE, "Profile Metadata (JSON)"), arguments=KEEP, **unchanged)
    case.accepted("a row missing on the second sheet leaves its columns alone", lambda b: b.remove(PROFILE, 1), **unchanged)
    case.accepted("a row whose id was cleared is recognised by its name", lambda b: b.set(TOGGLES, 1, "ID", None), **unchanged)
    case.accepted("an id typed as a text", lambda b: b.set(PRODUCTS, 1, "Product ID", "1", text=True), **unchanged)

    def decorate(b):
        b.cell(PRODUCTS, 1, "Product Name").font = Font(bold=True)
        b.cell(PRODUCTS, 1, "Product Name").comment = Comment("looks good", "Ada")
        b.cell(PRODUCTS, 2, "Product Name").hyperlink = "https://example.com"
        b.sheet(PRODUCTS).row_dimensions[4].hidden = True
        b.sheet(PRODUCTS).sheet_view.zoomScale = 150
    case.accepted("bold letters, comments, links and hidden rows", decorate, **unchanged)
    case.accepted("a workbook that counts its days from 1904", lambda b: setattr(b.book, "epoch", CALENDAR_MAC_1904), **unchanged)
    case.accepted("a sheet may be missing where its data set is not asked for", lambda b: b.book.remove(b.sheet(TOGGLES)), arguments="datasets => '{products,accounts}'", **unchanged)


def cells(case):
    case.accepted("a number typed as a text", lambda b: b.set(PRODUCTS, 1, "Revenue", "7.25", text=True), "(SELECT revenue FROM products WHERE product_id = 1)", "7.25")
    case.accepted("a time typed as a date cell", lambda b: b.set(PRODUCTS, 1, "Created At", datetime.datetime(2024, 2, 29, 12, 30)), "(SELECT created_at FROM products WHERE product_id = 1)", "2024-02-29 12:30:00")
    case.accepted("Yes and No for a boolean", lambda b: b.set(TOGGLES, 1, "Enabled", "No"), "(SELECT enabled FROM feature_toggles WHERE id = 1)", "false")
    case.accepted("a number in a text column", lambda b: b.set(PRODUCTS, 1, "Product SKU", 42), "(SELECT product_sku FROM products WHERE product_id = 1)", "42")
    case.accepted("a text with leading zeros", lambda b: b.set(PRODUCTS, 1, "Product SKU", "00042"), "(SELECT product_sku FROM products WHERE product_id = 1)", "00042")
    case.accepted("a text that looks like a formula, as text", lambda b: b.set(PRODUCTS, 1, "Product SKU", "=SUM(A1)", text=True), "(SELECT product_sku FROM products WHERE product_id = 1)", "=SUM(A1)")
    case.accepted('"" is the empty text', lambda b: b.set(ACCOUNTS, 2, "Industry", '""'), "(SELECT industry = '' FROM accounts WHERE account_id = 2)", "true")
    case.accepted("a cleared cell is NULL", lambda b: b.set(ACCOUNTS, 1, "Industry", None), "(SELECT industry IS NULL FROM accounts WHERE account_id = 1)", "true")
    case.accepted("JSON is taken letter by letter", lambda b: b.set(PROFILE, 1, "Profile Metadata (JSON)", '{"b":1,  "a":2}'), "(SELECT profile_metadata FROM accounts WHERE account_id = 1)", '{"b":1,  "a":2}')
    case.accepted("a long text that was edited is a new value", lambda b: b.set("All KPIs", 1, "Data", "short"), "(SELECT data FROM kpis WHERE kpi_id = 1)", "short")
    case.accepted("the customer's own row is updated", lambda b: b.sheet("Customer").cell(2, b.column("Customer", "Phone"), "0123"), "(SELECT phone FROM customers WHERE customer_id = 1)", "0123")
    case.accepted("an updated row keeps its secret", lambda b: b.set("Customer Config", 1, "Master File Name", "new"),
                  "(SELECT concat_ws(' ', master_file_name, openai_api_key_encrypted) FROM customer_configs WHERE customer_id = 1)", "new sealed-one")
    for user in (999, 3):
        case.accepted(f"a user who is not there (user {user}) becomes blank, with a counted warning", lambda b, user=user: b.set(UPLOADS, 1, "User ID", user),
                      "(SELECT user_id IS NULL FROM kpi_uploads WHERE upload_id = 1)", "true", warning='1 rows of sheet "KPI Uploads".*"User ID"')
    case.accepted("a value edited on the main sheet of two", lambda b: b.set(ACCOUNTS, 1, "External Account ID", "E-new"), "(SELECT external_account_id FROM accounts WHERE account_id = 1)", "E-new")
    case.accepted("a value edited on the second sheet", lambda b: b.set(PROFILE, 1, "External Account ID", "E-new"), "(SELECT external_account_id FROM accounts WHERE account_id = 1)", "E-new")
    case.accepted("a value edited alike on both", lambda b: b.set(PROFILE, 1, "External Account ID", "E-new") and b.set(ACCOUNTS, 1, "External Account ID", "E-new"),
                  "(SELECT external_account_id FROM accounts WHERE account_id = 1)", "E-new")


def new_rows(case):
    case.accepted("a new row without an id gets the next one", lambda b: b.add(PRODUCTS, Account_ID=1, Product_Name="New"), "(SELECT (product_id > 1000) || ' ' || customer_id FROM products WHERE product_name = 'New')", "true 1")
    case.accepted("a blank nullable cell of a new row is NULL, not the default", lambda b: b.add(PRODUCTS, Account_ID=1, Product_Name="New"), "(SELECT created_at IS NULL FROM products WHERE product_name = 'New')", "true")

    def family(b):
        b.add(ACCOUNTS, Account_ID=500, Account_Name="Child's parent")
        b.add(PRODUCTS, Product_ID=501, Account_ID=500, Product_Name="New")
        b.add("All KPIs", KPI_ID=502, Account_ID=500, Product_ID=501, Upload_ID=1)
    case.accepted("a new account with a product and a KPI, by ids of one's own", family,
                  "(SELECT concat_ws(' ', a.account_id, p.product_id, k.kpi_id, a.customer_id, p.customer_id) FROM accounts a JOIN products p USING (account_id) JOIN kpis k USING (product_id) WHERE account_name = 'Child''s parent')",
                  "500 501 502 1 1")
    case.accepted("in a merge too", family, "(SELECT count(*) FROM kpis WHERE kpi_id = 502)", "1", arguments="mode => 'merge'")

    def taken(b):
        b.add(ACCOUNTS, Account_ID=11, Account_Name="Taken")
        b.add(PRODUCTS, Product_ID=11, Account_ID=11, Product_Name="Taken too")
    case.accepted("ids that another customer holds are replaced, and references follow", taken,
                  "(SELECT concat_ws(' ', a.account_id > 1000, p.product_id > 1000, a.customer_id) FROM accounts a JOIN products p USING (account_id) WHERE account_name = 'Taken' AND product_name = 'Taken too')", "t t 1")
    case.accepted("an id that a shared row holds is replaced", lambda b: b.add("KPI Reference Ranges", Range_ID=3, KPI_Name="New", Unit="%", Higher_Is_Better=True, Critical_Min=0, Critical_Max=1, Risk_Min=1, Risk_Max=2, Healthy_Min=2, Healthy_Max=3),
                  "(SELECT (range_id > 1000) || ' ' || customer_id || ' ' || (SELECT customer_id IS NULL FROM kpi_reference_ranges WHERE range_id = 3) FROM kpi_reference_ranges WHERE kpi_name = 'New')", "true 1 true")
    case.accepted("a merge recognises a row that the file adds and the table has", lambda b: b.add(PRODUCTS, Account_ID=2, Product_Name="Stray", Product_SKU="found"),
                  "(SELECT product_id || ' ' || product_sku FROM products WHERE product_name = 'Stray')", "900 found", arguments="mode => 'merge'",
                  setup="INSERT INTO products (product_id, account_id, customer_id, product_name) VALUES (900, 2, 1, 'Stray')")
    case.accepted("the next ordinary insert after explicit ids works", lambda b: b.add(PRODUCTS, Product_ID=5000, Account_ID=1, Product_Name="New"),
                  "pg_temp.next_product() > 5000", "true", setup="CREATE FUNCTION pg_temp.next_product() RETURNS int LANGUAGE sql AS $$INSERT INTO products (account_id, customer_id, product_name) VALUES (1, 1, 'next') RETURNING product_id$$")
    case.accepted("a new row where a column is missing and kept takes that column's default", lambda b: b.remove_column(PRODUCTS, "Created At") or b.add(PRODUCTS, Account_ID=1, Product_Name="New"),
                  "(SELECT created_at IS NOT NULL FROM products WHERE product_name = 'New')", "true", arguments=KEEP)


def moves(case):
    def rename(b, **names):
        for key, name in names.items():
            b.set(PRODUCTS, int(key[1:]), "Product Name", name)
    names = "(SELECT string_agg(product_name, ' ' ORDER BY product_id) FROM products WHERE product_id <= 3)"
    case.accepted("two products swap names", lambda b: rename(b, p1="Beta", p2="Alpha"), names, "Beta Alpha Gamma")
    case.accepted("three products rotate names", lambda b: rename(b, p1="Beta", p2="Gamma", p3="Alpha"), names, "Beta Gamma Alpha")
    long = [letter * 255 for letter in "xy"]
    full = "UPDATE products SET product_name = CASE product_id WHEN 1 THEN repeat('y', 255) ELSE repeat('x', 255) END WHERE product_id IN (1, 2)"
    case.accepted("names as long as the column swap too", lambda b: rename(b, p1=long[0], p2=long[1]), "(SELECT string_agg(left(product_name, 1), '' ORDER BY product_id) FROM products WHERE product_id < 3)", "xy", setup=full)

    def months(b):
        b.set("Health Trends", 1, "Month", 2)
        b.set("Health Trends", 2, "Month", 1)
    case.accepted("two months swap", months, "(SELECT string_agg(month::text, ' ' ORDER BY trend_id) FROM health_trends WHERE customer_id = 1)", "2 1")
    case.accepted("a chain of names", lambda b: rename(b, p1="Beta", p2="Gamma", p3="Omega"), names, "Beta Gamma Omega")
    case.accepted("a new product takes the old name of another", lambda b: rename(b, p1="Omega") or b.add(PRODUCTS, Account_ID=1, Product_Name="Alpha"), names, "Omega Beta Gamma")
    case.accepted("a product takes the name of a deleted one", lambda b: [b.remove(PRODUCTS, 6), b.set(PRODUCTS, 5, "Account ID", 5), b.set(PRODUCTS, 5, "Product Name", "Epsilon")] and None,
                  "(SELECT string_agg(product_id || product_name, ' ' ORDER BY product_id) FROM products WHERE account_id = 5)", "5Epsilon")

    def leave(b):
        b.set(PRODUCTS, 6, "Account ID", 1)
        b.remove(ACCOUNTS, 5)
        b.remove(PROFILE, 5)
    case.accepted("a product moves to another account while its old account goes", leave, "(SELECT account_id || ' ' || (SELECT count(*) FROM accounts WHERE account_id = 5) FROM products WHERE product_id = 6)", "1 0")
    case.accepted("a row taken out of the file is deleted", lambda b: b.remove("KPI Time Series", 2), "(SELECT string_agg(id::text, ' ' ORDER BY id) FROM kpi_time_series WHERE customer_id = 1)", "1 3")
    case.accepted("a merge keeps it", lambda b: b.remove("KPI Time Series", 2), "(SELECT string_agg(id::text, ' ' ORDER BY id) FROM kpi_time_series WHERE customer_id = 1)", "1 2 3", status="unchanged", arguments="mode => 'merge'")
    case.accepted("a sheet emptied to its headers deletes its rows", lambda b: clear(b, TOGGLES), "(SELECT count(*) FROM feature_toggles WHERE customer_id = 1)", "0")
    case.accepted("but asks first", lambda b: clear(b, TOGGLES), "(SELECT count(*) FROM feature_toggles WHERE customer_id = 1)", "2", status="confirmation_required", arguments="")
    case.accepted("a shared row in the file's place becomes nobody else's", lambda b: b.set("KPI Reference Ranges", 2, "KPI Name", "Range 3"), "(SELECT count(*) FROM kpi_reference_ranges WHERE kpi_name = 'Range 3')", "2")


for group in (looks, cells, new_rows, moves):
    group(CASES)
sys.exit(1 if CASES.failed else 0)
