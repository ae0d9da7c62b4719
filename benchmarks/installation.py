"""An installation of the product in processes of its own, and Node's Socket.IO server beside it, for benchmarks/live.py.

Where the machine has two cores, the measured server has one to itself; the load, the database and everything else share the other.
"""
import json
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
import psutil

import migrations
from support.database import db
from support.settings import Settings
from tools import services
from wsgi import create_app

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NODE = Path(__file__).resolve().parent / "node"
PATIENCE = 60  # seconds until a server must answer
FILES = 12_000  # open files a server of 5,000 sockets needs, with room


class Anchor:
    """Node's Socket.IO server: the same rooms and hints, no database, no rights, nothing stored."""

    def __init__(self, core: set[int]):
        self.core, self.port = core, services.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> "Anchor":
        self.process = subprocess.Popen(["node", "anchor.js"], cwd=NODE, env={**os.environ, "PORT": str(self.port)}, preexec_fn=lambda: _settle(self.core))
        _wait(self.url)
        return self

    def cut_off(self) -> None:
        """kill -9, and a new one at once."""
        self.process.kill()
        self.process.wait()
        self.start()

    def memory(self) -> int:
        return psutil.Process(self.process.pid).memory_info().rss

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Bare(Anchor):
    """benchmarks/bare.py by gunicorn and one gevent worker: what no product on these parts can be quicker than."""

    def start(self) -> "Bare":
        command = [str(BIN / "gunicorn"), "-k", "gevent", "--worker-connections", str(FILES), "-b", f"127.0.0.1:{self.port}", "--log-level", "critical", "--no-control-socket", "benchmarks.bare:create_app()"]
        elsewhere = {**os.environ, "PYTHONPATH": str(ROOT)}  # where gunicorn does not find the settings of the product
        self.process = subprocess.Popen(command, cwd=NODE, env=elsewhere, preexec_fn=lambda: _settle(self.core), start_new_session=True)
        _wait(self.url)
        return self

    def cut_off(self) -> None:
        """kill -9 of the worker; gunicorn starts another."""
        for worker in psutil.Process(self.process.pid).children():
            worker.kill()

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Product:
    """gunicorn with gevent workers on a PostgreSQL of its own. Alone it does everything in one process; with `helped` there are Redis and `flask work` too."""

    def __init__(self, folder: Path, core: set[int], *, workers: int = 1, helped: bool = False):
        self.folder, self.core, self.port = folder, core, services.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.postgresql = services.start_postgresql(folder / "postgresql")
        services.execute(self.postgresql.get_uri(), "CREATE DATABASE shop")
        self.redis = services.Redis(folder, services.free_port()) if helped else None
        if self.redis is not None:
            self.redis.start()
        self.env = {
            "MODE": "test", "DATA_DIR": str(folder), "DATABASE_URL": services.sqlalchemy_url(self.postgresql.get_uri(), "shop"), "PORT": str(self.port),
            "BASE_URL": self.url, "SECRET_KEY": "benchmark " * 4, "WORKERS": str(workers), "REDIS_URL": self.redis.url if helped else "", "LOG_LEVEL": "WARNING",
            "MESSAGES_PER_MINUTE": "100000", "SOCKET_EVENTS_PER_SECOND": "1000", "SOCKETS_PER_MINUTE": "100000",  # what is bounded for people must not bound the load
        }
        self.app = create_app(Settings.from_env(self.env))
        with self.app.app_context():
            migrations.upgrade(db.engine)
        self.processes = []

    def start(self) -> "Product":
        self._run([str(BIN / "gunicorn"), "-c", "gunicorn.conf.py"], self.core)
        if self.redis is not None:
            self._run([str(BIN / "flask"), "--app", "wsgi", "work"], set())
        _wait(self.url)
        return self

    def _run(self, command: list[str], core: set[int]) -> None:
        with open(self.folder / "log", "ab") as log:
            self.processes.append(subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **self.env, "PYTHONDONTWRITEBYTECODE": ""}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=lambda: _settle(core), start_new_session=True
            ))

    def workers(self) -> list[psutil.Process]:
        """The processes that serve people."""
        return psutil.Process(self.processes[0].pid).children()

    def cut_off(self) -> None:
        """kill -9 of each worker; gunicorn starts others."""
        for worker in self.workers():
            worker.kill()

    def memory(self) -> int:
        return sum(worker.memory_info().rss for worker in self.workers())

    def stop(self) -> None:
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        with self.app.app_context():
            db.engine.dispose()
        if self.redis is not None:
            self.redis.stop()
        self.postgresql.stop()


class Load:
    """The generator of node/load.js: takes an order, answers in lines."""

    def __init__(self, what: str, **order):
        self.process = subprocess.Popen(["node", "load.js"], cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=_more_files)
        self.say(what=what, **order)

    def say(self, **words) -> None:
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise click.ClickException("The load ended early; what it said stands above.")
        return json.loads(line)

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_failure) -> None:
        self.process.kill()
        self.process.wait()


def prepare() -> set[int]:
    """Fetch what the Node side needs, take one core for this process and all it starts, and return the other for the measured server."""
    if not (NODE / "node_modules").is_dir():
        subprocess.run(["npm", "ci"], cwd=NODE, check=True, stdout=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was started ends too
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return set()
    os.sched_setaffinity(0, set(cores[1:]))
    return {cores[0]}


def _settle(core: set[int]) -> None:
    """In the new process: its core, or all of them."""
    os.sched_setaffinity(0, core or range(os.cpu_count()))
    _more_files()


def _more_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))


def _wait(url: str) -> None:
    for _look in range(PATIENCE * 20):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise click.ClickException(f"{url} did not answer within {PATIENCE} seconds.")
