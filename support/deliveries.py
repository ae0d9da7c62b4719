"""Deliveries: one row for each event and listener, brought at least once, in order for one listener and ticket.

What is due together for one listener is claimed, brought and settled together. A fault costs growing pauses; whoever dies
or sleeps too long loses the lease. A listener may be called twice after a crash, so it must be idempotent.
"""
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from support.clock import now
from support.database import db, transaction
from support.events import Delivery, Event, know_of

log = structlog.get_logger(__name__)

BATCH = 200
TOGETHER = 20  # deliveries of one listener under one lease
LEASE = timedelta(seconds=60)
PAUSES = (1, 2, 5, 15, 60, 300, 900)  # seconds until the next try; the last one repeats


@dataclass(frozen=True)
class Listener:
    """What one listener does for an event of one kind, and once `afterwards` for all that came together."""

    function: Callable[[Event], None] | None
    afterwards: Callable[[], object] | None


Listeners = dict[str, dict[str, Listener]]  # by kind of event and name
DROPPED = Listener(None, None)  # one that a newer version does not have any more: nothing left to do


@dataclass(frozen=True)
class Batch:
    """Deliveries of one listener that this process has claimed, and until when."""

    listener: str
    event_ids: list[int]
    leased_until: datetime

    def rows(self, event_ids: Iterable[int]):
        """Which rows these are, as long as they are ours: whoever overslept the lease changes nothing any more."""
        return (Delivery.listener == self.listener) & Delivery.event_id.in_(list(event_ids)) & (Delivery.leased_until == self.leased_until)


def row_for(entry: Event, listener: str) -> dict:
    """The row of an event that has just got its position."""
    return {
        "event_id": entry.id, "listener": listener, "position": entry.position, "ticket_id": entry.ticket_id,
        "state": "due", "attempts": 0, "next_at": now(),
    }


def deliver(listeners: Listeners, is_ending: Callable[[], bool] = lambda: False) -> int:
    """Bring what is due, some of it for each listener in turn; returns how many were tried. Once `is_ending()`, nothing more is begun."""
    tried = 0
    for listener, event_ids in _portions():
        if is_ending():
            break
        batch = _claim(listener, event_ids)
        if batch.event_ids:
            _bring(listeners, batch, is_ending)
        tried += len(batch.event_ids)
    return tried


def _portions() -> list[tuple[str, list[int]]]:
    """What is due for each listener: what is new together; then, alone, what was tried before, the least often tried first,
    so that an event that kills its process takes no other along."""
    fresh, tried = defaultdict(list), []
    for listener, event_id, attempts in _due():
        if attempts:
            tried.append((attempts, listener, event_id))
        elif len(fresh[listener]) < TOGETHER:
            fresh[listener].append(event_id)
    return [*fresh.items(), *((listener, [event_id]) for _, listener, event_id in sorted(tried)[:TOGETHER])]


def _due() -> list[tuple[str, int, int]]:
    """(listener, event, attempts) of due deliveries with nothing of the same listener and ticket undone before them, in order."""
    earlier = aliased(Delivery)
    blocked = exists().where(
        earlier.listener == Delivery.listener, earlier.ticket_id == Delivery.ticket_id, earlier.state == "due", earlier.position < Delivery.position
    )
    query = select(Delivery.listener, Delivery.event_id, Delivery.attempts).where(*_is_due(now()), ~blocked)
    rows = db.session.execute(query.order_by(Delivery.position).limit(BATCH)).all()
    db.session.rollback()
    return [tuple(row) for row in rows]


def _is_due(instant: datetime) -> tuple:
    return Delivery.state == "due", Delivery.next_at <= instant, Delivery.leased_until.is_(None) | (Delivery.leased_until < instant)


def _claim(listener: str, event_ids: list[int]) -> Batch:
    """Lease those of the deliveries that nobody else has taken meanwhile."""
    instant = now()
    mine = select(Delivery.event_id).where(Delivery.listener == listener, Delivery.event_id.in_(event_ids), *_is_due(instant))
    mine = mine.order_by(Delivery.event_id).with_for_update(skip_locked=True)  # two relays never wait for each other
    claim = update(Delivery).where(Delivery.listener == listener, Delivery.event_id.in_(mine))
    claim = claim.values(leased_until=instant + LEASE, attempts=Delivery.attempts + 1).returning(Delivery.event_id)
    with transaction() as session:
        return Batch(listener, list(session.scalars(claim)), instant + LEASE)


def _bring(listeners: Listeners, batch: Batch, is_ending: Callable[[], bool]) -> None:
    """Call the listener for each event in order. What half of the lease does not suffice for is given back untouched, and what was not begun when this process ends."""
    until = time.monotonic() + LEASE.total_seconds() / 2
    brought, rest, afterwards = [], [], set()
    for entry in _events_of(batch):
        known = listeners.get(entry.kind, {}).get(batch.listener, DROPPED)
        if time.monotonic() > until or is_ending():
            rest.append(entry.id)
        elif known.function is None or _goes_well(batch, [entry.id], known.function, entry):
            brought.append(entry.id)
            afterwards.add(known.afterwards)
    if rest:
        _settle(batch, rest, leased_until=None, attempts=Delivery.attempts - 1)
    if brought and all(_goes_well(batch, brought, function) for function in afterwards - {None}):
        _settle(batch, brought, leased_until=None, error=None, state="done")


def _events_of(batch: Batch) -> list[Event]:
    """The events in order, as they stay whatever a listener does to the session."""
    events = list(db.session.scalars(select(Event).where(Event.id.in_(batch.event_ids)).order_by(Event.position)))
    db.session.expunge_all()
    know_of(events[-1].position)
    return events


def _goes_well(batch: Batch, event_ids: list[int], function: Callable, *args) -> bool:
    """Call it; after a fault these deliveries are tried again later."""
    try:
        function(*args)
    except Exception as error:
        db.session.rollback()
        log.exception("listener failed", listener=batch.listener, event_ids=event_ids)
        _try_again(batch, event_ids, type(error).__name__)
        return False
    return True


def _try_again(batch: Batch, event_ids: list[int], error: str) -> None:
    with transaction() as session:
        for row in session.scalars(select(Delivery).where(batch.rows(event_ids))):
            pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
            row.leased_until, row.error = None, error[:300]
            row.next_at = now() + timedelta(seconds=pause * random.uniform(0.8, 1.2))


def _settle(batch: Batch, event_ids: list[int], **values) -> None:
    with transaction() as session:
        session.execute(update(Delivery).where(batch.rows(event_ids)).values(**values))


def prune() -> None:
    """Forget deliveries that were done more than a week ago; the events themselves stay."""
    with transaction() as session:
        session.execute(delete(Delivery).where(Delivery.state == "done", Delivery.next_at < now() - timedelta(days=7)))
