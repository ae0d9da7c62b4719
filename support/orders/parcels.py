"""Parcels: what is in them, what the carrier reported, and whether they are late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.database import Base, UTCDateTime
from support.orders import states
from support.orders.days import day_of

if TYPE_CHECKING:
    from support.orders.model import Order, OrderLine


@dataclass(frozen=True)
class Stop:
    """One of the five stops of a parcel; mark is done, now, late, bad or coming."""

    word: str
    mark: str


class Parcel(Base):
    """One parcel. `promised_on` is what we told the customer and never changes; `expected_on` is what the carrier says now.

    `mode` is how it travelled (“Air”), where another system knew that.
    """

    __tablename__ = "parcel"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    carrier: Mapped[str] = mapped_column(String(60))
    tracking_number: Mapped[str] = mapped_column(String(60))
    mode: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(24), default=states.PENDING)
    substate: Mapped[str] = mapped_column(String(3), default="001")
    shipped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    promised_on: Mapped[date | None]
    expected_on: Mapped[date | None]
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    order: Mapped[Order] = relationship(back_populates="parcels")
    contents: Mapped[list[ParcelLine]] = relationship(back_populates="parcel", order_by="ParcelLine.id", cascade="all, delete-orphan")
    tracking: Mapped[list[TrackingEvent]] = relationship(
        back_populates="parcel", order_by="(TrackingEvent.at, TrackingEvent.id)", cascade="all, delete-orphan"
    )

    @property
    def is_delivered(self) -> bool:
        return self.state == states.DELIVERED

    @property
    def is_lost(self) -> bool:
        return (self.state, self.substate) == (states.EXCEPTION, states.LOST)

    @property
    def is_back(self) -> bool:
        return self.state == states.EXCEPTION and self.substate in (states.RETURNING, states.RETURNED)

    def is_late(self, today: date) -> bool:
        """The promised day has passed without delivery, or the parcel came after it. What is lost or came back is not "late"."""
        return self.days_late(today) > 0

    def days_late(self, today: date) -> int:
        """Whole days after the promised day: of the delivery, else of what the carrier says now, but never fewer than have passed."""
        if self.promised_on is None or self.is_lost or self.is_back:
            return 0
        if self.is_delivered:
            return max(0, (day_of(self.delivered_at) - self.promised_on).days) if self.delivered_at else 0
        if today <= self.promised_on:
            return 0
        return (max(today, self.expected_on or today) - self.promised_on).days

    def word(self) -> str:
        return states.word(self.state, self.substate)

    def stops(self, today: date) -> list[Stop]:
        """The five stops. A parcel in trouble stays at the furthest stop it had reached."""
        seen = [states.stops_behind(event.state, event.substate) for event in self.tracking]
        behind = max([states.stops_behind(self.state, self.substate), *seen])
        here = "bad" if self.state in (states.EXCEPTION, states.EXPIRED) else "late" if self.is_late(today) else "now"
        marks = ["done"] * 5 if self.is_delivered else ["done"] * (behind - 1) + [here] * (behind > 0) + ["coming"] * (5 - behind)
        return [Stop(str(text), mark) for text, mark in zip(states.STOP_WORDS, marks, strict=True)]

    def last_seen(self) -> TrackingEvent | None:
        return self.tracking[-1] if self.tracking else None


class ParcelLine(Base):
    """How many pieces of an order line are in a parcel."""

    __tablename__ = "parcel_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int]

    parcel: Mapped[Parcel] = relationship(back_populates="contents")
    line: Mapped[OrderLine] = relationship()

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)


class TrackingEvent(Base):
    """One report of the carrier, as it came: our word for it, and the carrier's own text and place."""

    __tablename__ = "tracking_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(24))
    substate: Mapped[str] = mapped_column(String(3))
    place: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(String(300), default="")

    parcel: Mapped[Parcel] = relationship(back_populates="tracking")

    # Carriers repeat themselves: the same report a second time is the same row.
    __table_args__ = (UniqueConstraint("parcel_id", "at", "state", "substate"),)

    def word(self) -> str:
        return states.word(self.state, self.substate)


def settled(reports: list[TrackingEvent]) -> TrackingEvent | None:
    """The report that says where the parcel is: the last by the time it happened, but an end of the way beats any later scan."""
    ends = [report for report in reports if states.is_terminal(report.state, report.substate)]
    return max(ends or reports, key=lambda report: (report.at, report.id or 0), default=None)
