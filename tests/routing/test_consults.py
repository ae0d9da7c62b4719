"""A colleague joins in on work that stays where it is: asked, joined, then handed over or ended; certificate and room are asked again at the hand-over."""
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from support import routing
from support.clock import now
from support.database import db, transaction
from support.errors import IllegalMove, Invalid, NotAllowed, NotFound, SwitchboardError
from support.events import Event
from support.people.person import Person
from support.routing import consults
from support.routing.models import Consult, Queue, Transfer, WorkItem
from support.tickets.models import Ticket
from tests.routing.test_passing import Passing

ROUNDS = 30


class Consulting(Passing):
    """Asking and answering, in short."""

    def ask(self, ticket_id: int, kind: str, name: str, by: str = "ines") -> int:
        with self.desks.app.app_context():
            consult = consults.ask(self.desks.person(by), ticket_id, self.key(kind, name), "How was it with the seams?", uuid.uuid4().hex)
            number = consult.id
        self.desks.flow()
        return number

    def step(self, name: str, key: str, consult_id: int) -> None:
        with self.desks.app.app_context():
            getattr(consults, name)(self.desks.person(key), consult_id)
        self.desks.flow()

    def stands(self, consult_id: int) -> tuple[str, str]:
        """(state, who was asked)"""
        with self.desks.app.app_context():
            consult = db.session.get(Consult, consult_id)
            return consult.state, self.desks.key(consult.agent_id)

    def holder(self, ticket_id: int) -> str | None:
        item = self.desks.item(ticket_id)
        assert self.desks.ticket(ticket_id).assignee_id == item.agent_id
        return self.desks.key(item.agent_id)


@pytest.fixture
def warm(desks):
    return Consulting(desks)


def test_asked_joined_and_handed_over_in_the_old_place(warm, desks):
    ticket = warm.taken()
    place = desks.item(ticket).entered_at
    desks.sit("tomasz", "samuel")
    consult = warm.ask(ticket, "person", "tomasz")
    assert warm.holder(ticket) == "ines" and desks.shown("tomasz") == "ringing" and desks.rings_at(ticket) is None
    with desks.app.app_context():
        asked = routing.my_desk(desks.person("tomasz")).asked
        assert (asked.asker, asked.note) == (desks.person("ines").name, "How was it with the seams?")
    warm.step("join", "tomasz", consult)
    assert warm.holder(ticket) == "ines" and desks.shown("tomasz") == "available", "helping takes no room"
    warm.step("hand_over", "ines", consult)
    assert warm.holder(ticket) == "tomasz" and desks.item(ticket).entered_at == place
    assert (desks.shown("tomasz"), warm.stands(consult)) == ("busy", ("handed_over", "tomasz"))
    assert warm.told(ticket, "consult.") == ["consult.asked", "consult.joined", "consult.handed_over"]
    with desks.app.app_context():
        assert db.session.scalar(select(Transfer.to)) == "handed_over"


def test_a_queue_is_asked_through_its_best_free_person_and_gets_the_work_at_the_hand_over(warm, desks):
    ticket = warm.taken()
    desks.sit("jonas", "priya")
    consult = warm.ask(ticket, "queue", "products")
    assert warm.stands(consult) == ("asked", "priya"), "level 5 goes before level 4"
    warm.step("join", "priya", consult)
    warm.step("hand_over", "ines", consult)
    with desks.app.app_context():
        assert db.session.get(Queue, desks.item(ticket).queue_id).slug == "products"
    assert warm.holder(ticket) == "priya"


@pytest.mark.parametrize(("step", "key", "joined", "ends"), [
    ("decline", "tomasz", False, "declined"), ("end", "ines", False, "cancelled"), ("end", "ines", True, "ended"), ("leave", "tomasz", True, "left"),
])
def test_without_a_hand_over_the_work_stays_where_it_is(warm, desks, step, key, joined, ends):
    ticket = warm.taken()
    desks.sit("tomasz")
    consult = warm.ask(ticket, "person", "tomasz")
    if joined:
        warm.step("join", "tomasz", consult)
    warm.step(step, key, consult)
    assert (warm.stands(consult)[0], warm.holder(ticket), desks.shown("tomasz")) == (ends, "ines", "available")
    with pytest.raises(IllegalMove):
        warm.step("hand_over", "ines", consult)
    assert warm.ask(ticket, "person", "tomasz"), "another one may begin"


def test_silence_ends_it_and_is_no_missed_offer(warm, desks, clock):
    ticket = warm.taken()
    desks.sit("tomasz")
    consult = warm.ask(ticket, "person", "tomasz")
    clock.move(31)
    with pytest.raises(IllegalMove):
        warm.step("join", "tomasz", consult)
    desks.sweep()
    assert (warm.stands(consult)[0], desks.shown("tomasz"), warm.holder(ticket)) == ("timed_out", "available", "ines")


