"""Who is trained for what, at an instant: the highest certificate valid then, and nothing else is a level.

Asked by routing before each offer and again at accept and pull, and by whoever shows a level.
"""
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select

from support.database import db
from support.kept import Kept
from support.training import kinds
from support.training.models import Certificate, valid_at


def level(person_id: int, skill_id: int, at: datetime) -> int:
    """Level 1 to 5 of one person in one skill at that instant; 0 when no certificate is valid."""
    query = select(func.max(Certificate.level)).where(Certificate.person_id == person_id, Certificate.skill_id == skill_id, valid_at(at))
    return db.session.scalar(query) or 0


def levels(person_ids: Iterable[int], at: datetime) -> dict[tuple[int, int], int]:
    """The same for many people in one statement: {(person, skill): level}; pairs without a valid certificate are absent."""
    query = select(Certificate.person_id, Certificate.skill_id, func.max(Certificate.level)).where(
        Certificate.person_id.in_(list(person_ids)), valid_at(at)
    )
    rows = db.session.execute(query.group_by(Certificate.person_id, Certificate.skill_id))
    return {(person_id, skill_id): highest for person_id, skill_id, highest in rows}


def held_between(skill_ids: Iterable[int], start: datetime, end: datetime) -> dict[tuple[int, int], list[tuple[datetime, datetime, int]]]:
    """{(person, skill): [(from, until, level)]} of all certificates that count at some instant of [start, end), cut off there; one statement for everybody."""
    query = select(Certificate.person_id, Certificate.skill_id, Certificate.level, Certificate.valid_from, Certificate.valid_until, Certificate.revoked_at).where(
        Certificate.skill_id.in_(list(skill_ids)), Certificate.valid_from < end, or_(Certificate.valid_until.is_(None), Certificate.valid_until > start),
        or_(Certificate.revoked_at.is_(None), Certificate.revoked_at > start),
    )
    held: dict[tuple[int, int], list[tuple[datetime, datetime, int]]] = {}
    for person_id, skill_id, height, since, until, revoked in db.session.execute(query):
        held.setdefault((person_id, skill_id), []).append((max(since, start), min(end, until or end, revoked or end), height))
    return held


def lapsed(person_ids: Iterable[int], at: datetime) -> set[tuple[int, int]]:
    """Pairs (person, skill) that had a certificate which ended by its date; a valid one may exist beside it."""
    query = select(Certificate.person_id, Certificate.skill_id).where(
        Certificate.person_id.in_(list(person_ids)), Certificate.valid_until <= at, Certificate.revoked_at.is_(None)
    )
    return {tuple(row) for row in db.session.execute(query.distinct())}


def everybody(at: datetime) -> tuple[dict[int, dict[int, int]], dict[int, set[int]]]:
    """({person: {skill: level}}, {person: skills of which a certificate ended by its date}) of all people at that instant. Do not change them.

    The certificates are kept in memory and counted anew when one begins or ends, to the microsecond, without asking anybody. Inside a transaction
    they come from the database.
    """
    return _books().at(at)


def look_again() -> None:
    """Read the certificates anew at the next question, whatever events were lost."""
    _books.forget()


class Books:
    """All certificates, and who holds what between two instants at which one of them begins or ends."""

    def __init__(self, rows: list):
        self.rows = rows
        self.instants = sorted({instant for row in rows for instant in (row.valid_from, row.valid_until, row.revoked_at) if instant is not None})
        self.last: tuple = (None, None)

    def at(self, instant: datetime) -> tuple[dict[int, dict[int, int]], dict[int, set[int]]]:
        stretch = bisect_right(self.instants, instant)
        if self.last[0] != stretch:
            self.last = (stretch, self._count(instant))
        return self.last[1]

    def _count(self, at: datetime) -> tuple[dict[int, dict[int, int]], dict[int, set[int]]]:
        held: dict[int, dict[int, int]] = {}
        over: dict[int, set[int]] = {}
        for person_id, skill_id, level, since, until, revoked_at in self.rows:
            if until is not None and until <= at:
                if revoked_at is None:
                    over.setdefault(person_id, set()).add(skill_id)
            elif since <= at and (revoked_at is None or revoked_at > at):
                skills = held.setdefault(person_id, {})
                skills[skill_id] = max(level, skills.get(skill_id, 0))
        return held, over


_COLUMNS = (Certificate.person_id, Certificate.skill_id, Certificate.level, Certificate.valid_from, Certificate.valid_until, Certificate.revoked_at)
_books = Kept(lambda session: Books(list(session.execute(select(*_COLUMNS)))), models=(Certificate,), kinds=(kinds.GRANTED, kinds.REVOKED))
