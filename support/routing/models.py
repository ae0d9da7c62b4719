"""What the router keeps: queues, what waits in them, offers, presence, and why each decision fell as it did.

The database is the arbiter: unique indexes allow one live work item per ticket, one live offer per item and one per agent.
"""
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.database import Base, JSONData, UTCDateTime

CALL, CHAT, TICKET = "call", "chat", "ticket"
WAITING, OFFERED, ASSIGNED, DONE, LEFT = "waiting", "offered", "assigned", "done", "left"
LATER = "later"  # it has its place, and stands in no line before `later_until`
LIVE_STATES = (LATER, WAITING, OFFERED, ASSIGNED)
LIVE, ACCEPTED, DECLINED, TIMED_OUT, WITHDRAWN = "live", "accepted", "declined", "timed_out", "withdrawn"

TO_QUEUE, TO_SKILL, TO_PERSON, HANDED_OVER = "queue", "skill", "person", "handed_over"
ASKED, JOINED = "asked", "joined"  # a consult that lives; every other state is how it ended

AVAILABLE, BREAK, TRAINING, AWAY, OFFLINE = "available", "break", "training", "away", "offline"
CHOICES = (AVAILABLE, BREAK, TRAINING, AWAY, OFFLINE)
IDLE, RINGING, BUSY, WRAP_UP, NOT_ANSWERING = "idle", "ringing", "busy", "wrap_up", "not_answering"

GO_ON, FORM, LINE, OVERFLOW = "go_on", "form", "line", "overflow"
WHEN_FULL = (GO_ON, FORM, OVERFLOW)  # as if nothing were; a written question instead; on to another queue
WHEN_CLOSED = (FORM, LINE, OVERFLOW)  # written questions only; also into the line for the opening; on to another queue


class Queue(Base):
    """A named waiting line with hours, skills it asks for and a service target; and what happens when it is full or closed."""

    __tablename__ = "queue"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    public: Mapped[bool] = mapped_column(default=True)
    priority: Mapped[int] = mapped_column(default=2)
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))
    target_seconds: Mapped[int] = mapped_column(default=120)
    ring_seconds: Mapped[int] = mapped_column(default=30)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    callbacks: Mapped[bool] = mapped_column(default=False, server_default=false())
    steps: Mapped[list] = mapped_column(JSONData, default=list)  # [seconds of waiting, highest level still asked for of what is preferred]
    most_waiting: Mapped[int | None]  # chats in line; whoever comes then is treated by `when_full`
    longest_wait_seconds: Mapped[int | None]
    when_full: Mapped[str] = mapped_column(String(10), default=GO_ON)
    when_closed: Mapped[str] = mapped_column(String(10), default=FORM)
    closed_text: Mapped[str] = mapped_column(Text, default="")
    closing_minutes: Mapped[int] = mapped_column(default=15)  # after closing, in which those who wait are still served
    overflow_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id"))

    needs: Mapped[list["QueueSkill"]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="QueueSkill.id")


class QueueSkill(Base):
    """A skill the queue asks for. A required one is never relaxed; a preferred one only raises the score."""

    __tablename__ = "queue_skill"

    id: Mapped[int] = mapped_column(primary_key=True)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"))
    min_level: Mapped[int] = mapped_column(default=2)
    required: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("queue_id", "skill_id"),)


class WorkItem(Base):
    """A ticket's place in a queue. `entered_at` is the place in line; only a customer who chooses another time for his callback changes it, and nothing does where
    the item goes on to another queue.

    `came_from_id` is the queue it joined first, if it has gone on since; `written` says why a chat became this written question: left, closed or slow.
    `seen_at` is the last sign of life of a page that gives such signs by itself; None for one that cannot (no script), which is never taken to have left.

    `extra_skill_id` is asked for beside what the queue asks, of this item alone. `passed_…` tell who passed it on, when and with which note, until
    somebody has it again.
    """

    __tablename__ = "work_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8), default="")
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state_at: Mapped[datetime] = mapped_column(UTCDateTime)
    later_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    last_agent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    extra_skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))
    passed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    passed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    passed_note_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    came_from_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id"))
    written: Mapped[str | None] = mapped_column(String(10))
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("uq_work_item_live", "ticket_id", unique=True, sqlite_where=state.in_(LIVE_STATES), postgresql_where=state.in_(LIVE_STATES)),
        Index("ix_work_item_line", "state", "queue_id", "entered_at"),
        Index("ix_work_item_agent", "agent_id", "state"),
        Index("ix_work_item_later", "later_until", sqlite_where=state == LATER, postgresql_where=state == LATER),
        Index("ix_work_item_entered", "entered_at"),
        Index("ix_work_item_answered", "queue_id", "channel", "answered_at"),
    )

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES


