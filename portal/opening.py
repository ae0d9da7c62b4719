"""Opening hours and the ways to reach us. For everybody."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask_babel import get_locale

from support import calendars, routing, shop
from support.clock import now
from support.web.identity import EVERYBODY, allow

bp = Blueprint("portal_opening", __name__, template_folder="templates")

DAYS_SHOWN = 7
HOLIDAYS_AHEAD_DAYS = 180


@bp.get("/hours")
@allow(*EVERYBODY)
def hours():
    opening = _opening()
    if opening is None:
        return render_template("portal/opening/hours.html", opening=None)
    today = opening.local(now()).date()
    week = [opening.describe_day(today + timedelta(days=n)) for n in range(DAYS_SHOWN)]
    closed = calendars.closed_ahead(opening, today, HOLIDAYS_AHEAD_DAYS)
    return render_template("portal/opening/hours.html", opening=opening, week=week, closed=closed, today=today, state=_state(opening))


@bp.get("/contact")
@allow(*EVERYBODY)
def contact():
    opening = _opening()
    ours = shop.profile()
    state = _state(opening) if opening else None
    return render_template("portal/opening/contact.html", state=state, waits=routing.public_waits(), mail=ours.mail, phone=ours.phone)


def _opening():
    """The hours of the shop, holidays named in the reader's language; None where nobody has set them yet."""
    calendar = calendars.default_calendar()
    return calendar and calendar.hours(calendars.holiday_language(calendar.country, str(get_locale())))


def _state(opening) -> dict:
    at = now()
    return {"now": at, "is_open": opening.is_open(at), "until": opening.open_until(at), "opens": opening.next_opening(at)}
