"""From a weekly plan and its exceptions to instants. Pure: no database, no clock of its own; slots are the arithmetic of `calendars`.

A shift belongs to the day on which it begins. A whole day of absence therefore takes the shifts that begin on it, not the end of the night
before, as a holiday does with opening hours; so does the day of a swapped shift, which then has other hours.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from support.calendars import Hours, Interval, common, joined, week_of, without
from support.people.shifts.models import ABSENCE, EXTRA, SWAP, TRAINING, ShiftException, ShiftPlan

LONGEST = timedelta(days=2)  # no shift is longer: how far around an instant the shift at that instant is looked for
DAYS = tuple(str(day) for day in range(7))
Days = tuple[date, date | None]


@dataclass(frozen=True)
class Except:
    """Which days have none of the shifts of a week: those outside `valid`, and those within one of `closed`. Stands where a calendar has its holidays."""

    valid: Days
    closed: tuple[Days, ...] = ()

    def get(self, day: date) -> str | None:
        return None if _within(day, self.valid) and not any(_within(day, days) for days in self.closed) else "-"


@dataclass(frozen=True)
class Source:
    """Where shifts come from: a plan, or an exception that adds some; its breaks count inside its own shifts only."""

    kind: str  # plan, swap, extra
    hours: Hours
    pauses: Hours

    def work(self, start: datetime, end: datetime) -> list[Interval]:
        return self.hours.openings(start, end)

    def breaks(self, start: datetime, end: datetime) -> list[Interval]:
        return common(self.pauses.openings(start, end), self.work(start, end))


@dataclass(frozen=True)
class Away:
    """A part of some days in which somebody is absent or in training."""

    kind: str
    hours: Hours


@dataclass(frozen=True)
class Plan:
    """When one person works. Whoever has a plan works at no other time; without one nobody knows, so `None` stands for always."""

    sources: tuple[Source, ...]
    away: tuple[Away, ...]
    days_away: tuple[tuple[str, Days], ...] = ()  # whole days, with absence or training

    def work(self, start: datetime, end: datetime) -> list[Interval]:
        """The shifts in [start, end), breaks included."""
        planned = [interval for source in self.sources for interval in source.work(start, end)]
        return without(planned, (interval for away in self.away for interval in away.hours.openings(start, end)))

    def breaks(self, start: datetime, end: datetime) -> list[Interval]:
        """The planned breaks inside the shifts."""
        planned = [interval for source in self.sources for interval in source.breaks(start, end)]
        return common(planned, self.work(start, end))

    def there(self, start: datetime, end: datetime) -> list[Interval]:
        """When work can be given: on shift and not on a break."""
        return without(self.work(start, end), self.breaks(start, end))

    def shift_at(self, at: datetime) -> Interval | None:
        """The shift that is under way at that instant."""
        return _around(self.work(at - LONGEST, at + LONGEST), at)

    def is_on(self, at: datetime) -> bool:
        return bool(self.work(at, at + timedelta(microseconds=1)))

    def why_off(self, at: datetime) -> str:
        """Why nothing can be given at that instant: break, absence, training, or off (no shift)."""
        around = (at, at + timedelta(microseconds=1))
        if self.is_on(at):
            return "break"
        partly = next((away.kind for away in self.away if away.hours.openings(*around)), None)
        zone_day = next((source.hours.local(at).date() for source in self.sources), at.date())
        return partly or next((kind for kind, days in self.days_away if _within(zone_day, days)), "off")


def plan_of(plans: Iterable[ShiftPlan], exceptions: Iterable[ShiftException], zone: str) -> Plan:
    """The plan that the rows of one person say; `zone` is the shop's."""
    exceptions = list(exceptions)
    away = tuple((row.kind, (row.first_day, row.last_day)) for row in exceptions if row.kind in (ABSENCE, TRAINING) and not row.slots)
    lost = tuple(days for _kind, days in away)
    swapped = tuple((row.first_day, row.last_day) for row in exceptions if row.kind == SWAP)
    weekly = [_source("plan", row.zone or zone, row.week, row.breaks, Except((row.valid_from, row.valid_until), lost + swapped)) for row in plans]
    added = [
        _source(row.kind, row.zone or zone, dict.fromkeys(DAYS, row.slots), row.breaks, Except((row.first_day, row.last_day), lost))
        for row in exceptions if row.kind in (SWAP, EXTRA)
    ]
    partly = [
        Away(row.kind, Hours(row.zone or zone, week_of(dict.fromkeys(DAYS, row.slots)), Except((row.first_day, row.last_day))))
        for row in exceptions if row.kind in (ABSENCE, TRAINING) and row.slots
    ]
    return Plan(tuple(weekly + added), tuple(partly), away)


def _source(kind: str, zone: str, week: dict, breaks: list, closed: Except) -> Source:
    return Source(kind, Hours(zone, week_of(week), closed), Hours(zone, week_of(dict.fromkeys(DAYS, breaks))))


def _within(day: date, days: Days) -> bool:
    return days[0] <= day and (days[1] is None or day <= days[1])


def _around(intervals: list[Interval], at: datetime) -> Interval | None:
    return next(((start, end) for start, end in joined(intervals) if start <= at < end), None)
