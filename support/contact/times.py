"""When one may be called: whole windows inside the opening hours of a queue. Pure."""
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from support.calendars import Hours

FARTHEST = timedelta(days=14)  # a shop closed for longer offers no times


@dataclass(frozen=True)
class Window:
    start: datetime
    end: datetime

    @property
    def key(self) -> str:
        """How a form names it."""
        return self.start.strftime("%Y-%m-%dT%H:%MZ")


def windows(hours: Hours | None, after: datetime, length: timedelta, days: int) -> list[Window]:
    """All windows that begin at or after an instant and lie inside the hours (None: always open), on the next `days` days that have any."""
    found, seen, start = [], set(), _boundary(hours, after, length)
    while start < after + FARTHEST:
        end = start + length
        if hours is not None and not hours.is_open(start):
            opening = hours.next_opening(start)
            if opening is None:
                break
            start = _boundary(hours, opening, length)
            continue
        closes = hours.open_until(start) if hours else None
        if closes is not None and end > closes:
            start = _boundary(hours, closes, length)
            continue
        day = (hours.local(start) if hours else start).date()
        if day not in seen and len(seen) == days:
            break
        seen.add(day)
        found.append(Window(start, end))
        start = end
    return found


def first_open(hours: Hours | None, at: datetime) -> datetime:
    """That instant, or the next opening when it is closed then."""
    if hours is None or hours.is_open(at):
        return at
    return hours.next_opening(at) or at


def _boundary(hours: Hours | None, at: datetime, length: timedelta) -> datetime:
    """The first instant from `at` on at which a window may begin: whole multiples of its length since midnight on the wall."""
    ahead = hours.local(at).utcoffset().total_seconds() if hours else 0.0
    seconds = length.total_seconds()
    return datetime.fromtimestamp(math.ceil((at.timestamp() + ahead) / seconds) * seconds - ahead, UTC)
