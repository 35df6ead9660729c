"""A benchmark's own database on PostgreSQL: filled with the sample and with copies of a row, dropped afterwards."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
SERVER = urlsplit(os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432")


def use(name):
    """Point Django at the database; before Django is imported."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"DATABASE_URL": SERVER._replace(path=f"/{name}").geturl(), "DJANGO_SETTINGS_MODULE": "pakn.settings"}
    os.environ |= {"SECRET_KEY": "only-for-the-benchmark", "DEMO": "on"}


def connect(name):
    connection = psycopg2.connect(SERVER._replace(path=f"/{name}").geturl())
    connection.autocommit = True
    return connection


def execute(name, *statements):
    connection = connect(name)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def prepare(name):
    """Make it anew, with reference data and the sample cases."""
    execute("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    for command in (["prepare_demo"], ["load_demo"], ["collectstatic", "--noinput"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()


def drop(name):
    from django.db import connections

    connections.close_all()
    execute("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def copies(model, pk, numbers, **changed):
    """SQL that copies the row `pk` for each k of `numbers`; columns in `changed` get that SQL, which may name k."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, f"t.{column}") for column in columns)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "
        f"FROM (SELECT * FROM {table} WHERE id = {pk}) t, generate_series({numbers.start}, {numbers.stop - 1}) k"
    )


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def sizes():
    return [int(text) for text in os.environ.get("BENCH_SIZES", "10000,100000,1000000").split(",")]


def grow(name, things, rounds, fill, questions):
    """Fill to each of the `sizes`, ask at each, and print the medians in milliseconds as a table.

    `fill(range of numbers)` adds rows, `questions()` gives {what: function}; `things` names what is counted.
    """
    prepare(name)
    results, filled = {}, 1
    for size in sizes():
        fill(range(filled, size))
        filled = size
        results[size] = {what: _median(work, rounds) for what, work in questions().items()}
    print("| ms | " + " | ".join(f"{size} {things}" for size in results) + " | largest ÷ smallest |")
    print("|---" * (len(results) + 2) + "|")
    for what in next(iter(results.values())):
        row = [found[what] for found in results.values()]
        print(f"| {what} | " + " | ".join(f"{ms:.1f}" for ms in row) + f" | {row[-1] / row[0]:.1f} |")
    drop(name)


def _median(work, rounds):
    work()
    return statistics.median(timed(work) for _round in range(rounds)) * 1000
