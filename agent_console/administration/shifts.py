"""Shifts: a week as people × days, and the plans and exceptions of one person. For supervisors and administrators."""
from datetime import date, timedelta
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from agent_console.administration.week import WEEKDAYS, read_week
from support import calendars, shop
from support.clock import now
from support.errors import Invalid
from support.people import shifts
from support.web import forms
from support.web.identity import allow, me

bp = Blueprint("admin_shifts", __name__, template_folder="../templates", url_prefix="/admin/shifts")


class PlanForm(forms.Form):
    zone = forms.Choice(available_timezones)
    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = (forms.Text(most=120) for _day in range(7))
    breaks = forms.Text(most=120)
    valid_from = forms.Day(required=True)
    valid_until = forms.Day()
    version = forms.Whole()


class ExceptionForm(forms.Form):
    kind = forms.Choice(list(shifts.KINDS), required=True)
    first_day = forms.Day(required=True)
    last_day = forms.Day()
    slots = forms.Text(most=120)
    pauses = forms.Text(most=120)
    zone = forms.Choice(available_timezones)


@bp.get("")
@allow("supervisor", "administrator")
def index():
    week = shifts.week(me(), _asked_day())
    step = timedelta(days=7)
    return forms.answer("administration/shifts/index.html", week=week, before=week.first - step, after=week.first + step, kinds=shifts.KINDS)


@bp.get("/<int:person_id>")
@allow("supervisor", "administrator")
def show(person_id: int):
    person, plans, exceptions = shifts.listed(me(), person_id, _today())
    return forms.answer(
        "administration/shifts/show.html", values={"kind": "absence", "first_day": _today()}, person=person, plans=plans, exceptions=exceptions, kinds=shifts.KINDS,
        weekdays=WEEKDAYS, same_days=calendars.same_days, write_slots=calendars.write_slots, zones=_zones(person), our_zone=shop.profile().zone, today=_today(),
    )


@bp.get("/<int:person_id>/plans/new")
@allow("supervisor", "administrator")
def new(person_id: int):
    return _form(shifts.listed(me(), person_id, _today())[0], None, {"valid_from": _today()})


@bp.post("/<int:person_id>/plans/new")
@allow("supervisor", "administrator")
@forms.reshow(new)
def make(person_id: int):
    shifts.save_plan(me(), person_id, _read()[0])
    flash(_("The plan is made."), "good")
    return redirect(url_for(".show", person_id=person_id), 303)


@bp.get("/<int:person_id>/plans/<int:plan_id>")
@allow("supervisor", "administrator")
def edit(person_id: int, plan_id: int):
    plan = shifts.find_plan(me(), person_id, plan_id)
    days = {f"day_{day}": calendars.write_slots(plan.week.get(str(day))) for day in range(7)}
    columns = {name: getattr(plan, name) for name in ("zone", "valid_from", "valid_until", "version")}
    return _form(shifts.listed(me(), person_id, _today())[0], plan, {**columns, **days, "breaks": calendars.write_slots(plan.breaks)})


@bp.post("/<int:person_id>/plans/<int:plan_id>")
@allow("supervisor", "administrator")
@forms.reshow(edit)
def change(person_id: int, plan_id: int):
    values, version = _read()
    shifts.save_plan(me(), person_id, values, plan_id, version)
    flash(_("The plan is saved."), "good")
    return redirect(url_for(".show", person_id=person_id), 303)


@bp.post("/<int:person_id>/plans/<int:plan_id>/removal")
@allow("supervisor", "administrator")
def remove(person_id: int, plan_id: int):
    shifts.remove_plan(me(), person_id, plan_id)
    flash(_("The plan is removed."), "good")
    return redirect(url_for(".show", person_id=person_id), 303)


@bp.post("/<int:person_id>/exceptions")
@allow("supervisor", "administrator")
@forms.reshow(show)
def add_exception(person_id: int):
    sent = forms.read(ExceptionForm)
    errors = {}
    slots, breaks = (_slots(name, sent.pop(name), errors) for name in ("slots", "pauses"))
    if errors:
        raise Invalid(errors)
    shifts.add_exception(me(), person_id, {**sent, "slots": slots, "breaks": breaks})
    flash(_("It is written down."), "good")
    return redirect(url_for(".show", person_id=person_id), 303)


@bp.post("/<int:person_id>/exceptions/<int:exception_id>/removal")
@allow("supervisor", "administrator")
def remove_exception(person_id: int, exception_id: int):
    shifts.remove_exception(me(), person_id, exception_id)
    flash(_("It is as planned again."), "good")
    return redirect(url_for(".show", person_id=person_id), 303)


def _form(person, plan, values: dict):
    return forms.answer("administration/shifts/form.html", values=values, person=person, plan=plan, weekdays=WEEKDAYS, zones=_zones(person))


def _read() -> tuple[dict, int | None]:
    """The columns, and the version the form was made from. Every wrong day is told at once."""
    sent = forms.read(PlanForm)
    errors = {}
    week, breaks = read_week(sent, errors), _slots("breaks", sent["breaks"], errors)
    if errors:
        raise Invalid(errors)
    return {**{name: sent[name] for name in ("zone", "valid_from", "valid_until")}, "week": week, "breaks": breaks}, sent["version"]


def _slots(name: str, text: str, errors: dict) -> list:
    try:
        return calendars.read_slots(name, text)
    except Invalid as error:
        errors.update(error.errors)
        return []


def _zones(person) -> list[tuple[str, str]]:
    """The shop's zone, the person's own, then all others."""
    own = [person.zone] if person.zone else []
    named = [(zone, zone.replace("_", " ")) for zone in [*own, *sorted(available_timezones() - set(own))]]
    return [("", _("The shop’s own, %(zone)s", zone=shop.profile().zone.replace("_", " "))), *named]


def _asked_day() -> date | None:
    """The day in the address; one that nobody can plan for counts as none."""
    try:
        day = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _today() -> date:
    return now().astimezone(shop.profile().zone_info).date()
