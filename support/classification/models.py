"""What classification keeps: the administrators' rules, how each question was sorted, and what was learned when."""
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base, JSONData, UTCDateTime

RULE, LEARNED, OPEN, SETTLED = "rule", "learned", "open", "settled"  # how the queue was found; of `open` a person decides, `settled` is by one
WANTED, RUNNING, READY, TOO_FEW, BROKEN = "wanted", "running", "ready", "too_few", "broken"


class SortingRule(Base):
    """If one of the phrases stands in a question, it goes to this queue, or gets this priority, or both. The first that fits wins."""

    __tablename__ = "sorting_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    phrases: Mapped[str] = mapped_column(Text)  # one a line; a star at the end stands for any ending
    only_subject: Mapped[bool] = mapped_column(default=False)
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id"))
    priority: Mapped[str] = mapped_column(String(10), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Training(Base):
    """One time the classifier learned, or is to learn. `weights` is the packed model; only the newest two keep theirs."""

    __tablename__ = "classifier_training"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=WANTED)
    live: Mapped[bool | None]  # true until it has ended, then nothing
    wanted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    examples: Mapped[int] = mapped_column(default=0)
    accuracy: Mapped[float | None]  # share of right guesses on examples it had not seen, 0 to 1
    by_queue: Mapped[dict] = mapped_column(JSONData, default=dict)  # {slug: [examples, right guesses]}
    weights: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = (
        Index("uq_classifier_training_live", "live", unique=True),  # one at a time
    )


class Sorting(Base):
    """How one question was sorted, for whom no queue was chosen. No words are kept: the ticket has them, and goes when it is erased."""

    __tablename__ = "ticket_sorting"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    way: Mapped[str] = mapped_column(String(8))
    topic: Mapped[str] = mapped_column(String(60))  # the queue it was put into
    suggested: Mapped[str | None] = mapped_column(String(60))  # what the classifier thought
    confidence: Mapped[float | None]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("sorting_rule.id"))
    training_id: Mapped[int | None] = mapped_column(ForeignKey("classifier_training.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (Index("ix_ticket_sorting_at", "way", "at"),)
