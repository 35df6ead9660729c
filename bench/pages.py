"""Requests per second of the pages, beside bare Django doing the least that such a page must do.

    .venv/bin/python bench/pages.py

Needs PostgreSQL (DATABASE_URL, or 127.0.0.1:5432 as postgres; two databases of its own are made there and dropped) and
wrk. BENCH_CASES (100000) says how many cases, BENCH_SECONDS (4) how long each run is. Both sides run under gunicorn
with two sync workers and persistent connections and take turns inside each round. What a POST claims is checked by
counting rows. The figures of one run are comparable with each other only: read the ratios.
"""

import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from shutil import which
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import psycopg2

ROOT = Path(__file__).resolve().parents[1]
CASES = int(os.environ.get("BENCH_CASES", "100000"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = 5
CONNECTIONS = 4
SERVER = urlsplit(os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432")
OURS, BARE = "pakn_bench", "pakn_bench_bare"
PASSWORD = "pakn-demo-2026"
SPECIALIST = "soxd.cm"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """One kind of request against one side: where to, and the rows that a POST must leave behind."""

    paths: list
    cookie: str = ""
    body: str = ""
    counted: str = ""


@dataclass
class Run:
    per_second: float
    cpu_ms: float


class Database:
    """A database of the benchmark's own."""

    def __init__(self, name):
        self.name = name

    def connect(self, name):
        return psycopg2.connect(
            host=SERVER.hostname, port=SERVER.port or 5432, user=SERVER.username, password=SERVER.password, dbname=name
        )

    def rows(self, sql, database=""):
        connection = self.connect(database or self.name)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.fetchall() if cursor.description else []
        connection.close()
        return found

    def drop(self):
        self.rows(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", "postgres")

    def make(self):
        self.drop()
        self.rows(f"CREATE DATABASE {self.name}", "postgres")

    @property
    def url(self):
        user = quote(SERVER.username or "", safe="")
        password = f":{quote(SERVER.password, safe='')}" if SERVER.password else ""
        return f"postgres://{user}{password}@{SERVER.hostname}:{SERVER.port or 5432}/{self.name}"


class Side:
    """One application under its own gunicorn."""

    def __init__(self, database, application, folder, environment):
        self.database, self.application, self.folder = database, application, folder
        self.environment = os.environ | environment
        self.process = None

    def run(self, *command):
        subprocess.run([sys.executable, *command], cwd=self.folder, env=self.environment, check=True)

    def start(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [*command, "--log-level", "error", self.application], cwd=self.folder, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()

    def _wait(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit(f"error: {self.application} does not start")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def visitor(self):
        jar = CookieJar()
        return build_opener(HTTPCookieProcessor(jar)), jar

    def address(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def cpu(self):
        """Seconds of processor time that the workers have used."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        fields = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children]
        return sum(int(used[11]) + int(used[12]) for used in fields) / TICKS

    def measure(self, load, seconds):
        """Raises SystemExit where an answer is an error or rows are missing."""
        before, used = self._count(load), self.cpu()
        done, per_second = wrk(self.address(""), load, seconds)
        used = self.cpu() - used
        added = self._count(load) - before
        if load.counted and not done <= added <= done + CONNECTIONS:
            raise SystemExit(f"error: {load.paths[0]}: {done} answers, but {added} rows")
        return Run(per_second, used / done * 1000)

    def _count(self, load):
        if not load.counted:
            return 0
        return self.database.rows(f"SELECT count(*) FROM {load.counted}")[0][0]


def wrk(address, load, seconds):
    """(answers, answers a second); the paths are asked for in turn."""
    paths = ", ".join(f'"{path}"' for path in load.paths)
    script = f"""
local paths = {{ {paths} }}
local next = 0
wrk.method = "{"POST" if load.body else "GET"}"
wrk.headers["Cookie"] = "{load.cookie}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = {f'"{load.body}"' if load.body else "nil"}
request = function()
  next = next % #paths + 1
  return wrk.format(nil, paths[next])
end
"""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", file.name, address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"error: {load.paths[0]} answers with errors:\n{said}")
    return int(re.search(r"(\d+) requests in", said)[1]), float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def cookies(jar):
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def token(jar):
    return next(cookie.value for cookie in jar if cookie.name == "csrftoken")


def our_loads(side):
    """Every kind of page of the portal, spread over many cases."""
    database = side.database
    public = [code for (code,) in database.rows(
        "SELECT code FROM submissions_case WHERE level = 'normal' AND NOT retracted AND state <> 'SEALED' LIMIT 1000"
    )]  # fmt: skip
    held = [code for (code,) in database.rows(
        "SELECT c.code FROM submissions_case c JOIN agencies_agency a ON a.id = c.agency_id "
        "WHERE a.code = 'soxd' AND c.state = 'PROCESSING' ORDER BY c.id LIMIT 1000"
    )]  # fmt: skip
    visitor, jar = side.visitor()
    visitor.open(side.address("/gui-phan-anh/")).read()
    form = {
        "csrfmiddlewaretoken": token(jar), "sender_type": "citizen", "full_name": "Nguyễn Thị Cúc", "province": "56",
        "commune": "22366", "address": "12 Trần Phú", "phone": "0995123456", "email": "cuc@example.com",
        "title": "Đèn đường hỏng", "content": "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay.",
        "place": "12 Trần Phú", "field": "ha-tang-do-thi", "consent": "on", "captcha_0": "x", "captcha_1": "PASSED",
    }  # fmt: skip
    staff, staff_jar = side.visitor()
    staff.open(side.address("/tai-khoan/dang-nhap/")).read()
    login = {"csrfmiddlewaretoken": token(staff_jar), "username": SPECIALIST, "password": PASSWORD}
    staff.open(side.address("/tai-khoan/dang-nhap/"), urlencode(login).encode()).read()
    signed_in = cookies(staff_jar)
    note = urlencode({"csrfmiddlewaretoken": token(staff_jar), "note": "Đã khảo sát hiện trường, đang lập dự toán."})
    half = len(held) // 2
    return {
        "tracking page": Load([f"/tra-cuu/?q={code}" for code in public]),
        "form": Load(["/gui-phan-anh/"]),
        "submission (POST)": Load(
            ["/gui-phan-anh/"], f"csrftoken={token(jar)}", urlencode(form), "submissions_case"
        ),
        "staff queue": Load(["/can-bo/"], signed_in),
        "case page": Load([f"/can-bo/ho-so/{code}/" for code in held[:half]], signed_in),
        "action (POST)": Load(
            [f"/can-bo/ho-so/{code}/progress/" for code in held[half:]], signed_in, note,
            "workflow_caseevent WHERE action = 'progress'",
        ),
    }  # fmt: skip


def bare_loads(side):
    visitor, jar = side.visitor()
    visitor.open(side.address("/enter/")).read()
    signed_in, csrf = cookies(jar), token(jar)
    codes = [f"T-{40 * number}" for number in range(1, min(CASES // 40, 1000) + 1)]
    posted = urlencode({"csrfmiddlewaretoken": csrf, "title": "Đèn đường hỏng", "content": "Không sáng ba hôm nay."})
    noted = urlencode({"csrfmiddlewaretoken": csrf, "note": "Đã khảo sát hiện trường, đang lập dự toán."})
    track = Load([f"/track/{code}/" for code in codes])
    return {
        "tracking page": track,
        "form": track,
        "submission (POST)": Load(["/post/"], f"csrftoken={csrf}", posted, "bare_ticket"),
        "staff queue": Load(["/staff/"], signed_in),
        "case page": Load([f"/staff/{code}/" for code in codes], signed_in),
        "action (POST)": Load([f"/staff/{code}/change/" for code in codes], signed_in, noted, "bare_log"),
    }


def sides(folder):
    ours, bare = Database(OURS), Database(BARE)
    portal = {
        "SECRET_KEY": secrets.token_urlsafe(40), "DEMO": "on", "CAPTCHA_TEST_MODE": "on", "DATABASE_URL": ours.url,
        "MEDIA_ROOT": folder, "REDIS_URL": "", "PYTHONWARNINGS": "ignore", "SITE_URL": "", "ALLOWED_HOSTS": "",
        "DEMO_PASSWORD": PASSWORD,
    }  # fmt: skip
    floor = {
        "BARE_NAME": BARE, "BARE_HOST": SERVER.hostname, "BARE_PORT": str(SERVER.port or 5432),
        "BARE_USER": SERVER.username or "", "BARE_PASSWORD": SERVER.password or "",
    }  # fmt: skip
    return Side(ours, "pakn.wsgi", ROOT, portal), Side(bare, "bare.wsgi", ROOT / "bench", floor)


def fill(ours, bare):
    started = time.monotonic()
    for side in (ours, bare):
        side.database.make()
    ours.run("manage.py", "prepare_demo")
    ours.run("manage.py", "load_demo", "--cases", str(CASES), "--verbosity", "0")
    print(f"load_demo --cases {CASES} with all reference data: {time.monotonic() - started:.0f} s")
    ours.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    bare.run("-m", "bare.fill", str(CASES))
    for side in (ours, bare):
        side.database.rows("VACUUM ANALYZE")


def compare(ours, bare):
    loads = our_loads(ours), bare_loads(bare)
    runs = {page: ([], []) for page in loads[0]}
    for number in range(ROUNDS + 1):
        for page, found in runs.items():
            for side, load, results in zip((ours, bare), loads, found, strict=True):
                run = side.measure(load[page], 1 if number == 0 else SECONDS)
                if number:
                    results.append(run)
        for side in (ours, bare):
            side.database.rows("VACUUM")
    return runs


def show(runs):
    print(f"{CASES} cases, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s: median (min–max)")
    print(f"{'page':<18} {'ours, requests/s':>22} {'bare, requests/s':>22} {'ours ÷ bare':>12} {'CPU ms':>14}")
    for page, (ours, bare) in runs.items():
        ratio = middle(ours, "per_second") / middle(bare, "per_second")
        cpu = f"{middle(ours, 'cpu_ms'):.1f} / {middle(bare, 'cpu_ms'):.1f}"
        print(f"{page:<18} {spread(ours):>22} {spread(bare):>22} {ratio:>12.2f} {cpu:>14}")


def middle(runs, name):
    return statistics.median(getattr(run, name) for run in runs)


def spread(runs):
    speeds = [run.per_second for run in runs]
    return f"{statistics.median(speeds):.0f} ({min(speeds):.0f}–{max(speeds):.0f})"


def check_tools():
    if not which("wrk"):
        raise SystemExit("error: wrk is needed (Debian: apt install wrk)")
    if not SERVER.scheme.startswith("postgres"):
        raise SystemExit("error: DATABASE_URL is not PostgreSQL, which bench/pages.py needs")
    try:
        Database(OURS).rows("SELECT 1", "postgres")
    except psycopg2.OperationalError as error:
        raise SystemExit(f"error: PostgreSQL is needed: {str(error).splitlines()[0]}") from None


def main():
    check_tools()
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = sides(folder)
        try:
            fill(ours, bare)
            ours.start()
            bare.start()
            show(compare(ours, bare))
        finally:
            for side in (ours, bare):
                side.stop()
                side.database.drop()


if __name__ == "__main__":
    main()
