"""A line that is full, slow or closed: who is taken, who goes on, who is answered in writing; nobody is lost and nobody loses his place. On both databases."""
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import contact, routing
from support.calendars import Calendar
from support.clock import now
from support.contact.mail import Mail
from support.database import db, transaction
from support.errors import Invalid
from support.events import Event
from support.routing import dispatching, overflow, queues
from support.routing.models import Queue, WorkItem


def number(slug: str) -> int:
    return db.session.scalar(select(Queue.id).where(Queue.slug == slug))


def change(desks, slug: str, **values) -> None:
    with desks.app.app_context():
        if "to" in values:
            values["overflow_id"] = number(values.pop("to"))
        queues.change_queue(desks.person("arno"), number(slug), values)
    desks.flow()


def closed(desks, slug: str, since_minutes: int = 600) -> None:
    """From now on the queue has hours of its own, which ended so long ago and begin again tomorrow. The hours are in UTC."""
    with desks.app.app_context(), transaction() as session:
        at = now() - timedelta(minutes=since_minutes)
        opened, ended = at - timedelta(minutes=30), at
        slots = {str(opened.weekday()): [[f"{opened:%H:%M}", f"{ended:%H:%M}"]]}
        calendar = Calendar(name=f"Hours of {slug}", zone="UTC", week=slots, country="", closed_days={})
        session.add(calendar)
        session.flush()
        calendar_id = calendar.id
    change(desks, slug, calendar_id=calendar_id)


def ask(desks, key="maja", topic="returns", channel="chat") -> int:
    with desks.app.app_context():
        return contact.ask(desks.person(key), subject="A seam", body="It is open.", topic=topic, channel=channel, client_id=uuid.uuid4().hex).id


def told(desks, ticket: int, kind: str) -> list[dict]:
    with desks.app.app_context():
        return [event.data for event in db.session.scalars(select(Event).where(Event.kind == kind, Event.ticket_id == ticket))]


def place(desks, ticket: int, reader="maja"):
    with desks.app.app_context():
        return routing.place(desks.person(reader), desks.ticket(ticket))


def wait_of(desks, slug: str):
    with desks.app.app_context():
        return next(wait for wait in routing.public_waits() if wait.slug == slug)


def stands_in(desks, ticket: int) -> str:
    with desks.app.app_context():
        return db.session.get(Queue, desks.item(ticket).queue_id).slug


def test_a_full_line_takes_written_questions_only_and_says_so(desks, clock):
    change(desks, "returns", most_waiting=2, when_full="form")
    for key in ("maja", "odile"):
        ask(desks, key)
        desks.flow()
        clock.move(1)
    wait = wait_of(desks, "returns")
    assert (wait.is_open, wait.refusal, wait.channels) == (True, "full", ("form",))
    with pytest.raises(Invalid) as refused:
        ask(desks, "maja")
    assert "So many are waiting" in refused.value.errors["channel"]
    written = ask(desks, "maja", channel="form")
    desks.flow()
    assert stands_in(desks, written) == "returns"
    assert wait_of(desks, "orders").channels == ("chat", "form")


def test_a_full_line_sends_the_next_chat_on(desks, clock):
    change(desks, "returns", most_waiting=1, when_full="overflow", to="orders")
    first = ask(desks)
    desks.flow()
    clock.move(1)
    second = ask(desks, "odile")
    desks.flow()
    assert stands_in(desks, second) == "returns", "nobody who is trained for orders is at a desk"
    desks.sit("tomasz")  # trained for orders, not for returns
    clock.move(1)
    third = ask(desks, "odile")
    desks.flow()
    assert (stands_in(desks, first), stands_in(desks, third), desks.rings_at(third)) == ("returns", "orders", "tomasz")
    assert desks.item(third).entered_at == desks.ticket(third).opened_at
    assert [data["reason"] for data in told(desks, third, "queue.overflowed")] == ["full"]
    assert place(desks, third, "odile").went_on and not place(desks, first).went_on


def test_whoever_has_waited_as_long_as_anybody_should_goes_on_in_his_old_place(desks, clock):
    change(desks, "returns", longest_wait_seconds=60, when_full="overflow", to="orders")
    old = ask(desks)
    clock.move(30)
    young = ask(desks, "odile")
    later = ask(desks, "maja", topic="orders")
    desks.flow()
    entered = desks.item(old).entered_at
    with desks.app.app_context():
        clock.move(29)
        assert not dispatching.is_due()
        clock.move(1)
        assert not dispatching.is_due(), "it is time, but nobody could serve it there"
    desks.sit("samuel", chosen="break")
    with desks.app.app_context():
        assert not dispatching.is_due(), "at a break nobody is at his desk"
    desks.sit("samuel")
    with desks.app.app_context():
        dispatching.on_time()
    desks.flow()
    assert (stands_in(desks, old), stands_in(desks, young), desks.item(old).entered_at) == ("orders", "returns", entered)
    with desks.app.app_context():
        came = db.session.scalar(select(WorkItem).where(WorkItem.ticket_id == old))
        assert came.came_from_id == number("returns")
        assert [row.came for row in routing.board().queues if row.slug == "orders"] == [1]
        assert overflow.go_on(came.id) is False, "once"
    assert [data["reason"] for data in told(desks, old, "queue.overflowed")] == ["slow"]
    if desks.rings_at(later) == "samuel":  # he was free before the other came
        desks.decline(later)
    else:
        assert desks.rings_at(old) == "samuel"
    assert place(desks, old).position == 1, "he came before the one who was in that line already"


