"""Writing in a conversation: one path for every door. Lock the conversation, number, store, commit."""
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from support import limits
from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove, Invalid, NotFound, Stale
from support.events import record
from support.tickets import kinds, receipts, words
from support.tickets.access import demand_work, is_customer_of, thread
from support.tickets.attachments import attach, with_files
from support.tickets.lifecycle import move, reopen_locked
from support.tickets.models import Conversation, Message, Ticket
from support.tickets.opening import follow_up

PAGE = 200


def post(person, ticket_id: int, body: str, client_id: str, *, kind="reply", article_id=None, then=None, read_desk_seq=None, files=()) -> Message:
    """Store one message and return it; the same client id again returns the one stored the first time.

    A customer's reply takes up or reopens the ticket, or starts a follow-up of a closed one. `then` is the state a
    staff reply leads to ("open" or "pending"). `read_desk_seq` is the last message its writer had seen:
    Stale if the customer or a colleague has written since. `files` are the keys of files the person has uploaded.
    """
    settings = current_app.config["SETTINGS"]
    client_id = words.client_id(client_id)
    body = words.body(body, settings.message_length, may_be_empty=bool(files))
    if kind not in ("reply", "note") or then not in (None, "open", "pending"):
        raise Invalid({"kind": _("Choose reply or note.")})
    limits.hit("message", person.counted_as)
    with transaction(keep=True) as session:
        conversation = lock(session, Conversation, thread(person, ticket_id))
        stored = session.scalar(select(Message).where(Message.conversation_id == conversation.id, Message.client_id == client_id))
        if stored is not None:
            return _own(stored, person)
        ticket = lock(session, Ticket, ticket_id)
        if kind == "note":
            if not person.is_staff:
                raise NotFound()
        elif is_customer_of(person, ticket):
            if ticket.state == "closed":
                return follow_up(person, ticket, body, client_id, files)
        else:
            demand_work(person, ticket)
            if ticket.state == "closed":
                raise IllegalMove()
        if read_desk_seq is not None and read_desk_seq < conversation.desk_seq:
            _refuse_unread(session, conversation, person, read_desk_seq)
        message = add_message(conversation, ticket, person, body, client_id, kind=kind, article_id=article_id)
        attach(session, person, message, ticket.id, files)
        if kind == "reply":
            _after_reply(ticket, person, then)
    return message


def _own(message: Message, person) -> Message:
    if message.author_id != person.id:
        raise Invalid({"client_id": _("The page was out of date. Please send again.")})
    return message


def _refuse_unread(session, conversation, person, read_desk_seq: int) -> None:
    unread = select(Message.id).where(
        Message.conversation_id == conversation.id, Message.desk_seq > read_desk_seq, Message.author_id != person.id
    )
    if session.scalar(unread.limit(1)) is not None:
        raise Stale(_("There are newer messages. Read them first; your text is kept."))


def add_message(conversation, ticket, person, body, client_id, *, kind="reply", article_id=None, at=None) -> Message:
    """Number and store a message and write its event. Inside a transaction, with the conversation locked."""
    at = at or now()
    conversation.desk_seq += 1
    if kind == "reply":
        conversation.seq += 1
    conversation.activity_at = ticket.activity_at = at
    if kind == "reply" and not (person.is_staff and person.id != ticket.assignee_id):
        receipts.move(conversation, "staff" if person.is_staff else "customer", conversation.seq)  # whoever writes has read
    message = Message(
        conversation=conversation, desk_seq=conversation.desk_seq, seq=conversation.seq if kind == "reply" else None,
        kind=kind, author_id=person.id, by_staff=person.is_staff, body=body, client_id=client_id, article_id=article_id, created_at=at,
    )
    db.session.add(message)
    db.session.flush()
    numbers = {"conversation_id": conversation.id, "message_id": message.id, "desk_seq": message.desk_seq}
    if kind == "note":
        record(kinds.NOTED, ticket_id=ticket.id, actor=person, **numbers)
    else:
        record(kinds.POSTED, ticket_id=ticket.id, actor=person, seq=message.seq, by_staff=person.is_staff, **numbers)
    return message


def _after_reply(ticket: Ticket, person, then: str | None) -> None:
    if not person.is_staff:
        if ticket.state == "resolved":
            reopen_locked(ticket, actor=person, by_talk=True)
        elif ticket.state == "pending":
            move(ticket, "open", actor=person, by_talk=True)
        return
    ticket.first_reply_at = ticket.first_reply_at or now()
    if ticket.state == "resolved":
        return  # a last friendly word does not reopen
    if then is None:
        then = "open" if ticket.state == "new" else ticket.state
    if then != ticket.state:
        move(ticket, then, actor=person, by_talk=True)


def newer(person, ticket_id: int, after: int = 0, limit: int = PAGE) -> tuple[Conversation, list[Message]]:
    """A ticket's conversation as it stands, and its messages a person may read behind a number: `seq` for the customer, `desk_seq` for staff.

    One statement, and one more if any of them carries files. Raises NotFound as `find`.
    """
    after = max(0, min(after or 0, 2**31 - 1))  # no number in a conversation is larger, and no database compares much larger ones
    number = _number(person)
    query = select(Conversation, Message).outerjoin(Message, (Message.conversation_id == Conversation.id) & (number > after))
    query = query.where(Conversation.id == thread(person, ticket_id)).options(joinedload(Message.author)).order_by(number).limit(limit)
    rows = db.session.execute(query).all()
    if not rows:
        raise NotFound()
    return rows[0][0], with_files([message for _conversation, message in rows if message is not None])


def recent(person, ticket: Ticket, limit: int = PAGE) -> list[Message]:
    """The newest messages, oldest first: what a page shows."""
    number = _number(person)
    query = select(Message).where(Message.conversation_id == ticket.conversation.id, number > 0).options(joinedload(Message.author))
    return with_files(list(db.session.scalars(query.order_by(number.desc()).limit(limit)))[::-1])


def _number(person):
    """What counts the messages for this reader: for the customer only those he may see have one."""
    return Message.desk_seq if person.is_staff else Message.seq
