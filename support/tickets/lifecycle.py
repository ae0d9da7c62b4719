"""The one table of moves, and the verbs that walk it. Each verb is one use case in one transaction."""
from datetime import datetime

from flask_babel import gettext as _

from support.clock import now
from support.database import lock, transaction
from support.errors import IllegalMove, Invalid, Stale
from support.events import record
from support.tickets import kinds
from support.tickets.access import demand_work, find, is_customer_of
from support.tickets.models import LIVE, PRIORITIES, Conversation, Disposition, Ticket

MOVES = {
    "new": {"open", "pending", "on_hold", "resolved"},
    "open": {"pending", "on_hold", "resolved"},
    "pending": {"open", "on_hold", "resolved"},
    "on_hold": {"open", "pending", "resolved"},
    "resolved": {"open", "closed"},
    "closed": set(),
}


def move(ticket: Ticket, to: str, *, actor, kind=kinds.MOVED, by_talk=False, **data) -> None:
    """Change the state along a drawn move and write the event. Inside a transaction, with the ticket locked.

    A move that a message brings about (`by_talk`) keeps the version: talk must not make an open form stale.
    """
    if to not in MOVES[ticket.state]:
        raise IllegalMove()
    record(kind, ticket_id=ticket.id, actor=actor, **{"from": ticket.state, "to": to, **data})
    ticket.state = to
    ticket.version += 0 if by_talk else 1


def locked(session, person, ticket_id: int, version: int | None = None) -> Ticket:
    """The ticket this person may see, locked and fresh; Stale if its properties are newer than `version`."""
    ticket = find(person, ticket_id)
    lock(session, Conversation, ticket.conversation.id)  # the order everywhere: conversation first
    ticket = lock(session, Ticket, ticket_id)
    if version is not None and version != ticket.version:
        raise Stale()
    return ticket


def resolve(person, ticket_id: int, disposition_id: int | None, version: int | None = None) -> Ticket:
    """Resolve with a disposition code."""
    with transaction() as session:
        ticket = locked(session, person, ticket_id, version)
        demand_work(person, ticket)
        disposition = session.get(Disposition, disposition_id) if disposition_id else None
        if disposition is None or not disposition.active:
            raise Invalid({"disposition": _("Choose what it was about.")})
        move(ticket, "resolved", actor=person, kind=kinds.RESOLVED, disposition_id=disposition.id)
        ticket.disposition_id, ticket.resolved_at = disposition.id, now()
    return ticket


def reopen(person, ticket_id: int) -> Ticket:
    """Open again what was resolved; the customer may, and so may whoever is responsible."""
    with transaction() as session:
        ticket = locked(session, person, ticket_id)
        if not is_customer_of(person, ticket):
            demand_work(person, ticket)
        reopen_locked(ticket, actor=person)
    return ticket


def reopen_locked(ticket: Ticket, *, actor, by_talk=False) -> None:
    """The move behind every way of reopening; inside a transaction."""
    if ticket.state != "resolved":
        raise IllegalMove()
    move(ticket, "open", actor=actor, kind=kinds.REOPENED, by_talk=by_talk)
    ticket.resolved_at = None
    ticket.disposition_id = None


def hold(person, ticket_id: int) -> Ticket:
    """Put on hold: a third party has to act. The customer keeps seeing it as open."""
    return _simple_move(person, ticket_id, "on_hold")


def wait_for_customer(person, ticket_id: int) -> Ticket:
    """It is the customer's turn."""
    return _simple_move(person, ticket_id, "pending")


def take_up(person, ticket_id: int) -> Ticket:
    """It is our turn again."""
    return _simple_move(person, ticket_id, "open")


def _simple_move(person, ticket_id: int, to: str) -> Ticket:
    with transaction() as session:
        ticket = locked(session, person, ticket_id)
        demand_work(person, ticket)
        if ticket.state == "resolved":
            raise IllegalMove()  # only reopening leads out of resolved
        move(ticket, to, actor=person)
    return ticket


def set_priority(person, ticket_id: int, priority: str, version: int | None = None) -> Ticket:
    """Change the priority."""
    if priority not in PRIORITIES:
        raise Invalid({"priority": _("Choose one of the priorities.")})
    with transaction() as session:
        ticket = locked(session, person, ticket_id, version)
        demand_work(person, ticket)
        if ticket.priority != priority:
            record(kinds.PRIORITY, ticket_id=ticket.id, actor=person, **{"from": ticket.priority, "to": priority})
            ticket.priority = priority
            ticket.version += 1
    return ticket


def close(ticket_id: int, before: datetime) -> bool:
    """Close what was resolved before that instant; the automatic end. False if it was reopened meanwhile."""
    with transaction() as session:
        ticket = lock(session, Ticket, ticket_id)
        if ticket.state != "resolved" or ticket.resolved_at >= before:
            return False
        move(ticket, "closed", actor=None, kind=kinds.CLOSED)
        ticket.closed_at = now()
    return True


def assign(ticket: Ticket, agent, *, actor) -> None:
    """Make an agent responsible. Inside a transaction; the router has checked that he may."""
    if ticket.state not in LIVE:
        raise IllegalMove()
    before = ticket.assignee_id
    ticket.assignee_id = agent.id
    ticket.version += 1
    record(kinds.ASSIGNED, ticket_id=ticket.id, actor=actor, agent_id=agent.id, from_agent_id=before)
    if ticket.state == "new":
        move(ticket, "open", actor=actor)


def release(ticket: Ticket, *, actor=None) -> None:
    """Nobody is responsible any more: the work goes back to the line. Inside a transaction."""
    if ticket.assignee_id is not None:
        record(kinds.RELEASED, ticket_id=ticket.id, actor=actor, from_agent_id=ticket.assignee_id)
        ticket.assignee_id = None
        ticket.version += 1