def test_after_the_longest_wait_a_chat_may_become_a_written_question(desks, clock):
    change(desks, "returns", longest_wait_seconds=60, when_full="form")
    ticket = ask(desks)
    desks.flow()
    entered = desks.item(ticket).entered_at
    clock.move(60)
    with desks.app.app_context():
        assert dispatching.is_due()
        dispatching.on_time()
        assert not dispatching.is_due()
    desks.flow()
    item = desks.item(ticket)
    assert (item.channel, item.state, item.written, item.entered_at) == ("ticket", "waiting", "slow", entered)
    assert place(desks, ticket).written == "slow" and desks.ticket(ticket).is_live
    with desks.app.app_context():
        assert [mail.purpose for mail in db.session.scalars(select(Mail).where(Mail.address == desks.person("maja").email))] == ["received"]
        assert db.session.query(WorkItem).filter_by(ticket_id=ticket, state="left").count() == 1, "figures count the chat as one that got no answer"
    desks.sit("ines")
    assert desks.rings_at(ticket) == "ines"


def test_nothing_goes_on_to_a_queue_that_is_closed_or_full_itself(desks, clock):
    change(desks, "returns", most_waiting=1, when_full="overflow", to="orders")
    change(desks, "orders", most_waiting=1)
    desks.sit("tomasz", chosen="available")
    ask(desks, "odile")
    desks.flow()
    ask(desks, "odile", topic="orders")
    desks.flow()
    clock.move(1)
    assert stands_in(desks, ask_and_flow(desks)) == "returns", "orders is full, too"
    change(desks, "orders", most_waiting=None)
    closed(desks, "orders")
    assert stands_in(desks, ask_and_flow(desks)) == "returns", "orders is closed"


def ask_and_flow(desks) -> int:
    ticket = ask(desks)
    desks.flow()
    return ticket


def test_no_way_leads_back(desks):
    change(desks, "returns", when_full="overflow", to="orders")
    change(desks, "orders", when_closed="overflow", to="payments")
    for slug, to in (("payments", "returns"), ("orders", "orders"), ("orders", "returns")):
        with pytest.raises(Invalid) as refused:
            change(desks, slug, when_closed="overflow", to=to)
        assert "overflow_id" in refused.value.errors
    with pytest.raises(Invalid):
        change(desks, "products", when_full="overflow")
    with pytest.raises(Invalid):
        change(desks, "products", when_full="nonsense")


@pytest.mark.parametrize("choice, at_desks, takes", [("form", True, False), ("line", True, True), ("overflow", True, True), ("overflow", False, False)])
def test_what_closed_means(desks, choice, at_desks, takes):
    change(desks, "returns", when_closed=choice, closed_text="We are at the trade fair.", to="orders")
    closed(desks, "returns")
    if at_desks:
        desks.sit("tomasz")
    wait = wait_of(desks, "returns")
    assert (wait.is_open, wait.takes_chat, wait.closed_text, wait.waits_for_opening) == (False, takes, "We are at the trade fair.", choice == "line")
    if not takes:
        with pytest.raises(Invalid) as refused:
            ask(desks)
        assert "closed" in refused.value.errors["channel"]
        return
    ticket = ask_and_flow(desks)
    desks.sweep()
    assert (desks.item(ticket).channel, stands_in(desks, ticket)) == ("chat", "orders" if choice == "overflow" else "returns")
    assert desks.rings_at(ticket) == ("tomasz" if choice == "overflow" else None)


def test_who_waits_when_it_closes_is_served_for_a_while_and_then_answered_in_writing(desks, clock):
    change(desks, "returns", closing_minutes=20)
    ticket, mail = ask(desks), ask(desks, "odile", channel="form")
    desks.flow()
    closed(desks, "returns", since_minutes=10)
    desks.sweep()
    assert place(desks, ticket).served_until is not None and desks.item(ticket).channel == "chat"
    entered = desks.item(ticket).entered_at
    desks.sit("ines")
    assert (desks.rings_at(ticket), desks.rings_at(mail)) == ("ines", None), "written questions wait for the opening"
    desks.decline(ticket)
    clock.move(11 * 60)
    desks.sweep()
    item = desks.item(ticket)
    assert (item.channel, item.state, item.written, item.entered_at) == ("ticket", "waiting", "closed", entered)
    assert place(desks, ticket).written == "closed" and desks.rings_at(ticket) is None
    assert [data["outcome"] for data in told(desks, ticket, "work.finished")] == ["left"]


def test_a_line_for_the_opening_stays_a_line(desks, clock):
    change(desks, "returns", when_closed="line", longest_wait_seconds=60, when_full="form")
    closed(desks, "returns")
    ticket = ask_and_flow(desks)
    clock.move(3 * 3600)
    desks.sweep()
    assert desks.item(ticket).channel == "chat" and place(desks, ticket).opens_at is not None
    with desks.app.app_context(), transaction() as session:
        opened = now()
        for calendar in session.query(Calendar):
            calendar.zone, calendar.week = "UTC", {str(opened.weekday()): [[f"{opened:%H:%M}", f"{opened + timedelta(hours=1):%H:%M}"]]}
    desks.sweep()
    assert desks.item(ticket).channel == "chat", "only the open minutes count towards the longest wait"
    clock.move(61)
    desks.sweep()
    assert desks.item(ticket).written == "slow"
