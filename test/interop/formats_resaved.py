#!/usr/bin/python3
"""Job: documents and bundles that Python's json and csv and LibreOffice have read and written again; edits and damages of a bundle.
Caller: formats_resaved.sh.
"""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

from import_case import Cases, exported


class Bundle:
    """The files of a csv bundle by name."""

    def __init__(self, data):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            self.files = {name: packed.read(name) for name in packed.namelist()}

    def rows(self, name):
        return list(csv.reader(io.StringIO(self.files[name].decode("utf-8-sig"), newline="")))

    def write(self, name, rows, **how):
        text = io.StringIO(newline="")
        csv.writer(text, **how).writerows(rows)
        self.files[name] = text.getvalue().encode()

    def change(self, name, change, **how):
        rows = self.rows(name)
        change(rows)
        self.write(name, rows, **how)

    def replace(self, name, old, new):
        assert old in self.files[name], (name, old)
        self.files[name] = self.files[name].replace(old, new, 1)

    def save(self, folder=""):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in self.files.items():
                file.writestr(folder + name, data)
        return packed.getvalue()


class Files(Cases):
    def edited(self, edit):
        return edit(self.data)


JSON = Files(exported(", 'json'"))
CSV = Files(exported(", 'csv'"))
UNCHANGED = {"status": "unchanged"}


def bundled(change):
    def edit(data):
        bundle = Bundle(data)
        saved = change(bundle)
        return saved if isinstance(saved, bytes) else bundle.save()
    return edit


def each_file(bundle, **how):
    for name in [name for name in bundle.files if name.endswith(".csv")]:
        bundle.write(name, bundle.rows(name), **how)


def resaved_by_libreoffice(bundle, options):
    with tempfile.TemporaryDirectory() as folder:
        inputs = []
        for name, data in bundle.files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            if name.endswith(".csv"):
                inputs.append(os.path.join(folder, name))
        out = os.path.join(folder, "out")
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--infilter=CSV:44,34,76,1,,0,false,true",
                        "--convert-to", f"csv:Text - txt - csv (StarCalc):{options}", "--outdir", out, *inputs],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        for name in os.listdir(out):
            with open(os.path.join(out, name), "rb") as file:
                bundle.files[name] = file.read()


def documents(case):
    def again(**how):
        return lambda data: json.dumps(json.loads(data), **how).encode()
    case.accepted("a document that Python has loaded and dumped", again(), **UNCHANGED)
    case.accepted("with the members sorted, indented, its characters as they are", again(sort_keys=True, indent=2, ensure_ascii=False), **UNCHANGED)

    def edited(data):
        tree = json.loads(data)
        tree["datasets"]["products"][0]["product_name"] = "=1+1"
        del tree["datasets"]["feature_toggles"][0]
        tree["datasets"]["products"].append(dict(tree["datasets"]["products"][0], product_id=None, product_name="New"))
        return json.dumps(tree).encode()
    case.accepted("a text, a row less, a row more", edited, "(SELECT string_agg(product_name, ',' ORDER BY product_id) FROM products WHERE customer_id = 1) || (SELECT count(*) FROM feature_toggles WHERE customer_id = 1)",
                  "=1+1,Beta,Gamma,Alpha,Delta,Epsilon,New1")


def bundles(case):
    case.accepted("a bundle that Python has read and written", bundled(each_file), **UNCHANGED)
    case.accepted("with semicolons", bundled(lambda b: each_file(b, delimiter=";")), **UNCHANGED)
    case.accepted("with tabs, every field in quotes, lines as in Unix", bundled(lambda b: each_file(b, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")), **UNCHANGED)
    case.accepted("packed with its folder", bundled(lambda b: b.save("export/")), **UNCHANGED)
    case.accepted("columns in another order", bundled(lambda b: b.write("products.csv", [row[::-1] for row in b.rows("products.csv")])), **UNCHANGED)
    case.accepted("a file of one's own is ignored", bundled(lambda b: b.files.update({"notes.csv": b"a,b\n1,2\n"})), **UNCHANGED)
    if shutil.which("soffice"):
        case.accepted("a bundle that LibreOffice has opened and saved", bundled(lambda b: resaved_by_libreoffice(b, "44,34,76,1,,0,false,true,false")), **UNCHANGED)
        case.accepted("with semicolons, all texts in quotes", bundled(lambda b: resaved_by_libreoffice(b, "59,34,76,1,,0,true,true,false")), **UNCHANGED)
    else:
        print("# LibreOffice is not installed: skipped")


def edits(case):
    def change(rows):
        rows[1][rows[0].index("Product Name")] = "=1+1"
        rows[2][rows[0].index("Product Name")] = '"00123"'
        rows[3][rows[0].index("Revenue")] = ""
    case.accepted("a formula is a text, a literal its string, a blank field NULL", bundled(lambda b: b.change("products.csv", change)),
                  "(SELECT string_agg(product_name || COALESCE(revenue::text, '-'), ',' ORDER BY product_id) FROM products WHERE product_id <= 3)", "=1+11.10,001232.00,Gamma-")
    case.accepted("a row less", bundled(lambda b: b.change("feature_toggles.csv", lambda rows: rows.pop())), "(SELECT count(*) FROM feature_toggles WHERE customer_id = 1)", "1")
    case.refused("what is no number", bundled(lambda b: b.replace("products.csv", b"1.10", b"much")), r'^file "products.csv", row 2, column "Revenue": "much" is not a value')
    case.refused("a decimal comma", bundled(lambda b: b.replace("products.csv", b"1.10", b'"1,10"')), r'^file "products.csv", row 2, column "Revenue"')
    case.refused("a quote that is not closed", bundled(lambda b: b.replace("products.csv", b"Beta", b'"Beta')), r'^file "products.csv", row \d: (a quote|something)')
    case.refused("a field too many", bundled(lambda b: b.replace("products.csv", b"Beta", b"Beta,x")), r'^file "products.csv", row 3: the row has \d+ fields')
    case.refused("a column renamed", bundled(lambda b: b.replace("products.csv", b"Revenue", b"Turnover")), r'^file "products.csv", row 1, column "Revenue".*missing', hint="Turnover")
    case.refused("a file missing", bundled(lambda b: b.files.pop("products.csv") and None), r'^file "products.csv": file "products.csv" is missing')
    case.refused("another encoding", bundled(lambda b: b.replace("products.csv", b"Beta", b"B\xe9ta")), r'^file "products.csv", row 3: .*UTF-8')
    case.refused("another customer's manifest", bundled(lambda b: b.replace("manifest.json", b'"id":"1"', b'"id":"2"')), r'^file "manifest.json": .*SHA-256')


documents(JSON)
bundles(CSV)
edits(CSV)
sys.exit(1 if JSON.failed + CSV.failed else 0)
