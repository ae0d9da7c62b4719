"""Business time against a slow, obvious reference that walks the minutes, and the days on which clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.calendars.hours import Hours, instant
from tests.calendars.walking import open_minutes

BERLIN = "Europe/Berlin"
ZONES = [BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC"]
# Around a change of the clocks in each half of the year, and an ordinary week with the turn of a year.
BEGINNINGS = [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC),
              datetime(2026, 4, 3, tzinfo=UTC), datetime(2025, 12, 29, tzinfo=UTC)]
MINUTE = timedelta(minutes=1)


def berlin(*parts):
    return datetime(*parts, tzinfo=ZoneInfo(BERLIN))


def shop(holidays=None):
    weekday = [(time(8), time(20))]
    week = {0: weekday, 1: weekday, 2: weekday, 3: weekday, 4: weekday, 5: [(time(9), time(14))]}
    return Hours(BERLIN, week, holidays or {})


quarter_hours = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
weeks = st.dictionaries(st.integers(0, 6), st.lists(st.tuples(quarter_hours, quarter_hours), max_size=3))
spans = st.tuples(st.integers(0, 3 * 1440), st.integers(0, 3 * 1440)).map(sorted)


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), week=weeks, first=st.sampled_from(BEGINNINGS), span=spans, holiday=st.integers(0, 6), wanted=st.integers(1, 900))
def test_every_answer_agrees_with_walking_the_minutes(zone, week, first, span, holiday, wanted):
    hours = Hours(zone, week, {first.date() + timedelta(days=holiday): "Holiday"})
    walked = open_minutes(zone, week, hours.holidays, first, 4 * 1440)
    low, high = span
    start, end = first + low * MINUTE, first + high * MINUTE

    assert hours.is_open(start) == walked[low]
    assert hours.business_seconds(start, end) == 60 * sum(walked[low:high])
    assert hours.business_seconds(end, start) == -60 * sum(walked[low:high])
    _same_edges(hours, walked, first, low)
    _same_sum(hours, walked, first, low, wanted)


def _same_edges(hours, walked, first, low):
    start = first + low * MINUTE
    closes = next((n for n in range(low, len(walked)) if not walked[n]), None)
    if walked[low] and closes is not None:
        assert hours.open_until(start) == first + closes * MINUTE
    if not walked[low]:
        assert hours.open_until(start) is None
    opens = next((n for n in range(low + 1, len(walked)) if walked[n] and not walked[n - 1]), None)
    if opens is not None:
        assert hours.next_opening(start) == first + opens * MINUTE


def _same_sum(hours, walked, first, low, wanted):
    passed, reached = 0, None
    for n in range(low, len(walked)):
        passed += walked[n]
        if passed == wanted:
            reached = n + 1
            break
    if reached is not None:
        assert hours.add(first + low * MINUTE, wanted * 60) == first + reached * MINUTE


def test_a_weekday_opens_at_eight_and_closes_at_eight():
    hours = shop()
    tuesday = berlin(2026, 11, 24, 7, 59)
    assert not hours.is_open(tuesday)
    assert hours.next_opening(tuesday) == berlin(2026, 11, 24, 8)
    assert hours.open_until(berlin(2026, 11, 24, 8)) == berlin(2026, 11, 24, 20)
    assert not hours.is_open(berlin(2026, 11, 24, 20))


def test_a_night_shift_goes_past_midnight_and_belongs_to_the_day_it_began():
    hours = Hours(BERLIN, {4: [(time(22), time(6))]}, {date(2026, 11, 28): "Saturday off"})
    assert hours.is_open(berlin(2026, 11, 28, 5, 59))
    assert hours.open_until(berlin(2026, 11, 27, 23)) == berlin(2026, 11, 28, 6)
    assert hours.next_opening(berlin(2026, 11, 28, 6)) == berlin(2026, 12, 4, 22)


def test_a_holiday_closes_the_slots_that_begin_on_it():
    hours = shop({date(2026, 12, 25): "Christmas Day"})
    assert hours.describe_day(date(2026, 12, 25)).holiday == "Christmas Day"
    assert hours.next_opening(berlin(2026, 12, 24, 20)) == berlin(2026, 12, 26, 9)


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 1), 24)])
def test_a_whole_sunday_has_as_many_hours_as_the_clocks_give_it(day, length):
    hours = Hours(BERLIN, {6: [(time(0), time(0))]})
    midnight = instant(BERLIN, day, time(0))
    assert hours.business_seconds(midnight, midnight + timedelta(days=2)) == length * 3600


def test_a_time_that_spring_skips_starts_when_the_clocks_have_jumped():
    hours = Hours(BERLIN, {6: [(time(2, 30), time(3, 15))]})
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert hours.next_opening(jump - timedelta(hours=5)) == jump
    assert hours.business_seconds(jump - timedelta(hours=5), jump + timedelta(hours=5)) == 15 * 60


def test_a_day_that_begins_twice_opens_when_it_first_begins():
    """Newfoundland put its clocks back at a minute past midnight: Saturday went on for an hour after Sunday had begun."""
    hours = Hours("America/St_Johns", {6: [(time(0), time(8))]})
    begins = datetime(2008, 11, 2, 2, 30, tzinfo=UTC)
    assert [hours.is_open(begins + timedelta(minutes=minute)) for minute in (-1, 0, 1, 30)] == [False, True, True, True]
    assert hours.business_seconds(begins - timedelta(hours=1), begins + timedelta(minutes=30)) == 30 * 60


def test_slots_that_touch_at_midnight_are_one_opening():
    hours = Hours(BERLIN, {0: [(time(18), time(0))], 1: [(time(0), time(9))]})
    assert hours.open_until(berlin(2026, 11, 23, 19)) == berlin(2026, 11, 24, 9)


def test_round_the_clock_is_open_and_never_closes():
    hours = Hours(BERLIN, {day: [(time(0), time(0))] for day in range(7)})
    noon = berlin(2026, 11, 24, 12)
    assert hours.is_open(noon)
    assert hours.open_until(noon) is None
    assert hours.add(noon, 86400) == noon + timedelta(days=1)


def test_a_calendar_without_slots_never_opens():
    hours = Hours(BERLIN, {})
    noon = berlin(2026, 11, 24, 12)
    assert not hours.is_open(noon)
    assert hours.next_opening(noon) is None
    assert hours.add(noon, 1) is None
    assert hours.add(noon, 0) == noon


def test_adding_a_negative_time_is_refused():
    with pytest.raises(ValueError):
        shop().add(berlin(2026, 11, 24, 12), -1)
