"""Timed work: a table of name, next time and lease, claimed by one process at a time.

Rooms register with `every`; the default process runs the loops in threads, a grown installation in `flask work`.
"""
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy import String, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import AHEAD, now
from support.database import Base, UTCDateTime, db, transaction

log = structlog.get_logger(__name__)


class Job(Base):
    """When a piece of timed work is due and who does it now."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(300))


@dataclass(frozen=True)
class Timed:
    """A piece of timed work, as it was registered."""

    interval: timedelta
    function: Callable[[], None]
    lease: timedelta
    needed: Callable[[], bool] | None
    apart: bool


def init_app(app: Flask, settings) -> None:
    app.extensions["jobs"] = {}


def every(
    app: Flask, seconds: float, name: str, function: Callable[[], None], lease: float = 120, needed: Callable[[], bool] | None = None, apart: bool = False,
) -> None:
    """Run `function()` about every so many seconds, in one process at a time.

    `lease` is how long another process waits before it believes that the one at work has died. `needed()` only reads; while
    it says no, nothing is claimed, so that frequent work costs no writing when there is nothing to do. `apart` is work that
    waits for others, such as a mail server: it has a loop of its own, so that it holds up nothing else.
    """
    app.extensions["jobs"][name] = Timed(timedelta(seconds=seconds), function, timedelta(seconds=lease), needed, apart)


def run_due(app: Flask, apart: bool | None = None, is_ending: Callable[[], bool] = lambda: False) -> int:
    """Run what is due now, of all work or of that which is `apart` or not; returns how many ran. Once `is_ending()`, no further one is begun.
    Inside an application context."""
    ran, known = 0, _next_times()
    for name, job in app.extensions["jobs"].items():
        if is_ending():
            break
        if apart not in (None, job.apart) or name in known and not _is_due(known[name], job.interval) or job.needed is not None and not job.needed():
            continue
        if (mine := _claim(name, job)) is None:
            continue
        error = None
        try:
            job.function()
        except Exception as failure:
            db.session.rollback()
            error = type(failure).__name__
            log.exception("job failed", job=name)
        with transaction() as session:
            # Whoever took so long that another took over leaves it to that one.
            held = update(Job).where(Job.name == name, Job.leased_until == mine)
            session.execute(held.values(next_at=now() + job.interval, leased_until=None, last_ended_at=now(), error=error))
        ran += 1
    return ran


def _next_times() -> dict[str, datetime]:
    """When each job that ever ran is due again: one look for all, since it is had twice a second and mostly nothing is due."""
    known = dict(db.session.execute(select(Job.name, Job.next_at)).all())
    db.session.rollback()
    return known


def _is_due(next_at: datetime, interval: timedelta) -> bool:
    return not now() < next_at <= now() + interval + AHEAD


def _claim(name: str, job: Timed) -> datetime | None:
    """Until when the work is ours; None when it is not due or somebody else is at it."""
    instant = now()
    mine, known = instant + job.lease, db.session.get(Job, name)
    db.session.rollback()
    if known is None:
        try:
            with transaction() as session:
                session.add(Job(name=name, next_at=instant))
        except IntegrityError:
            pass  # another process was faster; the claim below decides
    due = or_(Job.next_at <= instant, Job.next_at > instant + job.interval + AHEAD)
    free = or_(Job.leased_until.is_(None), Job.leased_until < instant, Job.leased_until > mine + AHEAD)
    with transaction() as session:
        claimed = session.execute(update(Job).where(Job.name == name, due, free).values(leased_until=mine))
    return mine if claimed.rowcount == 1 else None


def loop(app: Flask, stopping: threading.Event, apart: bool = False) -> None:
    """Look for due work, that which is `apart` or all other, twice a second until the application stops."""
    while not stopping.wait(0.5):
        try:
            with app.app_context():
                run_due(app, apart, stopping.is_set)
        except Exception:
            log.exception("jobs pause")
            stopping.wait(2)
