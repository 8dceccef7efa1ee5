"""Job: a customer's rows as PostgreSQL prints them, through COPY.
Callers: the interoperability tests of export and snapshot.
"""
import re
import subprocess

SETTINGS = ("SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1;"
            " SET bytea_output = 'hex';")
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
OF_CUSTOMER = {"kpis": "t.upload_id IN (SELECT upload_id FROM kpi_uploads WHERE customer_id = {0})"}


def psql(command):
    done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", SETTINGS, "-c", command], check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    return done.stdout.decode("utf-8")


def value_of(field):
    if field == "\\N":
        return None
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match.group(1), match.group(1)), field)


def rows_of(dataset, columns, customer, order=""):
    names = ", ".join('t."%s"' % name for name in columns)
    where = OF_CUSTOMER.get(dataset, "t.customer_id = {0}").format(customer)
    text = psql(f"COPY (SELECT {names} FROM {dataset} t WHERE {where} {order}) TO STDOUT")
    return [[value_of(field) for field in line.split("\t")] for line in text.split("\n")[:-1]]


def report(good, text, differences=()):
    print(f"{'ok' if good else 'not ok'} - {text}")
    for line in list(differences)[:20]:
        print(f"# {line}")
    return good
