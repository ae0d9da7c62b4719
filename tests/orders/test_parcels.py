"""Where a parcel is and whether it is late, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.orders import states
from support.orders.parcels import Parcel, TrackingEvent, settled

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
reports = st.lists(st.tuples(st.integers(0, 50), st.sampled_from(sorted(states.SUBSTATES))), min_size=1, max_size=12, unique=True)


def report(minutes, state, substate="001"):
    return TrackingEvent(at=NOON + timedelta(minutes=minutes), state=state, substate=substate)


@given(reports, st.randoms())
def test_the_order_in_which_reports_arrive_does_not_matter(told, random):
    first = [report(minutes, *code) for minutes, code in told]
    shuffled = random.sample(first, len(first))
    best, again = settled(first), settled(shuffled)
    assert best.at == again.at
    assert states.is_terminal(best.state, best.substate) == any(states.is_terminal(*code) for _minutes, code in told)


def test_a_scan_that_arrives_late_does_not_take_back_a_delivery():
    told = [report(10, states.DELIVERED), report(20, states.IN_TRANSIT)]
    assert settled(told).state == states.DELIVERED


def test_a_lost_parcel_that_is_delivered_after_all_is_delivered():
    told = [report(10, states.EXCEPTION, states.LOST), report(20, states.DELIVERED)]
    assert settled(told).state == states.DELIVERED


def test_a_solved_problem_puts_a_parcel_on_its_way_again():
    told = [report(10, states.EXCEPTION, "004"), report(20, states.IN_TRANSIT, "008")]
    assert settled(told).substate == "008"


@pytest.mark.parametrize(("promised", "expected", "days"), [
    (date(2026, 11, 24), None, 0),
    (date(2026, 11, 25), date(2026, 11, 27), 0),
    (date(2026, 11, 23), date(2026, 11, 26), 3),
    (date(2026, 11, 23), date(2026, 11, 23), 1),
    (date(2026, 11, 20), None, 4),
    (None, date(2026, 11, 26), 0),
])
def test_a_parcel_on_its_way_is_late_from_the_day_after_the_promise(promised, expected, days):
    parcel = Parcel(state=states.IN_TRANSIT, substate="001", promised_on=promised, expected_on=expected)
    assert parcel.days_late(TUESDAY) == days
    assert parcel.is_late(TUESDAY) == (days > 0)


def test_what_was_lost_or_came_back_is_not_called_late():
    for substate in (states.LOST, states.RETURNING, states.RETURNED):
        assert not Parcel(state=states.EXCEPTION, substate=substate, promised_on=date(2026, 11, 1)).is_late(TUESDAY)


def test_every_state_has_a_word_and_a_place_on_the_way():
    for state, substate in states.SUBSTATES:
        assert state in states.STATES
        assert 0 <= states.stops_behind(state, substate) <= 5


def test_trouble_stays_at_the_furthest_stop_that_was_reached():
    parcel = Parcel(state=states.EXCEPTION, substate="007", tracking=[report(1, states.IN_TRANSIT), report(2, states.OUT_FOR_DELIVERY)])
    assert [stop.mark for stop in parcel.stops(TUESDAY)] == ["done", "done", "done", "bad", "coming"]
