"""The supervisor's judgement: a note for the agent on one ticket, read by the agent."""
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, Text, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from support import tickets
from support.clock import now
from support.database import Base, UTCDateTime, db, lock, transaction
from support.errors import Invalid, NotFound
from support.events import Event, record
from support.people.permissions import demand
from support.people.person import Person
from support.quality import kinds
from support.tickets import words
from support.tickets.kinds import RELEASED
from support.tickets.models import Ticket


class Review(Base):
    """One note by one supervisor for the agent who handled a ticket."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    ticket: Mapped[Ticket] = relationship()
    agent: Mapped[Person] = relationship(foreign_keys=[agent_id])
    reviewer: Mapped[Person] = relationship(foreign_keys=[reviewer_id])

    __table_args__ = (Index("ix_review_agent", "agent_id", "read_at"),)


def leave(person, ticket_id: int, body: str) -> Review:
    """Leave a review note for the agent who is responsible for the ticket."""
    demand(person, "review")
    body = words.body(body, 5000)
    with transaction() as session:
        ticket = tickets.find(person, ticket_id)
        if ticket.assignee_id is None:
            raise Invalid({"body": _("Nobody has this ticket now, so there is nobody to tell.")})
        review = Review(ticket_id=ticket.id, agent_id=ticket.assignee_id, reviewer_id=person.id, body=body, created_at=now())
        session.add(review)
        session.flush()
        record(kinds.REVIEWED, ticket_id=ticket.id, actor=person, review_id=review.id, agent_id=review.agent_id)
    return review


def had_it_last(ticket: Ticket) -> Person | None:
    """Who worked on a ticket that nobody has now; None when nobody ever did here."""
    if ticket.assignee_id is not None:
        return None
    last = db.session.scalar(select(Event).where(Event.ticket_id == ticket.id, Event.kind == RELEASED).order_by(Event.id.desc()).limit(1))
    return db.session.get(Person, last.data["from_agent_id"]) if last is not None else None


def of_ticket(person, ticket: Ticket) -> list[Review]:
    """The notes on a ticket: all for who may review, for an agent his own."""
    query = select(Review).where(Review.ticket_id == ticket.id).options(joinedload(Review.reviewer), joinedload(Review.agent))
    if person.role == "agent":
        query = query.where(Review.agent_id == person.id)
    return list(db.session.scalars(query.order_by(Review.id))) if person.is_staff else []


def reviews_for(person, limit: int = 50) -> list[Review]:
    """The notes left for this member of staff, unread first, then newest."""
    query = select(Review).where(Review.agent_id == person.id).options(joinedload(Review.reviewer), joinedload(Review.ticket))
    return list(db.session.scalars(query.order_by(Review.read_at.is_not(None), Review.created_at.desc()).limit(limit)))


def unread_count(person) -> int:
    """How many notes this person has not read."""
    return db.session.scalar(select(func.count()).where(Review.agent_id == person.id, Review.read_at.is_(None)))


def mark_read(person, review_id: int) -> Review:
    """The agent has read the note; a second time changes nothing."""
    with transaction() as session:
        review = lock(session, Review, review_id)
        if review.agent_id != person.id:
            raise NotFound()
        if review.read_at is None:
            review.read_at = now()
            record(kinds.REVIEW_READ, ticket_id=review.ticket_id, actor=person, review_id=review.id)
    return review
