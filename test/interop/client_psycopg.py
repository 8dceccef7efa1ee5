"""Job: the lines of docs/streaming.md for psycopg: a file out and in, in little memory; readers that stop and fail, connections that are lost.
Caller: clients.sh: client_psycopg.py FOLDER, as a customer's role, with the connection in libpq's environment. Promise: TAP lines."""
import hashlib
import os
import resource
import sys

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from doc_blocks import run_blocks  # noqa: E402

PATH = os.path.join(sys.argv[1], "psycopg.xlsx")
MOST_KILOBYTES = 12 * 1024
FAILED = []
doc = run_blocks("streaming.md", {"psycopg": psycopg})


def tell(have, want, what):
    print(f"{'ok' if have == want else 'not ok'} - psycopg: {what}", flush=True)
    if have != want:
        print(f"# have: {have}\n# want: {want}")
        FAILED.append(what)


def connect(**how):
    return psycopg.connect("", **how)


def value(connection, query, *arguments):
    return connection.execute(query, arguments).fetchone()[0]


def superuser():
    return psycopg.connect("user=postgres", autocommit=True)


def outcomes(connection):
    return [row[0] for row in connection.execute("SELECT outcome FROM rehydra.activity_log WHERE kind = 'export' ORDER BY at")]


def uploads(connection):
    return value(connection, "SELECT count(*) FROM rehydra.uploads")


class Losing:
    """A file whose connection is ended by somebody else before the third piece is read."""

    def __init__(self, file, connection):
        self.file, self.pid, self.pieces = file, connection.info.backend_pid, 0

    def seek(self, at):
        return self.file.seek(at)

    def read(self, size):
        self.pieces += 1
        if self.pieces == 3:
            with superuser() as other:
                value(other, "SELECT pg_terminate_backend(%s, 60000)", self.pid)
        return self.file.read(size)


def raised(work):
    try:
        work()
    except psycopg.OperationalError:  # of what sort depends on when the client notices
        return "lost"
    except psycopg.Error as error:
        return error.sqlstate
    except OSError as error:
        return type(error).__name__
    return "nothing"


def out_and_in(connection):
    connection.execute("SELECT rehydra_version()")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    doc["save_export"](connection, None, PATH)
    report = doc["import_file"](connection, PATH)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    tell(os.path.getsize(PATH) > 2 * 1024 * MOST_KILOBYTES, True, "a file is saved by chunks")
    tell(grown < MOST_KILOBYTES, True, f"and sent by pieces, in little memory ({grown} kB)")
    tell(report["status"], "unchanged", "it is found unchanged")
    with open(PATH, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    tell(value(connection, "SELECT file_sha256 FROM rehydra.activity_log WHERE kind = 'export' AND outcome = 'applied'"), digest, "the log has the saved file's digest")
    tell(report["file"]["sha256"], digest, "and the import's report that of the sent one")


def readers(connection):
    tell(raised(lambda: doc["save_export"](connection, None, "/dev/full")), "OSError", "a reader that fails")
    tell((outcomes(connection), value(connection, "SELECT count(*) FROM rehydra.progress")), (["applied"], 0), "leaves no row in the log, and nothing that runs")
    with connection.transaction(), connection.cursor(name="c", binary=True) as chunks:
        chunks.itersize = 1
        for _ in chunks.execute("SELECT rehydra_export_chunks()"):
            break
    tell(outcomes(connection), ["applied", "stopped"], "a reader that stops is told in the log")
    tell(raised(lambda: connection.cursor(name="c").execute("SELECT rehydra_export_chunks()")), "25P01", "a cursor needs a transaction, in autocommit too")
    with connect() as lost:
        chunks = lost.cursor(name="c", binary=True)
        chunks.execute("SELECT rehydra_export_chunks()").fetchone()
        pid = lost.info.backend_pid
        lost.pgconn.finish()
        with superuser() as other:
            while value(other, "SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid):
                pass
    tell((outcomes(connection), value(connection, "SELECT count(*) FROM rehydra.progress")), (["applied", "stopped"], 0), "one whose connection is lost leaves nothing")
    with connect() as open_one:
        doc["save_export"](open_one, None, PATH + ".2")
        open_one.execute("SELECT 1")
        tell(len(outcomes(connection)), 3, "a transaction of the snippet's own is committed behind it")
    with connect() as open_one:
        open_one.execute("SELECT 1")
        doc["save_export"](open_one, None, PATH + ".2")
        tell(len(outcomes(connection)), 3, "one that the caller had begun is the caller's to commit")
        open_one.commit()
    tell(len(outcomes(connection)), 4, "and then it is in the log")


def lost_uploads(connection):
    with open(PATH, "rb") as file:
        first = connect(autocommit=True)
        upload = value(first, "SELECT rehydra_import_begin()")
        tell(raised(lambda: doc["send"](first, upload, Losing(file, first))), "lost", "a connection is lost in the middle of an upload")
        tell(value(connection, "SELECT bytes FROM rehydra.uploads WHERE upload_id = %s", upload), 2 << 20, "what had arrived is there")
        doc["send"](connection, upload, file)
        tell(value(connection, "SELECT rehydra_import_run(%s) ->> 'status'", upload), "unchanged", "another one goes on")
        tell(uploads(connection), 0, "what was imported is dropped")
        second = connect()
        upload = value(second, "SELECT rehydra_import_begin()")
        tell(raised(lambda: doc["send"](second, upload, Losing(file, second))), "lost", "without autocommit")
        tell(uploads(connection), 0, "the upload goes with its transaction")


def half_a_file(connection):
    with open(PATH, "rb") as whole, open(PATH + ".half", "wb") as half:
        half.write(whole.read(os.path.getsize(PATH) // 2))
    tell(doc["import_file"](connection, PATH + ".half")["status"], "rejected", "half a file is none")
    value(connection, "SELECT rehydra_import_abort(upload_id) FROM rehydra.uploads")


with connect(autocommit=True) as session:
    out_and_in(session)
    readers(session)
    lost_uploads(session)
    half_a_file(session)
sys.exit(1 if FAILED else 0)
