"""Where a ticket of another helpdesk comes from, and how it stood there."""
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base, JSONData, UTCDateTime, db
from support.tickets.models import Ticket


class TicketOrigin(Base):
    """What of an imported ticket is the other system's: its name for it, its word for the state, its labels.

    `state` is what that word means here; the ticket itself is closed unless it was opened again on purpose. `resolved_at` and `closed_at` are
    kept as the file named them. `messages` and `version` are as the import left them: when the ticket has others, people worked on it here.
    `run_id` is the run that brought it, or that met it again still open and asked to go on with it.
    """

    __tablename__ = "ticket_origin"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(80))
    run_id: Mapped[int]
    status: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(12))
    tags: Mapped[list] = mapped_column(JSONData, default=list)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    messages: Mapped[int]
    version: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (UniqueConstraint("source", "reference"), Index("ix_ticket_origin_reference", "reference"), Index("ix_ticket_origin_run", "run_id", "state"))


def origin_of(ticket: Ticket) -> TicketOrigin | None:
    """Where a ticket that was already looked up comes from; None for one that was asked here."""
    return db.session.scalar(select(TicketOrigin).where(TicketOrigin.ticket_id == ticket.id))
