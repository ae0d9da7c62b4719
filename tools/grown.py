"""`make grown`: the demo shop in the grown size on this machine, until Ctrl-C: PostgreSQL, Redis, the web workers and `flask work`.

Everything lies in DATA_DIR (var/grown). The settings that people give to `make demo` are honoured here too.
"""
import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tools import services

ROOT = Path(__file__).resolve().parent.parent
FLASK = [str(Path(sys.executable).parent / "flask"), "--app", "wsgi"]
DATABASE = "switchboard"
GRACE = 32  # seconds in which the web workers and `flask work` end by themselves: they take 30 at most
LOOK = 0.3  # seconds between two looks whether all parts live


class Ended(Exception):
    """A sentence for whoever started it: a part did not start, or ended by itself."""


class Grown:
    """The processes of one installation on this machine, in the order in which they are started."""

    def __init__(self, folder: Path, given: dict[str, str]):
        self.folder, self.given = folder, given
        self.postgresql, self.redis, self.parts = folder / "postgresql", None, {}
        self.stop_asked = threading.Event()

    def run(self) -> None:
        """Start everything, serve until somebody asks for the end or a part ends by itself, then end everything."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop_asked.set())
        try:
            env = self._start_services()
            for words in (["database", "upgrade"], ["demo"]):
                if self.stop_asked.is_set() or subprocess.run([*FLASK, *words], cwd=ROOT, env=env, start_new_session=True).returncode:
                    return
            for part, word in (("the web server", "serve"), ("flask work", "work")):
                self.parts[part] = subprocess.Popen([*FLASK, word], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
            say(f"PostgreSQL, Redis, {env['WORKERS']} web workers and `flask work` run; Ctrl-C ends them, the data stay in {self.folder}")
            self._watch()
        finally:
            self._end()

    def _start_services(self) -> dict[str, str]:
        """Start PostgreSQL and Redis; returns the environment of what uses them."""
        say("starting PostgreSQL and Redis")
        uri = services.start_postgresql(self.postgresql).get_uri()
        if not services.execute(uri, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
            services.execute(uri, f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
        self.redis = services.Redis(self.folder, services.free_port())
        self.redis.start()
        own = {"MODE": "demo", "DATA_DIR": str(self.folder), "DATABASE_URL": services.sqlalchemy_url(uri, DATABASE), "REDIS_URL": self.redis.url}
        return {"WORKERS": "2", "PYTHONUNBUFFERED": "1", **self.given, **own}

    def _watch(self) -> None:
        while not self.stop_asked.wait(LOOK):
            for part, process in {**self.parts, "Redis": self.redis.process}.items():
                if process.poll() is not None:
                    raise Ended(f"{part} ended by itself (code {process.returncode}); what it said last stands above. Everything else is ended too.")

    def _end(self) -> None:
        """First what serves and works, by itself; then what it needs."""
        for process in self.parts.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for part, process in self.parts.items():
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                say(f"{part} did not end by itself and is killed")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self.redis is not None and self.redis.process is not None:
            self.redis.stop()
        services.stop_postgresql(self.postgresql)


def say(what: str) -> None:
    print(f"switchboard: {what}", flush=True)


def main() -> None:
    folder = (ROOT / os.environ.get("DATA_DIR", "var/grown")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "running", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"switchboard: `make grown` already runs in {folder}; end it there, or choose another folder as in `make grown DATA_DIR=var/second PORT=8001`.")
        given = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL") and value}
        try:
            Grown(folder, given).run()
        except (Ended, services.NotStarted) as told:
            sys.exit(f"switchboard: {told}")


if __name__ == "__main__":
    main()
