"""100,000 random questions about opening hours, answered by the product and by somebody who watches the clock on the wall.

The hours come from rows as an administrator keeps them: all kinds of zones and changes of the clocks, up to four slots a day which may overlap or run past
midnight, public holidays and closed days of one's own. The seed is fixed: a difference that was seen once is seen again.
"""

import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from support.calendars import Calendar
from tests.calendars.walking import Walk

# Changes of 30 minutes, one and two hours, at midnight and a minute after it, in both halves of the year, at the date line (a day that never was), and none.
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "America/St_Johns", "America/Sao_Paulo", "America/Havana", "Africa/Cairo",
    "Asia/Beirut", "America/Nuuk", "America/Santiago", "Africa/Casablanca", "Pacific/Apia", "Pacific/Kwajalein", "Asia/Kolkata", "Asia/Kathmandu", "UTC",
)
COUNTRIES = ("DE", "US", "FR", "BR")
SEEDS, WORLDS, QUESTIONS = range(10), 100, 100
WATCHED_DAYS = 12


@pytest.mark.parametrize("seed", SEEDS)
def test_every_answer_is_that_of_the_clock_on_the_wall(seed):
    chance, asked, differences = random.Random(seed), 0, []
    for _ in range(WORLDS):
        row, walk = _world(chance)
        hours = row.hours()
        for _ in range(QUESTIONS):
            asked += 1
            differences += [(row.zone, row.week, row.country, row.closed_days, *told) for told in _ask(chance, hours, walk)]
    assert asked == WORLDS * QUESTIONS
    assert not differences, f"{len(differences)} answers differ; the first: {differences[0]}"


def _ask(chance, hours, walk):
    """One random case: every question about two instants and a number of seconds. What differs: (question, instants, the product, the wall)."""
    length = int((walk.end - walk.first).total_seconds()) - 60
    start, end = (walk.first + timedelta(seconds=chance.randrange(length)) for _ in range(2))
    if chance.random() < 0.3:  # where something begins or ends, and a second beside it
        start = (walk.opens(start) or walk.closes(start) or start) + timedelta(seconds=chance.choice((-1, 0, 1)))
        start = min(max(start, walk.first), walk.end - timedelta(minutes=1))
    seconds = chance.choice((0, 1, chance.randrange(3600), chance.randrange(5 * 86_400)))
    yield from _unequal("is_open", start, hours.is_open(start), walk.is_open(start))
    yield from _unequal("business_seconds", (start, end), hours.business_seconds(start, end), walk.seconds(start, end))
    yield from _unless_later("next_opening", start, hours.next_opening(start), walk.opens(start), walk.end)
    yield from _unless_later("add", (start, seconds), hours.add(start, seconds), walk.after(start, seconds), walk.end)
    if walk.is_open(start):
        yield from _unless_later("open_until", start, hours.open_until(start), walk.closes(start), walk.end)
    else:
        yield from _unequal("open_until", start, hours.open_until(start), None)


def _unequal(question, about, told, seen):
    return [] if told == seen else [(question, about, told, seen)]


def _unless_later(question, about, told, seen, end):
    """What the wall has not shown by the end of the watch may only come at the end or after it, or never."""
    return _unequal(question, about, told, seen) if seen or (told and told < end) else []


def _world(chance):
    """A row of opening hours, and what the wall showed in some days of it: half of the time around a change of the clocks."""
    zone, country = chance.choice(ZONES), chance.choice(COUNTRIES) if chance.random() < 0.3 else ""
    first = datetime(chance.randrange(1987, 2036), 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(365 * 1440))
    if chance.random() < 0.6:
        first = _next_change(zone, first) - timedelta(days=chance.randrange(1, 6), minutes=chance.randrange(1440))
    stored = {str(day): [_slot(chance) for _ in range(chance.randrange(5))] for day in range(7) if chance.random() < 0.8}
    own = {(first + timedelta(days=chance.randrange(WATCHED_DAYS))).date(): "Closed" for _ in range(chance.randrange(4))}
    row = Calendar(zone=zone, week=stored, country=country, subdivision="", closed_days={day.isoformat(): name for day, name in own.items()})
    week = {int(day): [tuple(time(0) if at == "24:00" else time.fromisoformat(at) for at in slot) for slot in slots] for day, slots in stored.items()}
    public = holidays.country_holidays(country, years=[first.year - 1, first.year, first.year + 1]) if country else {}
    return row, Walk(zone, week, {*own, *public}, first, WATCHED_DAYS * 1440)


def _slot(chance):
    """Mostly quarter hours as people write them, sometimes to the minute; a third touch midnight."""
    step = chance.choice((15, 15, 1))
    opens, closes = (chance.randrange(0, 1440, step) for _ in range(2))
    if chance.random() < 0.3:
        opens, closes = chance.choice(((0, closes), (opens, 1440), (0, 1440), (opens, 0)))
    return [f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"]


def _next_change(zone, at):
    """The first day within a year and a half after which the clocks go otherwise; the day itself where they always go alike."""
    there = ZoneInfo(zone)
    days = (at + timedelta(days=n) for n in range(550))
    return next((day for day in days if (day + timedelta(days=1)).astimezone(there).utcoffset() != day.astimezone(there).utcoffset()), at)
