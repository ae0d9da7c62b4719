"""A ticket changes its queue: its work goes along and keeps its place."""
from dataclasses import dataclass

from sqlalchemy import select

from support.clock import now
from support.database import lock
from support.routing import kinds, offers, picture, work
from support.routing import presence as presences
from support.routing.line import of_ticket
from support.routing.models import ASSIGNED, LIVE, OFFERED, WAITING, Offer, Presence, Queue, WorkItem
from support.tickets import release
from support.tickets.models import Ticket


@dataclass(frozen=True)
class Held:
    """The live work of a ticket with whoever has it or hears it ring, locked in the router's order."""

    item: WorkItem
    offer: Offer | None
    presence: Presence | None


def locked(session, ticket_id: int) -> Held | None:
    """Lock what would move; the caller locks the ticket after it. None when it waits nowhere."""
    found = of_ticket(ticket_id)
    if found is None:
        return None
    item = lock(session, WorkItem, found.id)
    if not item.is_live:
        return None
    offer = session.scalar(select(Offer).where(Offer.work_item_id == item.id, Offer.state == LIVE).execution_options(populate_existing=True))
    agent_id = offer.agent_id if offer else item.agent_id
    return Held(item, offer, presences.locked(session, agent_id) if agent_id else None)


def to_queue(session, held: Held | None, ticket: Ticket, queue: Queue) -> None:
    """Into another queue with the old place. What rings is taken back; whoever has it keeps it, if he is trained for what the new queue asks."""
    if held is None:
        return
    item, at = held.item, now()
    if item.state == OFFERED and held.offer is not None:
        offers.take_back_moved(session, held.offer, item, held.presence, at)
    item.queue_id = queue.id
    session.flush()
    if item.state == ASSIGNED and picture.lacking(item.agent_id, item, at) is not None:
        release(ticket)
        item.state, item.state_at, item.agent_id, item.seen_at = WAITING, at, None, None  # signs of life are kept in the line only
        presences.settle(session, held.presence, at)
    if item.state == WAITING:
        work.told(kinds.QUEUED, item, channel=item.channel, reason="moved")
