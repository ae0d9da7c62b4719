"""The customer's judgement of a ticket: one per ticket, one click, changeable for some days."""
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from support import tickets
from support.clock import now
from support.database import Base, UTCDateTime, db, lock, transaction
from support.errors import IllegalMove, Invalid, NotFound
from support.events import record
from support.quality import kinds
from support.tickets import words
from support.tickets.models import Ticket


class Survey(Base):
    """What the customer thought, 1 (very dissatisfied) to 5."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(String(2000), default="")
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score"),)


def may_rate(person, ticket: Ticket) -> bool:
    """Whether this person may judge it now: the customer, after it was resolved, inside the window."""
    window = timedelta(days=current_app.config["SETTINGS"].rating_days)
    return tickets.is_customer_of(person, ticket) and ticket.resolved_at is not None and now() < ticket.resolved_at + window


def of_ticket(ticket: Ticket) -> Survey | None:
    """The judgement of a ticket that was already looked up."""
    return db.session.scalar(select(Survey).where(Survey.ticket_id == ticket.id))


def rate(person, ticket_id: int, score: int | None, comment: str | None = None) -> Survey:
    """Judge a resolved ticket, or change the judgement; `comment=None` keeps the comment given before."""
    if score not in (1, 2, 3, 4, 5):
        raise Invalid({"score": _("Choose one to five stars.")})
    if comment is not None and comment.strip():
        comment = words.body(comment, 2000, "comment")
    with transaction() as session:
        ticket = tickets.find(person, ticket_id)
        if not tickets.is_customer_of(person, ticket):
            raise NotFound()
        ticket = lock(session, Ticket, ticket_id)
        if not may_rate(person, ticket):
            raise IllegalMove(_("The time for rating this is over, or it is not solved yet."))
        survey = session.scalar(select(Survey).where(Survey.ticket_id == ticket_id))
        changed = survey is not None
        survey = survey or Survey(ticket_id=ticket_id, person_id=person.id)
        survey.score, survey.agent_id, survey.answered_at = score, ticket.assignee_id, now()
        survey.comment = survey.comment or "" if comment is None else comment.strip()
        session.add(survey)
        session.flush()
        record(kinds.RATED, ticket_id=ticket_id, actor=person, survey_id=survey.id, score=score, changed=changed)
    return survey
