"""The whole portal as it runs in production, on servers of its own: nginx, two web processes, two workers, beat,
PostgreSQL, Redis and a mail server, by the commands of the units under `deploy/`. Any of them can be killed.
"""

import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg2
import requests

from tests.faults.stack import RedisServer, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
UNITS, HOST = ROOT / "deploy" / "debian", "pakn.test"
BINARIES = Path(sys.executable).parent
RESTARTS_AFTER = 2
"""Seconds, as `RestartSec` of the units says."""
ADMINISTRATOR, PASSWORD = "goc", "mot cau rat dai 2026 de nho"


def command_of(unit):
    """ExecStart of a unit, with this environment's programs."""
    line = re.search(r"^ExecStart=(.*)$", (UNITS / unit).read_text(), re.MULTILINE)[1]
    return line.replace("/opt/pakn/.venv/bin/", f"{BINARIES}/").replace("%H", "machine")


class Process:
    """One service in a process group of its own."""

    def __init__(self, name, command, environment, log):
        self.name, self.command, self.environment, self.log = name, command, environment, log
        self.running = None

    def start(self):
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                shlex.split(self.command), cwd=ROOT, env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, with_signal=signal.SIGKILL):
        os.killpg(self.running.pid, with_signal)
        self.running.wait(30)

    def is_alive(self):
        return self.running is not None and self.running.poll() is None

    def tell(self, number):
        os.killpg(self.running.pid, number)


class Supervisor(Thread):
    """What systemd does with `Restart=always`: what has died is started again."""

    def __init__(self, processes):
        super().__init__(daemon=True)
        self.processes, self.ended = processes, Event()

    def run(self):
        while not self.ended.wait(RESTARTS_AFTER):
            for process in list(self.processes.values()):
                if not process.is_alive():
                    process.start()

    def stop(self):
        self.ended.set()
        self.join()


