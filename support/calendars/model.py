"""The calendar row: the opening hours of a queue or of the whole shop, as an administrator keeps them."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from support.calendars.hours import Hours
from support.calendars.public_holidays import Closures
from support.calendars.slots import week_of
from support.database import Base, JSONData


class Calendar(Base):
    """Slots per weekday ("0" is Monday) in a zone, public holidays of a country, and own closed days."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    zone: Mapped[str] = mapped_column(String(60))
    week: Mapped[dict] = mapped_column(JSONData, default=dict)
    country: Mapped[str] = mapped_column(String(2), default="")
    subdivision: Mapped[str] = mapped_column(String(60), default="")
    closed_days: Mapped[dict] = mapped_column(JSONData, default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def hours(self, language: str = "en_US") -> Hours:
        """The hours as arithmetic, holidays named in `language`. Equal rows share one object, so asking often is cheap."""
        week, closed = (json.dumps(value, sort_keys=True) for value in (self.week, self.closed_days))
        return _hours(self.zone, week, self.country, self.subdivision, closed, language)


@lru_cache(maxsize=128)
def _hours(zone: str, week: str, country: str, subdivision: str, closed: str, language: str) -> Hours:
    return Hours(zone, week_of(json.loads(week)), Closures(country, subdivision, json.loads(closed), language))
