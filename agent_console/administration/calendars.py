"""Opening hours: slots per weekday, holidays of a country, own closed days. For administrators."""

from datetime import timedelta
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from agent_console.administration.week import WEEKDAYS, read_week
from support import calendars, shop
from support.clock import now
from support.errors import Invalid
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_calendars", __name__, template_folder="../templates", url_prefix="/admin/calendars")

CLOSED_AHEAD_DAYS = 180


class CalendarForm(forms.Form):
    name = forms.Text(required=True, most=80)
    zone = forms.Choice(available_timezones, required=True)
    country = forms.Choice(calendars.countries)
    subdivision = forms.Text(most=60)
    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = (forms.Text(most=120) for _day in range(7))
    closed_days = forms.Text(lines=True, most=10_000)
    version = forms.Whole()


@bp.get("")
@allow("administrator")
def index():
    listing = calendars.list_calendars(request.args)
    return render_template("administration/calendars/index.html", listing=listing, weekdays=WEEKDAYS, same_days=calendars.same_days, now=now())


@bp.get("/new")
@allow("administrator")
def new():
    ours = shop.profile()
    return _form(None, {"zone": ours.zone, "country": ours.country})


@bp.post("")
@allow("administrator")
@forms.reshow(new)
def create():
    calendar = calendars.save_calendar(me(), _read()[0])
    flash(_("“%(name)s” is made.", name=calendar.name), "good")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:calendar_id>")
@allow("administrator")
def edit(calendar_id):
    calendar = calendars.find_calendar(calendar_id)
    days = {f"day_{day}": calendars.write_slots(calendar.week.get(str(day))) for day in range(7)}
    columns = {name: getattr(calendar, name) for name in ("name", "zone", "country", "subdivision", "version")}
    return _form(calendar, {**columns, **days, "closed_days": calendars.write_closed_days(calendar.closed_days)})


@bp.post("/<int:calendar_id>")
@allow("administrator")
@forms.reshow(edit)
def change(calendar_id):
    values, version = _read()
    calendar = calendars.save_calendar(me(), values, calendar_id, version)
    flash(_("“%(name)s” is saved.", name=calendar.name), "good")
    return redirect(url_for(".index"), 303)


def _form(calendar, values: dict):
    names = get_locale().territories
    known = sorted(((code, names.get(code, code)) for code in calendars.countries()), key=lambda pair: pair[1])
    return forms.answer(
        "administration/calendars/form.html", values=values, calendar=calendar, weekdays=WEEKDAYS, ahead=_ahead(calendar),
        zones=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())], countries=[("", _("No public holidays")), *known],
    )


def _ahead(calendar) -> list:
    """The closed days to come, as the saved calendar sees them."""
    if calendar is None:
        return []
    hours = calendar.hours(calendars.holiday_language(calendar.country, str(get_locale())))
    return calendars.closed_ahead(hours, hours.local(now()).date() + timedelta(days=1), CLOSED_AHEAD_DAYS)


def _read() -> tuple[dict, int | None]:
    """The columns, and the version the form was made from. Every wrong day is told at once."""
    sent = forms.read(CalendarForm)
    errors, closed = {}, {}
    week = read_week(sent, errors)
    try:
        closed = calendars.read_closed_days("closed_days", sent["closed_days"])
    except Invalid as error:
        errors.update(error.errors)
    parts = calendars.countries().get(sent["country"], ())
    if sent["subdivision"] and sent["subdivision"] not in parts:
        errors["subdivision"] = _("This country has no part of that name. Known are: %(parts)s.", parts=", ".join(parts) or _("none"))
    if errors:
        raise Invalid(errors)
    columns = {name: sent[name] for name in ("name", "zone", "country", "subdivision")}
    return {**columns, "week": week, "closed_days": closed}, sent["version"]
