"""Hints: “this screen is older than event n”, once for each event by a cursor that all relays share.

A lost hint costs a delay, never a truth: every page looks by itself now and then.
"""
from collections import defaultdict
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


Hinter = Callable[[list[Event]], Iterable[tuple[str, Event]]]  # what events make old: screens, each with the event that does it


def of_each(screens_of: Callable[[Event], Iterable[str]]) -> Hinter:
    """One that looks at each event by itself. A fault costs this one hint, not all that follow."""
    return lambda events: [(screen, entry) for entry in events for screen in _named(screens_of, entry)]


def push(hinters: dict[str, list[Hinter]], tell: Callable[[str, int], None], took: Callable[[float], None] = lambda _seconds: None) -> int:
    """Tell each screen that it is older than the newest event about it; returns how many events lay behind the cursor. `took` hears of each how old it was in seconds."""
    start = _lease_cursor()
    if start is None:
        return 0
    events = after(start, BATCH)
    for screen, version in _old(hinters, events).items():
        tell(screen, version)
    instant = now()
    for entry in events:
        if not entry.history:
            took((instant - entry.recorded_at).total_seconds())
    reached = events[-1].position if events else start
    with transaction() as session:
        session.execute(update(Follower).where(Follower.name == "hints", Follower.position <= reached).values(leased_until=None, position=reached))
    return len(events)


def _old(hinters: dict[str, list[Hinter]], events: list[Event]) -> dict[str, int]:
    """The screens that these events make old, each with the newest position about it."""
    concerned: dict[Hinter, list[Event]] = defaultdict(list)
    for entry in events:
        for hinter in hinters.get(entry.kind, ()) if not entry.history else ():
            concerned[hinter].append(entry)
    screens: dict[str, int] = {}
    for hinter, its_events in concerned.items():
        for screen, entry in _named(hinter, its_events):
            screens[screen] = max(entry.position, screens.get(screen, 0))
    return screens


def _named(function: Callable, about: Event | list[Event]) -> list:
    """What it names; a fault costs what it would have named, and nothing else."""
    try:
        return list(function(about))
    except Exception:
        db.session.rollback()
        log.exception("hint failed", event_ids=[entry.id for entry in (about if isinstance(about, list) else [about])])
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
