"""Giving and taking certificates, and the people × skills table. Used by administration and by passed courses."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from support import shop
from support.calendars.hours import instant
from support.clock import now
from support.database import db, lock, transaction
from support.errors import Invalid, NotFound
from support.events import record
from support.listing import Listing
from support.people.permissions import demand
from support.people.person import AGENT, SUPERVISOR, Person
from support.training import kinds
from support.training.models import LEVELS, Certificate, Skill, valid_at

SOON, PROPOSED, LATELY = timedelta(days=30), timedelta(days=365), timedelta(days=90)


def grant(
    person, *, person_id: int, skill_id: int, level: int, until: date | None = None, since: date | None = None, record_id: int | None = None
) -> Certificate:
    """Give a certificate. `until` is the last day on which it counts (None: no end), `since` the first (None: from this moment).

    By hand an administrator gives one; for a passed course, `record_id`, whoever may attest that. Days are days of the shop's zone.
    It never lowers what another valid certificate gives; revoke that one. Raises Invalid.
    """
    demand(person, "administer" if record_id is None else "board")
    with transaction() as session:
        valid_from = start_of(since) if since else now()
        valid_until = end_of(until) if until else None
        errors = _errors(session, person_id, skill_id, level, valid_from, valid_until)
        if errors:
            raise Invalid(errors)
        certificate = Certificate(
            person_id=person_id, skill_id=skill_id, level=level, valid_from=valid_from, valid_until=valid_until, attested_by_id=person.id, created_at=now(),
            record_id=record_id,
        )
        session.add(certificate)
        session.flush()
        _record(kinds.GRANTED, certificate, person)
    return certificate


def revoke(person, certificate_id: int) -> Certificate:
    """Take a certificate back from this moment; work in hand goes on. A second call changes nothing."""
    demand(person, "administer")
    with transaction() as session:
        certificate = lock(session, Certificate, certificate_id)
        if certificate.revoked_at is None:
            certificate.revoked_at = now()
            _record(kinds.REVOKED, certificate, person)
    return certificate


def list_holders(person, args: Mapping, skills: Iterable[Skill], teams: Mapping[str, Iterable[int]]) -> Listing:
    """Active staff who can do work, for the rows of the people × skills table.

    `skill` and `language` (ids) narrow it to those whose certificate counts now. `team` narrows it to those who hold or held one of a set of skills;
    `teams` gives the sets by name, an empty one stands for everybody. `sort=skill-<id>` orders by level.
    """
    demand(person, "board")
    skills = list(skills)
    sorts = {"name": Person.name, **{f"skill-{skill.id}": _level_now(skill.id) for skill in skills}}
    languages = [str(skill.id) for skill in skills if skill.kind == "language"]
    filters = {"skill": [str(skill.id) for skill in skills if skill.kind != "language"], "language": languages, "team": teams}
    listing = Listing(args, sorts=sorts, default="name", search=[Person.name], per_page=50, filters=filters)
    query = select(Person).where(Person.role.in_((AGENT, SUPERVISOR)), Person.active)
    for name in ("skill", "language"):
        if name in listing.filters:
            query = query.where(_holds(Certificate.skill_id == int(listing.filters[name]), valid_at(now())))
    if wanted := list(teams.get(listing.filters.get("team"), ())):
        query = query.where(_holds(Certificate.skill_id.in_(wanted), Certificate.revoked_at.is_(None)))
    return listing.apply(query)


def _level_now(skill_id: int):
    """The level of each person in one skill as a column to order by; NULL for none."""
    highest = select(func.max(Certificate.level)).where(Certificate.person_id == Person.id, Certificate.skill_id == skill_id, valid_at(now()))
    return highest.correlate(Person).scalar_subquery()


def _holds(*conditions):
    return select(Certificate.id).where(Certificate.person_id == Person.id, *conditions).correlate(Person).exists()


def find_holder(person, person_id: int) -> Person:
    """A member of staff whose certificates may be looked at; NotFound for anybody else."""
    demand(person, "board")
    holder = db.session.get(Person, person_id)
    if holder is None or not holder.is_staff:
        raise NotFound()
    return holder


def lapsing(within: timedelta = SOON) -> list[Certificate]:
    """Certificates in force that end within that time, soonest first, with their skill."""
    instant_now = now()
    query = select(Certificate).where(
        Certificate.valid_until > instant_now, Certificate.valid_until <= instant_now + within, Certificate.revoked_at.is_(None)
    )
    return list(db.session.scalars(query.options(joinedload(Certificate.skill)).order_by(Certificate.valid_until)))


def held_by(person_id: int, skill_id: int) -> list[Certificate]:
    """All certificates of one person in one skill, newest first, revoked and lapsed ones too."""
    query = select(Certificate).where(Certificate.person_id == person_id, Certificate.skill_id == skill_id)
    return list(db.session.scalars(query.order_by(Certificate.created_at.desc(), Certificate.id.desc())))


def of_record(record_id: int) -> list[Certificate]:
    """What a passed course gave, with the skills."""
    query = select(Certificate).where(Certificate.record_id == record_id).options(joinedload(Certificate.skill))
    return list(db.session.scalars(query.order_by(Certificate.skill_id)))


def in_force(person_id: int) -> list[Certificate]:
    """What one person holds now or held until lately (the last 90 days), with the skills: of each the best that counts, else the last that lapsed."""
    at = now()
    query = (
        select(Certificate).join(Skill, Skill.id == Certificate.skill_id)
        .where(
            Certificate.person_id == person_id, Certificate.revoked_at.is_(None), Certificate.valid_from <= at,
            or_(Certificate.valid_until.is_(None), Certificate.valid_until > at - LATELY),
        )
        .options(joinedload(Certificate.skill)).order_by(Skill.name)
    )
    best: dict[int, Certificate] = {}
    for certificate in db.session.scalars(query):
        known = best.get(certificate.skill_id)
        if known is None or _rank(certificate, at) > _rank(known, at):
            best[certificate.skill_id] = certificate
    return list(best.values())


def _rank(certificate: Certificate, at: datetime) -> tuple:
    end = certificate.valid_until
    return certificate.is_valid(at), certificate.level if certificate.is_valid(at) else 0, end is None, end or at


def state(certificate: Certificate) -> str:
    """How it stands now: valid, soon (ends within 30 days), lapsed, revoked, or to_come."""
    at = now()
    if certificate.revoked_at is not None and certificate.revoked_at <= at:
        return "revoked"
    if certificate.valid_from > at:
        return "to_come"
    if not certificate.is_valid(at):
        return "lapsed"
    return "soon" if certificate.valid_until is not None and certificate.valid_until <= at + SOON else "valid"


@dataclass(frozen=True)
class Cell:
    """One field of the people × skills table. `state`: none, valid, soon (ends within 30 days), lapsed. `days_left`: how many days after this one it counts."""

    state: str
    level: int = 0
    last_day: date | None = None
    days_left: int | None = None


def matrix(people: Iterable[Person], skills: Iterable[Skill]) -> dict[tuple[int, int], Cell]:
    """{(person, skill): Cell} for a table; one statement."""
    people, skills, at = list(people), list(skills), now()
    query = select(Certificate).where(
        Certificate.person_id.in_([p.id for p in people]), Certificate.skill_id.in_([s.id for s in skills]),
        Certificate.revoked_at.is_(None), Certificate.valid_from <= at,
    )
    held: dict[tuple[int, int], list[Certificate]] = {}
    for certificate in db.session.scalars(query):
        held.setdefault((certificate.person_id, certificate.skill_id), []).append(certificate)
    return {(p.id, s.id): _cell(held.get((p.id, s.id), []), at) for p in people for s in skills}


def _cell(certificates: list[Certificate], at: datetime) -> Cell:
    valid = [c for c in certificates if c.is_valid(at)]
    if not certificates:
        return Cell("none")
    best = max(valid or certificates, key=lambda c: (c.level if valid else 0, c.valid_until is None, c.valid_until or at))
    if not valid:
        return Cell("lapsed", best.level, last_day(best))
    last = last_day(best)
    if last is None:
        return Cell("valid", best.level)
    return Cell("soon" if best.valid_until <= at + SOON else "valid", best.level, last, (last - at.astimezone(_zone()).date()).days)


def proposed_end(skill: Skill, cell: Cell) -> date | None:
    """The last day that a form proposes: what counts for long keeps its end, what lapses or is new gets a year, a new language none."""
    if cell.state == "valid" or (cell.state == "none" and skill.kind == "language"):
        return cell.last_day
    return (now() + PROPOSED).astimezone(_zone()).date()


def last_day(certificate: Certificate) -> date | None:
    """The last day, in the shop's zone, on which it counts; None when it has no end."""
    return day_before(certificate.valid_until)


