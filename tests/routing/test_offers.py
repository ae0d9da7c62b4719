"""An offer goes to one trained person, and exactly one thing becomes of it; the place in line is kept."""
import pytest

from support import routing, tickets
from support.database import db
from support.errors import IllegalMove, NotAllowed, NotFound
from support.routing import offers
from support.routing.models import Offer
from support.training import certificates
from support.training.models import Certificate


def test_it_rings_at_the_best_trained_person_who_is_there(desks):
    desks.sit("ines", "tomasz", "priya")
    ticket = desks.ask(topic="orders")
    desks.flow()
    assert desks.rings_at(ticket) == "ines", "level 5 of the three"
    assert desks.shown("ines") == "ringing"


def test_nobody_without_a_certificate_is_ever_offered_it(desks):
    desks.sit("jonas", "priya", "aoife", "mirela")
    ticket = desks.ask(topic="orders")
    desks.flow()
    assert desks.history(ticket) == [], "one lapsed, three never trained"
    desks.sit("samuel")
    assert desks.rings_at(ticket) == "samuel"


def test_nobody_below_the_level_is_offered_it(desks):
    desks.sit("aoife")
    ticket = desks.ask(topic="products")
    desks.flow()
    assert desks.history(ticket) == [], "a trainee at level 1, the queue asks for 2"


def test_the_customers_language_is_required(desks):
    desks.sit("ines", "tomasz")
    french, polish = desks.ask(language="fr"), desks.ask("odile", language="pl")
    desks.flow()
    assert desks.rings_at(french) is None
    assert desks.rings_at(polish) == "tomasz"
    desks.sit("samuel")
    assert desks.rings_at(french) == "samuel"


def test_a_language_nobody_teaches_is_no_hindrance(desks):
    desks.sit("ines")
    ticket = desks.ask(language="sv")
    desks.flow()
    assert desks.rings_at(ticket) == "ines"


def test_accepting_assigns_the_ticket_in_the_same_commit(desks):
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    assert desks.accept(ticket) == "ines"
    assert desks.ticket(ticket).assignee_id == desks.cast["ines"]
    assert desks.ticket(ticket).state == "open"
    assert desks.item(ticket).state == "assigned"
    assert desks.shown("ines") == "busy"


def test_declining_sends_it_to_the_next_trained_person_in_its_old_place(desks):
    desks.sit("ines", "tomasz", "priya")
    ticket = desks.ask()
    desks.flow()
    place = desks.item(ticket).entered_at
    assert desks.decline(ticket) == "ines"
    assert desks.rings_at(ticket) == "tomasz"
    assert desks.item(ticket).entered_at == place
    assert desks.shown("ines") == "available", "who declines is still there"


def test_silence_sends_it_on_and_shows_not_answering(desks, clock):
    desks.sit("ines", "tomasz")
    ticket = desks.ask()
    desks.flow()
    place = desks.item(ticket).entered_at
    clock.move(31)
    desks.sweep()
    assert desks.history(ticket) == [("ines", "timed_out"), ("tomasz", "live")]
    assert desks.item(ticket).entered_at == place
    assert desks.shown("ines") == "not_answering"


def test_it_rings_as_long_as_the_queue_says_and_no_longer(desks, clock):
    desks.sit("ines", "tomasz")
    ticket = desks.ask()
    desks.flow()
    clock.move(28)
    desks.flow()
    assert desks.rings_at(ticket) == "ines"
    clock.move(2.5)
    desks.flow()
    assert desks.rings_at(ticket) == "tomasz", "the look each second is enough, without the sweep"


def test_who_did_not_answer_is_asked_again_after_a_minute_or_when_he_says_so(desks, clock):
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    clock.move(31)
    desks.sweep()
    assert desks.rings_at(ticket) is None
    desks.sit("ines")
    assert desks.shown("ines") == "available"
    assert desks.rings_at(ticket) is None, "not the same work to the same person for a minute"
    other = desks.ask("odile")
    desks.flow()
    assert desks.rings_at(other) == "ines"


def test_after_three_misses_in_a_row_he_must_come_back_by_himself(desks, clock):
    desks.sit("ines")
    desks.ask()
    for _round in range(3):
        desks.flow()
        for step in (31, 15, 15, 15, 20):
            beat(desks, "ines")
            clock.move(step)
            desks.sweep()
    assert desks.shown("ines") == "not_answering"
    for _round in range(6):
        beat(desks, "ines")
        clock.move(30)
        desks.sweep()
    assert desks.shown("ines") == "not_answering"
    desks.sit("ines")
    assert desks.shown("ines") == "ringing"


