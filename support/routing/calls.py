"""The call as a channel: work of a line that is to be answered by telephone, now or not before a time.

The work item stays the same whatever the customer chooses, so that his place stays with it. Each function is a step inside the
transaction of a use case, which holds the item; `wake` is a use case of its own. Who wants to be called, and how often it was
tried, is kept by `support.contact.callbacks`.
"""
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from support.clock import now
from support.database import db, lock, transaction
from support.routing import kinds, offers
from support.routing import presence as presences
from support.routing.models import ASSIGNED, CALL, DONE, LATER, LIVE, OFFERED, TICKET, WAITING, Offer, Presence, WorkItem
from support.routing.work import told
from support.tickets import release
from support.tickets.models import Ticket

CALLBACK = "callback"  # the channel of a conversation that is to become a call
CHOOSING = timedelta(minutes=10)  # whoever does not say within them when to be called is answered in writing


def newest(session, ticket_id: int) -> WorkItem | None:
    """The last work item of a ticket, locked; None before it stood in a line."""
    item_id = session.scalar(select(WorkItem.id).where(WorkItem.ticket_id == ticket_id).order_by(WorkItem.id.desc()).limit(1))
    return lock(session, WorkItem, item_id) if item_id else None


def put_in_line(session, item: WorkItem, at: datetime, wanted_at: datetime | None = None) -> None:
    """Wait for a call: in the place it has, or from `wanted_at` on in the place of that time. For what nobody has in hand."""
    _take_from_ring(session, item, at)
    item.channel = CALL
    if wanted_at is not None and wanted_at > at:
        item.entered_at = wanted_at
        _turn(item, LATER, at, wanted_at)
    else:
        item.entered_at = min(item.entered_at, at)
        _turn(item, WAITING, at)
    told(kinds.TURNED, item, channel=CALL, reason="call")


def answer_in_writing(session, item: WorkItem, at: datetime) -> None:
    """No call any more: what nobody has in hand waits in its place for a written answer, the rest stays with its agent as a ticket."""
    _take_from_ring(session, item, at)
    presence = presences.locked(session, item.agent_id) if item.state == ASSIGNED else None
    item.channel = TICKET
    if presence is not None:
        presences.settle(session, presence, at)
    else:
        item.entered_at = min(item.entered_at, at)
        _turn(item, WAITING, at)
    told(kinds.TURNED, item, channel=TICKET, reason="written")


def put_off(session, item: WorkItem, at: datetime, until: datetime) -> None:
    """Nobody answered the telephone: out of the agent's hands, and back in the same place when it is time to try again."""
    presence = presences.locked(session, item.agent_id)
    release(lock(session, Ticket, item.ticket_id))
    item.agent_id = None
    _turn(item, LATER, at, until)
    presences.settle(session, presence, at)
    told(kinds.TURNED, item, channel=CALL, reason="later")


def end(session, item: WorkItem, at: datetime) -> WorkItem:
    """The call is over: time to write it up, and the ticket stays in the same hands until it is resolved. Returns the item of the ticket."""
    presence = presences.locked(session, item.agent_id)
    _turn(item, DONE, at)
    item.ended_at = at
    told(kinds.FINISHED, item, channel=CALL, outcome=DONE)
    session.flush()  # of one ticket one item is live at any moment
    rest = WorkItem(
        ticket_id=item.ticket_id, queue_id=item.queue_id, channel=TICKET, language=item.language, state=ASSIGNED, entered_at=at, state_at=at,
        agent_id=item.agent_id, last_agent_id=item.agent_id, answered_at=at,
    )
    session.add(rest)
    presence.wrap_up_until = at + timedelta(seconds=current_app.config["SETTINGS"].wrap_up_seconds)
    presences.settle(session, presence, at)
    return rest


def due(at: datetime) -> list[int]:
    """Items whose time has come, in the order of their places."""
    return list(db.session.scalars(select(WorkItem.id).where(WorkItem.state == LATER, WorkItem.later_until <= at).order_by(WorkItem.entered_at, WorkItem.id)))


def wake(item_id: int) -> bool:
    """From now on it stands in the line. False if it was put off meanwhile, or needs nobody any more."""
    with transaction() as session:
        item, at = lock(session, WorkItem, item_id), now()
        if item.state != LATER or item.later_until > at:
            return False
        _turn(item, WAITING, at)
        told(kinds.QUEUED, item, channel=item.channel, reason="due")
    return True


def newest_of(ticket_ids) -> dict[int, WorkItem]:
    """{ticket: its last work item}, in one statement."""
    last = select(func.max(WorkItem.id)).where(WorkItem.ticket_id.in_(list(ticket_ids))).group_by(WorkItem.ticket_id)
    return {item.ticket_id: item for item in db.session.scalars(select(WorkItem).where(WorkItem.id.in_(last)))}


def _take_from_ring(session, item: WorkItem, at: datetime) -> None:
    """The offer that rings, if any, is taken back; its agent is free again."""
    offer = session.scalar(select(Offer).where(Offer.work_item_id == item.id, Offer.state == LIVE)) if item.state == OFFERED else None
    if offer is not None:
        presence: Presence = presences.locked(session, offer.agent_id)
        offers.close_live(session, offer, item, at)
        _turn(item, WAITING, at)
        presences.settle(session, presence, at)


def _turn(item: WorkItem, to: str, at: datetime, until: datetime | None = None) -> None:
    item.state, item.state_at, item.later_until = to, at, until
