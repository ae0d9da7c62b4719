"""Mail out: each event leads to each mail at most once. A row waits, is claimed, sent, and marked.

A row holds an address and references, never text: what the mail says is written when it is sent. The Message-ID is
made from the row, so a second try after a crash carries the same one.
"""
import hashlib
import random
from datetime import datetime, timedelta
from email.utils import parseaddr

import structlog
from flask import current_app
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from support import relay
from support.clock import now
from support.contact import kinds, transports, writing
from support.database import Base, UTCDateTime, db, lock, transaction
from support.errors import IllegalMove, TooMany
from support.events import Event, record
from support.limits import hit
from support.listing import Listing
from support.people import links
from support.people.finding import active_staff
from support.people.permissions import demand
from support.people.person import SUPERVISOR, Person
from support.tickets.models import Conversation, Ticket

log = structlog.get_logger(__name__)

CHAT_PATIENCE = timedelta(minutes=3)  # an answer in a chat is mailed only when nobody has read it by then
LEASE = timedelta(minutes=2)
STATES = ("waiting", "sent", "skipped", "failed")
PAUSES = (30, 60, 120, 300, 600, 1800)  # seconds between tries; the last one repeats


class Mail(Base):
    """One mail to one address because of one event."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, sent, skipped, failed
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(200))

    event: Mapped[Event] = relationship()

    __table_args__ = (
        UniqueConstraint("event_id", "purpose", "address"),
        Index("ix_mail_waiting", "next_at", sqlite_where=state == "waiting", postgresql_where=state == "waiting"),
    )

    @property
    def message_id(self) -> str:
        """The same at every try."""
        mark = hashlib.sha256(f"{self.event_id}:{self.purpose}:{self.address}".encode()).hexdigest()[:24]
        host = parseaddr(current_app.config["SETTINGS"].mail_from)[1].rpartition("@")[2] or "localhost"
        return f"<{mark}@{host}>"


def on_link(event: Event) -> None:
    """A mailed link was asked for."""
    link = links.of(event.data["link_id"])
    if link is not None:
        _put(event, "link", link.address)


def on_address_changed(event: Event) -> None:
    """The owner of the old mailbox hears of it, in case it was somebody else."""
    link = db.session.get(links.MailedLink, event.data["link_id"])
    if link is not None and link.data.get("was"):
        _put(event, "moved", link.data["was"])


def on_opened(event: Event) -> None:
    """Confirm a ticket for which nobody waits on the page, or a chat that became a form. An unproven address gets at most one such mail a day, without the sender's words."""
    ticket = db.session.get(Ticket, event.ticket_id)
    if event.data["channel"] == "chat" or ticket is None:
        return
    if ticket.customer.email and not writing.is_proven(ticket.customer):
        try:
            hit("confirmation", ticket.customer.email)
        except TooMany:
            return
    _put(event, "received", ticket.customer.email)


def on_posted(event: Event) -> None:
    """Somebody of ours answered: mail it unless she reads it here first."""
    if not event.data["by_staff"]:
        return
    conversation = db.session.get(Conversation, event.data["conversation_id"])
    patience = CHAT_PATIENCE if conversation.channel == "chat" else timedelta(seconds=20)
    _put(event, "answered", conversation.ticket.customer.email, patience)


def on_resolved(event: Event) -> None:
    """It is done; ask how it was."""
    ticket = db.session.get(Ticket, event.ticket_id)
    _put(event, "resolved", ticket.customer.email)


def on_given_up(event: Event) -> None:
    """We called and reached nobody: the customer hears that the answer comes in writing."""
    ticket = db.session.get(Ticket, event.ticket_id)
    _put(event, "callback", ticket.customer.email)


def on_certificate(event: Event) -> None:
    """The holder of a certificate hears that it ends soon, or that it is over."""
    holder = db.session.get(Person, event.data["person_id"])
    if holder is not None and holder.active and writing.is_proven(holder):
        _put(event, "certificate", holder.email)


def on_course(event: Event) -> None:
    """Who was sent to a course, or whose course has ended, hears of it; nobody of what he did himself."""
    person = db.session.get(Person, event.data["person_id"])
    if person is not None and person.active and person.id != event.actor_id and writing.is_proven(person):
        _put(event, "course", person.email)


def on_holes(event: Event) -> None:
    """Supervisors hear of hours to come in which nobody trained is on shift."""
    for person in active_staff(SUPERVISOR):
        if writing.is_proven(person):
            _put(event, "coverage", person.email)


