"""The router's tests run on both databases, with a clock that stands still until the test moves it: a slow machine changes nothing.

The shop is open round the clock in them unless a test says otherwise.
"""
from datetime import datetime

import pytest

from support import clock
from support.calendars import Calendar
from support.database import transaction
from tests.routing.desks import Desks

ALWAYS = {str(day): [["00:00", "00:00"]] for day in range(7)}


@pytest.fixture
def standing_clock(monkeypatch):
    """`support.clock` sees one instant; `clock.move(seconds)` of the test still moves it."""
    instant = datetime.now(clock.UTC)

    class Standing(datetime):
        @classmethod
        def now(cls, tz=None):
            return instant

    monkeypatch.setattr(clock, "datetime", Standing)


@pytest.fixture
def desks(any_app, standing_clock):
    with any_app.app_context(), transaction() as session:
        for calendar in session.query(Calendar):
            calendar.week, calendar.country, calendar.closed_days = ALWAYS, "", {}
    return Desks(any_app)
