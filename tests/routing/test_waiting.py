"""Why somebody waited: the stretches of a wait have no gaps and add up to it exactly, and each says the one reason."""
import re
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from support import routing
from support.calendars import Calendar
from support.clock import UTC, now
from support.database import transaction
from support.routing import waiting
from support.routing.models import Decision, Offer

BEGINS = now().astimezone(UTC)
instants = st.integers(-2_000, 90_000).map(lambda tenths: BEGINS + timedelta(milliseconds=100 * tenths))


@given(ends=st.integers(0, 80_000).map(lambda tenths: BEGINS + timedelta(milliseconds=100 * tenths)), looks=st.lists(instants), rung=st.lists(st.tuples(instants, instants)), hours=st.none() | st.lists(st.tuples(instants, instants)))
def test_stretches_have_no_gaps_and_add_up(ends, looks, rung, hours):
    decisions = [Decision(at=at, candidates=[], sentence={}) for at in sorted(looks)]
    offers = [Offer(offered_at=min(pair), answered_at=max(pair), state="declined") for pair in rung]
    found = waiting.stretches(BEGINS, ends, decisions, offers, hours and [(min(pair), max(pair)) for pair in hours])
    assert sum(one.seconds for one in found) == int((ends - BEGINS).total_seconds())
    assert all(before.ends == after.begins for before, after in pairwise(found))
    if found:
        assert (found[0].begins, found[-1].ends) == (BEGINS, ends)


def told(desks, ticket) -> list[tuple[int, str]]:
    with desks.app.app_context():
        wait = routing.waits_of(desks.ticket(ticket))[-1]
        assert sum(piece.seconds for piece in wait.stretches) == wait.seconds
        assert all(before.ends == after.begins for before, after in pairwise(wait.stretches))
        return [(piece.seconds, piece.sentence) for piece in wait.stretches]


def seen(desks, *keys):
    with desks.app.app_context():
        for key in keys:
            routing.heartbeat(desks.person(key))


def test_twelve_minutes_are_told_in_stretches(desks, clock, client_of, any_app):
    ticket = desks.ask(topic="orders")
    desks.flow()
    clock.move(300)
    desks.sit("ines")  # nobody was there for five minutes
    clock.move(4)
    desks.decline(ticket)
    clock.move(30)
    desks.sit("tomasz")
    clock.move(31)
    seen(desks, "tomasz")
    desks.sweep()  # Tomasz let it ring; Ines is gone
    clock.move(20)
    desks.sit("samuel")
    clock.move(6)
    desks.accept(ticket)
    nobody, declined, again, missed, last, taken = told(desks, ticket)
    assert nobody[0] == 300
    assert nobody[1].startswith("Nobody who is trained for it was at a desk (")
    assert declined == (4, "It rang at Ines Duarte, who declined it: “I am in the middle of something”.")
    assert again == (30, "Nobody who is trained for it was free (had declined it: Ines Duarte, offline: Tomasz Wolny, Lena Brandt, Samuel Okoro).")
    assert last == (20, "Nobody who is trained for it was free (had not answered: Tomasz Wolny, had declined it: Ines Duarte, offline: Lena Brandt, Samuel Okoro).")
    assert missed[0] >= 30
    assert missed[1].endswith("who did not answer.")
    assert taken[1].endswith("who accepted it.")
    page = client_of(any_app, "hanna").get(f"/tickets/{ticket}/why").text
    pieces = [int(seconds) for seconds in re.findall(r'data-seconds="(\d+)"', page)]
    assert sum(pieces) == int(re.search(r'data-wait-seconds="(\d+)"', page)[1]) == 391
    assert "WEIGHT_KNOWS" in page
    assert client_of(any_app, "ines").get(f"/tickets/{ticket}/why").status_code == 403


def test_a_closed_queue_and_a_language_nobody_speaks(desks, clock):
    polish = desks.ask("odile", topic="orders", language="pl")
    untaught = desks.ask(topic="returns", language="pl")
    desks.sit("ines")
    clock.move(90)
    assert told(desks, polish) == [(90, "Nobody who is trained for it was at a desk (offline: Tomasz Wolny).")]
    assert told(desks, untaught) == [(90, "Nobody who is trained for Returns speaks Polish.")]
    with desks.app.app_context(), transaction() as session:
        for calendar in session.query(Calendar):
            calendar.week = {}
    closed = desks.ask(channel="form")
    desks.flow()
    clock.move(60)
    assert told(desks, closed) == [(60, "The queue was closed.")]