class Offer(Base):
    """A work item put before one agent, with a time limit. Leaves the state `live` once, by a conditional update."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10), default=LIVE)
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decline_reason: Mapped[str | None] = mapped_column(String(20))
    why: Mapped[dict] = mapped_column(JSONData, default=dict)

    __table_args__ = (
        Index("uq_offer_live_item", "work_item_id", unique=True, sqlite_where=state == LIVE, postgresql_where=state == LIVE),
        Index("uq_offer_live_agent", "agent_id", unique=True, sqlite_where=state == LIVE, postgresql_where=state == LIVE),
        Index("ix_offer_item", "work_item_id"),
        Index("ix_offer_answered", "state", "answered_at"),
    )


class Transfer(Base):
    """Work passed on by the agent who had it. `to` says to what: another queue, somebody with a skill, a person, or handed over after a consult.

    `looped` marks one that was made although the work had been passed on too often, or had been there before.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to: Mapped[str] = mapped_column(String(12))
    from_queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    looped: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_transfer_item", "work_item_id", "at"),)


class Consult(Base):
    """An agent asks a colleague to join in on work that stays his. Leaves `asked` and `joined` by conditional updates, so one thing becomes of it.

    `queue_id` and `skill_id` are what the colleague was asked for: where the work goes when it is handed over.
    """

    __tablename__ = "consult"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(12), default=ASKED)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("uq_consult_live_item", "work_item_id", unique=True, sqlite_where=state.in_((ASKED, JOINED)), postgresql_where=state.in_((ASKED, JOINED))),
        Index("uq_consult_asked_agent", "agent_id", unique=True, sqlite_where=state == ASKED, postgresql_where=state == ASKED),
        Index("ix_consult_state", "state", "expires_at"),
        Index("ix_consult_item", "work_item_id"),
    )

    @property
    def is_live(self) -> bool:
        return self.state in (ASKED, JOINED)


class ToldWait(Base):
    """The limit announced to somebody who found nobody free; what came true stands in his work item. `seen` is what it was learned from."""

    __tablename__ = "told_wait"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), unique=True)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    limit_seconds: Mapped[int]
    limit_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen: Mapped[dict] = mapped_column(JSONData, default=dict)

    __table_args__ = (Index("ix_told_wait_queue", "queue_id", "told_at"), Index("ix_told_wait_at", "told_at"))


class Presence(Base):
    """What the agent chose and what the system sees: two separate things. Changed by `presence.settle` only."""

    __tablename__ = "presence"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    chosen: Mapped[str] = mapped_column(String(10), default=OFFLINE)
    reason: Mapped[str | None] = mapped_column(String(80))
    chosen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    system: Mapped[str] = mapped_column(String(15), default=OFFLINE)
    system_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    missed: Mapped[int] = mapped_column(default=0)
    idle_since: Mapped[datetime] = mapped_column(UTCDateTime)
    wrap_up_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PresenceLog(Base):
    """One stretch of time in one state, for figures."""

    __tablename__ = "presence_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    chosen: Mapped[str] = mapped_column(String(10))
    system: Mapped[str] = mapped_column(String(15))
    since: Mapped[datetime] = mapped_column("from", UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_presence_log_person", "person_id", "from"),)


class Decision(Base):
    """One look of the router at one item: who was considered, what ruled each out, and the terms of each score."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"))
    candidates: Mapped[list] = mapped_column(JSONData, default=list)
    sentence: Mapped[dict] = mapped_column(JSONData, default=dict)

    __table_args__ = (Index("ix_decision_item", "work_item_id", "at"),)


class Turn(Base):
    """One row: which process decides now, until when, whether another look was asked for meanwhile, and when the last one began."""

    __tablename__ = "dispatch_turn"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    wanted: Mapped[bool] = mapped_column(default=False)
    looked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
