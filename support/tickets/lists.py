"""Lists of tickets: a customer's questions, a customer's earlier contacts, what supervisors search in."""
from datetime import timedelta

from flask import current_app
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from support.clock import now
from support.database import db
from support.kept import Kept
from support.people.person import Person
from support.tickets import kinds
from support.tickets.access import visible_to
from support.tickets.lifecycle import close
from support.tickets.models import Conversation, Disposition, Message, Ticket
from support.tickets.origins import TicketOrigin


def listed(person) -> Select:
    """Visible tickets with what a row shows, for sorting and paging; joined with the customer."""
    return visible_to(person).join(Ticket.customer).options(
        joinedload(Ticket.customer), joinedload(Ticket.assignee), joinedload(Ticket.order), joinedload(Ticket.disposition), selectinload(Ticket.conversations)
    )


def matching(query: Select, text: str) -> Select:
    """Narrow a select of `listed` to tickets whose number, subject or customer contains the words, or that had this number in another helpdesk."""
    for word in text.split()[:8]:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        by_number = Ticket.id == int(word.upper().removeprefix("T-")) if word.upper().removeprefix("T-").isdecimal() and len(word) < 12 else False
        elsewhere = Ticket.id.in_(select(TicketOrigin.ticket_id).where(TicketOrigin.reference == word))
        query = query.where(or_(by_number, elsewhere, Ticket.subject.ilike(like, escape="\\"), Person.name.ilike(like, escape="\\"), Person.email.ilike(like, escape="\\")))
    return query


def of_customer(person, customer_id: int, limit: int = 20) -> list[Ticket]:
    """A customer's tickets that this person may see, newest first."""
    query = visible_to(person).where(Ticket.customer_id == customer_id).options(joinedload(Ticket.assignee), joinedload(Ticket.conversations))
    return list(db.session.scalars(query.order_by(Ticket.activity_at.desc(), Ticket.id.desc()).limit(limit)).unique())


def last_words(tickets: list[Ticket]) -> dict[int, Message]:
    """For each ticket the last message its customer may see, in one statement; keys are ticket ids."""
    ids = [ticket.conversation.id for ticket in tickets]
    query = (
        select(Conversation.ticket_id, Message)
        .join(Message, (Message.conversation_id == Conversation.id) & (Message.seq == Conversation.seq))
        .where(Conversation.id.in_(ids))
        .options(joinedload(Message.author))
    )
    return {ticket_id: message for ticket_id, message in db.session.execute(query)}


_dispositions = Kept(
    lambda session: list(session.scalars(select(Disposition).order_by(Disposition.position, Disposition.name))),
    models=(Disposition,), kinds=(kinds.DISPOSITION_SAVED,),
)


def dispositions() -> list[Disposition]:
    """The codes an agent may choose from."""
    return [disposition for disposition in _dispositions() if disposition.active]


def all_dispositions() -> list[Disposition]:
    """Also those no longer in use: what was chosen once keeps its name."""
    return list(_dispositions())


def close_silent() -> None:
    """Close what has been resolved for the number of days of the setting CLOSE_AFTER_DAYS. A timed job."""
    before = now() - timedelta(days=current_app.config["SETTINGS"].close_after_days)
    due = list(db.session.scalars(select(Ticket.id).where(Ticket.state == "resolved", Ticket.resolved_at < before).limit(500)))
    for ticket_id in due:
        close(ticket_id, before)
