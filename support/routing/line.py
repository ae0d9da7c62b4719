"""Joining and leaving the line: one work item follows one ticket for as long as the ticket needs somebody.

`reconcile` makes the two agree, whatever happened to the ticket; it may be called any number of times. The relay calls it
after each event of a ticket, the sweep for tickets that were forgotten.
"""
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.clock import now
from support.database import db, lock, transaction
from support.people.person import Person
from support.routing import calls, capacity, kinds, offers, overflow, picture, standing
from support.routing import presence as presences
from support.routing.fitness import no_room, untrained
from support.routing.models import ASSIGNED, CHAT, DONE, LATER, LEFT, LIVE, LIVE_STATES, TICKET, WAITING, Offer, Queue, WorkItem
from support.routing.work import told
from support.tickets import release
from support.tickets.models import LIVE as TICKET_LIVE
from support.tickets.models import Conversation, Ticket
from support.tickets.origins import origin_of

FORGOTTEN_AT_ONCE = 100


def of_ticket(ticket_id: int) -> WorkItem | None:
    """The live work item of a ticket."""
    return db.session.scalar(select(WorkItem).where(WorkItem.ticket_id == ticket_id, WorkItem.state.in_(LIVE_STATES)))


def reconcile(ticket_id: int) -> None:
    """A ticket that needs somebody has its place; one that needs nobody has none. Settles the agent's state, too."""
    ticket = db.session.get(Ticket, ticket_id, populate_existing=True)
    if ticket is None:
        return
    item = of_ticket(ticket_id)
    if ticket.is_live and item is None:
        _join(ticket_id)
    elif not ticket.is_live and item is not None:
        _leave(item.id)
    elif item is not None and item.agent_id is not None:
        settle_person(item.agent_id)


def settle_person(person_id: int) -> None:
    """Bring one agent's computed state up to date."""
    with transaction() as session:
        presences.settle(session, presences.locked(session, person_id), now())


def forgotten() -> list[int]:
    """Tickets whose place does not fit their state: an event was lost, or they came by another door."""
    joined = select(WorkItem.id).where(WorkItem.ticket_id == Ticket.id, WorkItem.state.in_(LIVE_STATES)).exists()
    missing = select(Ticket.id).where(Ticket.state.in_(TICKET_LIVE), ~joined)
    over = select(Ticket.id).where(Ticket.state.not_in(TICKET_LIVE), joined)
    found = list(db.session.scalars(missing.order_by(Ticket.opened_at).limit(FORGOTTEN_AT_ONCE)))
    return found + list(db.session.scalars(over.limit(FORGOTTEN_AT_ONCE)))


def _join(ticket_id: int) -> None:
    """A place in line; or straight back to whoever had it, if he is there, still trained and has room."""
    try:
        with transaction() as session:
            ticket = lock(session, Ticket, ticket_id)
            queue = queue_for(ticket.topic)
            if not ticket.is_live or of_ticket(ticket_id) is not None or queue is None:
                return
            at, channel = now(), _channel(session, ticket)
            onward, code = overflow.Doors().entrance(queue, ticket.language) if channel == CHAT else (queue, None)  # before the item itself counts
            item = _new_item(session, ticket, queue, channel, at)
            before = ticket.assignee_id
            if before is not None and ticket.state not in capacity.COUNTING:
                _keep(item, before, at)  # it waits for the customer or somebody else: nothing to do but to remember whose it is
            elif before is not None and _back_to(session, item, before, at):
                told(kinds.RETURNED_TO, item)
            elif item.state == LATER:
                return  # he is choosing when to be called
            else:
                release(ticket)
                told(kinds.QUEUED, item, channel=item.channel, reason="reopened" if before or item.entered_at != ticket.opened_at else "opened")
                if code is not None:
                    overflow.send_on(item, onward, code)
    except IntegrityError:
        return  # another process gave it its place


def _channel(session, ticket: Ticket) -> str:
    """What its conversation is."""
    return session.scalar(select(Conversation.channel).where(Conversation.ticket_id == ticket.id).order_by(Conversation.id.desc()).limit(1))


def _new_item(session, ticket: Ticket, queue: Queue, channel: str, at: datetime) -> WorkItem:
    """The place counts from the opening; for what was answered once, or opened in another helpdesk, from now: that wait was not ours."""
    from_now = session.scalar(select(WorkItem.id).where(WorkItem.ticket_id == ticket.id).limit(1)) is not None or origin_of(ticket) is not None
    item = WorkItem(
        ticket_id=ticket.id, queue_id=queue.id, channel=CHAT if channel == CHAT else TICKET, language=picture.main_language(ticket.language),
        state=WAITING, entered_at=at if from_now else ticket.opened_at, state_at=at, last_agent_id=ticket.assignee_id,
    )
    if channel == calls.CALLBACK and not from_now:
        item.state, item.later_until = LATER, at + calls.CHOOSING
    session.add(item)
    session.flush()
    return item


def _back_to(session, item: WorkItem, person_id: int, at: datetime) -> bool:
    holder = session.get(Person, person_id)
    presence = presences.locked(session, person_id)
    agent = next(iter(picture.agents(at, [person_id])), None)
    line = picture.Lines(at).of(item)
    if holder is None or agent is None or agent.out or untrained(line, agent.levels) or no_room(item.channel, agent, capacity.limits()):
        return False
    _keep(item, person_id, at)
    presences.settle(session, presence, at)
    return True


def _keep(item: WorkItem, person_id: int, at: datetime) -> None:
    item.state, item.state_at, item.agent_id, item.last_agent_id = ASSIGNED, at, person_id, person_id
    item.answered_at = at


def _leave(item_id: int) -> None:
    """The ticket needs nobody now: the contact is over, or the customer left the line."""
    with transaction() as session:
        item = lock(session, WorkItem, item_id)
        ticket = session.get(Ticket, item.ticket_id, populate_existing=True)
        if not item.is_live or ticket.is_live:
            return
        at = now()
        offer = session.scalar(select(Offer).where(Offer.work_item_id == item_id, Offer.state == LIVE))
        agent_id = offer.agent_id if offer else item.agent_id
        presence = presences.locked(session, agent_id) if agent_id else None
        if offer is not None:
            offers.close_live(session, offer, item, at)
        outcome = DONE if item.state == ASSIGNED else LEFT
        if outcome == DONE and item.channel != TICKET:
            presence.wrap_up_until = at + timedelta(seconds=current_app.config["SETTINGS"].wrap_up_seconds)
        item.state, item.state_at, item.ended_at = outcome, at, at
        if presence is not None:
            presences.settle(session, presence, at)
        told(kinds.FINISHED, item, channel=item.channel, outcome=outcome)


def queue_for(topic: str) -> Queue | None:
    """The queue of a topic; for one that is gone, the first in the list."""
    active = [queue for queue in standing.queues() if queue.active]
    return next((queue for queue in active if queue.slug == topic), active[0] if active else None)
