"""Tickets that were still open in the other helpdesk, taken on here: they come into the line like any other work, at the end of an import that asks for it."""
from __future__ import annotations

from sqlalchemy import select

from support.database import db
from support.events import record
from support.importing import RunContext
from support.people.person import Person
from support.tickets import kinds
from support.tickets.models import LIVE, Conversation, Ticket
from support.tickets.origins import TicketOrigin


def go_on(run: RunContext) -> int:
    """Open what this run met as open, unless people worked on it here; returns how many. Inside a transaction.

    The event is news, not history: by it the router gives each its place in line, counted from now. Whoever had it there keeps it only if they work here.
    """
    query = (
        select(Ticket, TicketOrigin, Conversation).join(TicketOrigin, TicketOrigin.ticket_id == Ticket.id).join(Conversation, Conversation.ticket_id == Ticket.id)
        .where(TicketOrigin.source == run.source, TicketOrigin.run_id == run.run_id, TicketOrigin.state.in_(LIVE), Ticket.state == "closed")
        .order_by(Ticket.opened_at, Ticket.id)
    )
    rows = [(ticket, origin, thread) for ticket, origin, thread in db.session.execute(query) if ticket.version == origin.version and thread.desk_seq == origin.messages]
    staff = set(db.session.scalars(select(Person.id).where(Person.id.in_({ticket.assignee_id for ticket, _origin, _thread in rows}), Person.active)))
    for ticket, origin, conversation in rows:
        ticket.assignee_id = ticket.assignee_id if ticket.assignee_id in staff else None
        ticket.state = origin.state if ticket.assignee_id else "open" if ticket.first_reply_at else "new"
        ticket.resolved_at = ticket.closed_at = conversation.ended_at = None
        conversation.channel = "form"  # nobody sits at the other end of an old chat
        record(kinds.TAKEN_ON, ticket_id=ticket.id, source=run.source, reference=origin.reference)
    return len(rows)
