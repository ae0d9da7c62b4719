"""An agent's desk as one look: my presence and load, my work, what waits that I am trained for, and the offer that rings."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from support.clock import now
from support.database import snapshot
from support.people.permissions import demand
from support.routing import capacity, picture, why
from support.routing import presence as presences
from support.routing.fitness import untrained
from support.routing.models import ASSIGNED, LIVE, TICKET, WAITING, Offer, Presence, WorkItem
from support.routing.scores import TICKET_SECONDS
from support.tickets.models import TURN, Conversation, Message, Ticket

WAITING_SHOWN = 50
WAITING_LOOKED_AT = 500
QUOTED = 280


@dataclass(frozen=True)
class DeskItem:
    """A row of the list. `turn`: staff, customer, other; `since`: since when it is so (waiting work: its place in line)."""

    item_id: int
    ticket_id: int
    number: str
    subject: str
    customer_name: str
    queue_name: str
    channel: str
    turn: str
    since: datetime
    due: datetime


@dataclass(frozen=True)
class LiveOffer:
    """The offer that rings, with the sentences that say why it rings here."""

    id: int
    ticket_id: int
    channel: str
    queue_name: str
    customer_name: str
    order_number: str | None
    question: str
    entered_at: datetime
    target_seconds: int
    offered_at: datetime
    expires_at: datetime
    why: list[str]


@dataclass(frozen=True)
class DeskView:
    presence: Presence | None
    shown: str
    shown_since: datetime | None
    units: int
    units_max: int
    tickets: int
    tickets_max: int
    mine: list[DeskItem]
    waiting: list[DeskItem]
    waiting_total: int
    offer: LiveOffer | None


def my_desk(person, *, work: bool = True, offer: bool = True) -> DeskView:
    """Everything around the work, from one instant; a fixed number of statements.

    Pieces of the page that are fetched alone leave out the lists (`work`) or the ringing offer (`offer`).
    """
    demand(person, "desk")
    with snapshot() as session:
        at = now()
        limits, load, presence = capacity.limits(), capacity.load(person.id), presences.of(person.id)
        rings = _live_offer(session, person, at) if offer else None
        lines = picture.Lines(at) if work or rings else None
        waiting, total = _waiting(session, person, lines, at) if work else ([], 0)
        view = DeskView(
            presence=presence, shown=presences.shown(presence), shown_since=presences.shown_since(presence) if presence else None,
            units=load.units, units_max=limits.units, tickets=load.tickets, tickets_max=limits.max_tickets,
            mine=_mine(session, person, lines) if work else [], waiting=waiting, waiting_total=total,
            offer=_ringing(session, rings, lines) if rings else None,
        )
        if presence is not None:
            session.expunge(presence)  # keeps its values when the snapshot ends
    return view


def _items(*conditions):
    query = select(WorkItem, Ticket).join(Ticket, Ticket.id == WorkItem.ticket_id).where(*conditions)
    return query.options(joinedload(Ticket.customer), joinedload(Ticket.order))


def _mine(session, person, lines) -> list[DeskItem]:
    """My work, whose turn it is first, then what is due first."""
    rows = session.execute(_items(WorkItem.state == ASSIGNED, WorkItem.agent_id == person.id)).all()
    since = _last_words(session, [ticket.id for _item, ticket in rows])
    mine = [_row(item, ticket, lines, since.get(ticket.id, ticket.activity_at)) for item, ticket in rows]
    return sorted(mine, key=lambda row: (row.turn != "staff", row.channel == TICKET, row.since, row.item_id))


def _waiting(session, person, lines, at: datetime) -> tuple[list[DeskItem], int]:
    """What waits and I am trained for, what is due first on top; and how much waits in all."""
    total = session.scalar(select(func.count()).where(WorkItem.state == WAITING)) or 0
    levels = picture.levels_by_person([person.id], at).get(person.id, {})
    rows = session.execute(_items(WorkItem.state == WAITING).order_by(WorkItem.entered_at, WorkItem.id).limit(WAITING_LOOKED_AT)).all()
    mine = [
        _row(item, ticket, lines, item.entered_at)
        for item, ticket in rows
        if untrained(lines.line(item.queue_id, item.channel, item.language), levels) is None
    ]
    return sorted(mine, key=lambda row: (row.due, row.item_id))[:WAITING_SHOWN], total


def _row(item: WorkItem, ticket: Ticket, lines, since: datetime) -> DeskItem:
    queue = lines.queues[item.queue_id]
    target = TICKET_SECONDS if item.channel == TICKET else queue.target_seconds
    return DeskItem(
        item.id, ticket.id, ticket.number, ticket.subject, ticket.customer.name, queue.name, item.channel, TURN[ticket.state], since,
        item.entered_at + timedelta(seconds=target),
    )


def _last_words(session, ticket_ids: list[int]) -> dict[int, datetime]:
    """{ticket: when somebody wrote last, for the customer to see}."""
    query = (
        select(Conversation.ticket_id, func.max(Conversation.activity_at)).where(Conversation.ticket_id.in_(ticket_ids)).group_by(Conversation.ticket_id)
    )
    return dict(session.execute(query).all())


def _live_offer(session, person, at: datetime) -> Offer | None:
    return session.scalar(select(Offer).where(Offer.agent_id == person.id, Offer.state == LIVE, Offer.expires_at > at))


def _ringing(session, offer: Offer, lines) -> LiveOffer:
    item, ticket = session.execute(_items(WorkItem.id == offer.work_item_id)).one()
    queue = lines.queues[item.queue_id]
    return LiveOffer(
        offer.id, ticket.id, item.channel, queue.name, ticket.customer.name, ticket.order.number if ticket.order else None,
        _question(session, ticket), item.entered_at, queue.target_seconds, offer.offered_at, offer.expires_at, why.sentences(offer),
    )


def _question(session, ticket: Ticket) -> str:
    """The customer's first words, or the last ones after a reopening; cut to what an offer can hold."""
    last = select(Message.body).join(Conversation, Conversation.id == Message.conversation_id)
    body = session.scalar(
        last.where(Conversation.ticket_id == ticket.id, Message.by_staff.is_(False), Message.kind == "reply").order_by(Message.id.desc()).limit(1)
    )
    text = (body or ticket.subject).strip()
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"
