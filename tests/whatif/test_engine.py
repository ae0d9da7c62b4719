"""The replay by itself: against the closed formula of a line that people leave, and small days worked out by hand."""
import json
from math import isclose
from pathlib import Path

import pytest

from support.routing.fitness import CALL, CHAT, Limits, Line, Need
from support.whatif import engine, figures, scenarios
from support.whatif.changes import Changes, Mistake, apply
from support.whatif.day import Case, Day, Rules, Worker

AT_ONCE = Rules(rings=(0.0, 0.0), wrap_up_seconds=0.0)
ORDERS, GERMAN = 1, 2
LINE = Line(1, CALL, needs=(Need(ORDERS, 2),))


def small(cases, workers, rules=AT_ONCE, hours=None) -> Day:
    return Day(0.0, 3600.0, tuple(cases), tuple(workers), rules, hours or {}, {1: "Orders"}, {ORDERS: "Orders", GERMAN: "German"})


def worker(number=1, name="Ines", levels=None, there=((0.0, 3600.0),), **values) -> Worker:
    return Worker(number, name, levels or {ORDERS: 3}, there, **values)


def erlang_a(per_second: float, serve: float, leave: float, people: int) -> tuple[float, float]:
    """(share that leaves, mean wait) of a line with exponential arrivals, handling and patience: the balance of births and deaths, written out."""
    weights, total = [1.0], 1.0
    for n in range(1, 400):
        weights.append(weights[-1] * per_second / (min(n, people) * serve + max(0, n - people) * leave))
        total += weights[-1]
    in_line = sum(max(0, n - people) * weight for n, weight in enumerate(weights)) / total
    return in_line * leave / per_second, in_line / per_second


@pytest.mark.parametrize("people, per_hour, patience, hours", [(5, 60, 120, 350), (3, 30, 600, 600)])
def test_a_line_that_people_leave_is_as_the_formula_says(people, per_hour, patience, hours):
    content = {
        "seconds": hours * 3600, "people": [{"name": f"Agent {n}", "levels": {"orders": 3}} for n in range(people)],
        "lines": [{"queue": "Orders", "channel": "call", "needs": [{"skill": "orders"}], "per_hour": per_hour, "handling_seconds": 300, "patience_seconds": patience}],
        "settings": {"answers_after_seconds": [0, 0], "wrap_up_seconds": 0},
    }
    day = scenarios.load(content, seed=7)
    outcomes = engine.run(day, seed=7)
    left = figures.measure(day, outcomes).all.left
    wait = sum(figures.waited(outcome, day.ends) for outcome in outcomes) / len(outcomes)
    expected_left, expected_wait = erlang_a(per_hour / 3600, 1 / 300, 1 / patience, people)
    assert len(outcomes) > 15_000
    assert isclose(left, expected_left, rel_tol=0.04)
    assert isclose(wait, expected_wait, rel_tol=0.05)


def test_a_small_day_by_hand():
    cases = [Case(1, LINE, 0.0, 100.0), Case(2, LINE, 10.0, 50.0), Case(3, LINE, 20.0, 50.0, patience=30.0)]
    found = engine.run(small(cases, [worker()]))
    assert [(one.answered_at, one.ended_at, one.left_at, one.offers) for one in found] == [(0.0, 100.0, None, 1), (100.0, 150.0, None, 1), (None, None, 50.0, 0)]


def test_level_speeds_up_wrap_up_and_ringing_cost_time():
    rules = Rules(rings=(5.0, 5.0), wrap_up_seconds=40.0)
    found = engine.run(small([Case(1, LINE, 0.0, 100.0), Case(2, LINE, 0.0, 100.0)], [worker(levels={ORDERS: 5})], rules))
    assert [round(one.answered_at) for one in found] == [5, 5 + 82 + 40 + 5]


def test_nobody_unqualified_serves_and_closed_lines_wait():
    german = Line(1, CHAT, "de", (Need(ORDERS, 2),), GERMAN)
    cases = [Case(1, german, 0.0, 60.0), Case(2, LINE, 0.0, 60.0)]
    people = [worker(1, levels={ORDERS: 1, GERMAN: 5}), worker(2, "Tomasz", {ORDERS: 5})]
    german_left, call = engine.run(small(cases, people, hours={1: ((600.0, 1800.0),)}))
    assert (german_left.answered_at, german_left.offers) == (None, 0)
    assert (call.answered_at, call.worker_id) == (600.0, 2)


def test_what_rings_goes_on_when_its_agent_leaves_or_misses_it():
    rules = Rules(rings=(5.0, 5.0), wrap_up_seconds=0.0)
    leaver, other = worker(1, there=((0.0, 102.0),)), worker(2, "Tomasz", there=((110.0, 3600.0),))
    found = engine.run(small([Case(1, LINE, 100.0, 60.0)], [leaver, other], rules))[0]
    assert (found.worker_id, found.answered_at, found.offers) == (2, 115.0, 2)
    asleep = worker(1, levels={ORDERS: 5}, misses=1.0)
    found = engine.run(small([Case(1, LINE, 100.0, 60.0)], [asleep, other], rules))[0]
    assert (found.worker_id, found.answered_at, found.offers) == (2, 120.0, 2)  # 15 s in vain, then 5 s


def test_the_same_seed_gives_the_same_day_and_changes_are_as_asked():
    cases = [Case(n, LINE, 60.0 * n, 200.0, 120.0) for n in range(1, 50)]
    day = small(cases, [worker(misses=0.3)], Rules())
    assert engine.run(day, 3) == engine.run(day, 3)
    before = figures.measure(day, engine.run(day)).by_skill["Orders"]
    more = apply(day, Changes(add=(("Nova", {"orders": 4}, None),)))
    after = figures.measure(more, engine.run(more)).by_skill["Orders"]
    assert after.left < before.left
    assert after.in_time > before.in_time
    assert [one.levels for one in apply(day, Changes(skills=(("ines", {"orders": 0, "german": 2}),))).workers] == [{GERMAN: 2}]
    assert apply(day, Changes(remove=("Ines",))).workers == ()
    assert len(apply(day, Changes(arrivals=2.0)).cases) == 98
    changed = apply(day, Changes(settings={"max_chats": 1, "weight_knows": 2.0})).rules
    assert (changed.limits, changed.weights.knows) == (Limits(max_chats=1), 2.0)


@pytest.mark.parametrize("changes", [Changes(remove=("Nobody",)), Changes(skills=(("Ines", {"juggling": 3}),)), Changes(skills=(("Ines", {"orders": 9}),)), Changes(settings={"luck": 1})])
def test_what_cannot_be_changed_says_why(changes):
    with pytest.raises(Mistake):
        apply(small([], [worker()]), changes)


def test_the_example_of_the_documentation_is_one():
    words = (Path(__file__).parents[2] / "docs" / "whatif.md").read_text(encoding="utf-8")
    day = scenarios.load(json.loads(words.split("```json")[1].split("```")[0]))
    assert figures.measure(day, engine.run(day)).all.contacts > 100


@pytest.mark.parametrize("content", [{}, {"seconds": 60, "people": [], "lines": [{"queue": "A"}]}, {"seconds": "x", "people": [], "lines": []}])
def test_a_file_that_is_no_scenario_says_what_it_lacks(content):
    with pytest.raises(Mistake):
        scenarios.load(content)
