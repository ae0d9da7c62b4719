"""An agent's desk as one look: my presence and load, my work, what waits that I am trained for, and the offer that rings."""
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from support import training
from support.clock import now
from support.database import snapshot
from support.people.permissions import demand
from support.people.person import Person
from support.routing import capacity, consults, picture, why
from support.routing import presence as presences
from support.routing.consults import Joining
from support.routing.fitness import TICKET_SECONDS, untrained
from support.routing.models import ASSIGNED, LIVE, TICKET, WAITING, Consult, Offer, Presence, WorkItem
from support.tickets.models import TURN, Conversation, Message, Ticket

WAITING_SHOWN = 50
WAITING_LOOKED_AT = 500
QUOTED = 280

waits_too = aliased(WorkItem)


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
    trainee: str | None = None


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
    passed_by: str | None = None  # the colleague who passes it on, with his note
    note: str = ""


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
    trainees: list[DeskItem]  # what those have in hand whose mentor I am; `customer_name` is the customer's, `trainee` theirs
    is_trained: bool  # for at least one queue in use, whatever the language; True where the lists were left out
    consults: list[Joining]  # those in which I ask or am asked, and what has just ended

    @property
    def asked(self) -> Joining | None:
        """The consult that rings for me."""
        return next((one for one in self.consults if one.mine and one.state == "asked"), None)


def my_desk(person, *, work: bool = True, offer: bool = True) -> DeskView:
    """Everything around the work, from one instant; a fixed number of statements.

    Pieces of the page that are fetched alone leave out the lists (`work`) or the ringing offer (`offer`).
    """
    demand(person, "desk")
    with snapshot() as session:
        at, limits, lines = now(), capacity.limits(), picture.Lines(now())
        presence, rings, joinings = _myself(session, person, at)
        held = _held(session, person) if work else []
        levels = picture.levels_by_person([person.id], at).get(person.id, {}) if work else {}
        waiting, total = _waiting(session, levels, lines) if work else ([], 0)
        load = _load(held) if work else capacity.load(person.id)
        return DeskView(
            presence=presence, shown=presences.shown(presence), shown_since=presences.shown_since(presence) if presence else None,
            units=load.units, units_max=limits.units, tickets=load.tickets, tickets_max=limits.max_tickets,
            trainees=_of_trainees(session, training.trainees.mentored_by(person, at), lines) if work else [],
            mine=_mine(held, lines), waiting=waiting, waiting_total=total, offer=_ringing(session, rings, lines) if rings and offer else None,
            is_trained=not work or any(_may_take(queue, levels) for queue in lines.queues.values()), consults=joinings,
        )


def _may_take(queue, levels: dict[int, int]) -> bool:
    return queue.active and all(levels.get(need.skill_id, 0) >= need.min_level for need in queue.needs if need.required)


def _myself(session, person, at: datetime) -> tuple[Presence | None, Offer | None, list[Joining]]:
    """My presence, the offer that rings at my desk, and the consults that concern it."""
    ringing = (Offer.agent_id == Presence.person_id) & (Offer.state == LIVE) & (Offer.expires_at > at)
    query = select(Presence, Offer, *consults.COLUMNS).outerjoin(Offer, ringing).outerjoin(Consult, consults.of_desk(person.id, at))
    rows = session.execute(consults.joined(query).where(Presence.person_id == person.id).order_by(Consult.id)).all()
    if not rows:
        return None, None, []
    return rows[0][0], rows[0][1], [consults.shown(row[2:], person.id) for row in rows if row[2] is not None]


def _items(*more):
    query = select(WorkItem, Ticket, *more).join(Ticket, Ticket.id == WorkItem.ticket_id)
    return query.options(joinedload(Ticket.customer), joinedload(Ticket.order))


def _held(session, person) -> list:
    """(work item, ticket, when somebody wrote last for the customer to see) of all that is in my hands."""
    last_words = select(func.max(Conversation.activity_at)).where(Conversation.ticket_id == Ticket.id).scalar_subquery()
    return session.execute(_items(last_words).where(WorkItem.state == ASSIGNED, WorkItem.agent_id == person.id)).all()


def _load(held: list) -> capacity.Load:
    return capacity.weighed(Counter(item.channel for item, ticket, _since in held if capacity.counts(item.channel, ticket.state)))


def _mine(held: list, lines) -> list[DeskItem]:
    """My work, whose turn it is first, then what is due first."""
    mine = [_row(item, ticket, lines, since or ticket.activity_at) for item, ticket, since in held]
    return sorted(mine, key=lambda row: (row.turn != "staff", row.channel == TICKET, row.since, row.item_id))


def _of_trainees(session, person_ids: list[int], lines) -> list[DeskItem]:
    """What my trainees have in hand, whose turn it is first; nothing is asked for whoever has none."""
    if not person_ids:
        return []
    query = _items(Person.name).join(Person, Person.id == WorkItem.agent_id).where(WorkItem.state == ASSIGNED, WorkItem.agent_id.in_(person_ids))
    rows = [replace(_row(item, ticket, lines, ticket.activity_at), trainee=name) for item, ticket, name in session.execute(query)]
    return sorted(rows, key=lambda row: (row.turn != "staff", row.channel == TICKET, row.since, row.item_id))


def _waiting(session, levels: dict[int, int], lines) -> tuple[list[DeskItem], int]:
    """What waits and I am trained for, what is due first on top; and how much waits in all."""
    total = select(func.count()).select_from(waits_too).where(waits_too.state == WAITING).scalar_subquery()
    query = _items(total).where(WorkItem.state == WAITING).order_by(WorkItem.entered_at, WorkItem.id)
    rows = session.execute(query.limit(WAITING_LOOKED_AT)).all()
    mine = [
        _row(item, ticket, lines, item.entered_at)
        for item, ticket, _total in rows
        if untrained(lines.of(item), levels) is None
    ]
    return sorted(mine, key=lambda row: (row.due, row.item_id))[:WAITING_SHOWN], rows[0][-1] if rows else 0


def _row(item: WorkItem, ticket: Ticket, lines, since: datetime) -> DeskItem:
    queue = lines.queues[item.queue_id]
    target = TICKET_SECONDS if item.channel == TICKET else queue.target_seconds
    return DeskItem(
        item.id, ticket.id, ticket.number, ticket.subject, ticket.customer.name, queue.name, item.channel, TURN[ticket.state], since,
        item.entered_at + timedelta(seconds=target),
    )


def _ringing(session, offer: Offer, lines) -> LiveOffer:
    query = _items(Message.body, Person.name).outerjoin(Message, Message.id == WorkItem.passed_note_id).outerjoin(Person, Person.id == Message.author_id)
    item, ticket, note, passed_by = session.execute(query.where(WorkItem.id == offer.work_item_id)).one()
    queue = lines.queues[item.queue_id]
    return LiveOffer(
        offer.id, ticket.id, item.channel, queue.name, ticket.customer.name, ticket.order.number if ticket.order else None,
        _question(session, ticket), item.entered_at, queue.target_seconds, offer.offered_at, offer.expires_at, why.sentences(offer), passed_by, note or "",
    )


def _question(session, ticket: Ticket) -> str:
    """The customer's first words, or the last ones after a reopening; cut to what an offer can hold."""
    last = select(Message.body).join(Conversation, Conversation.id == Message.conversation_id)
    body = session.scalar(
        last.where(Conversation.ticket_id == ticket.id, Message.by_staff.is_(False), Message.kind == "reply").order_by(Message.id.desc()).limit(1)
    )
    text = (body or ticket.subject).strip()
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"