def send_test(person) -> None:
    """An administrator tries the settings: one mail to himself."""
    demand(person, "administer")
    with transaction() as session:
        event = record(kinds.MAIL_TRIED, subject=("person", person.id), actor=person)
        session.flush()
        _put(event, "test", person.email)


def mail_list(person, args) -> Listing:
    """All mails for administration, newest first."""
    demand(person, "administer")
    sorts = {"created": Mail.created_at, "address": Mail.address, "purpose": Mail.purpose, "state": Mail.state}
    listing = Listing(args, sorts=sorts, default="-created", search=[Mail.address], filters={"state": STATES})
    query = select(Mail).options(joinedload(Mail.event))
    if state := listing.filters.get("state"):
        query = query.where(Mail.state == state)
    return listing.apply(query)


def _put(event: Event, purpose: str, address: str | None, patience: timedelta = timedelta(0)) -> None:
    """Make the row unless it exists: the relay may bring an event twice. Who has no address gets no mail."""
    if not address:
        return
    with transaction() as session:
        same = select(Mail.id).where(Mail.event_id == event.id, Mail.purpose == purpose, Mail.address == address)
        if session.scalar(same) is None:
            session.add(Mail(event_id=event.id, purpose=purpose, address=address, next_at=now() + patience, created_at=now()))


def send_waiting(limit: int = 50) -> int:
    """Send what is due; returns how many were tried. A timed job; safe in several processes. When this one ends, no further mail is begun."""
    instant = now()
    free = Mail.leased_until.is_(None) | (Mail.leased_until < instant)
    due = select(Mail.id).where(Mail.state == "waiting", Mail.next_at <= instant, free).order_by(Mail.purpose != "link", Mail.next_at).limit(limit)  # links end soon
    ids = list(db.session.scalars(due))
    for mail_id in ids:
        if not relay.is_ending() and _claim(mail_id):
            _send(mail_id)
    return len(ids)


def _claim(mail_id: int) -> bool:
    instant = now()
    with transaction() as session:
        claimed = session.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.state == "waiting", Mail.leased_until.is_(None) | (Mail.leased_until < instant))
            .values(leased_until=instant + LEASE, attempts=Mail.attempts + 1)
        )
    return claimed.rowcount == 1


def _send(mail_id: int) -> None:
    """Write and hand over one claimed mail. No transaction is open while the network is asked.

    A mail that cannot be written counts as refused, so that it holds up no other.
    """
    try:
        message = writing.message_for(db.session.get(Mail, mail_id))
        db.session.rollback()
        if message is not None:
            transports.send(current_app.config["SETTINGS"], message)
    except transports.Refused as error:
        _retry_or_fail(mail_id, str(error))
    except Exception as error:
        db.session.rollback()
        log.error("mail cannot be written", mail_id=mail_id, error=type(error).__name__)
        _retry_or_fail(mail_id, f"the mail could not be written: {type(error).__name__}")
    else:
        _mark(mail_id, "skipped" if message is None else "sent")


def _mark(mail_id: int, state: str) -> None:
    with transaction() as session:
        mail = session.get(Mail, mail_id)
        mail.state, mail.leased_until, mail.error = state, None, None
        mail.sent_at = now() if state == "sent" else None


def _retry_or_fail(mail_id: int, error: str) -> None:
    with transaction() as session:
        mail = session.get(Mail, mail_id)
        mail.leased_until, mail.error = None, error[:200]
        if mail.attempts >= current_app.config["SETTINGS"].mail_attempts:
            mail.state = "failed"
            record(kinds.MAIL_FAILED, ticket_id=mail.event.ticket_id, mail_id=mail.id, purpose=mail.purpose)
            return
        pause = PAUSES[min(mail.attempts, len(PAUSES)) - 1]
        mail.next_at = now() + timedelta(seconds=pause * random.uniform(0.9, 1.1))
    log.warning("mail will be tried again", mail_id=mail_id)


def try_again(person, mail_id: int) -> None:
    """An administrator has a failed mail tried once more."""
    demand(person, "administer")
    with transaction() as session:
        mail = lock(session, Mail, mail_id)
        if mail.state != "failed":
            raise IllegalMove()
        mail.state, mail.attempts, mail.next_at, mail.error = "waiting", 0, now(), None
        record(kinds.MAIL_AGAIN, subject=("mail", mail.id), actor=person, mail_id=mail.id)
