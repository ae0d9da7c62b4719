"""Holes of the coverage as they were told: an event when one opens, another when it is filled, at most one mail a day about those that are new.

A timed job compares what the coverage finds with the rows. What overlaps an open row of its line is the same hole, however it grows or shrinks;
one that has gone by is closed without a word. The board reads the rows, so that looking at it costs one statement.
"""
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
from support.database import Base, UTCDateTime, db, transaction
from support.events import record
from support.people import shifts
from support.routing import coverage, kinds
from support.routing.covering import Hole

FILLED, PASSED = "filled", "passed"
A_DAY = timedelta(days=1)


class CoverageHole(Base):
    """So many open hours of one queue in one language without a trained person on shift. `told_at`: when the mail about it was asked for."""

    __tablename__ = "coverage_hole"

    id: Mapped[int] = mapped_column(primary_key=True)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    language: Mapped[str] = mapped_column(String(8))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    hours: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))  # filled, passed

    __table_args__ = (Index("ix_coverage_hole_closed", "closed_at", "starts_at"),)


def open_holes() -> list[CoverageHole]:
    """What is open and not over, the first one first; one statement."""
    query = select(CoverageHole).where(CoverageHole.closed_at.is_(None), CoverageHole.ends_at > now())
    return list(db.session.scalars(query.order_by(CoverageHole.starts_at, CoverageHole.id)))


def is_due() -> bool:
    """Whether there is anything to look at: somebody has shifts, or a hole is open."""
    due = bool(shifts.plans()) or db.session.scalar(select(CoverageHole.id).where(CoverageHole.closed_at.is_(None)).limit(1)) is not None
    db.session.rollback()
    return due


def look() -> None:
    """Bring the rows up to what the coverage finds. Called every minute, in one process at a time."""
    found, at = coverage.read(), now()
    db.session.rollback()  # nothing is held while the transaction begins
    with transaction() as session:
        rows = list(session.scalars(select(CoverageHole).where(CoverageHole.closed_at.is_(None)).order_by(CoverageHole.id).with_for_update()))
        kept: set[int] = set()
        for hole in found.holes:
            _keep(session, rows, kept, hole, at)
        for row in rows:
            if row.id not in kept:
                _close(row, at)
        _ask_for_mail(session, at)


def _keep(session, rows: list[CoverageHole], kept: set[int], hole: Hole, at: datetime) -> None:
    known = [row for row in rows if (row.queue_id, row.language) == hole.key and row.starts_at < hole.end and hole.start < row.ends_at]
    row = next((row for row in known if row.id not in kept), None)
    if row is None:
        row = CoverageHole(queue_id=hole.key[0], language=hole.key[1], found_at=at, told_at=known[0].told_at if known else None)
        session.add(row)
    row.starts_at, row.ends_at, row.hours = hole.start, hole.end, hole.hours
    session.flush()
    kept.add(row.id)
    if not known:
        record(kinds.HOLE, subject=("queue", row.queue_id), hole_id=row.id, queue_id=row.queue_id, language=row.language, hours=row.hours, **_span(row))


def _close(row: CoverageHole, at: datetime) -> None:
    row.closed_at, row.outcome = at, FILLED if row.ends_at > at else PASSED
    if row.outcome == FILLED:
        record(kinds.FILLED, subject=("queue", row.queue_id), hole_id=row.id, queue_id=row.queue_id, language=row.language, **_span(row))


def _ask_for_mail(session, at: datetime) -> None:
    untold = list(session.scalars(select(CoverageHole).where(CoverageHole.closed_at.is_(None), CoverageHole.told_at.is_(None))))
    last = session.scalar(select(func.max(CoverageHole.told_at)))
    if untold and (last is None or last <= at - A_DAY):
        for row in untold:
            row.told_at = at
        record(kinds.HOLES_TOLD, hole_ids=[row.id for row in untold])


def _span(row: CoverageHole) -> dict[str, str]:
    return {"start": row.starts_at.isoformat(), "until": row.ends_at.isoformat()}
