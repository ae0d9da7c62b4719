"""Holes of the coverage as they were told: an event when one opens, others when it grows, shrinks or is filled, at most one mail a day about those that are new.

A timed job compares what the coverage finds with the rows. What overlaps an open row of its line is the same hole, however it grows or shrinks;
one that has gone by is closed without a word. The board reads what is kept of the rows.
"""
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
from support.database import Base, UTCDateTime, db, transaction
from support.events import record
from support.kept import Kept
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


_kept = Kept(
    lambda session: list(session.scalars(select(CoverageHole).where(CoverageHole.closed_at.is_(None)).order_by(CoverageHole.starts_at, CoverageHole.id))),
    models=(CoverageHole,), kinds=(kinds.HOLE, kinds.HOLE_CHANGED, kinds.FILLED),
)


def open_holes() -> list[CoverageHole]:
    """What is open and not over, the first one first; kept in memory, since the board asks every second."""
    at = now()
    return [hole for hole in _kept() if hole.ends_at > at]


def is_due() -> bool:
    """Whether there is anything to look at: somebody has shifts, or a hole is open."""
    due = bool(shifts.plans() or _kept())
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
            _keep(session, rows, kept, hole, found.at)
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
    is_under_way = hole.start == at and bool(known) and row.starts_at is not None and row.starts_at <= at
    start = row.starts_at if is_under_way else hole.start  # time that passes changes no hole
    if (row.starts_at, row.ends_at) == (start, hole.end):
        kept.add(row.id)
        return
    row.starts_at, row.ends_at, row.hours = start, hole.end, hole.hours
    session.flush()
    kept.add(row.id)
    kind = kinds.HOLE_CHANGED if known else kinds.HOLE
    record(kind, subject=("queue", row.queue_id), hole_id=row.id, queue_id=row.queue_id, language=row.language, hours=row.hours, **_span(row))


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
