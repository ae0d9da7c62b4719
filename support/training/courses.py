"""The list of courses: what passing one gives, and for how long. Kept by administrators, asked for by training records."""
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from support.database import db, lock, transaction
from support.errors import Invalid, NotFound
from support.events import record
from support.listing import Listing
from support.people.permissions import demand
from support.training import kinds
from support.training.models import ENROLLED, LEVELS, UNITS, Course, CourseGives, Skill, TrainingRecord

FIELDS = ("name", "description", "valid_for", "valid_unit", "pass_mark", "active")
LONGEST = {"days": 3650, "months": 120}


def visible_to(person) -> Select:
    """All courses for those who see the whole centre; the ones one can still go to for the rest of the staff."""
    if not person.is_staff:
        raise NotFound()
    query = select(Course)
    return query if person.role in ("supervisor", "administrator") else query.where(Course.active)


def list_courses(person, args: Mapping) -> Listing:
    """Courses for the list of the administration; `state` (active, retired) and `skill` (an id) narrow it."""
    demand(person, "administer")
    sorts = {"name": Course.name, "mark": Course.pass_mark}
    skills = [str(number) for number in db.session.scalars(select(CourseGives.skill_id).distinct())]
    listing = Listing(args, sorts=sorts, default="name", search=[Course.name, Course.description], filters={"state": ("active", "retired"), "skill": skills})
    query = visible_to(person)
    if "state" in listing.filters:
        query = query.where(Course.active.is_(listing.filters["state"] == "active"))
    if "skill" in listing.filters:
        query = query.where(Course.gives.any(CourseGives.skill_id == int(listing.filters["skill"])))
    return listing.apply(query)


def find(person, course_id: int) -> Course:
    course = db.session.scalar(visible_to(person).where(Course.id == course_id))
    if course is None:
        raise NotFound()
    return course


def active(person) -> list[Course]:
    """Courses that somebody can be enrolled in, by name."""
    return list(db.session.scalars(visible_to(person).where(Course.active).order_by(Course.name)))


def attending(course_ids: list[int]) -> dict[int, int]:
    """{course: number of people who are enrolled now}, for the list."""
    query = select(TrainingRecord.course_id, func.count()).where(TrainingRecord.course_id.in_(course_ids), TrainingRecord.state == ENROLLED)
    return dict(db.session.execute(query.group_by(TrainingRecord.course_id)).all())


def last_day(course: Course, passed_on: date) -> date | None:
    """The last day on which what the course gives counts, if it is passed on that day; None: no end. A month ends with its last day."""
    if course.valid_for is None:
        return None
    if course.valid_unit == "days":
        return passed_on + timedelta(days=course.valid_for)
    years, month = divmod(passed_on.month - 1 + course.valid_for, 12)
    year, month = passed_on.year + years, month + 1
    return date(year, month, min(passed_on.day, monthrange(year, month)[1]))


def save(person, course_id: int | None, values: dict) -> Course:
    """Add (None) or change a course. `values`: FIELDS and `gives`, {skill id: level}. What was passed before stays as it was. Raises Invalid, NotFound."""
    demand(person, "administer")
    try:
        with transaction() as session:
            course = lock(session, Course, course_id) if course_id is not None else Course(gives=[])
            for name in FIELDS:
                setattr(course, name, values[name])
            if errors := _errors(session, course, values["gives"]):
                raise Invalid(errors)
            session.add(course)
            known = {row.skill_id: row for row in course.gives}
            course.gives[:] = [known.get(skill_id) or CourseGives(skill_id=skill_id) for skill_id in sorted(values["gives"])]
            for row in course.gives:
                row.level = values["gives"][row.skill_id]
            session.flush()
            record(kinds.COURSE_SAVED, subject=("course", course.id), actor=person, added=course_id is None)
    except IntegrityError as error:  # somebody took the name meanwhile
        raise Invalid({"name": _("There is a course of this name already")}) from error
    return course


def _errors(session, course: Course, gives: Mapping[int, int]) -> dict[str, str]:
    errors = {}
    with session.no_autoflush:
        same = select(Course.id).where(func.lower(Course.name) == course.name.lower(), Course.id != (course.id or 0))
        if session.scalar(same) is not None:
            errors["name"] = _("There is a course of this name already")
        if course.valid_unit not in UNITS:
            errors["valid_unit"] = _("Choose days or months")
        elif course.valid_for is not None and not 1 <= course.valid_for <= LONGEST[course.valid_unit]:
            errors["valid_for"] = _("Use a number from 1 to %(most)s.", most=LONGEST[course.valid_unit])
        known = set(session.scalars(select(Skill.id).where(Skill.id.in_(list(gives)))))
        if not gives or known != set(gives) or not set(gives.values()) <= set(LEVELS):
            errors["gives"] = _("Choose at least one skill that passing gives")
    return errors
