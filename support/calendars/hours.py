"""Opening hours as arithmetic: no database, no Flask, no clock of its own.

Used by routing (is this queue open), targets and figures (business seconds) and the hours page.
A slot belongs to the day on which it begins; one that ends at or before its start runs past midnight, so 00:00-00:00 is
the whole day. A holiday closes the slots that begin on it, not the end of the night before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

Slot = tuple[time, time]
Interval = tuple[datetime, datetime]

ONE_DAY = timedelta(days=1)
# Nobody plans further ahead: past this a calendar without slots is "never open".
HORIZON_DAYS = 800
DAYS_REMEMBERED = 3000


class ClosedDays(Protocol):
    def get(self, day: date) -> str | None: ...


@dataclass(frozen=True)
class Day:
    """What one date looks like: its slots in local time, and the holiday that closes it, if any."""

    date: date
    slots: tuple[Slot, ...]
    holiday: str | None

    @property
    def is_closed(self) -> bool:
        return not self.slots


@dataclass(frozen=True)
class Hours:
    """Slots per weekday (0 is Monday) in one zone, minus holidays. Takes and gives aware datetimes; gives UTC."""

    zone: str
    week: Mapping[int, list[Slot]]
    holidays: ClosedDays = field(default_factory=dict)
    _days: dict[date, list[Interval]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_open(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self._around(at))

    def open_until(self, at: datetime) -> datetime | None:
        """When the present opening ends. None when closed at that instant, or when it never ends (round the clock)."""
        for start, end in self._from(at):
            if start > at:
                return None
            if end - at > timedelta(days=HORIZON_DAYS - 2):
                return None
            return end
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        """The first instant after `at` at which the door goes from closed to open. None when there is none in two years."""
        return next((start for start, _ in self._from(at) if start > at), None)

    def last_closing(self, at: datetime) -> datetime | None:
        """The latest instant, not after `at`, at which the door went from open to closed. None when there is none in the two days before."""
        today = _local_day(self.zone, at)
        return max((end for _start, end in self._spans(today - 2 * ONE_DAY, today + ONE_DAY) if end <= at), default=None)

    def business_seconds(self, start: datetime, end: datetime) -> int:
        """Open seconds in [start, end); negative when end is earlier."""
        if end < start:
            return -self.business_seconds(end, start)
        total = timedelta()
        for opens, closes in self._spans(_local_day(self.zone, start) - ONE_DAY, _local_day(self.zone, end) + ONE_DAY):
            total += max(min(closes, end) - max(opens, start), timedelta())
        return int(total.total_seconds())

    def add(self, start: datetime, seconds: int) -> datetime | None:
        """The first instant by which `seconds` open seconds have passed since `start`. None when two years do not hold that many."""
        if seconds < 0:
            raise ValueError("seconds must not be negative")
        left = timedelta(seconds=seconds)
        if not left:
            return start.astimezone(UTC)
        for opens, closes in self._from(start):
            opens = max(opens, start)
            if opens + left <= closes:
                return (opens + left).astimezone(UTC)
            left -= closes - opens
        return None

    def openings(self, start: datetime, end: datetime) -> list[Interval]:
        """All that is open in [start, end), in order, cut off at both ends."""
        spans = self._spans(_local_day(self.zone, start) - ONE_DAY, _local_day(self.zone, end) + ONE_DAY)
        cut = ((max(opens, start), min(closes, end)) for opens, closes in spans)
        return [(opens.astimezone(UTC), closes.astimezone(UTC)) for opens, closes in cut if opens < closes]

    def describe_day(self, day: date) -> Day:
        holiday = self.holidays.get(day)
        slots = () if holiday else tuple(sorted(self.week.get(day.weekday(), ())))
        return Day(day, slots, holiday)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def _around(self, at: datetime) -> Iterator[Interval]:
        """Also what begins tomorrow: where clocks are put back just after midnight, tomorrow has begun before today ends."""
        today = _local_day(self.zone, at)
        return self._spans(today - ONE_DAY, today + ONE_DAY)

    def _from(self, at: datetime) -> Iterator[Interval]:
        """Intervals that end after `at`, in order, as far as the horizon."""
        today = _local_day(self.zone, at)
        spans = self._spans(today - ONE_DAY, today + timedelta(days=HORIZON_DAYS))
        return (span for span in spans if span[1] > at)

    def _spans(self, first: date, last: date) -> Iterator[Interval]:
        """Openings that begin between two dates, touching ones joined: 22:00-00:00 and 00:00-06:00 are one night."""
        if not any(self.week.values()):
            return
        held: Interval | None = None
        day = first
        while day <= last:
            for start, end in self._opened(day):
                if held and start <= held[1]:
                    held = (held[0], max(held[1], end))
                else:
                    if held:
                        yield held
                    held = (start, end)
            day += ONE_DAY
        if held:
            yield held

    def _opened(self, day: date) -> list[Interval]:
        known = self._days.get(day)
        if known is None:
            spans = [self._interval(day, slot) for slot in self.describe_day(day).slots]
            known = [(start, end) for start, end in spans if start < end]
            if len(self._days) > DAYS_REMEMBERED:
                self._days.clear()
            self._days[day] = known
        return known

    def _interval(self, day: date, slot: Slot) -> Interval:
        start, end = slot
        end_day = day if end > start else day + ONE_DAY
        return instant(self.zone, day, start), instant(self.zone, end_day, end)


def instant(zone: str, day: date, at: time) -> datetime:
    """The first instant (UTC) at which the clock on the wall shows that time or, where it is skipped in spring, a later one."""
    wall = datetime.combine(day, at)
    there = ZoneInfo(zone)
    first = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
    if first.astimezone(there).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(there, wall)


def _end_of_gap(zone: ZoneInfo, wall: datetime) -> datetime:
    """A skipped wall time: search the second at which the clocks jump. In a gap, fold 1 lies before it and fold 0 after it."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            after = middle
        else:
            before = middle
    return after


def _local_day(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
