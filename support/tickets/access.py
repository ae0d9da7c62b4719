"""Who may see which ticket, and who may do what with it: the one answer for every door.

Customers see their own; a guest the tickets of his pass; staff all. Replies, resolving and holding belong to the
person responsible (or a supervisor), notes to all staff.
"""
from flask_babel import gettext as _
from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import joinedload

from support.database import db
from support.errors import NotAllowed, NotFound
from support.tickets.models import Conversation, Ticket


def visible_to(person) -> Select:
    """The tickets a person may know of, as a select to narrow, count or page."""
    query = select(Ticket)
    if person.is_staff:
        return query
    if person.role == "customer":
        return query.where(Ticket.customer_id == person.id)
    if person.role == "guest":
        return query.where(or_(Ticket.id == person.ticket_id, Ticket.sign_in_id == person.sign_in_id))
    return query.where(false())


def find(person, ticket_id: int) -> Ticket:
    """The ticket with what its page shows; NotFound when absent or not this person's."""
    query = visible_to(person).where(Ticket.id == ticket_id)
    query = query.options(
        joinedload(Ticket.customer), joinedload(Ticket.assignee), joinedload(Ticket.order), joinedload(Ticket.disposition),
        joinedload(Ticket.conversations), joinedload(Ticket.seen),
    )
    ticket = db.session.scalars(query).unique().one_or_none()
    if ticket is None:
        raise NotFound()
    return ticket


def thread(person, ticket_id: int):
    """The id of the conversation of a ticket that is written in now, as a part of a statement; NULL when absent or not this person's."""
    seen = visible_to(person).with_only_columns(Ticket.id).where(Ticket.id == ticket_id)
    return select(func.max(Conversation.id)).where(Conversation.ticket_id.in_(seen)).scalar_subquery()


def conversations_visible_to(person) -> Select:
    """The conversations of the tickets a person may know of."""
    return select(Conversation).where(Conversation.ticket_id.in_(visible_to(person).with_only_columns(Ticket.id)))


def find_conversation(person, conversation_id: int) -> Conversation:
    """The conversation, if its ticket is this person's to see; NotFound otherwise."""
    conversation = db.session.scalar(conversations_visible_to(person).where(Conversation.id == conversation_id))
    if conversation is None:
        raise NotFound()
    return conversation


def is_customer_of(person, ticket: Ticket) -> bool:
    """Whether the person speaks as the customer of this ticket."""
    return not person.is_staff and person.id == ticket.customer_id


def may_work(person, ticket: Ticket) -> bool:
    """Whether the person may answer, hold and resolve it."""
    return person.is_staff and (person.id == ticket.assignee_id or person.role in ("supervisor", "administrator"))


def demand_work(person, ticket: Ticket) -> None:
    """Raise unless the person may work on the ticket: NotFound for strangers, NotAllowed for other staff."""
    if not person.is_staff:
        raise NotFound()
    if not may_work(person, ticket):
        raise NotAllowed(_("This question is not with you. Take it first, or leave a note."))
