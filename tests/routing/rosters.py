"""Coverage the slow and obvious way: minute by minute, who works, who rests, who holds what. Times of day are walked by `tests/calendars/walking.py`;
nothing of the product is used."""
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.calendars.walking import MINUTE, open_minutes

NEVER = date(2200, 1, 1)


def wall(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


def slots(pairs) -> list:
    return [(wall(opens), wall(closes)) for opens, closes in pairs]


def daily(pairs) -> dict:
    return {day: slots(pairs) for day in range(7)}


@dataclass
class Person:
    """`plans`: (zone, week, breaks, from, until); `exceptions`: (kind, zone, first, last, slots, breaks); `held`: {skill: [(from, until, level)]}."""

    plans: list = field(default_factory=list)
    exceptions: list = field(default_factory=list)
    held: dict = field(default_factory=dict)

    def there(self, first: datetime, minutes: int) -> list[bool]:
        """For each minute whether work can be given."""
        lost = [one for one in self.exceptions if one[0] in ("absence", "training") and not one[4]]
        swapped = [one for one in self.exceptions if one[0] == "swap"]
        work, rest = [False] * minutes, [False] * minutes
        for zone, week, breaks, since, until in self.plans:
            closed = _outside(first, since, until) | _inside(lost + swapped)
            _add(work, rest, zone, {int(day): slots(pairs) for day, pairs in week.items()}, breaks, closed, first)
        for kind, zone, begin, end, pairs, breaks in self.exceptions:
            if kind in ("swap", "extra"):
                _add(work, rest, zone, daily(pairs), breaks, _outside(first, begin, end) | _inside(lost), first)
        for kind, zone, begin, end, pairs, _breaks in self.exceptions:
            if kind in ("absence", "training") and pairs:
                away = open_minutes(zone, daily(pairs), _outside(first, begin, end), first, minutes)
                work = [on and not gone for on, gone in zip(work, away, strict=True)]
        return [on and not pause for on, pause in zip(work, rest, strict=True)]

    def level(self, skill: int, at: datetime) -> int:
        return max((level for since, until, level in self.held.get(skill, ()) if since <= at < until), default=0)


def _add(work, rest, zone, week, breaks, closed, first) -> None:
    mine = open_minutes(zone, week, closed, first, len(work))
    pauses = open_minutes(zone, daily(breaks), set(), first, len(work))
    for n, (on, pause) in enumerate(zip(mine, pauses, strict=True)):
        work[n] = work[n] or on
        rest[n] = rest[n] or (on and pause)


def _around(first: datetime) -> list[date]:
    return [first.date() + timedelta(days=n) for n in range(-8, 12)]


def _outside(first: datetime, since: date, until: date | None) -> set[date]:
    return {day for day in _around(first) if not since <= day <= (until or NEVER)}


def _inside(exceptions) -> set[date]:
    return {begin + timedelta(days=n) for _kind, _zone, begin, end, *_rest in exceptions for n in range((end - begin).days + 1)}


def counts(people, asked: dict, first: datetime, minutes: int) -> list[int]:
    """For each minute, how many are there and hold every skill of `asked` ({skill: level})."""
    seen = [person.there(first, minutes) for person in people]
    return [
        sum(there[n] and all(person.level(skill, first + n * MINUTE) >= level for skill, level in asked.items()) for person, there in zip(people, seen, strict=True))
        for n in range(minutes)
    ]


def cells(number: list[int], is_open: list[bool], first: datetime, zone: str) -> list[tuple[datetime, datetime, int]]:
    """(from, until, fewest) of each open hour or piece of one; hours begin where the clock on the wall shows a full hour."""
    found, here = [], ZoneInfo(zone)
    for n, opened in enumerate(is_open):
        at = first + n * MINUTE
        if not opened:
            continue
        if found and found[-1][1] == at and at.astimezone(here).minute:
            found[-1] = (found[-1][0], at + MINUTE, min(found[-1][2], number[n]))
        else:
            found.append((at, at + MINUTE, number[n]))
    return found
