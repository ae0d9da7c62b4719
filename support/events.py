"""The event log: one fact that happened, written in the commit that made it happen.

It is the timeline, the audit log, the live feed and the source of every figure. An event's `id` names it; its
`position`, given after the commit by the relay, orders it. Readers keep a position, never an id: on PostgreSQL
commits become visible out of id order. See docs/events.md.
"""
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, func, insert, select
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
from support.database import Base, JSONData, UTCDateTime, db

BigKey = BigInteger().with_variant(Integer, "sqlite")


class Kind(str):
    """Name of a kind of event, with its meaning for the docs and its sentence for a timeline."""

    meaning: str
    sentence: object


KINDS: dict[str, Kind] = {}


def declare(name: str, meaning: str, sentence) -> Kind:
    """Declare a kind of event once, at module level of the room that writes it.

    `sentence` is a lazy text that may use `{actor}` and the keys of the event's data.
    """
    kind = Kind(name)
    kind.meaning, kind.sentence = meaning, sentence
    KINDS[name] = kind
    return kind


class Event(Base):
    """One fact. Holds references, codes and numbers, never a person's words or name."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    occurred_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ticket_id: Mapped[int | None] = mapped_column(Integer)
    subject_type: Mapped[str | None] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(Integer)
    actor_id: Mapped[int | None] = mapped_column(Integer)
    history: Mapped[bool] = mapped_column(Boolean, default=False)
    data: Mapped[dict] = mapped_column(JSONData, default=dict)

    __table_args__ = (
        Index("ix_event_unnumbered", "id", sqlite_where=position.is_(None), postgresql_where=position.is_(None)),
        Index("ix_event_ticket", "ticket_id", "occurred_at"),
        Index("ix_event_kind_time", "kind", "occurred_at"),
        Index("ix_event_subject", "subject_type", "subject_id"),
    )


class EventHead(Base):
    """One row: the highest position given. Whoever gives positions locks it."""

    __tablename__ = "event_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, default=0)


class Delivery(Base):
    """One event for one "once" listener. `ticket_id` keeps the order per listener and ticket."""

    __tablename__ = "delivery"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    listener: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    ticket_id: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="due")  # due, done, dropped
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(300))
    reason: Mapped[str | None] = mapped_column(String(300))  # why somebody dropped it

    __table_args__ = (
        Index("ix_delivery_due", "listener", "ticket_id", "position", sqlite_where=state == "due", postgresql_where=state == "due"),
    )


class Follower(Base):
    """How far a follower of the whole log has read."""

    __tablename__ = "follower"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


@listens_for(EventHead.__table__, "after_create")
def _first_row(table, connection, **options) -> None:
    connection.execute(table.insert().values(id=1, position=0))


@listens_for(Follower.__table__, "after_create")
def _first_follower(table, connection, **options) -> None:
    connection.execute(table.insert().values(name="hints", position=0))


def record(kind: Kind, *, ticket_id=None, subject=None, actor=None, occurred_at=None, history=False, **data) -> Event:
    """Add an event to the open transaction and return it.

    `subject` is a pair such as `("offer", 7)`; `actor` anything with an `.id`, or None for the system; `history`
    marks imported or simulated past: it is born delivered, mails nobody and rings nowhere.
    """
    session = db.session
    if not session.info.get("writing"):
        raise RuntimeError("events are written inside transaction()")
    subject_type, subject_id = subject or (None, None)
    happened = now()
    entry = Event(
        kind=str(kind), occurred_at=occurred_at or happened, recorded_at=happened, ticket_id=ticket_id, history=history,
        subject_type=subject_type, subject_id=subject_id, actor_id=getattr(actor, "id", None), data=data,
    )
    session.add(entry)
    session.info["recorded"] = True
    return entry


def happened(kind, at: datetime, *, ticket_id=None, subject=(None, None), actor_id=None, **data) -> dict:
    """An event of the past, born delivered, for `record_past`."""
    return {
        "kind": str(kind), "occurred_at": at, "recorded_at": now(), "history": True, "ticket_id": ticket_id, "subject_type": subject[0],
        "subject_id": subject[1], "actor_id": actor_id, "data": data,
    }


def record_past(rows: list[dict]) -> None:
    """Write events of the past in bulk, in order of time; inside a transaction."""
    if rows:
        db.session.execute(insert(Event.__table__), sorted(rows, key=lambda row: row["occurred_at"]))
        db.session.info["recorded"] = True


def head() -> int:
    """The highest position given so far: the version of everything that is shown."""
    position = db.session.scalar(select(EventHead.position)) or 0
    know_of(position)
    return position


def know_of(position: int) -> None:
    """From now on this piece of work must see nothing older than this position."""
    db.session.info["head"] = max(position, known_head())


def known_head() -> int:
    """The highest position this piece of work has met."""
    return db.session.info.get("head", 0)


def after(position: int, limit: int = 500) -> list[Event]:
    """The events behind a position, in order."""
    return list(db.session.scalars(select(Event).where(Event.position > position).order_by(Event.position).limit(limit)))


def timeline(ticket_id: int) -> list[Event]:
    """All that happened to a ticket, in the order it happened; what is not numbered yet comes last."""
    order = (Event.occurred_at, func.coalesce(Event.position, 2**62), Event.id)
    return list(db.session.scalars(select(Event).where(Event.ticket_id == ticket_id).order_by(*order)))


def sentence(entry: Event, actor_name: str, **names) -> str:
    """The event as one sentence in the reader's language; `names` may replace references by words."""
    kind = KINDS.get(entry.kind)
    if kind is None:
        return entry.kind
    return str(kind.sentence).format_map(_Blank({**entry.data, "actor": actor_name, **names}))


class _Blank(dict):
    """A sentence of an older event may lack a value: show an ellipsis, never fail."""

    def __missing__(self, key: str) -> str:
        return "…"
