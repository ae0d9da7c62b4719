"""Which open screens an event of the router makes stale: the board, desks, and the places of those who wait.

What waits is seen at every desk: that is one screen, `desks`, however many look at it. What rings is the screen of one desk, and nobody else fetches it.
"""
from sqlalchemy import func, select

from support.database import db
from support.events import Event
from support.routing import kinds
from support.routing.models import OFFERED, WAITING, WorkItem
from support.tickets import kinds as ticket_kinds
from support.tickets.models import Conversation

LINE_MOVES = (kinds.QUEUED, kinds.ACCEPTED, kinds.TAKEN, kinds.TURNED, kinds.FINISHED, kinds.OVERFLOWED)
OFFER_MOVES = (kinds.MADE, kinds.DECLINED, kinds.TIMED_OUT, kinds.WITHDRAWN, kinds.RETURNED_TO)
PASSED = (kinds.TO_QUEUE, kinds.TO_SKILL, kinds.TO_PERSON, kinds.LOOPED)
CONSULTS = (kinds.CONSULT_ASKED, kinds.CONSULT_JOINED, kinds.CONSULT_ENDED, kinds.HANDED_OVER)
WORK_MOVES = (ticket_kinds.ASSIGNED, ticket_kinds.RELEASED, ticket_kinds.MOVED, ticket_kinds.POSTED)
FAR_BACK = 100  # nobody further back in line is told of each step; the page asks by itself now and then


def of_work(event: Event) -> list[str]:
    """An offer or a step of the line: the board, the agent, the customer, and when the line moves everybody in it."""
    screens = ["board", f"place:{event.ticket_id}"]
    if agent_id := event.data.get("agent_id"):
        screens.append(f"desk:{agent_id}")
    if event.kind in LINE_MOVES:
        screens += ["desks", *_places(event.data.get("queue_id"), event.data.get("from_queue_id"))]
    elif event.kind != kinds.RETURNED_TO:
        screens.append("desks")
    return screens


def of_passing(event: Event) -> list[str]:
    """Work that left a desk: the board, that desk, and the ticket wherever it is open."""
    holder = event.data.get("from_agent_id")
    return ["board", f"ticket:{event.ticket_id}", *([f"desk:{holder}"] if holder else [])]


def of_consult(event: Event) -> list[str]:
    """The desks of both, and the ticket wherever staff have it open; nothing of it reaches the customer."""
    talk = db.session.scalar(select(func.max(Conversation.id)).where(Conversation.ticket_id == event.ticket_id))
    return ["board", f"desk-conversation:{talk}", f"desk:{event.data['asker_id']}", f"desk:{event.data['agent_id']}"]


def of_presence(event: Event) -> list[str]:
    return ["board", f"desk:{event.data['person_id']}"]


def of_tickets(events: list[Event]) -> list[tuple[str, Event]]:
    """Talk and moves show on the desk of whoever is responsible: he who has the last work on the ticket."""
    work = select(WorkItem.ticket_id, WorkItem.agent_id).where(WorkItem.ticket_id.in_({event.ticket_id for event in events})).order_by(WorkItem.id)
    responsible = dict(db.session.execute(work).all())
    return [(f"desk:{agent_id}", event) for event in events if (agent_id := responsible.get(event.ticket_id))]


def of_settings(event: Event) -> list[str]:
    return ["board"]


def _places(*queue_ids: int | None) -> list[str]:
    query = select(WorkItem.ticket_id).where(WorkItem.queue_id.in_(queue_ids), WorkItem.state.in_((WAITING, OFFERED)))
    return [f"place:{ticket_id}" for ticket_id in db.session.scalars(query.order_by(WorkItem.entered_at).limit(FAR_BACK))]
