"""Presence: what an agent chose, and what the system sees. Two separate things, one row, one path of change.

The desk calls `choose_presence` and `heartbeat`; whatever changes an agent's work calls `settle` in its transaction.
An agent who lets an offer pass is *not answering* for a minute, then is asked again: a measured rule, because in a small
team the next caller would otherwise wait for a click. After three in a row he must come back by himself.
"""
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from support.clock import AHEAD, now
from support.database import db, transaction
from support.errors import Invalid
from support.events import record
from support.people.permissions import demand
from support.routing import capacity, kinds
from support.routing.models import ASKED, AVAILABLE, BUSY, CHOICES, IDLE, LIVE, NOT_ANSWERING, OFFLINE, RINGING, WRAP_UP, Consult, Offer, Presence, PresenceLog

MISSES_UNTIL_GONE = 3


def choose_presence(person, chosen: str, reason: str | None = None) -> Presence:
    """The agent's own choice, with a short reason. Choosing `available` also ends wrap-up and *not answering*. Raises Invalid."""
    demand(person, "desk")
    if chosen not in CHOICES:
        raise Invalid({"chosen": _("Choose one of the states")})
    at = now()
    with transaction() as session:
        presence = locked(session, person.id)
        presence.seen_at = at
        presence.missed = 0
        if chosen == AVAILABLE:
            presence.wrap_up_until = None
        settle(session, presence, at, actor=person, choice=(chosen, (reason or "").strip()[:80] or None), returned=True)
    return presence


def end_wrap_up(person) -> None:
    """Ready before the time of the wrap-up is over; the chosen state stays."""
    demand(person, "desk")
    with transaction() as session:
        presence = locked(session, person.id)
        presence.wrap_up_until = None
        settle(session, presence, now(), actor=person)


def heartbeat(person) -> None:
    """A sign of life of one of the agent's pages, about every 15 seconds. Brings back whoever was taken for gone."""
    demand(person, "desk")
    at = now()
    with transaction() as session:
        seen = session.execute(update(Presence).where(Presence.person_id == person.id, Presence.system != OFFLINE).values(seen_at=at))
        if seen.rowcount == 0:
            presence = locked(session, person.id)
            presence.seen_at = at
            settle(session, presence, at)


def of(person_id: int) -> Presence | None:
    return db.session.scalar(select(Presence).where(Presence.person_id == person_id))


def shown(presence: Presence | None) -> str:
    """The one word for a screen: the chosen state unless the system knows better."""
    if presence is None or presence.system == OFFLINE:
        return OFFLINE
    if presence.system in (RINGING, NOT_ANSWERING):
        return presence.system
    if presence.chosen != AVAILABLE:
        return presence.chosen
    return AVAILABLE if presence.system == IDLE else presence.system


def shown_since(presence: Presence) -> datetime:
    return presence.chosen_at if shown(presence) == presence.chosen != AVAILABLE else presence.system_at


def locked(session, person_id: int) -> Presence:
    """The row, locked; made when the agent comes for the first time. The last lock before events are written."""
    query = select(Presence).where(Presence.person_id == person_id).with_for_update().execution_options(populate_existing=True)
    presence = session.scalar(query)
    if presence is not None:
        return presence
    at = now()
    fresh = Presence(
        person_id=person_id, chosen=OFFLINE, system=OFFLINE, chosen_at=at, system_at=at, seen_at=at, idle_since=at, missed=0,
    )
    try:
        with session.begin_nested():
            session.add(fresh)
    except IntegrityError:  # the agent's other page was faster
        return session.scalar(query)
    return fresh


