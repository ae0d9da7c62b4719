"""Tickets of another helpdesk as files, and what became of them here."""
import json
from pathlib import Path

from sqlalchemy import select

from support.database import db
from support.tickets import Message, Ticket, TicketOrigin

ROWS = ("ticket", "subject", "status", "customer_email", "customer_name", "author_kind", "author_name", "author_email", "body", "sent_at", "opened_at")


def ticket(reference: str, *said, **values) -> dict:
    """A ticket with its messages as one object; each of `said` is (role, words, time) or more."""
    messages = [{"role": role, "body": body, "at": at, **(more[0] if more else {})} for role, body, at, *more in said]
    return {"ticket": reference, "customer_email": "maja@mail.example", "status": "solved", "messages": messages, **values}


def lines(path: Path, *objects) -> Path:
    """A file of JSON lines."""
    path.write_text("".join(json.dumps(each) + "\n" for each in objects), encoding="utf8")
    return path


def brought(app, reference: str, source: str = "old_desk") -> Ticket:
    """An imported ticket with what belongs to it, to look at."""
    with app.app_context():
        query = select(Ticket).join(TicketOrigin, TicketOrigin.ticket_id == Ticket.id).where(TicketOrigin.source == source, TicketOrigin.reference == reference)
        found = db.session.scalar(query)
        assert found is not None, f"there is no ticket {reference}"
        _loaded = found.customer, found.assignee, found.conversations, found.order
        db.session.expunge_all()
        return found


def talk(app, reference: str) -> list[Message]:
    """Its messages in the order staff read them, with their authors."""
    thread = brought(app, reference).conversation.id
    with app.app_context():
        found = list(db.session.scalars(select(Message).where(Message.conversation_id == thread).order_by(Message.desk_seq)))
        _loaded = [message.author for message in found]
        db.session.expunge_all()
        return found
