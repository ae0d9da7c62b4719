"""Work is passed on to a queue, a skill or a person: in its old place, never to somebody untrained, never lost, and not in circles unseen."""
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import routing, tickets
from support.clock import now
from support.database import db, transaction
from support.errors import IllegalMove, Invalid, NotAllowed
from support.events import Event
from support.routing import passing
from support.routing.models import Queue, Transfer
from support.training.models import Certificate, Skill


class Passing:
    """Passing on, in short."""

    def __init__(self, desks):
        self.desks = desks

    def taken(self, key="ines", **question) -> int:
        self.desks.sit(key)
        ticket_id = self.desks.ask(**question)
        self.desks.flow()
        assert self.desks.accept(ticket_id) == key
        return ticket_id

    def to(self, ticket_id: int, kind: str, name: str, by: str = "ines", note="She has sent the receipt.", anyway=False) -> None:
        with self.desks.app.app_context():
            passing.pass_on(self.desks.person(by), ticket_id, self.key(kind, name), note, uuid.uuid4().hex, anyway=anyway)
        self.desks.flow()

    def key(self, kind: str, name: str) -> str:
        with self.desks.app.app_context():
            if kind == "person":
                return f"person:{self.desks.cast[name]}"
            model = {"queue": Queue, "skill": Skill}[kind]
            return f"{kind}:{db.session.scalar(select(model.id).where(model.slug == name))}"

    def refused(self, ticket_id: int, kind: str, name: str, by: str = "ines") -> str:
        """What speaks against it in the form; the request says the same."""
        with self.desks.app.app_context():
            person = self.desks.person(by)
            ways = passing.ways(person, tickets.find(person, ticket_id))
            way = next(way for way in [*ways.queues, *ways.skills, *ways.people] if way.key == self.key(kind, name))
        with pytest.raises(Invalid) as error:
            self.to(ticket_id, kind, name, by)
        assert way.sentence in error.value.errors["to"]
        return way.sentence

    def certificate(self, key: str, skill: str, level: int | None) -> None:
        """Exactly this level from now on; None: it lapsed just now."""
        with self.desks.app.app_context(), transaction() as session:
            skill_id, at = session.scalar(select(Skill.id).where(Skill.slug == skill)), now()
            held = session.scalars(select(Certificate).where(Certificate.person_id == self.desks.cast[key], Certificate.skill_id == skill_id)).all()
            for certificate in held:
                certificate.valid_until = at - timedelta(seconds=1)
            if level:
                session.add(Certificate(person_id=self.desks.cast[key], skill_id=skill_id, level=level, valid_from=at - timedelta(days=1), created_at=at, attested_by_id=self.desks.cast["arno"]))

    def told(self, ticket_id: int, start: str) -> list[str]:
        with self.desks.app.app_context():
            query = select(Event.kind).where(Event.ticket_id == ticket_id, Event.kind.startswith(start)).order_by(Event.id)
            return list(db.session.scalars(query))


@pytest.fixture
def passes(desks):
    return Passing(desks)


def test_to_a_queue_it_keeps_its_place_and_the_note_goes_along(passes, desks, clock):
    ticket = passes.taken()
    place = desks.item(ticket).entered_at
    clock.move(200)
    desks.sit("ines", "priya")
    passes.to(ticket, "queue", "products")
    assert desks.rings_at(ticket) == "priya" and desks.item(ticket).entered_at == place
    assert desks.ticket(ticket).assignee_id is None and desks.shown("ines") in ("available", "wrap_up")
    with desks.app.app_context():
        offer = routing.my_desk(desks.person("priya")).offer
        assert (offer.passed_by, offer.note) == (desks.person("ines").name, "She has sent the receipt.")
        customer = desks.person("maja")
        assert routing.place(customer, tickets.find(customer, ticket)).passed_on
        assert "She has sent the receipt." not in [message.body for message in tickets.newer(customer, ticket)[1]], "the note is for staff alone"
        staff = desks.person("priya")
        assert [message.body for message in tickets.newer(staff, ticket)[1]][-1] == "She has sent the receipt."
    desks.accept(ticket)
    with desks.app.app_context():
        customer = desks.person("maja")
        assert not routing.place(customer, tickets.find(customer, ticket)).passed_on
    assert passes.told(ticket, "transfer.") == ["transfer.to_queue"]


def test_to_a_person_it_rings_there_first_and_comes_back_into_its_place(passes, desks, clock):
    ticket = passes.taken()
    place = desks.item(ticket).entered_at
    desks.sit("tomasz", "samuel")
    passes.to(ticket, "person", "samuel")
    assert desks.rings_at(ticket) == "samuel", "the chosen one, not the best one"
    with desks.app.app_context():
        assert routing.explain(desks.ticket(ticket))[-1].sentence == f"A colleague chose {desks.person('samuel').name}"
    clock.move(31)
    desks.sit("tomasz", "ines")
    desks.sweep()
    assert desks.rings_at(ticket) == "tomasz", "silence: back into its queue; and not to Ines, who has just passed it on"
    assert desks.item(ticket).entered_at == place
    assert ("samuel", "timed_out") in desks.history(ticket)