class Postgres:
    """A cluster of its own in `folder`, owned by the account `postgres` where the tests run as root."""

    def __init__(self, folder):
        self.data, self.port = folder / "postgres", free_port()
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self.url = f"postgres://pakn@127.0.0.1:{self.port}/pakn"

    def create(self):
        self.data.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        self._run("initdb", "--auth=trust", "--username=pakn", "--pgdata", self.data)
        self.start()
        subprocess.run(
            [self.programs / "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "pakn", "pakn"], check=True
        )

    def start(self):
        given = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60"
        self._run("pg_ctl", "start", "--wait", "--pgdata", self.data, "--log", self.data / "log", "-o", given)

    def stop(self):
        self._run("pg_ctl", "stop", "--mode=immediate", "--pgdata", self.data)

    def ask(self, sql, *values):
        connection = psycopg2.connect(self.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _run(self, program, *arguments):
        account = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None
        subprocess.run(
            [self.programs / program, *map(str, arguments)], check=True, user=account, cwd="/",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


class Machine:
    def __init__(self, folder, mail_port, host=HOST, **settings):
        self.folder, self.host, self.http, self.https = folder, host, free_port(), free_port()
        self.postgres, self.redis = Postgres(folder), RedisServer(str(folder))
        self.var, self.log, self.certificate = folder / "var", folder / "log", folder / "tls" / "fullchain.pem"
        self.webs = [free_port(), free_port()]
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        given = (ROOT / "deploy" / "pakn.env.example").read_text()
        lines = (line.split("=", 1) for line in given.splitlines() if not line.startswith("#"))
        example = {name: value.strip('"') for name, value in lines}
        self.environment = inherited | example | {
            "SECRET_KEY": "tK3vPq9xWb7LmZr2YcNf8sHd5gJe1uAo4iTyRwQz6XnV0CkMxx", "ALLOWED_HOSTS": host,
            "SITE_URL": f"https://{host}", "DATABASE_URL": self.postgres.url, "REDIS_URL": self.redis.url,
            "VAR_DIR": str(self.var), "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "BACKUP_DIR": str(folder / "backup"), "WEB_WORKERS": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        } | settings  # fmt: skip
        self.processes, self.supervisor = {}, None

    def set_up(self):
        """Servers, tables, reference data, the first administrator."""
        self.postgres.create()
        self.redis.start()
        if "DEMO" in self.environment:
            self.manage("prepare_demo")
        else:
            account = {"DJANGO_SUPERUSER_USERNAME": ADMINISTRATOR, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
            self.manage("first_run", "--noinput", **account)
        self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def start(self):
        """Everything; returns once nginx gives a page and a worker has swept."""
        for number, port in enumerate(self.webs, 1):
            self._add(f"web{number}", command_of("pakn-web.service"), WEB_BIND=f"127.0.0.1:{port}")
        for number in (1, 2):
            self._add(f"worker{number}", command_of("pakn-worker@.service").replace("%i", str(number)))
        self._add("beat", command_of("pakn-beat.service"))
        self._add("nginx", self._nginx())
        for process in self.processes.values():
            process.start()
        wait_until(self.serves, 60, "the portal answers through nginx")
        wait_until(self.is_ready, 120, "every part is ready")

    def watch_over_itself(self):
        """From now on whatever dies comes back."""
        self.supervisor = Supervisor(self.processes)
        self.supervisor.start()

    def stop(self):
        if self.supervisor is not None:
            self.supervisor.stop()
        for process in reversed(list(self.processes.values())):
            if process.is_alive():
                process.kill()
        if self.redis.process is not None:
            self.redis.stop()
        if self.postgres.data.exists():
            self.postgres.stop()

    def manage(self, *arguments, **variables):
        """Output of a command of the portal; fails where the command does."""
        command = [BINARIES / "python", "manage.py", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment | variables, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def ask(self, method, path, session=requests, **options):
        """A request through nginx as a browser sends it."""
        headers = {"Host": self.host, "Referer": f"https://{self.host}/"} | options.pop("headers", {})
        return session.request(
            method, f"https://127.0.0.1:{self.https}{path}", headers=headers, verify=str(self.certificate),
            allow_redirects=False, timeout=options.pop("timeout", 30), **options,
        )  # fmt: skip

    def ask_plainly(self, path):
        """A request without TLS."""
        address = f"http://127.0.0.1:{self.http}{path}"
        return requests.get(address, headers={"Host": self.host}, allow_redirects=False, timeout=10)

    def serves(self):
        try:
            return self.ask("GET", "/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def readiness(self):
        """Of each web process what `/healthz/ready` says, asked as a monitor on this machine asks."""
        return [
            requests.get(f"http://127.0.0.1:{port}/healthz/ready", headers={"Host": self.host}, timeout=10)
            for port in self.webs
        ]

    def is_ready(self):
        try:
            return all(answer.status_code == 200 for answer in self.readiness())
        except requests.RequestException:
            return False

    def _add(self, name, command, **variables):
        self.processes[name] = Process(name, command, self.environment | variables, self.log)

    def _nginx(self):
        """nginx in the foreground, its site filled in as the handbook says."""
        tls = self.certificate.parent
        tls.mkdir()
        names = ["-subj", f"/CN={self.host}", "-addext", "subjectAltName=DNS:pakn.test,IP:127.0.0.1"]
        openssl = shlex.split(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout privkey.pem -out fullchain.pem"
        )
        subprocess.run([*openssl, *names], cwd=tls, check=True, stderr=subprocess.DEVNULL)
        upstream = " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in self.webs)
        values = {
            "PAKN_HOST": self.host, "PAKN_UPSTREAM": upstream, "PAKN_TLS": str(tls),
            "PAKN_HTTP": f"127.0.0.1:{self.http}", "PAKN_HTTPS": f"127.0.0.1:{self.https}",
        }  # fmt: skip
        site = (ROOT / "deploy" / "nginx" / "pakn.conf.template").read_text()
        site = re.sub(r"\$\{(PAKN_\w+)\}", lambda name: values[name[1]], site)
        (self.folder / "site.conf").write_text(site)
        (self.folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {self.folder}/nginx.pid; error_log /dev/stderr crit;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ {NGINX_PATHS.format(folder=self.folder)} include {self.folder}/site.conf; }}\n"
        )
        return f"nginx -p {self.folder} -e /dev/stderr -c {self.folder}/nginx.conf"


NGINX_PATHS = " ".join(
    f"{kind}_temp_path {{folder}}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


@contextmanager
def machine(mail_port, host=HOST, **settings):
    """One that is set up and running, in a folder that both root and `postgres` reach."""
    folder = Path(tempfile.mkdtemp(prefix="pakn-machine-"))
    folder.chmod(0o755)
    made = Machine(folder, mail_port, host, **settings)
    try:
        made.set_up()
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
