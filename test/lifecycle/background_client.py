"""Job: the lines of docs/background.md for psycopg: a job that one session submits, others ask for and fetch.
Caller: background_client.sh: background_client.py FILE, as a customer's role, with the connection in libpq's environment. Promise: TAP lines."""
import hashlib
import os
import sys
import time

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop", "lib"))
from doc_blocks import run_blocks  # noqa: E402

PATH = sys.argv[1]
FAILED = []
doc = run_blocks("background.md", {})


def tell(have, want, what):
    print(f"{'ok' if have == want else 'not ok'} - {what}", flush=True)
    if have != want:
        print(f"# have: {have}\n# want: {want}")
        FAILED.append(what)


def ended(job):
    """Asked in a session of its own each time, as requests of a web application do."""
    deadline = time.monotonic() + 60
    while True:
        with psycopg.connect("", autocommit=True) as session:
            answer = doc["ask"](session, job)
        if answer["status"] not in ("queued", "running") or time.monotonic() > deadline:
            return answer


with psycopg.connect("", autocommit=True) as session:
    job = doc["submit_export"](session)
answer = ended(job)
tell((answer["status"], answer["outcome"]), ("done", "applied"), "psycopg: an export that was submitted runs behind the closed session")
with psycopg.connect("", autocommit=True) as session:
    doc["save_file"](session, job, PATH)
    with open(PATH, "rb") as file:
        content = file.read()
    tell(session.execute("SELECT file_sha256 FROM rehydra.activity_log WHERE operation_id = %s AND kind = 'export'", [job]).fetchone()[0], hashlib.sha256(content).hexdigest(),
         "psycopg: its file is saved by pieces")
    tell(session.execute("SELECT rehydra_import(%b) ->> 'status'", [content]).fetchone()[0], "unchanged", "psycopg: and is the customer's data")
with psycopg.connect("") as session:
    job = doc["submit_export"](session)
    tell(doc["ask"](session, job)["status"], "queued", "psycopg: nothing begins before the commit")
    session.commit()
tell(ended(job)["status"], "done", "psycopg: then it does")
sys.exit(1 if FAILED else 0)
