"""The learned wait: honest from the first answers on, better than a constant, and honest again after everything has changed."""
import heapq
import random

import pytest

from support.routing.estimates import Estimator, Sight

CELL = ("orders", "chat", "en")


def waits(seed: int, agents: int, load: float, count: int, estimator: Estimator, since: float = 0.0, handling: float = 300.0):
    """(estimate, waited) of those who found nobody free in one plain queue, first come first served; the estimator watches."""
    rng = random.Random(seed)
    at, free = since, [since] * agents  # when each agent is free next
    begun, told, seen = [], [], []  # (begins, entered) of those who wait; (begins, number) of outcomes that the estimator has not seen yet
    for _customer in range(count):
        at += rng.expovariate(load * agents / handling)
        while told and told[0][0] <= at:
            begins, number_told = heapq.heappop(told)
            estimate, waited = seen[number_told]
            estimator.came(CELL, begins, estimate, waited)
        begun = [pair for pair in begun if pair[0] > at]
        begins = max(at, heapq.heappop(free))
        heapq.heappush(free, begins + rng.expovariate(1 / handling))
        if begins > at:
            head = at - begun[0][1] if begun else 0.0
            sight = Sight(CELL, "chat", at, len(begun), len(begun), head, agents, float(agents), len(begun) + 1.0)
            seen.append((estimator.estimate(sight), begins - at))
            heapq.heappush(told, (begins, len(seen) - 1))
            begun.append((begins, at))
    return seen


def held(rows) -> float:
    return sum(waited <= estimate.limit_seconds for estimate, waited in rows) / len(rows)


def test_it_says_nothing_before_it_has_seen_anything():
    rows = waits(1, 5, 0.95, 400, Estimator())
    assert not any(estimate.ready for estimate, _waited in rows[:4]) and rows[-1][0].ready


@pytest.mark.parametrize("usual", [20.0, 900.0, 20_000.0])
def test_from_the_first_answers_on_it_knows_the_order_of_magnitude(usual):
    """All were told before the first was answered, when nothing was known."""
    estimator, rng = Estimator(), random.Random(8)
    told = [estimator.estimate(Sight(CELL, "chat", float(at), at, at, 5.0 * at, 4, 4.0, at + 1.0)) for at in range(12)]
    for at, estimate in enumerate(told):
        estimator.came(CELL, 100.0 + at, estimate, usual * rng.uniform(0.8, 1.25))
    estimate = estimator.estimate(Sight(CELL, "chat", 120.0, 3, 3, 15.0, 4, 4.0, 4.0))
    assert estimate.ready and usual < estimate.limit_seconds < 3 * usual


@pytest.mark.parametrize("agents", [2, 6, 20, 60])
def test_nine_of_ten_stay_under_the_limit(agents):
    rows = [row for row in waits(7, agents, 0.97, 3000, Estimator()) if row[0].ready]
    assert len(rows) > 1000
    assert 0.88 <= held(rows) <= 0.92


def test_it_is_nearer_than_any_constant():
    rows = [row for row in waits(3, 60, 0.98, 2500, Estimator()) if row[0].ready]
    true = sorted(waited for _estimate, waited in rows)
    middle = true[len(true) // 2]
    error = sum(abs(waited - estimate.middle_seconds) for estimate, waited in rows)
    assert error < 0.5 * sum(abs(waited - middle) for waited in true)


def test_the_middle_is_the_middle():
    rows = [row for row in waits(5, 10, 0.95, 3000, Estimator()) if row[0].ready]
    assert 0.42 <= sum(waited <= estimate.middle_seconds for estimate, waited in rows) / len(rows) <= 0.58


def test_it_is_honest_again_when_everything_takes_four_times_as_long():
    estimator = Estimator()
    waits(11, 8, 0.95, 1500, estimator)
    rows = waits(12, 8, 0.95, 2000, estimator, since=200_000.0, handling=1200.0)
    assert 0.87 <= held(rows[200:]) <= 0.93


def test_the_same_answers_again_make_the_same_estimator():
    first, second = Estimator(), Estimator()
    rows = waits(2, 4, 0.9, 600, first)
    sight = Sight(CELL, "chat", 1e6, 3, 3, 40.0, 4, 4.0, 4.0)
    for estimator in (Estimator(), second):
        for place, (estimate, waited) in enumerate(rows):
            estimator.came(CELL, float(place), estimate, waited)
    replayed = Estimator()
    for place, (estimate, waited) in enumerate(rows):
        replayed.came(CELL, float(place), estimate, waited)
    assert replayed.estimate(sight) == second.estimate(sight)


@pytest.mark.parametrize("sight", [
    Sight(CELL, "chat", 0.0, 0, 0, 0.0, 0, 0.0, 0.0), Sight(CELL, "chat", 0.0, 10_000, 10_000, 1e6, 1, 0.001, 1e5, 0.0),
    Sight(("other",), "ticket", -5.0, 0, 0, -3.0, 900, 900.0, 1.0, 9.0),
])
def test_whatever_is_seen_the_range_is_a_range(sight):
    estimator = Estimator()
    waits(4, 3, 0.9, 500, estimator)
    for one in (Estimator(), estimator):
        estimate = one.estimate(sight)
        assert 0 <= estimate.middle_seconds <= estimate.limit_seconds < 1e9
