"""Hints: “this screen is older than event n”, once for each event by a cursor that all relays share.

A lost hint costs a delay, never a truth: every page looks by itself now and then.
"""
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from sqlalchemy import select, update

from support.clock import now
from support.database import db, transaction
from support.events import Event, EventHead, Follower, after

log = structlog.get_logger(__name__)

BATCH = 200
LEASE = timedelta(seconds=5)


def push(hinters: dict[str, list[Callable[[Event], Iterable[str]]]], tell: Callable[[str, int], None]) -> int:
    """Tell each screen that it is older than the newest event about it; returns how many events lay behind the cursor."""
    start = _lease_cursor()
    if start is None:
        return 0
    events = after(start, BATCH)
    screens: dict[str, int] = {}
    for entry in events:
        for screens_of in hinters.get(entry.kind, ()) if not entry.history else ():
            screens |= dict.fromkeys(_named(screens_of, entry), entry.position)
    for screen, version in screens.items():
        tell(screen, version)
    reached = events[-1].position if events else start
    with transaction() as session:
        session.execute(update(Follower).where(Follower.name == "hints", Follower.position <= reached).values(leased_until=None, position=reached))
    return len(events)


def _named(screens_of: Callable[[Event], Iterable[str]], entry: Event) -> list[str]:
    """The screens; a fault costs this one hint, not all that follow."""
    try:
        return list(screens_of(entry))
    except Exception:
        db.session.rollback()
        log.exception("hint failed", event_id=entry.id)
        return []


def _lease_cursor() -> int | None:
    """Take the shared cursor of the hints; its position, or None when nothing is new or another relay has it."""
    behind = (Follower.name == "hints") & (Follower.position < select(EventHead.position).scalar_subquery())
    is_behind = db.session.scalar(select(Follower.name).where(behind)) is not None
    db.session.rollback()
    if not is_behind:
        return None
    instant = now()
    free = Follower.leased_until.is_(None) | (Follower.leased_until <= instant)
    lease = update(Follower).where(behind, free).values(leased_until=instant + LEASE)
    with transaction() as session:
        return session.scalar(lease.returning(Follower.position))
