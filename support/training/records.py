"""Training records: who is enrolled in which course, and what came of it.

Each verb is one transaction. Passing grants the certificates of the course in the same commit, once: the record is locked, and a certificate knows it.
"""
import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload

from support import shop
from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove, Invalid, NotAllowed, NotFound
from support.events import record
from support.listing import Listing
from support.people.permissions import demand, may
from support.people.person import Person
from support.training import certificates, courses, kinds
from support.training.models import ENROLLED, FAILED, PASSED, STATES, WITHDRAWN, Certificate, Course, CourseGives, TrainingRecord

MOVES = {ENROLLED: {PASSED, FAILED, WITHDRAWN}, PASSED: set(), FAILED: set(), WITHDRAWN: set()}
KINDS = {PASSED: kinds.PASSED, FAILED: kinds.FAILED, WITHDRAWN: kinds.WITHDRAWN}
VIEWS = (*STATES, "overdue", "wished")
COLUMNS = ("person", "course", "state", "enrolled_on", "enrolled_by", "last_day", "ended_on", "score", "attested_by")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


def visible_to(person) -> Select:
    """All records for those who see the whole centre, one's own for the rest of the staff."""
    if not person.is_staff:
        raise NotFound()
    query = select(TrainingRecord)
    return query if may(person, "board") else query.where(TrainingRecord.person_id == person.id)


def find(person, record_id: int) -> TrainingRecord:
    """A record with its people and its course; the same NotFound for absent and somebody else's."""
    found = db.session.scalar(visible_to(person).where(TrainingRecord.id == record_id).options(*_shown()))
    if found is None:
        raise NotFound()
    return found


def list_records(person, args: Mapping) -> Listing:
    """For the records screen: `person` and `course` (ids) and `state` (STATES, overdue, wished) narrow it; newest first."""
    listing, query = _asked(person, args)
    return listing.apply(query)


def export(person, args: Mapping) -> str:
    """The same records as a table for spreadsheets, all pages of it. Days are days of the shop's zone."""
    _listing, query = _asked(person, args)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in db.session.scalars(query.order_by(TrainingRecord.enrolled_at, TrainingRecord.id)):
        cells = (
            row.person.name, row.course.name, row.state, _day(row.enrolled_at), row.enrolled_by.name, last_day(row) or "", _day(row.ended_at),
            "" if row.score is None else row.score, row.attested_by.name if row.attested_by else "",
        )
        writer.writerow(f"'{cell}" if str(cell).startswith(FORMULA) else cell for cell in cells)
    return file.getvalue()


def of(holder) -> list[TrainingRecord]:
    """All records of one person, what is open first, then the newest."""
    query = select(TrainingRecord).where(TrainingRecord.person_id == holder.id).options(*_shown())
    rows = db.session.scalars(query.order_by(TrainingRecord.enrolled_at.desc(), TrainingRecord.id.desc()))
    return sorted(rows, key=lambda row: row.state != ENROLLED)


def by_ids(ids) -> dict[int, TrainingRecord]:
    """Records by id, for the course beside a certificate."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    return {row.id: row for row in db.session.scalars(select(TrainingRecord).where(TrainingRecord.id.in_(wanted)).options(joinedload(TrainingRecord.course)))}


def renewals() -> list[tuple[Certificate, list[Course]]]:
    """Certificates in force that end within 30 days and that nothing goes on for, soonest first, with the courses that would renew them.

    Left out is what no course gives at that level, and who is enrolled in such a course already.
    """
    other = aliased(Certificate)
    goes_on = exists().where(
        other.person_id == Certificate.person_id, other.skill_id == Certificate.skill_id, other.level >= Certificate.level, other.id != Certificate.id,
        other.revoked_at.is_(None), other.valid_from <= Certificate.valid_until,
        or_(other.valid_until.is_(None), other.valid_until > Certificate.valid_until, and_(other.valid_until == Certificate.valid_until, other.id > Certificate.id)),
    )
    renews = and_(CourseGives.skill_id == Certificate.skill_id, CourseGives.level >= Certificate.level)
    attends = exists().where(
        TrainingRecord.person_id == Certificate.person_id, TrainingRecord.course_id == CourseGives.course_id, TrainingRecord.state == ENROLLED, renews
    )
    at = now()
    query = (
        select(Certificate, Course)
        .join(Person, Person.id == Certificate.person_id).join(CourseGives, renews).join(Course, Course.id == CourseGives.course_id)
        .where(
            Certificate.valid_until > at, Certificate.valid_until <= at + certificates.SOON, Certificate.revoked_at.is_(None), Person.active, Course.active,
            ~goes_on, ~attends.correlate(Certificate),
        )
        .options(joinedload(Certificate.skill)).order_by(Certificate.valid_until, Certificate.id, Course.name)
    )
    found: dict[int, tuple[Certificate, list[Course]]] = {}
    for certificate, course in db.session.execute(query):
        found.setdefault(certificate.id, (certificate, []))[1].append(course)
    return list(found.values())


def enrol(by, *, person_id: int, course_id: int, due: date | None = None) -> TrainingRecord:
    """Send somebody to a course. `due` is the last day to pass it, in the shop's zone. Raises Invalid."""
    demand(by, "board")
    return _enrol(by, person_id, course_id, due)


def ask(person, course_id: int) -> TrainingRecord:
    """A member of staff enrols himself. Raises Invalid."""
    if not person.is_staff:
        raise NotFound()
    return _enrol(person, person.id, course_id, None)


