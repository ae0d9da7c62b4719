"""The life of an offer: made, then accepted, declined, timed out or withdrawn. Exactly one of these happens.

Each is one transaction that locks work item, then presence, and re-checks everything it rests on; the step out of
`live` is a conditional update, so of two that try, one wins. The place in line (`entered_at`) is never touched.
"""
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from support.clock import AHEAD, now
from support.database import db, lock, transaction
from support.errors import IllegalMove, NotAllowed, NotFound
from support.events import record
from support.people.permissions import demand
from support.people.person import Person
from support.routing import capacity, kinds, picture, why, work
from support.routing import presence as presences
from support.routing.fitness import CALL, CHAT, Agent, Item, rule_out
from support.routing.matcher import Candidate
from support.routing.models import ACCEPTED, DECLINED, LIVE, OFFERED, TIMED_OUT, WAITING, WITHDRAWN, Decision, Offer, Presence, Queue, WorkItem

REASONS = ("not_mine", "busy", "conflict", "other")


def make(item_id: int, agent_id: int, candidates: list[Candidate]) -> Offer | None:
    """Reserve: put the item before the agent if everything still holds at this moment; None if somebody was faster."""
    try:
        with transaction() as session:
            item = lock(session, WorkItem, item_id)
            presence = presences.locked(session, agent_id)
            at = now()
            fit = _still_fit(item, agent_id, at) if item.state == WAITING else None
            if fit is None:
                return None
            seen, agent = fit
            relaxed = why.relaxed(seen, at.timestamp())
            reasons = why.reasons(item, agent_id, candidates, relaxed=relaxed, in_training=agent.limits is not None)
            offer = put_before(session, item, presence, at, reasons, candidates, {"code": "offered", "relaxed": relaxed})
    except IntegrityError:  # the unique indexes are the last word: one live offer per item and per agent
        return None
    return offer


def put_before(session, item: WorkItem, presence: Presence, at: datetime, reasons: dict, candidates: list[Candidate], sentence: dict) -> Offer:
    """Let it ring. Inside a transaction that holds both locks and has checked everything; `sentence` is what the decision says of how the agent was found."""
    offer = Offer(work_item_id=item.id, agent_id=presence.person_id, offered_at=at, expires_at=at + ring_time(session, item), why=reasons)
    session.add(offer)
    _turn(item, OFFERED, at)
    session.flush()
    session.add(Decision(work_item_id=item.id, at=at, offer_id=offer.id, candidates=why.stored(candidates), sentence=sentence))
    presences.settle(session, presence, at)
    _record(kinds.MADE, offer, item, seconds=int((offer.expires_at - at).total_seconds()))
    return offer


def accept(person, offer_id: int) -> WorkItem:
    """The agent takes it: the ticket is assigned in the same commit. IllegalMove if the offer is over, NotAllowed if a certificate has lapsed."""
    demand(person, "desk")
    lacking = None
    with transaction() as session:
        offer, item, presence = _locked(session, offer_id, person)
        at = now()
        lacking = picture.lacking(person.id, item, at)
        if lacking:
            _take_back(session, offer, item, presence, at, WITHDRAWN, kinds.WITHDRAWN, reason="untrained")
        else:
            _win(session, offer, ACCEPTED, at)
            presence.missed = 0
            work.take(session, item, presence, person, at)
            _record(kinds.ACCEPTED, offer, item, actor=person, waited_seconds=work.waited(item, at))
    if lacking:
        raise NotAllowed(why.refusal(lacking))
    return item


def pull(person, item_id: int) -> WorkItem:
    """Take work by hand, as `work.pull`; what already rings at the person's own desk is accepted by that."""
    demand(person, "desk")
    own = db.session.scalar(select(Offer.id).where(Offer.work_item_id == item_id, Offer.agent_id == person.id, Offer.state == LIVE))
    return work.pull(person, item_id) if own is None else accept(person, own)


def decline(person, offer_id: int, reason: str = "other") -> None:
    """The agent lets it go: back to its old place, and not to him again for a minute. IllegalMove if the offer is over."""
    demand(person, "desk")
    reason = reason if reason in REASONS else "other"
    with transaction() as session:
        offer, item, presence = _locked(session, offer_id, person)
        at = now()
        offer.decline_reason = reason
        presence.missed = 0
        _take_back(session, offer, item, presence, at, DECLINED, kinds.DECLINED, actor=person, reason=reason)


def expire(offer_id: int) -> bool:
    """Time is up: back to its old place, and the agent counts as not answering. False if it was answered or has time left."""
    return _end(offer_id, TIMED_OUT, kinds.TIMED_OUT, only_expired=True)


def withdraw(offer_id: int, reason: str) -> bool:
    """Take the offer back, say because the agent left his desk. False if it was answered meanwhile."""
    return _end(offer_id, WITHDRAWN, kinds.WITHDRAWN, reason=reason)


