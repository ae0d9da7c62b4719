"""Business time: when is somebody there, and how many open seconds lie between two instants.

Routing, targets, figures and the hours page ask `Calendar.hours()`; the administration keeps the rows by `save_calendar`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from support.calendars import cast
from support.calendars.hours import Day, Hours, Interval, instant
from support.calendars.intervals import common, joined, without
from support.calendars.model import Calendar
from support.calendars.public_holidays import countries, holiday_language, public_holidays
from support.calendars.slots import read_closed_days, read_slots, same_days, week_of, write_closed_days, write_slots
from support.database import existing, lock, transaction
from support.demo import part
from support.errors import Invalid, Stale
from support.events import declare, record
from support.kept import Kept
from support.listing import Listing

__all__ = [
    "CHANGED", "Calendar", "Day", "Hours", "Interval", "all_calendars", "closed_ahead", "common", "countries", "default_calendar", "find_calendar",
    "holiday_language", "init_app", "instant", "joined", "list_calendars", "public_holidays", "read_closed_days", "read_slots", "same_days", "save_calendar",
    "week_of", "without", "write_closed_days", "write_slots",
]

CHANGED = declare("calendar.changed", "opening hours were made or changed (subject: calendar)", _l("{actor} changed opening hours"))


def init_app(app, settings) -> None:
    part(app, 25, cast.calendars)


_kept = Kept(lambda session: list(session.scalars(select(Calendar).order_by(Calendar.name))), models=(Calendar,), kinds=(CHANGED,))


def all_calendars() -> list[Calendar]:
    """Every calendar, by name, to look at and choose from; kept in memory. To change one, `save_calendar`."""
    return list(_kept())


def list_calendars(args: Mapping) -> Listing:
    """All calendars, for the administration's list."""
    return Listing(args, sorts={"name": Calendar.name, "zone": Calendar.zone}, default="name", search=[Calendar.name]).apply(select(Calendar))


def default_calendar() -> Calendar | None:
    """The calendar of the shop itself: the oldest one. None in an installation that has none yet."""
    return min(_kept(), key=lambda calendar: calendar.id, default=None)


def find_calendar(calendar_id: int) -> Calendar:
    """Raises NotFound."""
    return existing(Calendar, calendar_id)


def save_calendar(actor, values: dict, calendar_id: int | None = None, version: int | None = None) -> Calendar:
    """Make or change a calendar. `values` are columns; raises Invalid for a name in use, Stale when somebody was faster."""
    with transaction() as session:
        calendar = lock(session, Calendar, calendar_id) if calendar_id else Calendar()
        if calendar_id and version is not None and version != calendar.version:
            raise Stale()
        namesake = session.scalar(select(Calendar.id).where(Calendar.name == values["name"]))
        if namesake not in (None, calendar_id):
            raise Invalid({"name": _("Another calendar has this name.")})
        for column, value in values.items():
            setattr(calendar, column, value)
        session.add(calendar)
        session.flush()
        record(CHANGED, subject=("calendar", calendar.id), actor=actor)
    return calendar


def closed_ahead(hours: Hours, start: date, days: int = 90) -> list[Day]:
    """The holidays and own closed days to come on which somebody would otherwise be there."""
    ahead = (hours.describe_day(start + timedelta(days=n)) for n in range(days))
    return [day for day in ahead if day.holiday and hours.week.get(day.date.weekday())]
