"""Files of a conversation: they hang on a message, and whoever may read the message may have them. A note's are for staff alone."""
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import and_, func, select
from sqlalchemy.orm.attributes import set_committed_value

from support import files
from support.database import db
from support.errors import Invalid, NotFound
from support.files import MEGABYTE, READY, StoredFile
from support.tickets.access import visible_to
from support.tickets.models import Conversation, Message, Ticket


def attach(session, person, message: Message, ticket_id: int, keys) -> None:
    """Hang uploaded files on a message that is being stored; Invalid when one is not there, or the message or the ticket would hold too much."""
    keys = list(dict.fromkeys(keys))
    if not keys:
        return
    settings = current_app.config["SETTINGS"]
    if len(keys) > settings.files_per_message:
        raise Invalid({"files": files.too_many()})
    unsent = StoredFile.message_id.is_(None), StoredFile.state == READY, *files.is_of(person)
    found = list(session.scalars(select(StoredFile).where(StoredFile.key.in_(keys), *unsent).order_by(StoredFile.id).with_for_update()))
    if len(found) < len(keys):
        raise Invalid({"files": _("One of the files is not here any more. Choose it again.")})
    held = session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.ticket_id == ticket_id))
    if held + sum(file.size for file in found) > settings.ticket_file_megabytes * MEGABYTE:
        raise Invalid({"files": _("The files of one question may have %(most)s MB together. Send fewer of them.", most=settings.ticket_file_megabytes)})
    message.has_files = True
    for file in found:
        file.message_id, file.ticket_id = message.id, ticket_id
    session.flush()


def find_file(person, key: str) -> StoredFile:
    """A file this person may have: of a message they may read, or one of their own that is not sent yet. NotFound otherwise."""
    readable = Message.conversation_id == Conversation.id, Conversation.ticket_id.in_(visible_to(person).with_only_columns(Ticket.id))
    if not person.is_staff:
        readable = *readable, Message.seq.is_not(None)
    sent = select(Message.id).where(Message.id == StoredFile.message_id, *readable).exists()
    own = and_(StoredFile.message_id.is_(None), *files.is_of(person))
    file = db.session.scalar(select(StoredFile).where(StoredFile.key == key, StoredFile.state == READY, sent | own))
    if file is None:
        raise NotFound()
    return file


def own_unsent(person, keys) -> list[StoredFile]:
    """Of these the ready ones that the person may still send, for a form that is shown again."""
    if not keys or person.id is None:
        return []
    query = select(StoredFile).where(StoredFile.key.in_(list(keys)), StoredFile.message_id.is_(None), StoredFile.state == READY, *files.is_of(person))
    return list(db.session.scalars(query.order_by(StoredFile.id)))


def with_files(messages: list[Message]) -> list[Message]:
    """The same messages with their files loaded: one statement, and none where nobody sent any."""
    carrying = [message.id for message in messages if message.has_files]
    found: dict[int, list[StoredFile]] = {}
    if carrying:
        for file in db.session.scalars(select(StoredFile).where(StoredFile.message_id.in_(carrying)).order_by(StoredFile.id)):
            found.setdefault(file.message_id, []).append(file)
    for message in messages:
        set_committed_value(message, "files", found.get(message.id, []))
    return messages
