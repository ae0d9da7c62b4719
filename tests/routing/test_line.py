"""The line: places, taking by hand, capacity, going back after a reopening, hours, and the honest wait."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import routing, tickets
from support.calendars import Calendar
from support.clock import now
from support.database import db, transaction
from support.errors import IllegalMove, NotAllowed, NotFound
from support.routing.models import Presence, Queue, WorkItem


def place(desks, ticket_id, reader="maja"):
    with desks.app.app_context():
        return routing.place(desks.person(reader), desks.ticket(ticket_id))


def resolve(desks, key, ticket_id):
    with desks.app.app_context():
        tickets.resolve(desks.person(key), ticket_id, desks.disposition())
    desks.flow()


def reopen(desks, ticket_id, key="maja"):
    with desks.app.app_context():
        tickets.reopen(desks.person(key), ticket_id)
    desks.flow()


def test_the_place_counts_those_before_in_the_same_line(desks, clock):
    first = desks.ask()
    clock.move(1)
    second = desks.ask("odile")
    other = desks.ask("odile", topic="products")
    desks.flow()
    assert (place(desks, first).position, place(desks, second).position, place(desks, other).position) == (1, 2, 1)
    assert place(desks, second).ahead == 1


def test_the_place_moves_up_and_ends_with_a_name(desks, clock):
    first = desks.ask()
    clock.move(1)
    second = desks.ask("odile")
    desks.sit("ines")
    assert place(desks, second).position == 2, "the offer of the first rings, it still stands before"
    desks.accept(first)
    assert place(desks, first).agent_name == "Ines"
    assert place(desks, first, "hanna").agent_name == "Ines Duarte"
    assert place(desks, second).position == 1


def test_an_event_that_comes_twice_makes_one_place(desks):
    ticket = desks.ask()
    with desks.app.app_context():
        for _again in range(3):
            routing.reconcile(ticket)
        assert db.session.query(WorkItem).filter_by(ticket_id=ticket).count() == 1


def test_the_sweep_finds_a_ticket_whose_event_was_lost(desks):
    ticket = desks.ask()
    with desks.app.app_context():
        routing.sweep()
        assert db.session.query(WorkItem).filter_by(ticket_id=ticket).one().state == "waiting"


def test_capacity_three_chats_then_no_more(desks):
    desks.sit("ines")
    chats = [desks.ask(key) for key in ("maja", "maja", "maja", "odile")]
    desks.flow()
    for _chat in range(3):
        desks.accept(next(chat for chat in chats if desks.offer(chat)))
    assert [desks.item(chat).state for chat in chats].count("assigned") == 3
    assert not [chat for chat in chats if desks.offer(chat)]
    with desks.app.app_context():
        view = routing.my_desk(desks.person("ines"))
        assert (view.units, view.units_max) == (6, 6)


def test_what_waits_for_the_customer_counts_nothing(desks):
    desks.sit("ines")
    chats = [desks.ask(key) for key in ("maja", "maja", "maja", "odile")]
    desks.flow()
    for _chat in range(3):
        desks.accept(next(chat for chat in chats if desks.offer(chat)))
    with desks.app.app_context():
        mine = next(chat for chat in chats if desks.item(chat).state == "assigned")
        tickets.wait_for_customer(desks.person("ines"), mine)
    desks.flow()
    assert [chat for chat in chats if desks.offer(chat)]


def test_two_deferrable_tickets_and_still_room_for_chats(desks):
    desks.sit("ines")
    mails = [desks.ask(key, channel="form") for key in ("maja", "maja", "odile")]
    desks.flow()
    for _mail in range(2):
        desks.accept(next(mail for mail in mails if desks.offer(mail)))
    assert not [mail for mail in mails if desks.offer(mail)]
    chat = desks.ask("odile")
    desks.flow()
    assert desks.rings_at(chat) == "ines"


def test_deferrable_work_rings_only_when_nobody_live_waits(desks):
    mail = desks.ask(channel="form")
    chat = desks.ask("odile")
    desks.flow()
    desks.sit("ines")
    assert (desks.rings_at(chat), desks.rings_at(mail)) == ("ines", None)


def test_taking_by_hand_may_exceed_capacity(desks):
    desks.sit("ines")
    mails = [desks.ask(key, channel="form") for key in ("maja", "maja", "odile")]
    desks.flow()
    for _mail in range(2):
        desks.accept(next(mail for mail in mails if desks.offer(mail)))
    third = next(mail for mail in mails if desks.item(mail).state == "waiting")
    with desks.app.app_context():
        assert [row.ticket_id for row in routing.my_desk(desks.person("ines")).waiting] == [third]
        routing.pull(desks.person("ines"), desks.item(third).id)
    assert desks.ticket(third).assignee_id == desks.cast["ines"]


def test_taking_by_hand_what_rings_at_the_own_desk_accepts_it(desks):
    ticket = desks.ask()
    desks.sit("ines")
    offer_id, who = desks.offer(ticket)
    with desks.app.app_context():
        routing.pull(desks.person(who), desks.item(ticket).id)
    assert desks.ticket(ticket).assignee_id == desks.cast[who]
    assert desks.history(ticket) == [(who, "accepted")]


def test_whoever_takes_by_hand_counts_as_there(desks, clock):
    desks.sit("ines", chosen="break")
    ticket = desks.ask()
    clock.move(600)
    desks.sweep()
    with desks.app.app_context():
        assert routing.shown(db.session.scalar(select(Presence).where(Presence.person_id == desks.cast["ines"]))) == "offline", "no sign of life for long"
        routing.pull(desks.person("ines"), desks.item(ticket).id)
    desks.sweep()
    assert desks.ticket(ticket).assignee_id == desks.cast["ines"], "not given back at once"


def test_taking_by_hand_asks_for_the_certificate_again(desks):
    desks.sit("jonas", "ines", chosen="break")
    ticket = desks.ask()
    desks.flow()
    item = desks.item(ticket)
    with desks.app.app_context():
        assert routing.my_desk(desks.person("jonas")).waiting == [], "not shown"
        with pytest.raises(NotAllowed, match="lapsed"):
            routing.pull(desks.person("jonas"), item.id)
        with pytest.raises(NotAllowed, match="no certificate"):
            routing.pull(desks.person("mirela"), item.id) if routing.choose_presence(desks.person("mirela"), "break") else None
        with pytest.raises(NotFound):
            routing.pull(desks.person("maja"), item.id)
        routing.pull(desks.person("ines"), item.id)
        with pytest.raises(IllegalMove, match="faster"):
            routing.pull(desks.person("ines"), item.id)


def test_reopened_work_goes_straight_back_to_whoever_had_it(desks, clock):
    desks.sit("ines", "tomasz")
    ticket = desks.ask()
    desks.flow()
    desks.accept(ticket)
    resolve(desks, "ines", ticket)
    clock.move(41)
    desks.sit("ines")
    reopen(desks, ticket)
    assert desks.item(ticket).state == "assigned"
    assert desks.ticket(ticket).assignee_id == desks.cast["ines"]


def test_reopened_work_joins_the_line_when_its_agent_is_away(desks):
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    desks.accept(ticket)
    resolve(desks, "ines", ticket)
    desks.sit("ines", chosen="offline")
    desks.sit("tomasz")
    reopen(desks, ticket)
    assert desks.rings_at(ticket) == "tomasz"
    assert desks.ticket(ticket).assignee_id is None


def test_a_closed_queue_offers_nothing_and_says_when_it_opens(desks):
    desks.sit("ines")
    with desks.app.app_context(), transaction() as session:
        tomorrow = (now().weekday() + 2) % 7
        for calendar in session.query(Calendar):
            calendar.week = {str(tomorrow): [["09:00", "10:00"]]}
    ticket = desks.ask(channel="form")
    desks.flow()
    assert desks.rings_at(ticket) is None
    assert place(desks, ticket).opens_at > now()
    assert place(desks, ticket).usually_under_seconds is None
    with desks.app.app_context():
        waits = routing.public_waits()
        assert not any(wait.is_open for wait in waits) and {wait.channels for wait in waits} == {("form",)}
        assert routing.explain(desks.ticket(ticket))[-1].sentence == "The queue was closed"


def test_the_wait_is_the_target_until_enough_is_measured(desks):
    desks.sit("ines", chosen="available")
    first, second = desks.ask(), desks.ask("odile")
    desks.flow()
    assert place(desks, first).usually_under_seconds == 60
    assert place(desks, second).usually_under_seconds == 120, "two wait, one is there"


def test_the_wait_is_what_nine_of_ten_waited_in_whole_minutes(desks):
    past = desks.ask("odile", topic="orders")
    with desks.app.app_context(), transaction() as session:
        queue = session.query(Queue).filter_by(slug="orders").one()
        at = now()
        for seconds in range(10, 201, 10):
            entered = at - timedelta(seconds=seconds)
            session.add(WorkItem(ticket_id=past, queue_id=queue.id, channel="chat", state="done", state_at=at, entered_at=entered, answered_at=at))
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    assert place(desks, ticket).usually_under_seconds == 180, "nine of ten waited 180 s or less"


def test_nobody_trained_there_promises_nothing(desks):
    ticket = desks.ask()
    desks.flow()
    assert place(desks, ticket).usually_under_seconds is None