def attest(by, record_id: int, to: str, score: int | None = None) -> TrainingRecord:
    """Say how it ended: passed (which grants the certificates), failed, withdrawn. Nobody attests a course of his own.

    Raises Invalid (a score below the pass mark), IllegalMove when it has ended already, NotAllowed.
    """
    demand(by, "board")
    with transaction() as session:
        row = lock(session, TrainingRecord, find(by, record_id).id)
        if to != WITHDRAWN and row.person_id == by.id:
            raise NotAllowed(_("Somebody else has to attest a course of your own."))
        _move(row, to, by)
        course = session.get(Course, row.course_id)
        row.score = None if to == WITHDRAWN else score
        if to == PASSED:
            _demand_mark(course, score)
            today = row.ended_at.astimezone(shop.profile().zone_info).date()
            for given in course.gives:
                certificates.grant(
                    by, person_id=row.person_id, skill_id=given.skill_id, level=given.level, until=courses.last_day(course, today), record_id=row.id
                )
        _record(KINDS[to], row, by, **({} if row.score is None else {"score": row.score}))
    return row


def leave(person, record_id: int) -> TrainingRecord:
    """Somebody takes back a wish of his own; what others asked of him only they end."""
    with transaction() as session:
        row = lock(session, TrainingRecord, find(person, record_id).id)
        if row.person_id != person.id or not row.is_own_wish:
            raise NotAllowed(_("Only who enrolled you can end this."))
        _move(row, WITHDRAWN, person)
        _record(kinds.WITHDRAWN, row, person)
    return row


def change_due(by, record_id: int, due: date | None) -> TrainingRecord:
    """Another last day for somebody who is enrolled; None takes it away. Raises Invalid, IllegalMove."""
    demand(by, "board")
    with transaction() as session:
        row = lock(session, TrainingRecord, find(by, record_id).id)
        if row.state != ENROLLED:
            raise IllegalMove(_("This course has ended for this person already."))
        row.due_at = _end(due)
        _record(kinds.DUE_CHANGED, row, by, due=row.due_at.isoformat() if row.due_at else None)
    return row


def last_day(row: TrainingRecord) -> date | None:
    """The last day to pass it, in the shop's zone; None when there is none."""
    return certificates.day_before(row.due_at)


def _asked(person, args: Mapping) -> tuple[Listing, Select]:
    demand(person, "board")
    ids = {name: [str(number) for number in db.session.scalars(select(column).distinct())] for name, column in (("person", TrainingRecord.person_id), ("course", TrainingRecord.course_id))}
    sorts = {
        "person": Person.name, "course": Course.name, "state": TrainingRecord.state, "enrolled": TrainingRecord.enrolled_at, "due": TrainingRecord.due_at,
        "ended": TrainingRecord.ended_at, "score": TrainingRecord.score,
    }
    listing = Listing(args, sorts=sorts, default="-enrolled", search=[Person.name, Course.name], filters={"state": VIEWS, **ids})
    query = visible_to(person).join(TrainingRecord.person).join(TrainingRecord.course).options(*_shown())
    for name, column in (("person", TrainingRecord.person_id), ("course", TrainingRecord.course_id)):
        if name in listing.filters:
            query = query.where(column == int(listing.filters[name]))
    view = listing.filters.get("state")
    if view in STATES:
        query = query.where(TrainingRecord.state == view)
    elif view:
        narrowed = TrainingRecord.due_at <= now() if view == "overdue" else TrainingRecord.enrolled_by_id == TrainingRecord.person_id
        query = query.where(TrainingRecord.state == ENROLLED, narrowed)
    return listing, query


def _shown():
    """What a row shows beside itself."""
    return [joinedload(relation) for relation in (TrainingRecord.person, TrainingRecord.course, TrainingRecord.enrolled_by, TrainingRecord.attested_by)]


def _enrol(by, person_id: int, course_id: int, due: date | None) -> TrainingRecord:
    try:
        with transaction() as session:
            holder, course = session.get(Person, person_id), session.get(Course, course_id)
            errors = {}
            if holder is None or not holder.is_staff or not holder.active:
                errors["person_id"] = _("Choose a member of staff")
            if course is None or not course.active:
                errors["course_id"] = _("Choose a course")
            if errors:
                raise Invalid(errors)
            row = TrainingRecord(course_id=course_id, person_id=person_id, state=ENROLLED, enrolled_at=now(), enrolled_by_id=by.id, due_at=_end(due))
            session.add(row)
            session.flush()
            _record(kinds.ENROLLED, row, by, due=row.due_at.isoformat() if row.due_at else None)
    except IntegrityError as error:  # the index over open records is the arbiter
        raise Invalid({"course_id": _("This person is enrolled in the course already")}) from error
    return row


def _move(row: TrainingRecord, to: str, by) -> None:
    """The one path of a record; inside a transaction that holds its lock."""
    if to not in MOVES[row.state]:
        raise IllegalMove(_("This course has ended for this person already."))
    row.state, row.ended_at, row.attested_by_id = to, now(), by.id


def _demand_mark(course: Course, score: int | None) -> None:
    if course.pass_mark is not None and (score is None or score < course.pass_mark):
        raise Invalid({"score": _("Passing this course takes a score of at least %(mark)s", mark=course.pass_mark)})


def _end(due: date | None) -> datetime | None:
    end = certificates.end_of(due) if due else None
    if end is not None and end <= now():
        raise Invalid({"due": _("Choose a last day from today on")})
    return end


def _day(at: datetime | None) -> str:
    return at.astimezone(shop.profile().zone_info).date().isoformat() if at else ""


def _record(kind, row: TrainingRecord, by, **data) -> None:
    record(kind, subject=("training_record", row.id), actor=by, course_id=row.course_id, person_id=row.person_id, **data)