def beat(desks, key):
    with desks.app.app_context():
        routing.heartbeat(desks.person(key))


def test_a_certificate_that_ends_while_it_rings_does_not_count_at_accept(desks):
    desks.sit("ines", "tomasz")
    ticket = desks.ask()
    desks.flow()
    offer_id, key = desks.offer(ticket)
    revoke(desks, "ines", "orders")
    with desks.app.app_context(), pytest.raises(NotAllowed, match="certificate"):
        routing.accept(desks.person(key), offer_id)
    desks.flow()
    assert desks.history(ticket) == [("ines", "withdrawn"), ("tomasz", "live")]


def test_a_certificate_that_ends_before_the_reservation_makes_no_offer(desks):
    desks.sit("ines")
    ticket = desks.ask()
    with desks.app.app_context():
        routing.reconcile(ticket)
    revoke(desks, "ines", "orders")
    with desks.app.app_context():
        item = desks.item(ticket)
        assert offers.make(item.id, desks.cast["ines"], []) is None, "the matcher may be stale, the reservation is not"


def test_a_certificate_lapses_with_the_clock_alone(desks, clock):
    desks.sit("lena")
    clock.move(12 * 86_400)
    desks.sit("lena")
    ticket = desks.ask(topic="orders")
    desks.flow()
    assert desks.history(ticket) == []


def revoke(desks, key, slug):
    with desks.app.app_context():
        held = db.session.query(Certificate).join(Certificate.skill).filter_by(slug=slug).filter(Certificate.person_id == desks.cast[key])
        for certificate in held.all():
            certificates.revoke(desks.person("arno"), certificate.id)


def test_nobody_answers_somebody_elses_offer(desks):
    desks.sit("ines", "tomasz")
    ticket = desks.ask()
    desks.flow()
    offer_id, _key = desks.offer(ticket)
    with desks.app.app_context():
        with pytest.raises(NotFound):
            routing.accept(desks.person("tomasz"), offer_id)
        with pytest.raises(NotFound):
            routing.decline(desks.person("tomasz"), offer_id, "busy")
        with pytest.raises(NotFound):
            routing.accept(desks.person("maja"), offer_id)
    assert desks.rings_at(ticket) == "ines"


def test_an_offer_that_is_over_says_so(desks, clock):
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    offer_id, _key = desks.offer(ticket)
    clock.move(31)
    desks.sweep()
    with desks.app.app_context(), pytest.raises(IllegalMove, match="over"):
        routing.accept(desks.person("ines"), offer_id)


def test_the_customer_who_leaves_takes_the_offer_along(desks):
    desks.sit("ines")
    ticket = desks.ask()
    desks.flow()
    with desks.app.app_context():
        tickets.resolve(desks.person("hanna"), ticket, desks.disposition())
    desks.flow()
    assert desks.history(ticket) == [("ines", "withdrawn")]
    assert desks.item(ticket).state == "left"
    assert desks.shown("ines") == "available"


def test_an_offer_says_why_it_rings_here(desks):
    desks.sit("ines", "tomasz")
    ticket = desks.ask(language="de")
    desks.flow()
    offer_id, _key = desks.offer(ticket)
    with desks.app.app_context():
        told = routing.why(db.session.get(Offer, offer_id))
    assert told[0] == "You are the only one free who is trained for this."
    assert "Orders: you hold level 5 of 5." in told
    assert any("German" in sentence for sentence in told)


def test_the_timeline_explains_who_was_looked_at(desks):
    desks.sit("jonas", "mirela", "ines")
    desks.sit("tomasz", chosen="break")
    ticket = desks.ask()
    desks.flow()
    with desks.app.app_context():
        decision = routing.explain(desks.ticket(ticket))[-1]
    assert decision.sentence == "Ines Duarte was the only one free who is trained for this"
    outcomes = {row.name: row.sentence for row in decision.looked}
    assert outcomes["Jonas Feld"] == "Certificate has lapsed"
    assert outcomes["Mirela Georgescu"] == "Not trained for it"
    assert outcomes["Tomasz Wolny"] == "On break"
    assert decision.looked[0].chosen and decision.looked[0].score > 0


def test_a_wait_is_explained_too(desks):
    desks.sit("jonas")
    ticket = desks.ask()
    desks.flow()
    with desks.app.app_context():
        assert [d.sentence for d in routing.explain(desks.ticket(ticket))] == ["Nobody was free: 4 people are trained for this"]
