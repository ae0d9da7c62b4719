"""Real servers for browser and crash tests: the default size as in `make demo`, and the grown one."""
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support import clock
from support.database import db
from tests import services
from tests.worlds import SHIFT, World, settings_for
from wsgi import create_app

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 40  # seconds until a server must answer, on a busy machine


class Server:
    """One installation in processes of its own. `app` is the same installation seen from the test: use it for
    sign-ins and for looking into the database."""

    def __init__(self, world: World, folder: Path, **values):
        self.world, self.place = world, services.Port()
        self.port = self.place.number
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder, self.log = folder, folder / "server.log"
        self.clock_file = folder / "clock"
        self._put_clock(0)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "MODE": "test", "DATA_DIR": str(folder),
            "DATABASE_URL": world.url, "PORT": str(self.port), "BASE_URL": self.url, "SECRET_KEY": "k" * 40, "SHOP_NAME": "Tarn & Thistle",
            "CLOCK_FILE": str(self.clock_file), "PYTHONUNBUFFERED": "1", **{name.upper(): str(value) for name, value in values.items()},
        }
        self.commands = {"web": [str(BIN / "gunicorn"), "-c", "gunicorn.conf.py"]}
        if world.store == "postgresql":
            self.commands["work"] = [str(BIN / "flask"), "--app", "wsgi", "work"]
        self.processes: dict[str, subprocess.Popen] = {}
        self.app = create_app(
            settings_for(folder, database_url=world.url, base_url=self.url, port=self.port, redis_url=self.env.get("REDIS_URL", ""), clock_file=str(self.clock_file))
        )
        self.app.extensions["cast"] = world.cast

    def start(self, *parts: str) -> "Server":
        """Start all parts, or the named ones, and wait until the pages answer."""
        for part in parts or self.commands:
            with open(self.log, "ab") as log:
                self.processes[part] = subprocess.Popen(
                    self.commands[part], cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
        self._wait()
        return self

    def kill(self, *parts: str) -> None:
        """kill -9, the whole group, all parts or the named ones: what a power cut does to a process."""
        self._signal(signal.SIGKILL, parts)

    def stop(self, *parts: str) -> None:
        """An orderly stop; fails if it takes longer than 10 seconds."""
        self._signal(signal.SIGTERM, parts)

    def restart(self, *parts: str) -> "Server":
        """Killed and started again on the same port and data."""
        self.kill(*parts)
        return self.start(*parts)

    def move_clock(self, seconds: float) -> None:
        """Move the clock of all processes of this installation so many seconds away from ten o'clock of a working day."""
        self._put_clock(seconds)
        time.sleep(2 * clock.LOOK)  # from here on the server knows

    def close(self) -> None:
        self.kill()
        self.place.close()
        with self.app.app_context():
            db.engine.dispose()
        clock.init_app(None, settings_for(self.folder))  # the tests that follow in this process do not go by a file that is gone

    def _put_clock(self, seconds: float) -> None:
        """At once and whole: in a file that is being written over, the server may find nothing, which is real time, any hour of any day."""
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(str(SHIFT + seconds))
        fresh.replace(self.clock_file)

    def _signal(self, number, parts) -> None:
        for part in parts or list(self.processes):
            process = self.processes.pop(part, None)
            if process is None:
                continue
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                pass
            process.wait(timeout=10)
            if part == "web":
                self._wait_for_silence()

    def _wait_for_silence(self) -> None:
        """The workers of a killed server end a moment after it; until then the system still takes calls for them."""
        end = time.monotonic() + 10
        while self._takes_calls():
            assert time.monotonic() < end, "the server has ended, and its port still answers"
            time.sleep(0.01)

    def _takes_calls(self) -> bool:
        with socket.socket() as call:
            return call.connect_ex(("127.0.0.1", self.port)) == 0

    def _wait(self) -> None:
        for _ in range(PATIENCE * 20):
            for part, process in self.processes.items():
                if process.poll() is not None:
                    self._fail(f"{part} ended with {process.returncode}")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self._fail(f"no answer within {PATIENCE} s")

    def _fail(self, what: str) -> None:
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])
        self.kill()
        pytest.fail(f"The server did not start ({what}). Its last lines:\n{last}", pytrace=False)


def default_size(folder: Path, prepare=lambda server: None):
    """A running server of the default size, in a generator; `prepare(server)` may change its commands and environment before the start."""
    world = World("sqlite", folder)
    server = Server(world, folder)
    prepare(server)
    try:
        yield server.start()
    finally:
        server.close()
        world.drop()


def grown_size(folder: Path, prepare=lambda server: None):
    """The same of the grown size."""
    world, place = World("postgresql", folder), services.Port()
    redis = services.Redis(folder, place.number)
    redis.start()
    server = Server(world, folder, redis_url=redis.url, workers=2)
    server.redis = redis
    prepare(server)
    try:
        yield server.start()
    finally:
        server.close()
        redis.stop()
        place.close()
        world.drop()


SIZES = {"default": default_size, "grown": grown_size}


@pytest.fixture
def live_default(tmp_path):
    """gunicorn with threads on SQLite, with the cast: as after `make demo`."""
    yield from default_size(tmp_path)


@pytest.fixture
def live_grown(tmp_path):
    """Two gevent workers and `flask work` on PostgreSQL and Redis, with the cast."""
    yield from grown_size(tmp_path)


@pytest.fixture(params=list(SIZES))
def live(request, tmp_path):
    """Both sizes, one after the other."""
    yield from SIZES[request.param](tmp_path)
