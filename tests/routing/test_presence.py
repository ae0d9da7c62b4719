"""What an agent chose and what the system sees are two things; a lost agent loses nobody's place."""
import pytest

from support import routing, tickets
from support.database import db
from support.errors import Invalid, NotAllowed
from support.routing.models import PresenceLog


def beat(desks, *keys):
    with desks.app.app_context():
        for key in keys:
            routing.heartbeat(desks.person(key))


def test_choosing_is_apart_from_what_the_system_sees(desks):
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    desks.accept(ticket)
    desks.sit("ines", chosen="break")
    with desks.app.app_context():
        presence = routing.my_desk(desks.person("ines")).presence
        assert (presence.chosen, presence.system) == ("break", "busy")
    assert desks.shown("ines") == "break"


def test_nothing_is_offered_on_a_break(desks):
    desks.sit("ines", chosen="break")
    ticket = desks.ask()
    desks.flow()
    assert desks.rings_at(ticket) is None
    desks.sit("ines")
    assert desks.rings_at(ticket) == "ines"


def test_leaving_while_it_rings_sends_it_on_without_a_miss(desks):
    desks.sit("ines", "tomasz")
    ticket = desks.ask()
    desks.flow()
    desks.sit("ines", chosen="away")
    desks.sweep()
    assert desks.history(ticket) == [("ines", "withdrawn"), ("tomasz", "live")]
    assert desks.shown("ines") == "away"


def test_flt15_an_agent_whose_last_page_is_gone_is_shown_offline_after_45_seconds(desks, clock):
    desks.sit("ines", "tomasz")
    clock.move(30)
    beat(desks, "tomasz")
    clock.move(16)
    assert desks.shown("ines") == "offline", "the board sees it even before the sweep writes it down"
    desks.sweep()
    assert desks.shown("ines") == "offline"
    assert desks.shown("tomasz") == "available", "another page of his lives"


def test_flt15_an_offer_of_a_lost_agent_goes_back(desks, clock):
    desks.sit("ines")
    clock.move(20)
    ticket = desks.ask()
    desks.flow()
    desks.sit("tomasz")
    clock.move(26)
    desks.sweep()
    assert desks.history(ticket) == [("ines", "withdrawn"), ("tomasz", "live")]


def test_flt15_live_work_of_a_lost_agent_goes_back_in_its_place_ten_seconds_later(desks, clock):
    desks.sit("ines")
    chat, mail = desks.ask(), desks.ask("odile", channel="form")
    desks.flow()
    first = desks.accept(chat if desks.offer(chat) else mail)
    desks.accept(mail if desks.offer(mail) else chat)
    assert first == "ines"
    place = desks.item(chat).entered_at
    clock.move(46)
    desks.sweep()
    assert desks.item(chat).state == "assigned", "grace time for a reload"
    clock.move(11)
    desks.sit("tomasz")
    desks.sweep()
    assert desks.rings_at(chat) == "tomasz"
    assert desks.item(chat).entered_at == place
    assert desks.ticket(chat).assignee_id is None
    assert desks.item(mail).state == "assigned", "what can wait stays with whoever has it"


def test_flt15_back_within_the_grace_time_keeps_the_chat(desks, clock):
    desks.sit("ines")
    chat = desks.ask()
    desks.flow()
    desks.accept(chat)
    clock.move(46)
    desks.sweep()
    beat(desks, "ines")
    clock.move(11)
    desks.sweep()
    assert desks.item(chat).state == "assigned"
    assert desks.shown("ines") == "busy"


def test_wrap_up_follows_a_chat_and_ends_by_time_or_by_choice(desks, clock):
    desks.sit("ines")
    chat = desks.ask()
    desks.flow()
    desks.accept(chat)
    resolve(desks, "ines", chat)
    assert desks.shown("ines") == "wrap_up"
    next_one = desks.ask("odile")
    desks.flow()
    assert desks.rings_at(next_one) is None
    clock.move(41)
    desks.sweep()
    assert desks.rings_at(next_one) == "ines"
    desks.accept(next_one)
    resolve(desks, "ines", next_one)
    with desks.app.app_context():
        routing.end_wrap_up(desks.person("ines"))
    assert desks.shown("ines") == "available"


def resolve(desks, key, ticket_id):
    with desks.app.app_context():
        tickets.resolve(desks.person(key), ticket_id, desks.disposition())
    desks.flow()


def test_the_log_of_states_has_no_gap(desks, clock):
    desks.sit("ines")
    clock.move(5)
    desks.sit("ines", chosen="break")
    clock.move(5)
    desks.sit("ines")
    with desks.app.app_context():
        rows = db.session.query(PresenceLog).filter_by(person_id=desks.cast["ines"]).order_by(PresenceLog.since, PresenceLog.id).all()
    assert [row.chosen for row in rows][-3:] == ["available", "break", "available"]
    assert all(row.until == following.since for row, following in zip(rows, rows[1:], strict=False))
    assert rows[-1].until is None


def test_an_unknown_state_and_a_stranger_are_refused(desks):
    with desks.app.app_context():
        with pytest.raises(Invalid):
            routing.choose_presence(desks.person("ines"), "asleep")
        with pytest.raises(NotAllowed):
            routing.choose_presence(desks.person("arno"), "available")
