"""Days of the shop: promises to customers are dates in the shop's zone, whatever zone the reader or the server is in."""

from __future__ import annotations

from datetime import date, datetime

from support import shop
from support.clock import now


def today() -> date:
    return day_of(now())


def day_of(instant: datetime) -> date:
    return instant.astimezone(shop.profile().zone_info).date()
