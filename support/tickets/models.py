"""Ticket, conversation, message: one issue of one customer, from first word to closed."""
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.database import Base, UTCDateTime
from support.files import StoredFile
from support.orders.model import Order
from support.people.person import Person

STATES = ("new", "open", "pending", "on_hold", "resolved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
LIVE = ("new", "open", "pending", "on_hold")
TURN = {"new": "staff", "open": "staff", "pending": "customer", "on_hold": "other", "resolved": "nobody", "closed": "nobody"}


class Disposition(Base):
    """The code that says what a contact was about in the end."""

    __tablename__ = "disposition"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Ticket(Base):
    """One issue. `version` counts changes of its properties only, so that talk never collides with editing."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), default="new")
    priority: Mapped[str] = mapped_column(String(10), default="normal")
    topic: Mapped[str] = mapped_column(String(60))
    sorting: Mapped[str] = mapped_column(String(8), default="", server_default="")  # how the queue was found; empty: the customer chose it
    language: Mapped[str] = mapped_column(String(12), default="en")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sign_in_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in.id"))
    client_id: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    activity_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disposition_id: Mapped[int | None] = mapped_column(ForeignKey("disposition.id"))
    follow_up_of_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    version: Mapped[int] = mapped_column(default=1)

    customer: Mapped[Person] = relationship(foreign_keys=[customer_id])
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    order: Mapped[Order | None] = relationship(foreign_keys=[order_id])
    disposition: Mapped[Disposition | None] = relationship()
    conversations: Mapped[list["Conversation"]] = relationship(back_populates="ticket", order_by="Conversation.id")
    seen: Mapped[list["SeenAnswer"]] = relationship(order_by="SeenAnswer.id")

    __table_args__ = (
        UniqueConstraint("customer_id", "client_id"),
        Index("ix_ticket_customer", "customer_id", "activity_at"),
        Index("ix_ticket_assignee", "assignee_id", "state"),
        Index("ix_ticket_state", "state", "activity_at"),
        Index("ix_ticket_order", "order_id"),
    )

    @property
    def number(self) -> str:
        """How people name it."""
        return f"T-{self.id}"

    @property
    def turn(self) -> str:
        """Who has to act next: staff, customer, other (a third party) or nobody."""
        return TURN[self.state]

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def conversation(self) -> "Conversation":
        """The thread that is written in now."""
        return self.conversations[-1]


class Conversation(Base):
    """One thread. `seq` numbers what the customer may see, `desk_seq` everything, so a gap never betrays a note.

    `customer_seq` is how far the customer has read, `customer_got` how far a page of his has got the messages; `staff_seq` and
    `staff_got` the same of whoever is responsible.
    """

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    channel: Mapped[str] = mapped_column(String(12))
    seq: Mapped[int] = mapped_column(default=0)
    desk_seq: Mapped[int] = mapped_column(default=0)
    customer_seq: Mapped[int] = mapped_column(default=0)
    customer_got: Mapped[int] = mapped_column(default=0)
    staff_seq: Mapped[int] = mapped_column(default=0)
    staff_got: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    activity_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    ticket: Mapped[Ticket] = relationship(back_populates="conversations")


class Message(Base):
    """What somebody wrote. A note has no `seq`: it does not exist for the customer.

    `has_files` spares most messages the question which.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int | None]
    desk_seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_staff: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(String(64))
    article_id: Mapped[int | None]
    has_files: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    files: Mapped[list[StoredFile]] = relationship(order_by=StoredFile.id, viewonly=True)
    author: Mapped[Person] = relationship()
    conversation: Mapped[Conversation] = relationship()

    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "desk_seq"),
    )

    @property
    def is_note(self) -> bool:
        return self.kind == "note"


class SeenAnswer(Base):
    """An answer the customer had read before asking, and whether it helped (None: not said)."""

    __tablename__ = "seen_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    article_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    helped: Mapped[bool | None]
