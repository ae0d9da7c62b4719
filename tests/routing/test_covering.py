"""Coverage against counting minute by minute, and shifts where the clocks change."""
import random
from datetime import UTC, date, datetime, time, timedelta

from support.calendars import Hours
from support.people.shifts.models import ShiftException, ShiftPlan
from support.people.shifts.plans import plan_of
from support.routing.covering import Ask, Cell, Hole, Worker, cover, holes
from support.routing.fitness import CHAT, Line, Need
from tests.calendars.walking import open_minutes
from tests.routing import rosters

BERLIN, CASES, MINUTES = "Europe/Berlin", 36, 36 * 60
ZONES = ("", BERLIN, "America/New_York", "Asia/Kolkata")
STARTS = (datetime(2026, 3, 28, 18, 20, tzinfo=UTC), datetime(2026, 10, 24, 15, 0, tzinfo=UTC), datetime(2026, 3, 7, 20, 47, tzinfo=UTC), datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
SLOTS = ([], [["08:00", "16:30"]], [["22:00", "06:00"]], [["06:15", "12:00"], ["13:00", "17:00"]], [["00:00", "24:00"]], [["01:30", "02:45"], ["20:00", "03:10"]])
BREAKS = ([], [["12:30", "13:00"]], [["02:15", "02:45"], ["10:00", "10:15"]], [["23:45", "00:15"]])
QUEUE = (None, SLOTS[1], SLOTS[2], SLOTS[3])


def made_up(chance: random.Random, first: datetime) -> rosters.Person:
    """Somebody with a plan or two, perhaps days that are different, and certificates that may begin or end in those hours."""
    day = lambda low, high: first.date() + timedelta(days=chance.randint(low, high))  # noqa: E731
    person = rosters.Person()
    for _plan in range(chance.choice((1, 1, 2))):
        week = {str(weekday): chance.choice(SLOTS) for weekday in range(7)}
        person.plans.append((chance.choice(ZONES), week, chance.choice(BREAKS), day(-5, 1), chance.choice((None, None, day(0, 3)))))
    for _exception in range(chance.choice((0, 1, 2, 3, 3))):
        kind, begin = chance.choice(("absence", "training", "swap", "extra")), day(-1, 1)
        some = chance.choice(SLOTS[1:]) if kind in ("swap", "extra") else chance.choice(SLOTS)
        person.exceptions.append((kind, chance.choice(ZONES), begin, begin + timedelta(days=chance.randint(0, 1)), some, chance.choice(BREAKS) if kind in ("swap", "extra") else []))
    for skill in (1, 2):
        for _certificate in range(chance.choice((1, 1, 2))):
            since, until = first + timedelta(minutes=chance.choice((-9000, -9000, 300))), first + timedelta(minutes=chance.choice((600, 1117, 9000, 9000)))
            person.held.setdefault(skill, []).append((since, until, chance.randint(1, 4)))
    return person


def as_rows(person: rosters.Person) -> tuple:
    plans = [ShiftPlan(zone=zone, week=week, breaks=breaks, valid_from=since, valid_until=until) for zone, week, breaks, since, until in person.plans]
    exceptions = [
        ShiftException(kind=kind, zone=zone, first_day=begin, last_day=end, slots=some, breaks=breaks) for kind, zone, begin, end, some, breaks in person.exceptions
    ]
    return plan_of(plans, exceptions, BERLIN)


def in_zone(person: rosters.Person) -> rosters.Person:
    """The shop's zone by its name, for the reference."""
    person.plans = [(zone or BERLIN, *more) for zone, *more in person.plans]
    person.exceptions = [(kind, zone or BERLIN, *more) for kind, zone, *more in person.exceptions]
    return person


def test_coverage_is_what_counting_minute_by_minute_gives():
    chance, seen = random.Random(6), set()
    for number in range(CASES):
        first = STARTS[number % len(STARTS)]
        end = first + timedelta(minutes=MINUTES)
        people = [made_up(chance, first) for _person in range(chance.choice((1, 2, 3)))]
        opened = chance.choice(QUEUE)
        needs = (Need(1, chance.randint(1, 3)), Need(3, 2, required=False))
        line = Line(7, CHAT, "de", needs, 2)
        hours = None if opened is None else Hours(BERLIN, rosters.daily(opened))
        workers = [Worker(n, as_rows(person).there(first, end), person.held) for n, person in enumerate(people)]
        told = cover([Ask(line, hours)], workers, first, end, BERLIN)[7, "de"]
        asked = {1: needs[0].min_level, 2: 1}
        walked = rosters.counts([in_zone(person) for person in people], asked, first, MINUTES)
        is_open = [True] * MINUTES if opened is None else open_minutes(BERLIN, rosters.daily(opened), set(), first, MINUTES)
        assert [(cell.start, cell.end, cell.least) for cell in told] == rosters.cells(walked, is_open, first, BERLIN), f"case {number}"
        assert all(walked[int((cell.at - first).total_seconds() // 60)] == cell.least for cell in told), "the weakest instant is one of the fewest"
        seen |= {cell.least for cell in told}
    assert {0, 1, 2} <= seen


def plan(week, breaks=(), exceptions=(), zone="") -> object:
    rows = [ShiftPlan(zone=zone, week=week, breaks=list(breaks), valid_from=date(2026, 1, 1), valid_until=None)]
    return plan_of(rows, [ShiftException(kind=kind, zone="", first_day=day, last_day=day, slots=slots, breaks=[]) for kind, day, slots in exceptions], BERLIN)


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_is():
    night = plan({"5": [["22:00", "06:00"]]}, [["03:00", "03:30"]])
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    (shift,) = night.work(spring, spring + timedelta(days=1))
    assert (shift[1] - shift[0]) == timedelta(hours=7) and night.breaks(spring, spring + timedelta(days=1)) == [(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC))]
    (shift,) = night.work(autumn, autumn + timedelta(days=1))
    assert (shift[1] - shift[0]) == timedelta(hours=9)


def test_a_shift_belongs_to_the_day_on_which_it_begins():
    tuesday = date(2026, 11, 24)
    nights = {str(day): [["22:00", "06:00"]] for day in range(7)}
    span = (datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 26, 12, tzinfo=UTC))
    begins = [start.day for start, _end in plan(nights, exceptions=[("absence", tuesday, [])]).work(*span)]
    assert begins == [23, 25], "the night that begins on the day of the absence is free, the end of the night before is not"
    swapped = plan(nights, exceptions=[("swap", tuesday, [["08:00", "12:00"]])]).work(*span)
    assert [start.hour for start, _end in swapped] == [21, 7, 21] and len(swapped) == 3
    partly = plan(nights, exceptions=[("training", tuesday, [["22:00", "23:00"]])])
    assert partly.why_off(datetime(2026, 11, 24, 21, 30, tzinfo=UTC)) == "training" and partly.is_on(datetime(2026, 11, 24, 22, 30, tzinfo=UTC))


def test_holes_that_follow_each_other_in_the_open_hours_are_one():
    hour = lambda day, at, least: Cell(datetime(2026, 11, day, at, tzinfo=UTC), datetime(2026, 11, day, at + 1, tzinfo=UTC), least, datetime(2026, 11, day, at, tzinfo=UTC))  # noqa: E731
    row = [hour(25, 9, 1), hour(25, 10, 0), hour(26, 9, 0), hour(26, 10, 2), hour(27, 9, 0)]
    assert holes({(1, "de"): row}) == [Hole((1, "de"), row[1].start, row[2].end, 2), Hole((1, "de"), row[4].start, row[4].end, 1)]


def test_a_queue_that_opens_within_an_hour_has_pieces_of_hours():
    hours = Hours(BERLIN, {2: [(time(8, 30), time(10, 15))]})
    start = datetime(2026, 11, 25, 5, tzinfo=UTC)
    spans = [(cell.start.minute, cell.end.minute) for cell in cover([Ask(Line(1, CHAT, "de"), hours)], [], start, start + timedelta(days=1), BERLIN)[1, "de"]]
    assert spans == [(30, 0), (0, 0), (0, 15)]
