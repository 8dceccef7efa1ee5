"""Job: one import of an edited workbook in a transaction of its own, rolled back: what the report said, what the rows were before and after.
Callers: import_refusals.py, import_edits.py, the damaged files of test/hostile. Connected by the PG* variables; HELPERS names
test/pgtap/import_helpers.psql. Promise: TAP lines, one a promise; the database stays as it was.
"""
import base64
import json
import os
import re
import subprocess

from edit_workbook import Workbook


def psql(script):
    # A backslash at the end of a line of data would be a command of psql's; nothing here has one.
    return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"], input=script.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)


def exported(arguments=""):
    done = psql(f"SELECT encode(rehydra_export(1{arguments}), 'base64')")
    return base64.b64decode(done.stdout)


class Outcome:
    def __init__(self, done):
        self.lines = dict(line.split(" ", 1) for line in done.stdout.decode().split("\n") if " " in line)
        self.trouble = done.stderr.decode()
        self.report = json.loads(self.lines.get("report", "{}"))
        self.errors = self.report.get("errors") or []
        self.value = self.lines.get("value")

    @property
    def status(self):
        return self.report.get("status", "error " + str(self.report.get("error")) + " " + self.trouble)

    @property
    def kept(self):
        return bool(self.lines.get("before")) and self.lines["before"] == self.lines.get("after")

    @property
    def neighbours_kept(self):
        return bool(self.lines.get("others_before")) and self.lines["others_before"] == self.lines.get("others_after")

    def said(self):
        texts = [f"{e['sqlstate']} {e['message']} / {e['hint']}" for e in self.errors]
        return texts + self.report.get("warnings", []) + ([self.trouble] if self.trouble else []) + (
            [str(self.report)] if "error" in self.report else [])


def run(data, arguments="confirm => 'DELETE'", setup="", value="NULL"):
    state = ("SELECT '{0} ' || pg_temp.digest('1')::text; SELECT 'others_{0} ' || pg_temp.neighbours()::text;")
    return Outcome(psql(f"""
SET client_min_messages = error;
SET search_path = public;
\\i {os.environ['HELPERS']}
BEGIN;
{setup};
INSERT INTO kept VALUES ('first', decode('{base64.b64encode(data).decode()}', 'base64'));
{state.format('before')}
SELECT 'report ' || pg_temp.import($call${arguments}$call$)::text;
{state.format('after')}
SELECT 'value ' || ({value})::text;
ROLLBACK;
"""))


class Cases:
    """Counts and prints. Each case edits a workbook of its own, made from the same export."""

    def __init__(self, data):
        self.data = data
        self.failed = 0

    def tell(self, good, text, outcome):
        print(f"{'ok' if good else 'not ok'} - {text}", flush=True)
        if not good:
            self.failed += 1
            print(f"# status: {outcome.status}, kept: {outcome.kept}, value: {outcome.value}")
            for line in outcome.said()[:5]:
                print("# " + line.replace("\n", " ")[:300])

    def edited(self, edit):
        book = Workbook(self.data)
        changed = edit(book)
        return changed if isinstance(changed, bytes) else book.save()

    def refused(self, text, edit, pattern, status="rejected", hint=r"\w", **how):
        """pattern: found in one error's message, which names its sheet and cell; hint: in that error's remedy."""
        outcome = run(self.edited(edit), **how)
        found = any(re.search(pattern, e["message"]) and re.search(hint, e["hint"] or "") for e in outcome.errors)
        self.tell(outcome.status == status and found and outcome.kept and outcome.neighbours_kept, text, outcome)

    def accepted(self, text, edit, value="NULL", expected=None, status="applied", warning=None, **how):
        """value: an SQL expression over the rows after the import; warning: a pattern that one of them has."""
        outcome = run(self.edited(edit), value=value, **how)
        warned = warning is None or any(re.search(warning, w) for w in outcome.report.get("warnings", []))
        good = outcome.status == status and outcome.value == expected and warned and outcome.neighbours_kept
        self.tell(good and (status != "unchanged" or outcome.kept), text, outcome)