def settle(session, presence: Presence, at: datetime, *, actor=None, choice=None, returned: bool = False, missed: bool = False) -> None:
    """Bring what the system sees up to date with the work and the clock. The row must be locked.

    `choice` is a new (chosen, reason); `returned` ends *not answering*; `missed` begins it.
    """
    session.flush()
    was = (presence.chosen, presence.system)
    if choice:
        presence.chosen, presence.reason = choice
    if presence.wrap_up_until is not None and not at < presence.wrap_up_until <= at + _longest_wrap_up():
        presence.wrap_up_until = None
    if missed:
        presence.missed += 1
    system = _system(session, presence, at, NOT_ANSWERING if missed else None if returned else presence.system)
    if system == IDLE != presence.system:
        presence.idle_since = at
    if system != presence.system:
        presence.system, presence.system_at = system, _since(presence, system, at)
    if presence.chosen != was[0]:
        presence.chosen_at = at
    if (presence.chosen, presence.system) != was:
        _write_down(session, presence, was, at, actor)


def _since(presence: Presence, system: str, at: datetime) -> datetime:
    """A lost agent is offline since his last sign of life ran out, not since somebody looked."""
    if system == OFFLINE and presence.chosen != OFFLINE:
        return min(at, presence.seen_at + timedelta(seconds=current_app.config["SETTINGS"].offline_seconds))
    return at


def away_again(presence: Presence, at: datetime) -> bool:
    """Whether *not answering* goes on."""
    pause = timedelta(seconds=current_app.config["SETTINGS"].retry_same_agent_seconds)
    return presence.missed >= MISSES_UNTIL_GONE or presence.system_at - AHEAD <= at < presence.system_at + pause


def is_seen(presence: Presence, at: datetime) -> bool:
    """Whether a page of the agent gave a sign of life lately."""
    return presence.seen_at > at - timedelta(seconds=current_app.config["SETTINGS"].offline_seconds)


def due(at: datetime) -> list[int]:
    """People whose state changes by time alone: gone without a sign, wrap-up over, asked again after a missed offer."""
    settings = current_app.config["SETTINGS"]
    gone = (Presence.system != OFFLINE) & (Presence.seen_at <= at - timedelta(seconds=settings.offline_seconds))
    asked = (
        (Presence.system == NOT_ANSWERING) & (Presence.missed < MISSES_UNTIL_GONE)
        & or_(Presence.system_at <= at - timedelta(seconds=settings.retry_same_agent_seconds), Presence.system_at > at + AHEAD)
    )
    wrapped_up = or_(Presence.wrap_up_until <= at, Presence.wrap_up_until > at + _longest_wrap_up())
    return list(db.session.scalars(select(Presence.person_id).where(or_(gone, asked, wrapped_up))))


def _longest_wrap_up() -> timedelta:
    """One that ends later was written by a clock that was wrong."""
    return timedelta(seconds=current_app.config["SETTINGS"].wrap_up_seconds) + AHEAD


def _system(session, presence: Presence, at: datetime, before: str | None) -> str:
    if presence.chosen == OFFLINE or not is_seen(presence, at):
        return OFFLINE
    rings = select(Offer.id).where(Offer.agent_id == presence.person_id, Offer.state == LIVE)
    asked = select(Consult.id).where(Consult.agent_id == presence.person_id, Consult.state == ASKED)
    if session.scalar(rings.union_all(asked).limit(1)):
        return RINGING
    if before == NOT_ANSWERING and (presence.system != NOT_ANSWERING or away_again(presence, at)):
        return NOT_ANSWERING
    if presence.wrap_up_until is not None:
        return WRAP_UP
    return IDLE if capacity.load(presence.person_id).is_empty else BUSY


def _write_down(session, presence: Presence, was: tuple[str, str], at: datetime, actor) -> None:
    log = update(PresenceLog).where(PresenceLog.person_id == presence.person_id, PresenceLog.until.is_(None))
    session.execute(log.values(until=at))
    session.add(PresenceLog(person_id=presence.person_id, chosen=presence.chosen, system=presence.system, since=at))
    record(
        kinds.PRESENCE_CHANGED, subject=("person", presence.person_id), actor=actor, person_id=presence.person_id,
        chosen=presence.chosen, system=presence.system, was=was[1],
    )
