"""Imports of one source at the same time, and beside a process that was frozen while it stored something."""
import io
import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import select, text

from support import database, importing
from support.clock import now
from support.database import db, transaction
from support.errors import Unavailable
from support.importing import Mapping
from support.importing.claiming import take_turn
from support.importing.mapping import SavedMapping, keep
from tests.importing.made import RETAIL, retail, written
from tests.people.at_once import at_once
from tests.recovery.caller import until

IDLE = 2.0  # seconds after which who holds a lock loses it, in these tests
AGAIN = 0.2  # seconds after which who waits for one looks again


def test_two_first_imports_of_a_source_keep_their_mapping_at_once(any_app):
    first = threading.Event()

    def slow():
        with transaction() as session:
            keep(session, Mapping("orders", "new_shop", {"title": "One"}))
            session.flush()
            first.set()
            time.sleep(0.5)

    def quick():
        first.wait(5)
        with transaction() as session:
            keep(session, Mapping("orders", "new_shop", {"title": "Two"}))

    assert at_once(any_app, slow, quick) == [None, None]
    with any_app.app_context():
        kept = db.session.scalar(select(SavedMapping).where(SavedMapping.source == "new_shop"))
        assert 'title = "Two"' in kept.text
        before = kept.changed_at
        with transaction() as session:
            keep(session, Mapping("orders", "new_shop", {"title": "Two"}))
        assert db.session.scalar(select(SavedMapping.changed_at).where(SavedMapping.source == "new_shop")) == before < now()


@pytest.fixture
def waits(app, person, tmp_path):
    """A run that is started, of a source whose mapping is kept already."""
    path, arno = written(tmp_path / "some.csv", RETAIL, retail(50)), person(app, "arno")
    with app.app_context():
        for _time in range(2):
            run_id = importing.upload(arno, "orders", "some.csv", io.BytesIO(path.read_bytes())).id
            importing.start(arno, run_id, dry=False)
            if not _time:
                importing.run_waiting()
    return run_id


@pytest.fixture
def frozen(app, monkeypatch):
    """A transaction that has the turn of this source, and does nothing until `frozen.ends`; `frozen()` returns when it has it. What it holds can be taken from it with `loses=True` only."""
    monkeypatch.setattr(database, "LOCKS", database.LOCKS.replace("30s", f"{AGAIN * 1000:.0f}ms").replace("120s", f"{IDLE * 1000:.0f}ms"))
    threads, ends = [], threading.Event()

    def freeze(loses: bool = False):
        has_it = threading.Event()

        def hold():
            with suppress(Unavailable), app.app_context(), transaction() as session:  # the database may end it meanwhile
                if not loses:
                    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                take_turn(session, "orders", "online_retail")
                has_it.set()
                ends.wait(60)
                session.rollback()

        threads.append(threading.Thread(target=hold))
        threads[0].start()
        assert has_it.wait(5)

    freeze.ends, freeze.holds = ends, lambda: threads[0].is_alive()
    yield freeze
    ends.set()
    for thread in threads:
        thread.join()


def somebody_waits(app) -> bool:
    """Whether an import stands before the turn that somebody else has."""
    with app.app_context():
        return db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")) > 0


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_an_import_waits_as_long_as_another_one_stores(app, waits, frozen):
    frozen()

    def end():
        until(lambda: somebody_waits(app), "the import waits")
        time.sleep(2 * AGAIN)  # and looks again more than once
        frozen.ends.set()

    with app.app_context():
        ending = threading.Thread(target=end)
        ending.start()
        assert importing.run(waits).state == "done"
        assert frozen.ends.is_set(), "not before"
    ending.join()


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_an_import_can_be_stopped_while_it_waits(app, person, waits, frozen):
    frozen()
    with app.app_context():
        arno = person(app, "arno")

    def stop():
        until(lambda: somebody_waits(app), "the import waits")
        importing.stop(arno, waits)

    done, _stopped = at_once(app, lambda: importing.run(waits), stop)
    assert (done.state, done.position) == ("stopped", 0)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_who_holds_a_lock_and_does_nothing_loses_it(app, waits, frozen):
    frozen(loses=True)
    with app.app_context():
        assert importing.run(waits).state == "done"
    assert frozen.holds(), "it had not let go by itself"


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_an_import_that_was_frozen_goes_on(app, waits, frozen, monkeypatch):
    importer, times = type(app.extensions["importing"]["orders"]), []
    load = importer.load

    def freeze(self, rows, run):
        times.append(1)
        if len(times) == 1:
            time.sleep(1.5 * IDLE)
        return load(self, rows, run)

    monkeypatch.setattr(importer, "load", freeze)
    with app.app_context():
        done = importing.run(waits)
        assert (done.state, done.unchanged, done.rejected) == ("done", done.rows, 0) and len(times) == 2


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_an_import_is_started_while_another_one_stores(app, person, tmp_path, waits, frozen):
    arno, content = person(app, "arno"), written(tmp_path / "other.csv", RETAIL, retail(20)).read_bytes()
    frozen()
    with app.app_context():
        run_id = importing.upload(arno, "orders", "other.csv", io.BytesIO(content)).id
        assert importing.start(arno, run_id, dry=False).state == "waiting"


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_page_that_waits_too_long_for_a_lock_says_so(app, frozen):
    frozen()
    with app.app_context(), pytest.raises(Unavailable), transaction() as session:
        take_turn(session, "orders", "online_retail")
