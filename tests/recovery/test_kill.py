"""The server is killed with -9 at exact points: nothing acknowledged is lost, nothing is doubled, a place in line is kept."""
import pytest

from support.clock import now
from tests.recovery.caller import BROKEN, Caller, fresh, until

RING = 12  # seconds; real ones, so short, and long enough to kill the server meanwhile


def opened(mortal, ticket_id: int):
    return [event for event in mortal.events(ticket_id) if event.kind == "ticket.opened"]


def test_a_question_stored_before_the_relay_saw_it_rings_after_the_restart(mortal):
    mortal.comes("ines")
    mortal.relay_stands()
    ticket_id = Caller(mortal.server, "maja").asks("Stored, not relayed")
    assert ticket_id, "she was told that her question is here"
    mortal.server.kill()
    assert [event.position for event in opened(mortal, ticket_id)] == [None] and mortal.items(ticket_id) == []

    mortal.works_again()
    mortal.server.start()
    offer = mortal.ringing(ticket_id, "ines")
    (event,), (item,) = opened(mortal, ticket_id), mortal.items(ticket_id)
    assert event.position and offer.work_item_id == item.id
    assert item.entered_at == mortal.messages(ticket_id)[0].created_at, "her place counts from her question, not from the restart"


def test_a_question_that_was_cut_off_is_one_question_when_it_is_sent_again(mortal):
    maja, names = Caller(mortal.server, "maja"), {"committed": fresh(), "received": fresh()}
    for point, name in names.items():
        mortal.fails_at(f"{point} /ask")
        with pytest.raises(BROKEN):
            maja.asks(f"Cut off when {point}", "form", name)
        mortal.dies()
        mortal.server.start()
    ids = [maja.asks(f"Cut off when {point}", "form", name) for point, name in names.items()]
    until(lambda: len(mortal.mails("received")) == 2, "the mails that confirm them", 90)  # a relay that died in the middle keeps its delivery for a minute
    for ticket_id in ids:
        until(lambda ticket_id=ticket_id: all(event.position for event in mortal.events(ticket_id)), "all events have their place")
        until(lambda ticket_id=ticket_id: mortal.items(ticket_id), "its place in line", 90)
        assert len(opened(mortal, ticket_id)) == len(mortal.messages(ticket_id)) == len(mortal.items(ticket_id)) == 1
    assert len(mortal.mails("received")) == 2


def test_an_offer_that_rang_when_the_server_died_is_answered_after_it(mortal):
    mortal.rings_for(40)
    mortal.comes("ines", "tomasz")
    ticket_id = Caller(mortal.server, "maja").asks("Rings through a power cut")
    before, place = mortal.ringing(ticket_id), mortal.items(ticket_id)[0].entered_at
    mortal.server.restart()
    agent = next(key for key in ("ines", "tomasz") if mortal.app.extensions["cast"][key] == before.agent_id)
    caller = Caller(mortal.server, agent)
    assert 'class="sb-offer' in caller.get("/desk/ring")[2], "it still rings"
    assert [offer.id for offer in mortal.offers(ticket_id, "live")] == [before.id]
    assert caller.post(f"/desk/offers/{before.id}/acceptance")[:2] == (303, f"/desk/tickets/{ticket_id}")
    (item,) = mortal.items(ticket_id)
    assert (item.state, item.agent_id, item.entered_at) == ("assigned", before.agent_id, place)
    assert [(offer.id, offer.state) for offer in mortal.offers(ticket_id)] == [(before.id, "accepted")]


def test_an_acceptance_whose_answer_was_cut_off_holds(mortal):
    mortal.rings_for(40)
    mortal.comes("ines")
    ticket_id = Caller(mortal.server, "maja").asks("Accepted in the dark")
    offer, ines = mortal.ringing(ticket_id, "ines"), Caller(mortal.server, "ines")
    mortal.fails_at(f"committed /desk/offers/{offer.id}/acceptance")
    with pytest.raises(BROKEN):
        ines.post(f"/desk/offers/{offer.id}/acceptance")
    mortal.dies()
    mortal.server.start()
    assert ines.post(f"/desk/offers/{offer.id}/acceptance")[0] == 409, "she is told that she has taken it already"
    assert [item.state for item in mortal.items(ticket_id)] == ["assigned"]
    assert [one.state for one in mortal.offers(ticket_id)] == ["accepted"]
    until(lambda: [event for event in mortal.events(ticket_id) if event.kind == "offer.accepted" and event.position], "the log has it once, with its place")


def test_an_offer_that_rang_out_while_the_server_was_down_goes_to_the_next_in_its_old_place(mortal):
    mortal.rings_for(RING)
    mortal.comes("ines", "tomasz")
    maja = Caller(mortal.server, "maja")
    ticket_id = maja.asks("Rings out in the dark")
    first, place = mortal.ringing(ticket_id), mortal.items(ticket_id)[0].entered_at
    mortal.server.kill()
    mortal.rings_for(60)  # what is offered next rings until it was looked at, however long a start takes
    until(lambda: now() > first.expires_at, "its time is over")
    mortal.server.start()

    other = "tomasz" if mortal.app.extensions["cast"]["ines"] == first.agent_id else "ines"
    second = mortal.ringing(ticket_id, other)
    (item,) = mortal.items(ticket_id)
    assert item.entered_at == place and item.state == "offered"
    assert [offer.state for offer in mortal.offers(ticket_id)] == ["timed_out", "live"] and second.id != first.id
    until(lambda: all(event.position for event in mortal.events(ticket_id)), "all events have their place")
    assert [event.kind for event in mortal.events(ticket_id)].count("offer.timed_out") == 1
