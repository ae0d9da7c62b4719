"""Timed work: one process at a time, whatever the clock did, and nothing that waits holds up the rest."""
import threading
from datetime import timedelta

import pytest

from support import jobs
from support.database import db
from support.web import background
from tests.recovery.caller import until

YEAR = 365 * 86_400


@pytest.fixture
def work(any_app):
    """`work.ran` counts a job that is due every ten seconds; `work.during` is called while it runs."""
    return Work(any_app)


class Work:
    def __init__(self, app):
        self.app, self.ran, self.during = app, 0, lambda: None
        jobs.every(app, 10, "counted", self, lease=30)

    def __call__(self) -> None:
        self.ran += 1
        self.during()

    def look(self) -> None:
        with self.app.app_context():
            jobs.run_due(self.app)

    def row(self) -> jobs.Job:
        with self.app.app_context():
            return db.session.get(jobs.Job, "counted")


def test_work_is_done_when_it_is_due(work, clock):
    work.look()
    work.look()
    assert work.ran == 1
    clock.move(11)
    work.look()
    assert work.ran == 2


def test_a_clock_that_once_ran_ahead_stops_no_work(work, clock):
    clock.move(YEAR)
    work.look()
    clock.move(-YEAR)
    work.look()
    assert work.ran == 2
    work.look()
    assert work.ran == 2


def test_a_lease_of_a_clock_that_ran_ahead_ends_too(work, clock):
    clock.move(YEAR)
    work.during = lambda: (_ for _ in ()).throw(SystemExit)  # as a process that dies at its work
    with pytest.raises(SystemExit):
        work.look()
    work.during = lambda: None
    clock.move(-YEAR)
    work.look()
    assert work.ran == 2


def test_whoever_took_too_long_leaves_the_lease_of_the_next_alone(work, clock):
    def taken_over() -> None:
        clock.move(31)
        assert jobs._claim("counted", work.app.extensions["jobs"]["counted"]) is not None, "another process took over"

    work.during = taken_over
    work.look()
    row = work.row()
    assert row.leased_until is not None and row.leased_until - clock.now() > timedelta(seconds=25) and row.last_ended_at is None


def test_work_that_waits_for_others_holds_up_no_other(app):
    released, quick = threading.Event(), []
    jobs.every(app, 0.1, "waits", lambda: released.wait(30), apart=True)
    jobs.every(app, 0.1, "quick", lambda: quick.append(1))
    background.start(app, web=False, work=True)
    try:
        until(lambda: len(quick) > 2, "the other work goes on")
        assert not released.is_set()
    finally:
        released.set()
        background.stop(app)
