"""Leaving a chat line and coming back: within the grace time nothing is lost, after it the question is answered in writing. On both databases."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from support import routing
from support.clock import now
from support.database import db
from support.routing import leaving, overflow, passing, work
from support.routing.models import Queue
from tests.routing.test_overflow import ask, change, closed, place, told

GRACE = 180


@pytest.fixture
def line(desks, clock):
    """Two chats wait, a second apart."""
    first = ask(desks)
    clock.move(1)
    second = ask(desks, "odile")
    desks.flow()
    return first, second


def heard(desks, signs: dict[int, bool], conversations=()) -> None:
    with desks.app.app_context():
        leaving.heard(signs, conversations)


def let_go(desks) -> int:
    with desks.app.app_context():
        count = leaving.let_go(now())
    desks.flow()
    return count


def test_whoever_comes_back_in_time_has_his_place(desks, clock, line):
    first, second = line
    before = desks.item(first)
    heard(desks, {first: True, second: True})
    for _minute in range(4):
        clock.move(GRACE - 1)
        heard(desks, {second: True})
        assert let_go(desks) == 0
        heard(desks, {first: True})  # he is back
    after = desks.item(first)
    assert (after.id, after.entered_at, after.state) == (before.id, before.entered_at, "waiting")
    assert place(desks, first).position == 1 and place(desks, second, "odile").position == 2


def test_whoever_stays_away_leaves_the_line_and_is_answered_in_writing(desks, clock, line):
    first, second = line
    heard(desks, {first: True, second: True})
    entered = desks.item(first).entered_at
    clock.move(GRACE + 1)
    heard(desks, {second: True})
    assert let_go(desks) == 1
    item = desks.item(first)
    assert (item.channel, item.state, item.written, item.entered_at) == ("ticket", "waiting", "left", entered)
    assert place(desks, second, "odile").position == 1, "the line has moved"
    assert place(desks, first).written == "left" and desks.ticket(first).is_live
    assert [data["outcome"] for data in told(desks, first, "work.finished")] == ["left"]
    assert let_go(desks) == 0
    desks.sit("ines")
    assert desks.rings_at(second) == "ines"
    desks.accept(second)
    assert desks.rings_at(first) == "ines", "the question is not lost"


def test_a_page_that_cannot_give_signs_is_never_taken_to_have_left(desks, clock, line):
    first, second = line
    heard(desks, {first: False})  # opened, without a script; the second was never opened
    clock.move(24 * 3600)
    assert let_go(desks) == 0
    heard(desks, {first: True})
    clock.move(10)
    heard(desks, {first: False})  # opened anew on a device that runs no script
    clock.move(24 * 3600)
    assert let_go(desks) == 0 and desks.item(first).channel == "chat"


def test_an_open_conversation_is_a_sign_too(desks, clock, line):
    with desks.app.app_context():
        conversation = desks.ticket(line[0]) and db.session.get(type(desks.ticket(line[0])), line[0]).conversation.id
    for _round in range(3):
        heard(desks, {}, {conversation})
        clock.move(GRACE - 10)
    assert desks.item(line[0]).seen_at is not None and let_go(desks) == 0
    clock.move(11)
    assert let_go(desks) == 1


def test_what_rings_or_is_in_somebodys_hands_leaves_no_line(desks, clock, line):
    heard(desks, {line[0]: True, line[1]: True})
    desks.sit("ines")
    clock.move(GRACE + 1)
    with desks.app.app_context():
        assert desks.item(line[0]).state == "offered"
        assert line[0] not in [row for row in leaving.gone(now())]
        assert overflow.leave(desks.item(line[0]).id) is False


@pytest.mark.parametrize("way", ["lost", "passed on"])
def test_whoever_comes_back_into_the_line_from_somebodys_hands_has_not_left(desks, clock, line, way):
    """While an agent had the chat, nobody kept her signs of life."""
    heard(desks, {line[0]: True, line[1]: True})
    desks.sit("ines")
    assert desks.accept(line[0]) == "ines"
    clock.move(GRACE + 60)
    with desks.app.app_context():
        if way == "lost":
            routing.choose_presence(desks.person("ines"), "offline")
            assert work.give_back(desks.item(line[0]).id)
        else:
            queue = db.session.scalar(select(Queue.id).where(Queue.slug == "orders"))
            passing.pass_on(desks.person("ines"), line[0], f"queue:{queue}", "Please go on.", "passed-on-and-waiting")
        assert desks.item(line[0]).state == "waiting"
        assert desks.item(line[0]).id not in leaving.gone(now())
    heard(desks, {line[0]: True})
    clock.move(GRACE + 1)
    with desks.app.app_context():
        assert desks.item(line[0]).id in leaving.gone(now()), "from the next sign on she may leave again"


def test_back_at_the_last_moment_is_back(desks, clock, line):
    """Between the look and the lock he gave a sign of life."""
    heard(desks, {line[0]: True})
    clock.move(GRACE + 1)
    with desks.app.app_context():
        found = leaving.gone(now())
    heard(desks, {line[0]: True})
    with desks.app.app_context():
        assert [overflow.leave(item_id) for item_id in found] == [False]
    assert desks.item(line[0]).channel == "chat"


def test_nobody_is_missed_while_he_waits_for_the_opening(desks, clock):
    change(desks, "returns", when_closed="line")
    closed(desks, "returns")
    ticket = ask(desks)
    desks.flow()
    heard(desks, {ticket: True})
    clock.move(3600)
    assert let_go(desks) == 0 and place(desks, ticket).grace_seconds is None
    with desks.app.app_context():
        assert routing.place(desks.person("maja"), desks.ticket(ticket)).position == 1


def test_a_process_judges_only_what_it_could_have_heard():
    """A restart, a stalled process and a jump of the clock in either direction begin the time anew."""
    at = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
    watch = leaving.Watch()

    def after(seconds: float, ticks: float) -> float:
        return watch.steady_seconds(at + timedelta(seconds=seconds), ticks)

    assert [after(3 * n, 500 + 3 * n) for n in range(4)] == [0, 3, 6, 9]
    assert after(609, 512) == 0, "the clock was put forward"
    assert after(612, 515) == 3
    assert after(12, 518) == 0, "and back"
    assert after(112, 618) == 0, "it stood still itself"
    watch.broken()
    assert after(115, 621) == 0 and after(118, 624) == 3
