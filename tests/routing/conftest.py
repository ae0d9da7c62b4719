"""The router's tests run on both databases; the shop is open round the clock in them unless a test says otherwise."""
import pytest

from support.calendars import Calendar
from support.database import transaction
from tests.routing.desks import Desks

ALWAYS = {str(day): [["00:00", "00:00"]] for day in range(7)}


@pytest.fixture
def desks(any_app):
    with any_app.app_context(), transaction() as session:
        for calendar in session.query(Calendar):
            calendar.week, calendar.country, calendar.closed_days = ALWAYS, "", {}
    return Desks(any_app)
