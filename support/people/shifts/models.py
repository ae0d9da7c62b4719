"""What is kept of shifts: weekly plans and what is different on some days. Written by `keeping` only; `plans` makes instants of them."""
from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base, JSONData

ABSENCE, TRAINING, SWAP, EXTRA = "absence", "training", "swap", "extra"


class ShiftPlan(Base):
    """The slots of each weekday ("0" is Monday) on which somebody works, and the breaks inside them, from a day until a day. Several may hold at once."""

    __tablename__ = "shift_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    zone: Mapped[str] = mapped_column(String(60), default="")  # "" is the shop's
    week: Mapped[dict] = mapped_column(JSONData, default=dict)
    breaks: Mapped[list] = mapped_column(JSONData, default=list)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (Index("ix_shift_plan_person", "person_id"),)
    __mapper_args__ = {"version_id_col": version}


class ShiftException(Base):
    """Some days that are not as planned. Without slots, an absence or a training takes whole days; why somebody is absent is nobody's business here."""

    __tablename__ = "shift_exception"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))  # absence, training, swap, extra
    zone: Mapped[str] = mapped_column(String(60), default="")
    first_day: Mapped[date]
    last_day: Mapped[date]
    slots: Mapped[list] = mapped_column(JSONData, default=list)
    breaks: Mapped[list] = mapped_column(JSONData, default=list)

    __table_args__ = (Index("ix_shift_exception_person", "person_id", "last_day"),)