def expired(at: datetime) -> list[int]:
    return list(db.session.scalars(select(Offer.id).where(Offer.state == LIVE, Offer.expires_at <= at)))


def misdated(at: datetime) -> list[int]:
    """Live offers made in the future: the clock was put back, and they would ring until it comes there again. No fault of the agent."""
    return list(db.session.scalars(select(Offer.id).where(Offer.state == LIVE, Offer.offered_at > at + AHEAD)))


def orphaned(at: datetime) -> list[int]:
    """Live offers whose agent is no longer at the desk to answer."""
    query = select(Offer.id, Presence, Person.active).join(Presence, Presence.person_id == Offer.agent_id).join(Person, Person.id == Offer.agent_id)
    rows = db.session.execute(query.where(Offer.state == LIVE))
    return [offer_id for offer_id, presence, active in rows if picture.out_code(presence, active, at) not in (None, "ringing")]


def close_live(session, offer: Offer, item: WorkItem, at: datetime) -> None:
    """Withdraw the offer of an item that leaves the line. Inside a transaction that holds both locks; the caller moves the item."""
    _win(session, offer, WITHDRAWN, at)
    _record(kinds.WITHDRAWN, offer, item, reason="left")


def take_back_moved(session, offer: Offer, item: WorkItem, presence: Presence, at: datetime) -> None:
    """Withdraw the offer of an item that goes to another queue. Inside a transaction that holds the locks."""
    _take_back(session, offer, item, presence, at, WITHDRAWN, kinds.WITHDRAWN, reason="moved")


def _still_fit(item: WorkItem, agent_id: int, at: datetime) -> tuple[Item, Agent] | None:
    """Item and agent as looked at, if every rule holds again on what the database says now, certificate included."""
    lines = picture.Lines(at)
    seen = picture.waiting_items(lines, at, item.id)
    agent = picture.agents(at, [agent_id])
    if not seen or not agent or not seen[0].line.open:
        return None
    return None if rule_out(seen[0], agent[0], capacity.limits(), at.timestamp()) else (seen[0], agent[0])


def _locked(session, offer_id: int, person) -> tuple[Offer, WorkItem, Presence]:
    """An agent's own live offer with its locks; the same NotFound for absent and somebody else's."""
    offer = session.get(Offer, offer_id)
    if offer is None or offer.agent_id != person.id:
        raise NotFound()
    item = lock(session, WorkItem, offer.work_item_id)
    presence = presences.locked(session, person.id)
    session.refresh(offer)
    if offer.state != LIVE:
        mine = offer.state == ACCEPTED and item.agent_id == person.id
        raise IllegalMove(_("You have taken this already.") if mine else _("This offer is over. It is not with you any more."))
    return offer, item, presence


def _end(offer_id: int, to: str, kind, only_expired: bool = False, **data) -> bool:
    with transaction() as session:
        offer = session.get(Offer, offer_id)
        if offer is None:
            return False
        item = lock(session, WorkItem, offer.work_item_id)
        presence = presences.locked(session, offer.agent_id)
        session.refresh(offer)
        at = now()
        if offer.state != LIVE or (only_expired and offer.expires_at > at):
            return False
        _take_back(session, offer, item, presence, at, to, kind, missed=only_expired, **data)
    return True


def _take_back(session, offer, item, presence, at, to, kind, *, actor=None, missed=False, **data) -> None:
    _win(session, offer, to, at)
    _turn(item, WAITING, at)
    presences.settle(session, presence, at, missed=missed)
    _record(kind, offer, item, actor=actor, **data)


def _win(session, offer: Offer, to: str, at: datetime) -> None:
    """Leave `live`, if nobody else did. The locks make a loss unlikely; this makes it impossible."""
    session.flush()
    moved = session.execute(
        update(Offer).where(Offer.id == offer.id, Offer.state == LIVE).values(state=to, answered_at=at).execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise IllegalMove(_("This offer is over. It is not with you any more."))
    session.refresh(offer)


def _turn(item: WorkItem, to: str, at: datetime) -> None:
    item.state, item.state_at = to, at


def ring_time(session, item: WorkItem) -> timedelta:
    """How long it rings: as its queue says for chats, as the settings say for the rest."""
    settings = current_app.config["SETTINGS"]
    if item.channel == CHAT:
        return timedelta(seconds=session.get(Queue, item.queue_id).ring_seconds)
    return timedelta(seconds=settings.ring_seconds_call if item.channel == CALL else settings.ring_seconds_ticket)


def _record(kind, offer: Offer, item: WorkItem, *, actor=None, **data) -> None:
    record(
        kind, ticket_id=item.ticket_id, subject=("work_item", item.id), actor=actor, offer_id=offer.id, work_item_id=item.id,
        queue_id=item.queue_id, agent_id=offer.agent_id, **data,
    )
