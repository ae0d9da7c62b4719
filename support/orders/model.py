"""The order with its lines, its ten steps and its invoices."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.catalogue import Product
from support.database import Base, UTCDateTime
from support.orders.days import today
from support.orders.parcels import Parcel
from support.people.person import Person


class Order(Base):
    """What one person ordered at once. `target_ship_on` is the day by which we said it leaves us.

    `source` names the system an order of the past was brought over from; such an order is never under way, late or somebody's work. It
    may have no person (a guest of that system), and be a credit, which takes back lines of an earlier order: its pieces are negative.
    """

    __tablename__ = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    source: Mapped[str | None] = mapped_column(String(40))
    credit: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    ship_name: Mapped[str] = mapped_column(String(200), default="")
    ship_street: Mapped[str] = mapped_column(String(200), default="")
    ship_postcode: Mapped[str] = mapped_column(String(20), default="")
    ship_city: Mapped[str] = mapped_column(String(100), default="")
    ship_country: Mapped[str] = mapped_column(String(60), default="")
    target_ship_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person | None] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.id", cascade="all, delete-orphan")
    steps: Mapped[list[OrderStep]] = relationship(back_populates="order", order_by="OrderStep.id", cascade="all, delete-orphan")
    parcels: Mapped[list[Parcel]] = relationship(back_populates="order", order_by=Parcel.id, cascade="all, delete-orphan")
    invoices: Mapped[list[Invoice]] = relationship(back_populates="order", order_by="Invoice.id", cascade="all, delete-orphan")

    __table_args__ = (Index("ix_order_person_placed", "person_id", "placed_at"), Index("ix_order_placed", "placed_at"))

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_shipped(self) -> bool:
        """Whether at least one parcel has left us."""
        return any(parcel.shipped_at for parcel in self.parcels)

    @property
    def waiting_lines(self) -> list[OrderLine]:
        """Lines of which something has not left us yet."""
        return [] if self.source else [line for line in self.lines if line.quantity > line.shipped]

    @property
    def backordered_lines(self) -> list[OrderLine]:
        return [line for line in self.lines if line.backordered]

    def has_arrived(self) -> bool:
        return bool(self.parcels) and not self.waiting_lines and all(parcel.is_delivered for parcel in self.parcels)

    def is_late(self, on: date | None = None) -> bool:
        """A parcel is late, or the day on which we wanted to send the first one has passed."""
        on = on or today()
        return not self.is_cancelled and not self.source and (self.days_unsent(on) > 0 or any(parcel.is_late(on) for parcel in self.parcels))

    def days_unsent(self, on: date) -> int:
        """Days since the target ship day while nothing has left us."""
        if self.source or self.is_cancelled or self.is_shipped or self.target_ship_on is None:
            return 0
        return max(0, (on - self.target_ship_on).days)


class OrderLine(Base):
    """Some pieces of one product. The title is kept: a product may be renamed later.

    Only lines brought over have the rest: fewer than no pieces, `charged` where the amount is not pieces times price, `added_at` where
    the line came later than its order, the `reference` it had and who supplied it.
    """

    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(16, 4))
    charged: Mapped[Decimal | None] = mapped_column(Numeric(16, 4))
    added_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reference: Mapped[str | None] = mapped_column(String(60))
    supplier: Mapped[str | None] = mapped_column(String(120))
    shipped: Mapped[int] = mapped_column(default=0)
    backordered: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()

    __table_args__ = (
        CheckConstraint("quantity <> 0", name="quantity_not_zero"),
        CheckConstraint("shipped >= 0 AND backordered >= 0 AND (quantity < 0 OR shipped + backordered <= quantity)", name="pieces_add_up"),
        CheckConstraint("returned >= 0 AND returned <= shipped", name="returned_at_most_shipped"),
    )

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.quantity if self.charged is None else self.charged

    @property
    def follows_on(self) -> date | None:
        """About when the pieces on backorder come, if that is known."""
        return self.product.restock_on if self.backordered and self.product else None


class OrderStep(Base):
    """One of the ten steps: when it was done, else by when it is meant to be."""

    __tablename__ = "order_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    step: Mapped[str] = mapped_column(String(20))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_on: Mapped[date | None]

    order: Mapped[Order] = relationship(back_populates="steps")

    __table_args__ = (UniqueConstraint("order_id", "step"),)


class Invoice(Base):
    """What was charged for what was sent."""

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))

    order: Mapped[Order] = relationship(back_populates="invoices")
