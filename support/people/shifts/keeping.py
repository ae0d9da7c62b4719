"""Plans and exceptions as supervisors and administrators keep them; every change is an event of its person."""
from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from support.database import db, lock, transaction
from support.errors import Invalid, NotFound, Stale
from support.events import declare, record
from support.people.permissions import ACTS, demand
from support.people.person import Person
from support.people.shifts.models import ABSENCE, EXTRA, SWAP, TRAINING, ShiftException, ShiftPlan

CHANGED = declare("shifts.changed", "when a member of staff works was changed (subject: person)", _l("{actor} changed shifts"))
KINDS = {ABSENCE: _l("Absence"), TRAINING: _l("Training"), SWAP: _l("Swapped shift"), EXTRA: _l("Extra shift")}
PLAN_FIELDS = ("zone", "week", "breaks", "valid_from", "valid_until")
MOST_DAYS = 366  # of one exception


def find_plan(by, person_id: int, plan_id: int) -> ShiftPlan:
    demand(by, "board")
    plan = db.session.get(ShiftPlan, plan_id)
    if plan is None or plan.person_id != person_id:
        raise NotFound()
    return plan


def listed(by, person_id: int, since) -> tuple[Person, list[ShiftPlan], list[ShiftException]]:
    """One member of staff who does work, all plans, and the exceptions that are not over on that day. NotFound for anybody else."""
    demand(by, "board")
    person = db.session.get(Person, person_id)
    if person is None or person.role not in ACTS["desk"]:
        raise NotFound()
    plans = db.session.scalars(select(ShiftPlan).where(ShiftPlan.person_id == person_id).order_by(ShiftPlan.valid_from, ShiftPlan.id))
    exceptions = select(ShiftException).where(ShiftException.person_id == person_id, ShiftException.last_day >= since)
    return person, list(plans), list(db.session.scalars(exceptions.order_by(ShiftException.first_day, ShiftException.id)))


def save_plan(by, person_id: int, values: dict, plan_id: int | None = None, version: int | None = None) -> ShiftPlan:
    """Make or change a plan. `values`: PLAN_FIELDS, slots as `calendars` keeps them. Raises Invalid, NotFound, and Stale when somebody was faster."""
    demand(by, "board")
    with transaction() as session:
        _worker(session, person_id)
        plan = lock(session, ShiftPlan, plan_id) if plan_id is not None else ShiftPlan(person_id=person_id)
        if plan.person_id != person_id:
            raise NotFound()
        if plan_id is not None and version is not None and version != plan.version:
            raise Stale()
        errors = {}
        if not any(values["week"].values()):
            errors["day_0"] = _("Write the hours of at least one day.")
        if values["valid_until"] is not None and values["valid_until"] < values["valid_from"]:
            errors["valid_until"] = _("The last day lies before the first.")
        if errors:
            raise Invalid(errors)
        for name in PLAN_FIELDS:
            setattr(plan, name, values[name])
        session.add(plan)
        record(CHANGED, subject=("person", person_id), actor=by)
    return plan


def remove_plan(by, person_id: int, plan_id: int) -> None:
    """Forget a plan as if it had never been. To end one, give it a last day."""
    demand(by, "board")
    with transaction() as session:
        plan = lock(session, ShiftPlan, plan_id)
        if plan.person_id != person_id:
            raise NotFound()
        session.delete(plan)
        record(CHANGED, subject=("person", person_id), actor=by)


def add_exception(by, person_id: int, values: dict) -> ShiftException:
    """`values`: kind, zone, first_day, last_day (None: the same), slots, breaks. Raises Invalid, NotFound."""
    demand(by, "board")
    values = {**values, "last_day": values["last_day"] or values["first_day"]}
    with transaction() as session:
        _worker(session, person_id)
        errors = {}
        if values["last_day"] < values["first_day"]:
            errors["last_day"] = _("The last day lies before the first.")
        elif values["last_day"] - values["first_day"] > timedelta(days=MOST_DAYS):
            errors["last_day"] = _("Choose at most a year; a longer change is a plan of its own.")
        if values["kind"] in (SWAP, EXTRA) and not values["slots"]:
            errors["slots"] = _("Write from when until when, like 08:00-12:00.")
        if errors:
            raise Invalid(errors)
        exception = ShiftException(person_id=person_id, **values)
        session.add(exception)
        record(CHANGED, subject=("person", person_id), actor=by)
    return exception


def remove_exception(by, person_id: int, exception_id: int) -> None:
    demand(by, "board")
    with transaction() as session:
        exception = lock(session, ShiftException, exception_id)
        if exception.person_id != person_id:
            raise NotFound()
        session.delete(exception)
        record(CHANGED, subject=("person", person_id), actor=by)


def workers(by) -> Iterable[Person]:
    """Everybody who has a desk and so may have shifts, by name."""
    demand(by, "board")
    return list(db.session.scalars(select(Person).where(Person.role.in_(ACTS["desk"]), Person.active).order_by(Person.name, Person.id)))


def _worker(session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.role not in ACTS["desk"]:
        raise NotFound()
    return person
