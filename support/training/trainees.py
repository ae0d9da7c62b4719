"""Who is in training: by the switch with a mentor and a last day, or because nothing but learner's certificates (levels 1 and 2) is held.

Routing gives them one chat at a time; supervisors and the mentor find what they have in hand.
"""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, null, select

from support.clock import now
from support.database import db, transaction
from support.errors import Invalid
from support.events import record
from support.kept import Kept
from support.people.permissions import ACTS, demand
from support.people.person import Person
from support.training import certificates, kinds, levels
from support.training.models import Certificate, Skill, Traineeship, valid_at

LEARNER = 2  # the highest level that does not make somebody independent


@dataclass(frozen=True)
class Trainee:
    """Somebody in training. `until` is the end of the last day of the switch; `by_level`: also without it, since every certificate is a learner's."""

    mentor_id: int | None = None
    until: datetime | None = None
    by_level: bool = False


# One statement for both, since an offer asks inside its transaction: the switches, and which skills are languages (they say nothing about experience).
_standing = Kept(
    lambda session: _read(session), models=(Traineeship, Skill), kinds=(kinds.TRAINEE_CHANGED, kinds.SKILL_CHANGED)
)


def among(held: Mapping[int, Mapping[int, int]], at: datetime) -> dict[int, Trainee]:
    """{person: Trainee} of all who are in training, out of what everybody holds at that instant: {person: {skill: level}}."""
    switches, languages = _standing()
    found = {}
    for person_id in held.keys() | switches.keys():
        mentor_id, until = switches.get(person_id, (None, None))
        is_on = person_id in switches and (until is None or until > at)
        subjects = [level for skill_id, level in held.get(person_id, {}).items() if skill_id not in languages]
        by_level = bool(subjects) and max(subjects) <= LEARNER
        if is_on or by_level:
            found[person_id] = Trainee(mentor_id if is_on else None, until if is_on else None, by_level)
    return found


def of(person_ids, at: datetime) -> dict[int, Trainee]:
    """The same for some people; one statement, for their levels."""
    held: dict[int, dict[int, int]] = {number: {} for number in person_ids}
    for (person_id, skill_id), level in levels.levels(held, at).items():
        held[person_id][skill_id] = level
    return {person_id: trainee for person_id, trainee in among(held, at).items() if person_id in held}


def everybody(at: datetime) -> dict[int, Trainee]:
    """All of the staff who are in training now; one statement."""
    staff = select(Person.id).where(Person.role.in_(ACTS["desk"]), Person.active)
    held: dict[int, dict[int, int]] = {}
    query = select(Certificate.person_id, Certificate.skill_id, func.max(Certificate.level)).where(Certificate.person_id.in_(staff), valid_at(at))
    for person_id, skill_id, level in db.session.execute(query.group_by(Certificate.person_id, Certificate.skill_id)):
        held.setdefault(person_id, {})[skill_id] = level
    return among(held, at)


def mentored_by(person, at: datetime) -> list[int]:
    """Whom this person looks after now; asks nobody but the memory of the process."""
    switches, _languages = _standing()
    return sorted(person_id for person_id, (mentor_id, until) in switches.items() if mentor_id == person.id and (until is None or until > at))


def switch(person_id: int, at: datetime) -> tuple[int | None, date | None] | None:
    """The switch of one person as a form shows it: (mentor, last day); None when it is off."""
    switches, _languages = _standing()
    mentor_id, until = switches.get(person_id, (None, None))
    is_on = person_id in switches and (until is None or until > at)
    return (mentor_id, certificates.day_before(until)) if is_on else None


def put(by, person_id: int, *, on: bool, mentor_id: int | None = None, until: date | None = None) -> None:
    """Say that somebody is in training, until the end of a day (None: until further notice), or no more. Raises Invalid, NotFound."""
    demand(by, "board")
    with transaction() as session:
        holder = certificates.find_holder(by, person_id)
        end = certificates.end_of(until) if on and until else None
        if errors := _errors(session, holder, mentor_id, end) if on else {}:
            raise Invalid(errors)
        row = session.get(Traineeship, holder.id, with_for_update=True)
        if not on:
            if row is None:
                return
            session.delete(row)
        else:
            row = row or Traineeship(person_id=holder.id)
            row.mentor_id, row.until = mentor_id, end
            session.add(row)
        record(
            kinds.TRAINEE_CHANGED, subject=("person", holder.id), actor=by, on=on, mentor_id=mentor_id if on else None, until=end.isoformat() if end else None
        )


def _read(session) -> tuple[dict[int, tuple[int | None, datetime | None]], frozenset[int]]:
    languages = select(Skill.id, null(), null(), null()).where(Skill.kind == "language")
    rows = session.execute(select(Traineeship.person_id, Traineeship.person_id, Traineeship.mentor_id, Traineeship.until).union_all(languages)).all()
    switches = {person_id: (mentor_id, until) for _row, person_id, mentor_id, until in rows if person_id is not None}
    return switches, frozenset(row[0] for row in rows if row[1] is None)


def _errors(session, holder: Person, mentor_id: int | None, end: datetime | None) -> dict[str, str]:
    errors = {}
    mentor = session.get(Person, mentor_id) if mentor_id else None
    if mentor_id and (mentor is None or mentor.role not in ACTS["desk"] or not mentor.active):
        errors["mentor_id"] = _("Choose somebody who works at a desk")
    elif mentor_id == holder.id:
        errors["mentor_id"] = _("Nobody is their own mentor")
    if end is not None and end <= now():
        errors["until"] = _("Choose a last day from today on")
    return errors
