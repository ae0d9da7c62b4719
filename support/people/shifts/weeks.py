"""A week as people × days, and the days of one person: what the pages show. Days are those of the shop's zone."""
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from support import calendars, shop
from support.calendars import Interval
from support.clock import now
from support.database import db
from support.people.permissions import demand
from support.people.person import Person
from support.people.shifts import keeping, standing
from support.people.shifts.plans import LONGEST, Plan

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One day of one person. `shifts` begin on it; `away` are the kinds that keep from work on it: absence, training; `changed` says that a swapped or extra shift is among them."""

    date: date
    shifts: tuple[Interval, ...]
    breaks: tuple[Interval, ...]
    away: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Week:
    """`rows`: (person, seven days), the days None for people without a plan."""

    first: date
    today: date
    days: tuple[date, ...]
    rows: list[tuple[Person, list[Day] | None]]


def week(by, first: date | None = None, person_ids=None) -> Week:
    """The week in which that day lies, this one without. Three statements."""
    demand(by, "board")
    today = now().astimezone(shop.profile().zone_info).date()
    first = (first or today) - timedelta(days=(first or today).weekday())
    plans = standing.read(db.session)
    rows = [(person, days_of(plans.get(person.id), first, 7)) for person in keeping.workers(by)]
    return Week(first, today, tuple(first + timedelta(days=n) for n in range(7)), rows)


def days_of(plan: Plan | None, first: date, count: int) -> list[Day] | None:
    """So many days from that one on; None without a plan."""
    if plan is None:
        return None
    zone = shop.profile().zone
    starts = [calendars.instant(zone, first + timedelta(days=n), time(0)) for n in range(count + 1)]
    around = (starts[0] - LONGEST, starts[-1] + LONGEST)
    shifts, breaks = _by_day(plan.work(*around), starts), plan.breaks(*around)
    return [_day(plan, first + timedelta(days=n), (starts[n], starts[n + 1]), shifts, breaks) for n in range(count)]


def _by_day(shifts: list[Interval], starts: list[datetime]) -> list[Interval]:
    """A shift without end is shown day by day."""
    cut = []
    for start, end in shifts:
        for edge in starts:
            if end - start > ONE_DAY and start < edge < end:
                cut.append((start, edge))
                start = edge
        cut.append((start, end))
    return cut


def _day(plan: Plan, day: date, span: Interval, shifts: list[Interval], breaks: list[Interval]) -> Day:
    mine = tuple(shift for shift in shifts if span[0] <= shift[0] < span[1])
    away = [kind for kind, (first, last) in plan.days_away if first <= day <= last]
    away += [one.kind for one in plan.away if one.hours.openings(*span)]
    changed = [source.kind for source in plan.sources if source.kind != "plan" and source.hours.openings(*span)]
    return Day(day, mine, tuple(calendars.common(breaks, mine)), tuple(dict.fromkeys(away)), tuple(dict.fromkeys(changed)))
