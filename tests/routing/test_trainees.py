"""Somebody in training gets one chat at a time and no call beside other work; the mentor and the supervisor find what is in hand."""
from sqlalchemy import select

from support import routing
from support.database import db
from support.routing.fitness import CALL, CHAT, TICKET, Agent, Limits, no_room
from support.routing.models import Offer
from support.training import trainees


def put(desks, key: str, on: bool = True, mentor: str | None = None) -> None:
    with desks.app.app_context():
        trainees.put(desks.person("hanna"), desks.cast[key], on=on, mentor_id=desks.cast[mentor] if mentor else None)
    desks.flow()


def test_one_chat_at_a_time_until_the_switch_is_off(desks):
    put(desks, "ines", mentor="priya")
    desks.sit("ines")
    first, second = desks.ask(), desks.ask("odile")
    desks.flow()
    assert desks.accept(first) == "ines"
    assert desks.rings_at(second) is None, "two chats would fit into everybody's limits"
    with desks.app.app_context():
        told = routing.why(db.session.scalar(select(Offer).where(Offer.state == "accepted")))
    assert any("You are a trainee" in sentence for sentence in told)
    put(desks, "ines", on=False)
    assert desks.rings_at(second) == "ines", "nobody waits for a sweep"


def test_a_second_look_in_the_reservation_keeps_the_limit_too(desks):
    """What the dispatcher proposes rests on a picture; the switch may have come on since."""
    desks.sit("ines")
    first = desks.ask()
    desks.flow()
    desks.accept(first)
    put(desks, "ines")
    second = desks.ask("odile")
    desks.flow()
    assert desks.rings_at(second) is None
    with desks.app.app_context():
        assert routing.offers.make(desks.item(second).id, desks.cast["ines"], []) is None


def test_no_call_beside_other_work_but_tickets_beside_a_chat(desks):
    with desks.app.app_context():
        own = routing.capacity.in_training()
    common = Limits()
    busy = Agent(1, {}, tickets=1, limits=own)
    assert no_room(CALL, busy, common) and not no_room(CHAT, busy, common) and not no_room(TICKET, busy, common)
    talking = Agent(1, {}, units=2, chats=1, limits=own)
    assert no_room(CHAT, talking, common) and no_room(CALL, talking, common) and not no_room(TICKET, talking, common)
    assert not no_room(CALL, Agent(1, {}, tickets=1), common), "with everybody else a ticket waits while a call comes"


def test_the_mentor_and_the_supervisor_find_what_a_trainee_has_in_hand(desks, client_of):
    put(desks, "ines", mentor="priya")
    desks.sit("ines", "priya")
    ticket = desks.ask()
    desks.flow()
    desks.accept(ticket)
    mentor, hanna, stranger = (client_of(desks.app, key) for key in ("priya", "hanna", "tomasz"))
    page = mentor.get("/desk/list").text
    assert "Of your trainees" in page and f"/desk/tickets/{ticket}" in page and "Of your trainees" not in stranger.get("/desk/list").text
    assert mentor.get(f"/desk/tickets/{ticket}").status_code == 200
    assert "Trainee, mentor Priya Raman" in hanna.get("/board/numbers").text
    listed = hanna.get("/tickets?trainees=all").text
    assert f"/tickets/{ticket}" in listed and "Trainee" in listed
    assert f"/tickets/{ticket}" not in hanna.get("/tickets?trainees=mine").text
