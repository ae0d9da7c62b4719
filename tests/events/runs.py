"""One run of the little installation: start, kill and restart its processes, let it come to rest, open the books."""
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from sqlalchemy import func, select

from support.database import db
from support.events import Delivery, Event, EventHead, Follower
from tests import services
from tests.events.checker import Books, problems
from tests.events.little import RESTED, little_app, make_tables

ROOT = Path(__file__).resolve().parents[2]


def empty_database(store: str, folder: Path) -> str:
    """Address of a new database that holds only the tables of the log."""
    if store == "sqlite":
        url = f"sqlite:///{folder / 'log.db'}"
    else:
        uri, name = services.postgresql(), f"log_{uuid.uuid4().hex[:10]}"
        services.execute(uri, f"CREATE DATABASE {name}")
        url = services.sqlalchemy_url(uri, name)
    make_tables(url)
    return url


def run(store: str, folder: Path, *, processes=3, threads=10, count=12, broken="", die=0.0, lives=14, seed=1) -> list[str]:
    """Writers, two relays and a follower work at once; returns what the checker finds at the end.

    `die` is the chance to be killed at each point; the dead are replaced `lives` times.
    """
    url = empty_database(store, folder)
    rng = random.Random(seed)
    names = iter(range(10_000))

    def start(role: str, *options: str) -> subprocess.Popen:
        journal = folder / f"{role}{next(names)}.journal"
        command = [sys.executable, "-m", "tests.events.little", role, url, str(journal), f"broken={broken}", f"die={die if role != 'follow' else 0}", *options]
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)

    relays = [start("relay"), start("relay")]
    follower = start("follow")
    _wait_until(lambda: all("ready" in path.read_text() for path in folder.glob("follow*.journal")) and list(folder.glob("follow*.journal")))
    writers = [start("write", f"name=w{index}", f"threads={threads}", f"count={count}") for index in range(processes)]
    lives = lives if die else 0
    try:
        while any(writer.poll() is None for writer in writers) or lives and not _at_rest(url):
            for index, writer in enumerate(writers):
                if writer.poll() == -signal.SIGKILL and lives > 6:
                    writers[index] = start("write", f"name=again{next(names)}", f"threads={threads}", f"count={count // 2 or 1}")
                    lives -= 1
            for index, one in enumerate(relays):
                if one.poll() is not None and lives:
                    relays[index] = start("relay")
                    lives -= 1
            time.sleep(0.1 + rng.random() * 0.1)
        for one in relays:
            one.kill()
            one.wait()
        _finish(url, folder)
        (folder / RESTED).touch()
        assert follower.wait(60) == 0, "the follower has read all there is"
    finally:
        for process in (*relays, *writers, follower):
            process.kill()
            process.wait()
    return problems(Books(url, folder))


def _finish(url: str, folder: Path) -> None:
    """A healthy relay brings home what the killed ones left."""
    journal = folder / "relay-last.journal"
    last = subprocess.Popen([sys.executable, "-m", "tests.events.little", "relay", url, str(journal)], cwd=ROOT)
    try:
        _wait_until(lambda: _at_rest(url))
    finally:
        last.kill()
        last.wait()


def _at_rest(url: str) -> bool:
    app = little_app(url)
    with app.app_context():
        unnumbered = db.session.scalar(select(func.count()).where(Event.position.is_(None)))
        due = db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "due"))
        behind = db.session.scalar(select(EventHead.position)) - db.session.scalar(select(Follower.position).where(Follower.name == "hints"))
        db.engine.dispose()
    return not (unnumbered or due or behind)


def _wait_until(true, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.05)


def kinds(found: list[str]) -> set[str]:
    """The kinds of broken promises among the checker's sentences."""
    return {sentence.partition(":")[0] for sentence in found}
