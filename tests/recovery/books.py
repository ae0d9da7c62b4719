"""What the database holds at the end of a run by chaos, as the checker reads it."""
from collections import Counter, defaultdict

from sqlalchemy import func, select

from support.contact.mail import Mail
from support.database import db
from support.events import Delivery, Event
from support.routing.models import Offer, WorkItem
from support.tickets.models import Conversation, Message, Ticket
from tests.recovery import journal
from tests.recovery.caller import until
from tests.recovery.verdict import Books, Stored


def newest_event(mortal) -> int:
    """The last event before a run."""
    with mortal.app.app_context():
        return db.session.scalar(select(func.max(Event.id)))


def come_to_rest(mortal, first: int) -> None:
    """Until each event has its place and every delivery is done; a relay that died in the middle keeps its deliveries for a minute."""
    open_events = select(func.count()).select_from(Event).where(Event.id > first, Event.position.is_(None))
    due = select(func.count()).select_from(Delivery).where(Delivery.event_id > first, Delivery.state == "due")

    def is_quiet() -> bool:
        with mortal.app.app_context():
            db.session.rollback()
            return db.session.scalar(open_events) + db.session.scalar(due) == 0

    until(is_quiet, "every event has its place and was delivered", 180)


def visible(mortal, crowd) -> dict[str, dict[str, set[str]]]:
    """By conversation and side, customer or staff: the names of the messages it may see."""
    found = {}
    for ticket_id, _conversation, _agent in crowd.talks.values():
        messages = mortal.messages(ticket_id)
        found[str(ticket_id)] = {"c": {message.client_id for message in messages if message.seq is not None}, "s": {message.client_id for message in messages}}
    return found


def opened(mortal, crowd, faults, first: int) -> Books:
    """All journals, read from disk, and the tables."""
    tickets = [ticket_id for ticket_id, _conversation, _agent in crowd.talks.values()]
    clients = {path.stem: journal.read(path) for path in crowd.folder.glob("*.journal")}
    with mortal.app.app_context():
        stored = {str(ticket_id): _messages(mortal, ticket_id) for ticket_id in tickets}
        ours = select(Ticket).where(Ticket.customer_id.in_([mortal.app.extensions["cast"][key] for key in crowd.customers]))
        named = defaultdict(list)
        for ticket in db.session.scalars(ours):
            named[ticket.client_id[:32]].append(str(ticket.id))
        ids = [int(ticket) for found in named.values() for ticket in found]
        return Books(
            clients=clients, stored=stored, faults=journal.read(faults.journal.path), accepted=_accepted(ids), working=_working(ids), tickets=dict(named),
            mails=_mails(first, ids), posts=_posts(first, tickets),
        )


def _messages(mortal, ticket_id: int) -> list[Stored]:
    names = {person_id: key for key, person_id in mortal.app.extensions["cast"].items()}
    return [Stored(message.client_id, message.seq, message.desk_seq, names[message.author_id], message.body) for message in mortal.messages(ticket_id)]


def _accepted(ids: list[int]) -> dict[str, int]:
    """How many offers of a piece of work were accepted, and how many events say so: the larger number."""
    query = select(WorkItem.id, WorkItem.ticket_id, func.count(Offer.id)).join(Offer, Offer.work_item_id == WorkItem.id).where(Offer.state == "accepted", WorkItem.ticket_id.in_(ids))
    offers = {item: (ticket, count) for item, ticket, count in db.session.execute(query.group_by(WorkItem.id, WorkItem.ticket_id))}
    told = Counter(event.data["work_item_id"] for event in db.session.scalars(select(Event).where(Event.kind == "offer.accepted", Event.ticket_id.in_(ids))))
    return {f"work {item} of ticket {ticket}": max(count, told[item]) for item, (ticket, count) in offers.items()}


def _working(ids: list[int]) -> dict[str, int]:
    found = Counter(db.session.scalars(select(WorkItem.ticket_id).where(WorkItem.ticket_id.in_(ids), WorkItem.ended_at.is_(None))))
    return {f"ticket {ticket}": found[ticket] for ticket in ids}


def _mails(first: int, ids: list[int]) -> dict[str, int]:
    """One for each question by form and each reply of ours, by event."""
    events = [
        event for event in db.session.scalars(select(Event).where(Event.id > first, Event.ticket_id.in_(ids), Event.kind.in_(["ticket.opened", "message.posted"])))
        if event.data.get("channel") == "form" or event.data.get("by_staff")
    ]
    found = Counter(db.session.scalars(select(Mail.event_id).where(Mail.event_id > first)))
    return {f"{event.kind} {event.id}": found[event.id] for event in events}


def _posts(first: int, tickets: list[int]) -> dict[str, int]:
    """How many events a message has, by its name; its number in the database where it has no message."""
    names = dict(db.session.execute(select(Message.id, Message.client_id).join(Conversation, Conversation.id == Message.conversation_id).where(Conversation.ticket_id.in_(tickets))).all())
    events = db.session.scalars(select(Event).where(Event.kind.in_(["message.posted", "note.written"]), Event.ticket_id.in_(tickets)))
    return Counter(names.get(event.data["message_id"], f"message {event.data['message_id']}") for event in events)
