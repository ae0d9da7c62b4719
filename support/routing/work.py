"""Work in somebody's hands: given by an accepted offer, taken from the line by hand, given back when its agent is gone."""
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove, NotAllowed
from support.events import record
from support.people.permissions import demand
from support.routing import capacity, kinds, picture, why
from support.routing import presence as presences
from support.routing.models import ASSIGNED, OFFLINE, TICKET, WAITING, Presence, WorkItem
from support.tickets import assign, release
from support.tickets.models import Ticket


def pull(person, item_id: int) -> WorkItem:
    """Take waiting work by hand. The certificate is asked for again; the limits of capacity do not bind, a choice by hand may exceed them.

    Raises NotFound, NotAllowed with the reason, IllegalMove when it is not waiting any more.
    """
    demand(person, "desk")
    with transaction() as session:
        item = lock(session, WorkItem, item_id)
        presence = presences.locked(session, person.id)
        at = now()
        if item.state != WAITING:
            raise IllegalMove(_("Somebody was faster: this is not waiting any more."))
        if presence.chosen == OFFLINE:
            raise NotAllowed(_("Choose a state other than offline first."))
        presence.seen_at = at  # whoever takes work by hand is there, even if his page has not given a sign of life yet
        lacking = picture.lacking(person.id, item, at)
        if lacking:
            raise NotAllowed(why.refusal(lacking))
        take(session, item, presence, person, at)
        told(kinds.TAKEN, item, actor=person, waited_seconds=waited(item, at))
    return item


def take(session, item: WorkItem, presence: Presence, person, at: datetime) -> None:
    """Give the item to the agent and the ticket with it. Inside a transaction that holds both locks."""
    ticket = lock(session, Ticket, item.ticket_id)
    if not ticket.is_live:
        raise IllegalMove(_("The customer does not need this any more."))
    item.state, item.state_at = ASSIGNED, at
    item.agent_id = item.last_agent_id = person.id
    item.answered_at = item.answered_at or at
    item.passed_at = item.passed_by_id = item.passed_note_id = None
    assign(ticket, person, actor=person)
    presences.settle(session, presence, at)


def waited(item: WorkItem, at: datetime) -> int:
    return max(0, int((at - item.entered_at).total_seconds()))


def give_back(item_id: int) -> bool:
    """Put a live conversation whose agent is gone back where it stood in line. False if it is not with a gone agent any more."""
    with transaction() as session:
        item = lock(session, WorkItem, item_id)
        if item.state != ASSIGNED or item.channel == TICKET:
            return False
        presence = presences.locked(session, item.agent_id)
        if presence.system != OFFLINE:
            return False
        ticket = lock(session, Ticket, item.ticket_id)
        release(ticket)
        item.state, item.state_at, item.agent_id, item.seen_at = WAITING, now(), None, None  # signs of life are kept in the line only
        told(kinds.QUEUED, item, channel=item.channel, reason="returned")
        presences.settle(session, presence, now())
    return True


def abandoned(at: datetime) -> list[int]:
    """Live conversations whose agent has been shown offline for the grace time, while it is the staff's turn or nobody's yet."""
    settings = current_app.config["SETTINGS"]
    query = (
        select(WorkItem.id).join(Presence, Presence.person_id == WorkItem.agent_id).join(Ticket, Ticket.id == WorkItem.ticket_id)
        .where(
            WorkItem.state == ASSIGNED, WorkItem.channel != TICKET, Presence.system == OFFLINE, capacity.in_use(),
            Presence.system_at <= at - timedelta(seconds=settings.release_seconds),
        )
    )
    return list(db.session.scalars(query.order_by(WorkItem.entered_at)))


def told(kind, item: WorkItem, *, actor=None, **data) -> None:
    """Write an event about a work item; inside a transaction."""
    data = {"agent_id": item.agent_id, **data} if item.agent_id else data
    record(kind, ticket_id=item.ticket_id, subject=("work_item", item.id), actor=actor, work_item_id=item.id, queue_id=item.queue_id, **data)
