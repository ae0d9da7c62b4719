"""Deliveries: one row for each event and listener, brought at least once, in order for one listener and ticket.

What is due together for one listener is claimed, brought and settled together. A fault costs growing pauses; whoever dies
loses the lease. A listener may be called twice after a crash, so it must be idempotent.
"""
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

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


def due(entry: Event, listener: str) -> dict:
    """The row of an event that has just got its position."""
    return {
        "event_id": entry.id, "listener": listener, "position": entry.position, "ticket_id": entry.ticket_id,
        "state": "due", "attempts": 0, "next_at": now(),
    }


def deliver(listeners: Listeners) -> int:
    """Bring every due delivery to its listener; returns how many were tried."""
    tried = 0
    for listener, event_ids in _due().items():
        for start in range(0, len(event_ids), TOGETHER):
            claimed = _claim(listener, event_ids[start : start + TOGETHER])
            if claimed:
                _call(listeners, listener, claimed)
            tried += len(claimed)
    return tried


def _due() -> dict[str, list[int]]:
    """{listener: events} of due deliveries with nothing of the same listener and ticket undone before them, in order."""
    earlier = aliased(Delivery)
    instant = now()
    blocked = exists().where(
        earlier.listener == Delivery.listener, earlier.ticket_id == Delivery.ticket_id, earlier.state == "due", earlier.position < Delivery.position
    )
    query = select(Delivery.listener, Delivery.event_id).where(Delivery.state == "due", Delivery.next_at <= instant, _is_free(instant), ~blocked)
    found: dict[str, list[int]] = defaultdict(list)
    for listener, event_id in db.session.execute(query.order_by(Delivery.position).limit(BATCH)):
        found[listener].append(event_id)
    db.session.rollback()
    return found


def _is_free(instant):
    return Delivery.leased_until.is_(None) | (Delivery.leased_until < instant)


def _claim(listener: str, event_ids: list[int]) -> list[int]:
    """Lease those of the deliveries that nobody else has taken meanwhile; returns their events."""
    instant = now()
    claim = update(Delivery).where(_of(listener, event_ids), Delivery.state == "due", Delivery.next_at <= instant, _is_free(instant))
    with transaction() as session:
        return list(session.scalars(claim.values(leased_until=instant + LEASE, attempts=Delivery.attempts + 1).returning(Delivery.event_id)))


def _of(listener: str, event_ids: Iterable[int]):
    return (Delivery.listener == listener) & Delivery.event_id.in_(list(event_ids))


def _call(listeners: Listeners, listener: str, event_ids: list[int]) -> None:
    """Bring the claimed events in order. What half of the lease does not suffice for is given back untouched."""
    until = time.monotonic() + LEASE.total_seconds() / 2
    brought, rest, afterwards = [], [], set()
    for entry in _claimed(event_ids):
        known = listeners.get(entry.kind, {}).get(listener, DROPPED)
        if time.monotonic() > until:
            rest.append(entry.id)
        elif known.function is None or _goes_well(listener, [entry.id], known.function, entry):
            brought.append(entry.id)
            afterwards.add(known.afterwards)
    if rest:
        _settle(listener, rest, leased_until=None, attempts=Delivery.attempts - 1)
    if brought and all(_goes_well(listener, brought, function) for function in afterwards - {None}):
        _settle(listener, brought, leased_until=None, error=None, state="done")


def _claimed(event_ids: list[int]) -> list[Event]:
    """The events in order, as they stay whatever a listener does to the session."""
    events = list(db.session.scalars(select(Event).where(Event.id.in_(event_ids)).order_by(Event.position)))
    db.session.expunge_all()
    know_of(events[-1].position)
    return events


def _goes_well(listener: str, event_ids: list[int], function: Callable, *args) -> bool:
    """Call it; after a fault these deliveries are tried again later."""
    try:
        function(*args)
    except Exception as error:
        db.session.rollback()
        log.exception("listener failed", listener=listener, event_ids=event_ids)
        _try_again(listener, event_ids, type(error).__name__)
        return False
    return True


def _try_again(listener: str, event_ids: list[int], error: str) -> None:
    with transaction() as session:
        for row in session.scalars(select(Delivery).where(_of(listener, event_ids))):
            pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
            row.leased_until, row.error = None, error[:300]
            row.next_at = now() + timedelta(seconds=pause * random.uniform(0.8, 1.2))


def _settle(listener: str, event_ids: list[int], **values) -> None:
    with transaction() as session:
        session.execute(update(Delivery).where(_of(listener, event_ids)).values(**values))


def prune() -> None:
    """Forget deliveries that were done more than a week ago; the events themselves stay."""
    with transaction() as session:
        session.execute(delete(Delivery).where(Delivery.state == "done", Delivery.next_at < now() - timedelta(days=7)))
