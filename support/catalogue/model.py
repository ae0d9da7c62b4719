"""The product row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base


class Product(Base):
    """One thing that can be ordered. `stock` counts pieces nobody has ordered yet; `restock_on` is when more come."""

    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    category: Mapped[str] = mapped_column(String(60), default="", index=True)
    stock: Mapped[int] = mapped_column(default=0)
    restock_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("stock >= 0", name="stock_not_negative"),)

    @property
    def in_stock(self) -> bool:
        return self.stock > 0
