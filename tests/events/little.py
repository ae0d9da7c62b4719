"""A little installation of the event log alone: writers, relays and followers in processes of their own, made to be killed.

    python -m tests.events.little ROLE DATABASE_URL JOURNAL [key=value …]

Each process writes a journal; `tests.events.checker` compares the journals with the database. `broken=` builds the
mistakes that the checker must find.
"""
import os
import random
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from support import database, deliveries, events, hints, jobs, relay
from support.database import db, transaction
from support.settings import Settings

HAPPENED = events.Kind("test.happened")  # not declared: the product knows nothing of it
TABLES = [table.__table__ for table in (events.Event, events.EventHead, events.Delivery, events.Follower, jobs.Job)]
TICKETS = 7
RESTED = "rested"  # a file beside the journals: all that was to happen has happened and has its place


def little_app(url: str) -> Flask:
    """The event log without any room above it."""
    app = Flask("little")
    settings = Settings.from_env({}, mode="test", database_url=url, secret_key="k" * 40, async_mode="threading", data_dir=Path("/tmp"))
    app.config["SETTINGS"] = settings
    database.init_app(app, settings)
    relay.init_app(app, settings)
    return app


def make_tables(url: str) -> None:
    """The tables of the log in an empty database."""
    app = little_app(url)
    with app.app_context():
        database.Base.metadata.create_all(db.engine, tables=TABLES)
        db.engine.dispose()


class Journal:
    """Lines that survive a kill -9 of their writer: one `write` each, no buffer of our own."""

    def __init__(self, path: str):
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def line(self, *words) -> None:
        os.write(self.file, (" ".join(str(word) for word in words) + "\n").encode())


class Undo(Exception):
    """A use case that changes its mind."""


def write(app: Flask, journal: Journal, name: str, count: int, broken: str, die: float) -> None:
    """Write `count` events; every tenth is rolled back. A line `acked` is our promise to a client."""
    rng = random.Random(name)
    for n in range(count):
        undo = rng.random() < 0.1
        journal.line("undone" if undo else "tried", name, n)
        try:
            with app.app_context():
                _one(journal, rng, name, n, undo, broken, die)
        except Undo:
            continue
        except Exception as error:
            journal.line("error", name, n, type(error).__name__)
            continue
        _maybe_die(rng, die)
        journal.line("acked", name, n)


def _one(journal: Journal, rng, name: str, n: int, undo: bool, broken: str, die: float) -> None:
    if broken == "late-lock":
        _read_then_write(rng, name, n)
        return
    with transaction():
        events.record(HAPPENED, ticket_id=rng.randrange(TICKETS), writer=name, n=n)
        db.session.flush()
        time.sleep(rng.random() * 0.004)  # between taking an id and the commit: where ids and commits change places
        if broken == "early-ack":
            journal.line("acked", name, n)
        if undo:
            raise Undo()
        _maybe_die(rng, die)


def _read_then_write(rng, name: str, n: int) -> None:
    """The mistake: a reading transaction that becomes a writing one (plain BEGIN on SQLite)."""
    session = db.session
    session.execute(select(events.EventHead.position)).all()
    session.info["writing"] = True
    events.record(HAPPENED, ticket_id=rng.randrange(TICKETS), writer=name, n=n)
    session.commit()


def relay_for_ever(app: Flask, journal: Journal, die: float) -> None:
    """Number, deliver, hint; with `die`, kill -9 ourselves at every point where a crash could hurt."""
    rng = random.Random(os.getpid())
    deliveries.LEASE = timedelta(seconds=0.4)
    deliveries.PAUSES = (0.05,)
    relay.listen(app, "ears", [HAPPENED], lambda event: _hear(event, rng, journal, die), afterwards=lambda: _maybe_die(rng, die))
    relay.hint_on(app, [HAPPENED], lambda event: ("screen",))
    app.extensions["relay"].push = lambda screen, version: journal.line("hinted", version)
    for module, name, before in (
        (deliveries, "row_for", False), (relay, "number", False), (deliveries, "_claim", False), (deliveries, "_settle", True), (deliveries, "_settle", False), (deliveries, "_try_again", True), (hints, "_lease_cursor", False),
    ):
        setattr(module, name, _dying(getattr(module, name), rng, die, before))
    journal.line("ready")
    while True:
        with app.app_context():
            if not relay.run_once():
                time.sleep(0.01)


def _hear(event, rng, journal: Journal, die: float) -> None:
    if rng.random() < die:
        raise RuntimeError("deaf just now")
    journal.line("heard", event.id, event.position, event.ticket_id)
    _maybe_die(rng, die)


def _dying(function, rng, die: float, before: bool):
    def wrapped(*args, **kwargs):
        if before:
            _maybe_die(rng, die)
        result = function(*args, **kwargs)
        if not before:
            _maybe_die(rng, die)
        return result

    return wrapped


def follow(app: Flask, journal: Journal, broken: str, rested: Path) -> None:
    """What every worker does with the log: remember how far, ask for what is behind. Ends when it finds nothing more although nothing more happens, as the file says."""
    reached = 0
    journal.line("ready")
    while True:
        last = rested.exists()
        with app.app_context():
            found = _by_id(reached) if broken == "id-cursor" else events.after(reached, 50)
            for entry in found:
                journal.line("saw", entry.position or 0, entry.id)
                reached = entry.id if broken == "id-cursor" else entry.position
        if last and not found:
            return
        time.sleep(0.005)


def _by_id(reached: int) -> list:
    """The mistake: ids are given before the commit, so a lower one can appear behind a higher one."""
    return list(db.session.scalars(select(events.Event).where(events.Event.id > reached).order_by(events.Event.id).limit(50)))


def _maybe_die(rng, chance: float) -> None:
    if chance and rng.random() < chance:
        os.kill(os.getpid(), signal.SIGKILL)


def main(role: str, url: str, path: str, *options: str) -> None:
    given = dict(option.split("=", 1) for option in options)
    app, journal = little_app(url), Journal(path)
    broken, die = given.get("broken", ""), float(given.get("die", 0))
    if role == "relay":
        relay_for_ever(app, journal, die)
    elif role == "follow":
        follow(app, journal, broken, Path(path).with_name(RESTED))
    else:
        names = [f"{given['name']}.{index}" for index in range(int(given["threads"]))]
        arguments = [(app, journal, name, int(given["count"]), broken, die) for name in names]
        threads = [threading.Thread(target=write, args=each) for each in arguments]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
