"""Writers of one process stand in line for SQLite's only lock."""
import threading
import time

import pytest
from sqlalchemy import text

from support import database
from support.database import transaction
from support.errors import Unavailable
from support.turns import Turns


def test_whoever_waits_longest_is_next():
    turns, came = Turns(), []
    assert turns.take(1)

    def wait(nth: int) -> None:
        turns.take(30)
        came.append(nth)
        turns.give()

    waiting = []
    for nth in range(20):
        waiting.append(threading.Thread(target=wait, args=(nth,)))
        waiting[-1].start()
        while len(turns._line) <= nth:
            time.sleep(0.001)
    turns.give()
    for thread in waiting:
        thread.join(30)
    assert came == list(range(20))


def test_whoever_gives_up_leaves_the_line_to_the_others():
    turns = Turns()
    assert turns.take(1) and not turns.take(0.01)
    turns.give()
    assert turns.take(0), "nobody is left in line"


def test_a_writer_for_whom_it_takes_too_long_hears_a_sentence_and_not_an_error(app, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with app.app_context():
        app.extensions["turns"].take(1)
        with pytest.raises(Unavailable), transaction():
            pass
        app.extensions["turns"].give()
        with transaction() as session:
            session.execute(text("SELECT 1"))


def test_the_turn_is_given_back_after_a_failure(app):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            1 / 0  # noqa: B018
        with transaction():
            pass
