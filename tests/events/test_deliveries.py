"""What the followers of the log are brought: together, in order, again after a fault, and never under a lease that has run out."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import deliveries, events, relay
from support.database import db, transaction
from support.events import Delivery
from support.quality import kinds

HAPPENED = kinds.RATED  # that nobody of the house listens to


@pytest.fixture
def happens(any_app):
    """`happens(7, 7, 8)`: one event for each ticket, numbered."""

    def happen(*tickets: int) -> list[int]:
        with transaction() as session:
            made = [events.record(HAPPENED, ticket_id=ticket) for ticket in tickets]
            session.flush()
            ids = [entry.id for entry in made]
        relay.number()
        return ids

    with any_app.app_context():
        yield happen


def test_what_comes_together_is_followed_by_one_look_before_it_counts_as_delivered(any_app, happens):
    heard, looks = [], []
    relay.listen(any_app, "test.ears", [HAPPENED], lambda event: heard.append(event.ticket_id), afterwards=lambda: looks.append((list(heard), states())))
    happens(7, 8, 9)
    assert relay.deliver() == 3
    assert looks == [([7, 8, 9], ["due"] * 3)]
    assert states() == ["done"] * 3


def test_two_of_one_ticket_come_one_after_the_other(any_app, happens):
    heard = []
    relay.listen(any_app, "test.ears", [HAPPENED], lambda event: heard.append(event.id))
    first, second, other = happens(7, 7, 8)
    relay.deliver()
    assert heard == [first, other]
    relay.deliver()
    assert heard == [first, other, second]


def test_a_fault_costs_only_the_event_it_came_with(any_app, happens, clock):
    heard, ill = [], {8}

    def hear(event) -> None:
        if event.ticket_id in ill:
            raise RuntimeError("ill")
        heard.append(event.ticket_id)

    relay.listen(any_app, "test.ears", [HAPPENED], hear)
    happens(7, 8, 9)
    relay.deliver()
    assert (heard, sorted(states())) == ([7, 9], ["done", "done", "due"])
    assert relay.deliver() == 0, "it is tried again only after a pause"
    ill.clear()
    clock.move(5)
    relay.deliver()
    assert (heard, states()) == ([7, 9, 8], ["done"] * 3)


def test_when_the_look_afterwards_fails_all_of_them_come_again(any_app, happens, clock):
    looks = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError("ill")

    relay.listen(any_app, "test.ears", [HAPPENED], afterwards=look)
    happens(7, 8)
    relay.deliver()
    assert states() == ["due", "due"]
    assert errors() == ["RuntimeError", "RuntimeError"]
    clock.move(5)
    relay.deliver()
    assert (states(), errors()) == (["done", "done"], [None, None])


def test_what_half_of_the_lease_does_not_suffice_for_is_given_back_untouched(any_app, happens, monkeypatch):
    heard = []
    relay.listen(any_app, "test.ears", [HAPPENED], lambda event: heard.append(event.ticket_id))
    happens(7, 8)
    monkeypatch.setattr(deliveries, "LEASE", timedelta(seconds=-1))
    assert relay.deliver() == 2
    assert (heard, states()) == ([], ["due", "due"])
    assert list(db.session.scalars(select(Delivery.attempts).where(Delivery.listener == "test.ears"))) == [0, 0]
    monkeypatch.undo()
    relay.deliver()
    assert (heard, states()) == ([7, 8], ["done", "done"])


def test_a_process_that_is_asked_to_end_gives_back_untouched_what_it_has_not_begun(any_app, happens):
    heard = []

    def hear(event) -> None:
        heard.append(event.ticket_id)
        if heard == [7]:
            any_app.extensions["relay"].stopping.set()

    relay.listen(any_app, "test.ears", [HAPPENED], hear)
    happens(7, 8, 9)
    relay.deliver()
    assert heard == [7] and sorted(states()) == ["done", "due", "due"]
    assert sorted(_column(Delivery.attempts)) == [0, 0, 1] and _column(Delivery.leased_until) == [None] * 3
    assert relay.deliver() == 0, "it begins nothing more"
    any_app.extensions["relay"].stopping.clear()
    relay.deliver()
    assert heard == [7, 8, 9], "another one goes on at once"


def test_whoever_overslept_the_lease_leaves_the_next_ones_alone(any_app, happens, clock):
    second = []

    def hear(event) -> None:
        if not second:
            clock.move(61)
            second.append(deliveries._claim("test.ears", ids))  # another process thinks that this one has died

    relay.listen(any_app, "test.ears", [HAPPENED], hear)
    ids = happens(7, 8)
    relay.deliver()
    assert len(second[0].event_ids) == 2
    assert states() == ["due", "due"]
    assert _column(Delivery.leased_until) == [second[0].leased_until] * 2


def test_an_event_that_kills_its_process_takes_no_other_along_twice(any_app, happens, clock):
    heard = []

    def hear(event) -> None:
        heard.append(event.ticket_id)
        if event.ticket_id == 8:
            raise SystemExit  # as a process that dies at it: nothing is settled

    relay.listen(any_app, "test.ears", [HAPPENED], hear)
    happens(7, 8, 9)
    for _process in range(3):
        try:
            relay.deliver()
        except SystemExit:
            db.session.rollback()
            heard.append("died")
        clock.move(61)
    assert heard[:3] == [7, 8, "died"]
    assert (heard.count(9), states()[0], states()[2]) == (1, "done", "done")


def test_a_hint_that_fails_holds_up_no_other(any_app, happens):
    told = []
    any_app.extensions["relay"].push = lambda screen, version: told.append(screen)
    relay.hint_on(any_app, [HAPPENED], lambda event: [f"test:{1 // (event.ticket_id - 8)}"])
    happens(8, 9)
    relay.hint()
    assert "test:1" in told
    assert relay.hint() == 0, "the cursor has moved"


def test_what_is_looked_up_for_all_events_of_a_round_is_told_once_as_of_the_newest(any_app, happens):
    told, rounds = {}, []

    def of_all(events):
        rounds.append([event.ticket_id for event in events])
        return [("test:all", event) for event in reversed(events)]

    any_app.extensions["relay"].push = lambda screen, version: told.setdefault(screen, []).append(version)
    relay.hint_on_all(any_app, [HAPPENED], of_all)
    happens(8, 9)
    relay.hint()
    assert rounds == [[8, 9]]
    assert told["test:all"] == [events.head()]


def states() -> list[str]:
    return _column(Delivery.state)


def errors() -> list[str | None]:
    return _column(Delivery.error)


def _column(column) -> list:
    db.session.rollback()
    return list(db.session.scalars(select(column).where(Delivery.listener == "test.ears").order_by(Delivery.position)))