def test_whoever_passed_it_on_gets_it_again_only_after_a_while(passes, desks, clock):
    ticket = passes.taken()
    desks.sit("samuel")
    passes.to(ticket, "person", "samuel")
    desks.decline(ticket)
    desks.sit("ines")
    assert desks.rings_at(ticket) is None
    clock.move(61)
    desks.sit("ines")
    desks.sweep()
    assert desks.rings_at(ticket) in ("ines", "samuel")


def test_who_is_untrained_lapsed_or_away_cannot_be_chosen_and_it_is_said_why(passes, desks):
    ticket = passes.taken()
    desks.sit("jonas", "priya", "tomasz")
    desks.sit("samuel", chosen="break")
    said = {name: passes.refused(ticket, "person", name) for name in ("jonas", "priya", "samuel", "mirela", "ines")}
    assert said == {
        "jonas": "Certificate has lapsed", "priya": "Not trained for it", "samuel": "On break", "mirela": "Not trained for it", "ines": "It is there already",
    }
    assert passes.refused(ticket, "queue", "orders") == "It is there already"
    passes.certificate("tomasz", "orders", None)  # between looking at the form and sending it
    with pytest.raises(Invalid):
        passes.to(ticket, "person", "tomasz")
    assert desks.item(ticket).state == "assigned" and desks.key(desks.item(ticket).agent_id) == "ines", "nothing moved"


def test_a_certificate_that_lapses_while_it_rings_is_seen_at_accept(passes, desks):
    ticket = passes.taken()
    place = desks.item(ticket).entered_at
    desks.sit("tomasz")
    passes.to(ticket, "person", "tomasz")
    passes.certificate("tomasz", "orders", None)
    with pytest.raises(NotAllowed):
        desks.accept(ticket)
    desks.flow()
    item = desks.item(ticket)
    assert (item.state, item.agent_id, item.entered_at) == ("waiting", None, place)


def test_a_skill_leads_to_the_queue_that_asks_for_it_else_its_own_asks_for_it_too(passes, desks):
    ticket = passes.taken()
    desks.sit("priya", "tomasz", "samuel")
    passes.to(ticket, "skill", "products")
    assert desks.rings_at(ticket) == "priya" and desks.item(ticket).extra_skill_id is None
    other = passes.taken(key="ines")
    passes.to(other, "skill", "french")
    assert desks.rings_at(other) == "samuel", "orders and French"
    with desks.app.app_context():
        queue = db.session.get(Queue, desks.item(other).queue_id)
        assert queue.slug == "orders"
    passes.certificate("samuel", "french", None)
    with pytest.raises(NotAllowed):
        desks.accept(other)
    desks.flow()
    assert desks.rings_at(other) is None, "Tomasz knows orders, but no French"


def test_circles_are_asked_about_and_seen(passes, desks, clock):
    ticket = passes.taken()
    desks.sit("priya", "tomasz")
    passes.to(ticket, "queue", "products")
    desks.accept(ticket)
    with pytest.raises(Invalid) as error:
        passes.to(ticket, "queue", "orders", by="priya")
    assert "came from this queue" in error.value.errors["anyway"] and desks.key(desks.item(ticket).agent_id) == "priya"
    passes.to(ticket, "queue", "orders", by="priya", anyway=True)
    assert passes.told(ticket, "transfer.")[-2:] == ["transfer.to_queue", "transfer.looped"]
    assert desks.key(desks.item(ticket).last_agent_id) == "ines", "the best trained of those who had it"
    with desks.app.app_context():
        assert [number for row in routing.board().queues for number in row.circling] == [ticket]


def test_the_fourth_time_within_an_hour_is_asked_about_and_an_hour_later_not(passes, desks, clock):
    ticket = passes.taken()
    item = desks.item(ticket)
    with desks.app.app_context(), transaction() as session:
        note = tickets.post(desks.person("ines"), ticket, "Tried", uuid.uuid4().hex, kind="note")
        for _time in range(3):
            session.add(Transfer(work_item_id=item.id, at=now(), by_id=desks.cast["aoife"], to="queue", from_queue_id=item.queue_id, queue_id=item.queue_id, note_id=note.id))
    with pytest.raises(Invalid) as error:
        passes.to(ticket, "queue", "products")
    assert "3 times within 60 minutes" in error.value.errors["anyway"]
    clock.move(3601)
    desks.sit("ines")
    passes.to(ticket, "queue", "products")
    assert passes.told(ticket, "transfer.") == ["transfer.to_queue"]


def test_only_from_the_hand_that_has_it_and_the_same_form_only_once(passes, desks):
    ticket = passes.taken()
    desks.sit("tomasz")
    with pytest.raises(NotAllowed):
        passes.to(ticket, "queue", "products", by="tomasz")
    with desks.app.app_context():
        for _twice in range(2):
            passing.pass_on(desks.person("ines"), ticket, passes.key("queue", "products"), "Over to you", "the-same-form-1")
    assert passes.told(ticket, "transfer.") == ["transfer.to_queue"]
    with pytest.raises(IllegalMove):
        passes.to(ticket, "queue", "orders", by="hanna")
    with desks.app.app_context(), pytest.raises(Invalid) as error:
        passing.pass_on(desks.person("ines"), ticket, "queue:1", "  ", "another-form-1")
    assert "note" in error.value.errors
