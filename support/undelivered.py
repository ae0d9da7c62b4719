"""Deliveries that do not succeed: an administrator sees them, has one tried at once, or drops it with a reason.

The relay tries by itself for ever, in growing pauses; what was tried `STUCK_AFTER` times has used them all up and waits for
somebody who looks. Until then later events of the same ticket wait for the same listener; dropping lets them go on.
"""
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, cast, func, select

from support.clock import now
from support.database import db, transaction
from support.deliveries import PAUSES
from support.errors import IllegalMove, Invalid, NotFound, Stale
from support.events import Delivery, Event, declare, record
from support.listing import Listing
from support.people.permissions import demand

STUCK_AFTER = len(PAUSES)  # tries; it takes about seven minutes until then
LONGEST_REASON = 300  # characters

RETRIED = declare("delivery.retried", "an administrator had a failing delivery tried at once (data: event_id, listener)", _l("{actor} had a delivery tried at once"))
DROPPED = declare("delivery.dropped", "an administrator dropped a failing delivery; the reason stands at the delivery (data: event_id, listener)", _l("{actor} dropped a delivery"))

STATES = ("stuck", "failing", "dropped")


def listing(person, args: Mapping) -> Listing:
    """Pairs of Delivery and Event that failed and are not done, or were dropped; `state` narrows it to one of STATES."""
    demand(person, "administer")
    found = Listing(
        args, sorts={"since": Event.recorded_at, "listener": Delivery.listener, "kind": Event.kind, "attempts": Delivery.attempts, "next": Delivery.next_at},
        default="since", search=[Delivery.listener, Event.kind, Delivery.error, cast(Delivery.ticket_id, String)], filters={"state": STATES},
    )
    shown = select(Delivery, Event).join(Event, Event.id == Delivery.event_id)
    wanted = {"stuck": _is_stuck(), "failing": _is_failing() & ~_is_stuck(), "dropped": Delivery.state == "dropped"}
    return found.apply(shown.where(wanted.get(found.filters.get("state"), _is_failing() | (Delivery.state == "dropped"))))


def _is_failing() -> ColumnElement[bool]:
    """Tried and not done, by a fault or because its process died; not what is being brought just now."""
    return (Delivery.state == "due") & (Delivery.attempts > 0) & (Delivery.leased_until.is_(None) | (Delivery.leased_until < now()))


def _is_stuck() -> ColumnElement[bool]:
    return (Delivery.state == "due") & (Delivery.attempts >= STUCK_AFTER)


def is_stuck(delivery: Delivery) -> bool:
    """Whether the relay has used up its growing pauses on it."""
    return delivery.state == "due" and delivery.attempts >= STUCK_AFTER


def count_stuck() -> int:
    """How many deliveries wait for somebody who looks."""
    return db.session.scalar(select(func.count()).select_from(Delivery).where(_is_stuck()))


def find(person, event_id: int, listener: str) -> tuple[Delivery, Event]:
    """One delivery with its event; NotFound when there is none that failed."""
    demand(person, "administer")
    query = select(Delivery, Event).join(Event, Event.id == Delivery.event_id)
    row = db.session.execute(query.where(Delivery.event_id == event_id, Delivery.listener == listener, Delivery.attempts > 0)).one_or_none()
    if row is None:
        raise NotFound()
    return tuple(row)


def retry(person, event_id: int, listener: str) -> None:
    """Have it tried at once. IllegalMove when it was delivered or dropped meanwhile; Stale while it is being tried."""
    demand(person, "administer")
    with transaction() as session:
        row = _locked(session, event_id, listener)
        row.next_at = now()
        record(RETRIED, ticket_id=row.ticket_id, actor=person, event_id=event_id, listener=listener)


def drop(person, event_id: int, listener: str, reason: str) -> None:
    """Give it up for good, so that later events of the same ticket come to this listener again. Raises as `retry`, and Invalid without a reason."""
    demand(person, "administer")
    if not reason:
        raise Invalid({"reason": _("Say why; whoever asks later reads it here.")})
    with transaction() as session:
        row = _locked(session, event_id, listener)
        row.state, row.reason = "dropped", reason[:LONGEST_REASON]
        record(DROPPED, ticket_id=row.ticket_id, actor=person, event_id=event_id, listener=listener)


def _locked(session, event_id: int, listener: str) -> Delivery:
    query = select(Delivery).where(Delivery.event_id == event_id, Delivery.listener == listener)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    if row.state != "due" or row.attempts == 0:
        raise IllegalMove()
    if row.leased_until is not None and row.leased_until >= now():
        raise Stale(_("It is being tried just now. Look again in a minute."))
    return row
