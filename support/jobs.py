"""Timed work: a table of name, next time and lease, claimed by one process at a time.

Rooms register with `every`; the default process runs the loop in a thread, a grown installation in `flask work`.
"""
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy import String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
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


def init_app(app: Flask, settings) -> None:
    app.extensions["jobs"] = {}


def every(app: Flask, seconds: float, name: str, function: Callable[[], None], lease: float = 120, needed: Callable[[], bool] | None = None) -> None:
    """Run `function()` about every so many seconds, in one process at a time.

    `lease` is how long another process waits before it believes that the one at work has died. `needed()` only reads; while
    it says no, nothing is claimed, so that frequent work costs no writing when there is nothing to do.
    """
    app.extensions["jobs"][name] = (timedelta(seconds=seconds), function, timedelta(seconds=lease), needed)


def run_due(app: Flask) -> int:
    """Run what is due now; returns how many ran. Inside an application context."""
    ran, known = 0, _next_times()
    for name, (interval, function, lease, needed) in app.extensions["jobs"].items():
        if name in known and known[name] > now() or needed is not None and not needed() or not _claim(name, lease):
            continue
        error = None
        try:
            function()
        except Exception as failure:
            db.session.rollback()
            error = type(failure).__name__
            log.exception("job failed", job=name)
        with transaction() as session:
            session.execute(
                update(Job).where(Job.name == name).values(next_at=now() + interval, leased_until=None, last_ended_at=now(), error=error)
            )
        ran += 1
    return ran


def _next_times() -> dict[str, datetime]:
    """When each job that ever ran is due again: one look for all, since it is had twice a second and mostly nothing is due."""
    known = dict(db.session.execute(select(Job.name, Job.next_at)).all())
    db.session.rollback()
    return known


def _claim(name: str, lease: timedelta) -> bool:
    instant = now()
    known = db.session.get(Job, name)
    db.session.rollback()
    if known is None:
        try:
            with transaction() as session:
                session.add(Job(name=name, next_at=instant))
        except IntegrityError:
            pass  # another process was faster; the claim below decides
    with transaction() as session:
        claimed = session.execute(
            update(Job)
            .where(Job.name == name, Job.next_at <= instant, Job.leased_until.is_(None) | (Job.leased_until < instant))
            .values(leased_until=instant + lease)
        )
    return claimed.rowcount == 1


def loop(app: Flask, stopping: threading.Event) -> None:
    """Look for due work twice a second until the application stops."""
    while not stopping.wait(0.5):
        try:
            with app.app_context():
                run_due(app)
        except Exception:
            log.exception("jobs pause")
            stopping.wait(2)