def day_before(end: datetime | None) -> date | None:
    """The day, in the shop's zone, that ends at that instant; None when there is no end."""
    return None if end is None else (end - timedelta(microseconds=1)).astimezone(_zone()).date()


def end_of(day: date) -> datetime:
    """The instant at which that day is over in the shop's zone."""
    return start_of(day + timedelta(days=1))


def start_of(day: date) -> datetime:
    return instant(str(_zone()), day, time(0))


def _zone() -> ZoneInfo:
    return shop.profile().zone_info


def _errors(session, person_id: int, skill_id: int, level: int, valid_from: datetime, valid_until: datetime | None) -> dict[str, str]:
    errors = {}
    holder = session.get(Person, person_id) if person_id else None
    if holder is None or not holder.is_staff:
        errors["person_id"] = _("Choose a member of staff")
    if not skill_id or session.get(Skill, skill_id) is None:
        errors["skill_id"] = _("Choose a skill")
    if level not in LEVELS:
        errors["level"] = _("Choose a level from 1 to 5")
    if valid_until is not None and valid_until <= max(valid_from, now()):
        errors["until"] = _("Choose a last day from today on")
    return errors


def _record(kind, certificate: Certificate, person) -> None:
    record(
        kind, subject=("certificate", certificate.id), actor=person, person_id=certificate.person_id, skill_id=certificate.skill_id,
        level=certificate.level, until=certificate.valid_until.isoformat() if certificate.valid_until else None,
    )
