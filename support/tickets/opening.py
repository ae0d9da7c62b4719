"""From a question to a ticket: one use case, one commit."""
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support import limits
from support.clock import now
from support.database import db, transaction
from support.errors import NotFound
from support.events import record
from support.tickets import kinds, words
from support.tickets.attachments import attach
from support.tickets.models import Conversation, Message, SeenAnswer, Ticket

CHANNELS = ("chat", "form", "callback")


def open_ticket(person, *, subject, body, topic, channel, client_id, language="en", order=None, seen=(), follow_up_of=None, files=(), priority="normal", sorting="", then=None) -> Ticket:
    """Store a customer's question with its order and what was read before; returns the ticket.

    `person` is the customer or a guest; `order` was looked up through the same person; `seen` is a list of
    `(article_id, title, helped)`; `files` are keys of files the person has uploaded. The same client id again returns the ticket opened the first time.
    `sorting` says how the queue was found; `then(session, ticket)` writes in the same commit what else belongs to the beginning.
    """
    settings = current_app.config["SETTINGS"]
    client_id = words.client_id(client_id)
    subject = words.line(subject, 200, "subject")
    body = words.body(body, settings.message_length, may_be_empty=bool(files))
    if person.is_staff or person.id is None or channel not in CHANNELS:
        raise NotFound()
    if order is not None and order.person_id != person.id:
        raise NotFound()
    customer_id, order_id = person.id, order.id if order else None  # read before the transaction, which forgets what was loaded
    known = select(Ticket).where(Ticket.customer_id == customer_id, Ticket.client_id == client_id)
    if (again := db.session.scalar(known)) is not None:
        return again
    limits.hit("ticket", person.counted_as)
    with transaction() as session:
        if (again := session.scalar(known)) is not None:
            return again
        at = now()
        ticket = Ticket(
            customer_id=customer_id, subject=subject, topic=topic, language=language, order_id=order_id,
            sign_in_id=person.sign_in_id if person.role == "guest" else None, client_id=client_id, opened_at=at, activity_at=at,
            follow_up_of_id=follow_up_of.id if follow_up_of else None,
            priority=priority, sorting=sorting,
        )
        ticket.conversations.append(Conversation(channel=channel, started_at=at, activity_at=at, seq=1, desk_seq=1, customer_seq=1, customer_got=1))
        ticket.seen = [SeenAnswer(article_id=article_id, title=title[:200], helped=helped) for article_id, title, helped in seen]
        try:
            with session.begin_nested():
                session.add(ticket)
        except IntegrityError:  # the same form, sent twice at once: the other one was faster
            return session.scalars(known).one()
        conversation = ticket.conversation
        first = Message(
            conversation_id=conversation.id, seq=1, desk_seq=1, kind="reply", author_id=customer_id, by_staff=False,
            body=body, client_id=client_id, created_at=at,
        )
        session.add(first)
        session.flush()
        attach(session, person, first, ticket.id, files)
        numbers = {"conversation_id": conversation.id, "channel": channel}
        record(
            kinds.OPENED, ticket_id=ticket.id, actor=person, topic=topic, order_id=order_id,
            follow_up_of=ticket.follow_up_of_id, **numbers,
        )
        record(
            kinds.POSTED, ticket_id=ticket.id, actor=person, conversation_id=conversation.id, message_id=first.id, seq=1, desk_seq=1, by_staff=False
        )
        if then is not None:
            then(session, ticket)
    return ticket


def follow_up(person, closed: Ticket, body: str, client_id: str, files=()) -> Message:
    """A reply to a closed ticket starts a new one, linked to it; returns its first message."""
    ticket = open_ticket(
        person, subject=closed.subject, body=body, topic=closed.topic, channel="form", client_id=client_id, language=closed.language,
        order=closed.order, follow_up_of=closed, files=files,
    )
    return db.session.scalar(select(Message).where(Message.conversation_id == ticket.conversation.id, Message.seq == 1))