def test_a_certificate_that_lapsed_is_seen_when_asking_joining_and_handing_over(warm, desks):
    ticket = warm.taken()
    desks.sit("jonas", "tomasz", "samuel")
    with pytest.raises(Invalid) as error:
        warm.ask(ticket, "person", "jonas")
    assert "Certificate has lapsed" in error.value.errors["to"]
    consult = warm.ask(ticket, "person", "samuel")
    warm.certificate("samuel", "orders", None)
    with pytest.raises(NotAllowed):
        warm.step("join", "samuel", consult)
    assert warm.stands(consult)[0] == "untrained"
    consult = warm.ask(ticket, "person", "tomasz")
    warm.step("join", "tomasz", consult)
    warm.certificate("tomasz", "orders", None)
    with pytest.raises(IllegalMove, match="lapsed"):
        warm.step("hand_over", "ines", consult)
    assert warm.holder(ticket) == "ines" and warm.stands(consult)[0] == "joined"


def test_no_room_and_a_break_are_seen_at_the_hand_over(warm, desks):
    ticket = warm.taken()
    desks.sit("tomasz")
    consult = warm.ask(ticket, "person", "tomasz")
    warm.step("join", "tomasz", consult)
    desks.sit("tomasz", chosen="break")
    with pytest.raises(IllegalMove, match="On break"):
        warm.step("hand_over", "ines", consult)
    desks.sit("tomasz")
    for key in ("maja", "odile", "maja"):
        other = desks.ask(key)
        desks.flow()
        if desks.rings_at(other) == "ines":
            desks.decline(other)
        assert desks.accept(other) == "tomasz"
    with pytest.raises(IllegalMove, match="No room"):
        warm.step("hand_over", "ines", consult)
    assert warm.holder(ticket) == "ines"


def test_when_the_asker_is_gone_the_work_returns_to_its_place_and_the_consult_ends(warm, desks, clock):
    ticket = warm.taken()
    place = desks.item(ticket).entered_at
    desks.sit("tomasz")
    consult = warm.ask(ticket, "person", "tomasz")
    warm.step("join", "tomasz", consult)
    clock.move(46)
    desks.sit("tomasz")
    desks.sweep()
    clock.move(11)
    desks.sweep()
    assert warm.stands(consult)[0] == "lost"
    assert desks.item(ticket).entered_at == place and desks.rings_at(ticket) == "tomasz"
    with pytest.raises(IllegalMove):
        warm.step("hand_over", "hanna", consult)


def test_the_steps_belong_to_those_two(warm, desks):
    ticket = warm.taken()
    desks.sit("tomasz", "samuel")
    consult = warm.ask(ticket, "person", "tomasz")
    with pytest.raises(IllegalMove):
        warm.ask(ticket, "person", "samuel")
    for step in ("join", "decline", "leave"):
        with pytest.raises(NotFound):
            warm.step(step, "samuel", consult)
    warm.step("join", "tomasz", consult)
    for step in ("end", "hand_over"):
        with pytest.raises(NotAllowed):
            warm.step(step, "samuel", consult)
    with pytest.raises(NotAllowed):
        warm.step("hand_over", "tomasz", consult)


def test_of_two_steps_at_once_one_wins(warm, desks):
    """Two hand-overs; joining against taking the question back; joining against the end of its time."""
    ticket = warm.taken()
    desks.sit("tomasz")
    consult = warm.ask(ticket, "person", "tomasz")
    item_id, ines, tomasz = desks.item(ticket).id, desks.cast["ines"], desks.cast["tomasz"]
    start = threading.Barrier(2)

    def run(step) -> bool:
        with desks.app.app_context():
            start.wait(30)
            try:
                return step() is not False
            except SwitchboardError:
                return False

    def act(name, person_id):
        return lambda: getattr(consults, name)(db.session.get(Person, person_id), consult)

    fights = (
        ("joined", (act("hand_over", ines), act("hand_over", ines)), 0),
        ("asked", (act("join", tomasz), act("end", ines)), 0),
        ("asked", (lambda: consults.heal(consult), act("end", ines)), -1),
    )
    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            state, steps, left = fights[number % len(fights)]
            with desks.app.app_context(), transaction() as session:
                session.execute(update(Consult).values(state=state, ended_at=None, expires_at=now() + timedelta(seconds=left or 60)))
                session.execute(update(WorkItem).where(WorkItem.id == item_id).values(agent_id=ines))
                session.execute(update(Ticket).where(Ticket.id == ticket).values(assignee_id=ines))
            won = list(pool.map(run, steps))
            if state == "asked" and steps[0] is not fights[2][1][0]:
                assert won in ([True, False], [False, True], [True, True]), "a consult that was joined may be ended after it"
                assert warm.stands(consult)[0] in ("joined", "cancelled", "ended")
                assert won[0] == (warm.stands(consult)[0] in ("joined", "ended"))
            else:
                assert sorted(won) == [False, True]
    with desks.app.app_context():
        assert db.session.scalars(select(Event.kind).where(Event.kind == "consult.handed_over")).all() == ["consult.handed_over"] * (ROUNDS // 3)
