#!/usr/bin/python3
"""Job: change and damage a workbook in ways that a verdict must name, and see what rehydra-file verify says and returns.
Callers: command_line_reader.sh. Use: check_reader_verdicts.py FILE.xlsx with READER set (an export of model
customer_success). Promise: prints TAP lines and exits with 1 where one is not ok; needs the standard library only.
"""
import html
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile

from tenant_rows import report


class Parts:
    """The parts of a workbook, a sheet's found by its title."""

    def __init__(self, data):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            self.parts = {name: file.read(name).decode("utf-8") for name in file.namelist()}

    def sheet(self, title):
        link = re.search(r'<sheet name="%s"[^>]* r:id="(\w+)"' % re.escape(title), self.parts["xl/workbook.xml"]).group(1)
        rels = self.parts["xl/_rels/workbook.xml.rels"]
        target = re.search(r'Id="%s"[^>]* Target="([^"]*)"' % link, rels) or re.search(r'Target="([^"]*)"[^>]* Id="%s"' % link, rels)
        return "xl/" + target.group(1)

    def edit(self, title, pattern, replacement, count=1):
        name = self.sheet(title)
        changed, n = re.subn(pattern, replacement, self.parts[name], count=count)
        assert n > 0, f"nothing to edit on {title}"
        self.parts[name] = changed

    def text_column(self):
        """Letter and header of the first text column of products that is no display."""
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", self.parts[self.sheet("_rehydra")])
        manifest = json.loads(html.unescape("".join(texts)))
        columns = [dataset for dataset in manifest["datasets"] if dataset["name"] == "products"][0]["sheets"][0]["columns"]
        at = [i for i, column in enumerate(columns) if column["kind"] == "data" and column["type"].startswith(("text", "char"))][0]
        return "ABCDEFGHIJKLMNOP"[at], columns[at]["header"]

    def data(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, text in self.parts.items():
                file.writestr(name, text)
        return out.getvalue()


def verify(data, *options):
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        return subprocess.run([os.environ["READER"], "verify", file.name, *options], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def edited(data, *edits):
    parts = Parts(data)
    for title, pattern, replacement in edits:
        parts.edit(title, pattern, replacement)
    return parts.data()


def renamed_header(data, header):
    parts = Parts(data)
    name = "xl/sharedStrings.xml"
    assert ">" + header + "<" in parts.parts[name], "headers are no shared strings"
    parts.parts[name] = parts.parts[name].replace(">" + header + "<", ">Nome<")
    return parts.data()


def renamed_sheet(data):
    parts = Parts(data)
    parts.parts["xl/workbook.xml"] = parts.parts["xl/workbook.xml"].replace('name="Products"', 'name="Prod"')
    return parts.data()


TEXT = r'<c r="%s"[^>]*><is><t[^>]*>[^<]*</t></is></c>'
ROW = r'<row r="3">.*?</row>'


def cases(data):
    """name, file, status, words of the verdict"""
    letter, header = Parts(data).text_column()
    number = '<c r="A3"><v>x</v></c>'
    text = '<c r="A3" t="inlineStr"><is><t>seven</t></is></c>'
    yield "as exported", data, 0, ["the same: all"]
    yield "packed anew", Parts(data).data(), 0, ["the same: all"]
    yield "a text edited", edited(data, ("Products", TEXT % (letter + "3"), f'<c r="{letter}3" t="inlineStr"><is><t>Other</t></is></c>')), 1, [
        "products: DIFFERS", "as exported, but other values", "accounts: same"]
    yield "a row deleted", edited(data, ("Products", ROW, "")), 1, ["products: DIFFERS", "rows in the file", "were exported"]
    yield "a word for a number", edited(data, ("Products", r'<c r="A3"[^>]*><v>[^<]*</v></c>', text)), 1, [
        'sheet "Products", cell A3, column', '"seven" is not a value of type', "what to do:"]
    yield "no number in a number's cell", edited(data, ("Products", r'<c r="A3"[^>]*><v>[^<]*</v></c>', number)), 1, ["cell A3"]
    yield "a formula", edited(data, ("Products", r'<c r="A3"[^>]*><v>([^<]*)</v></c>', r'<c r="A3"><f>1+1</f><v>\1</v></c>')), 1, [
        "cell A3", "the cell holds a formula"]
    yield "a header renamed", renamed_header(data, header), 1, ["products: DIFFERS", "is missing"]
    yield "a sheet renamed", renamed_sheet(data), 1, ["products: DIFFERS", 'sheet "Products" is missing']
    yield "a manifest changed", edited(data, ("_rehydra", "customer_success", "customer_failure")), 1, ["manifest: DIFFERS", "SHA-256"]
    yield "metadata of another customer", edited(data, ("Export Metadata", "Customer ID: 1", "Customer ID: 2")), 1, [
        "description: DIFFERS", "names customer 2"]
    yield "a manifest that is none", edited(data, ("_rehydra", r"\{", "[")), 2, ["rehydra-file: ", "manifest"]
    yield "cut off", data[:len(data) // 2], 2, ["rehydra-file: "]
    yield "no container", b"name,revenue\n1,2\n", 2, ["rehydra-file: "]
    yield "a container that lies", data.replace(b"xl/workbook.xml", b"xl/workbook.xmm", 1), 2, ["rehydra-file: "]
    yield "control characters", edited(data, ("Products", r'<c r="A3"[^>]*><v>[^<]*</v></c>', text.replace("seven", "\xc2\x9b[31m"))), 1, ["\\x9b"]


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    good = True
    for name, changed, status, words in cases(data):
        done = verify(changed)
        output = done.stdout.decode("utf-8", "backslashreplace")
        problems = [f"status {done.returncode}"] if done.returncode != status else []
        problems += [f'no "{word}"' for word in words if word not in output]
        good &= report(not problems, f"verify: {name}", problems + output.split("\n") if problems else ())
    done = verify(data, "--limit", "rehydra.max_input_bytes=1kB")
    good &= report(done.returncode == 2 and b"rehydra.max_input_bytes" in done.stdout, "verify: over a limit")
    told = subprocess.run([os.environ["READER"], "info", path], capture_output=True, text=True).stdout
    kinds = [" ".join(line.split()) for line in told.split("\n") if line.startswith("  _")]
    want = ["_rehydra (hidden) description", "_overflow (hidden) long texts", "_charts (hidden) points of charts"]
    good &= report(kinds == want and "not of the export" not in told, "info: says what every sheet is there for", [told])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
