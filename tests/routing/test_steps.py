"""What a queue prefers, relaxed with the wait: who is offered it when, woken exactly then, and what is said of it. On both databases."""
import pytest
from sqlalchemy import select

from support import routing
from support.database import db, transaction
from support.errors import Invalid
from support.routing import dispatching, offers, queues
from support.routing.models import Decision, Offer, Queue
from support.training.models import Skill


def skill(slug: str) -> int:
    return db.session.scalar(select(Skill.id).where(Skill.slug == slug))


@pytest.fixture
def stepped(desks):
    """Orders asks for orders and prefers returns at level 4, which Ines has and Tomasz has not: from 30 s on level 2 is enough, from 45 s on it is not asked for."""
    with desks.app.app_context():
        number = db.session.scalar(select(Queue.id).where(Queue.slug == "orders"))
        needs = [(skill("orders"), 2, True), (skill("returns"), 4, False)]
        queues.change_queue(desks.person("arno"), number, {"needs": needs, "steps": [(30, 2), (45, 0)]})
    desks.flow()
    return desks


def test_a_step_that_opens_wakes_the_dispatcher_then_and_not_before(stepped, clock):
    stepped.sit("tomasz")
    ticket = stepped.ask()
    stepped.flow()
    assert stepped.rings_at(ticket) is None, "what is preferred is asked for at first"
    with stepped.app.app_context():
        assert not dispatching.is_due()
        clock.move(29)
        assert not dispatching.is_due()
        clock.move(1)
        routing.heartbeat(stepped.person("tomasz"))
        assert dispatching.is_due(), "a step has opened"
        dispatching.on_time()
        assert not dispatching.is_due(), "it has been looked at"
    assert stepped.rings_at(ticket) is None, "the level is still too low"
    clock.move(14)
    with stepped.app.app_context():
        assert not dispatching.is_due()
        clock.move(1)
        routing.heartbeat(stepped.person("tomasz"))
        assert dispatching.is_due()
        dispatching.on_time()
    assert stepped.rings_at(ticket) == "tomasz"
    with stepped.app.app_context():
        told = " ".join(routing.why(db.session.scalar(select(Offer).order_by(Offer.id.desc()))))
        assert "Waited 45 s: level 2 of what is welcome is no longer asked for." in told
        assert "Waited 45 s: level 2" in routing.explain(stepped.ticket(ticket))[-1].sentence


def test_a_reservation_before_the_step_is_refused(stepped):
    """A dispatcher with a wrong clock proposes too early: the reservation looks at the database's own time."""
    stepped.sit("tomasz")
    ticket = stepped.ask()
    stepped.flow()
    with stepped.app.app_context():
        assert offers.make(stepped.item(ticket).id, stepped.cast["tomasz"], []) is None
        assert db.session.query(Decision).filter(Decision.offer_id.is_not(None)).count() == 0


def test_taking_by_hand_asks_only_for_what_is_required(stepped):
    stepped.sit("tomasz", chosen="break")
    ticket = stepped.ask()
    stepped.flow()
    with stepped.app.app_context():
        routing.pull(stepped.person("tomasz"), stepped.item(ticket).id)
    assert stepped.item(ticket).state == "assigned"


def test_whoever_suits_all_is_offered_it_at_once_and_nothing_is_said_of_steps(stepped):
    stepped.sit("ines")
    ticket = stepped.ask()
    stepped.flow()
    assert stepped.rings_at(ticket) == "ines"
    with stepped.app.app_context():
        assert "Waited" not in " ".join(routing.why(db.session.scalar(select(Offer))))


@pytest.mark.parametrize("steps", [[(30, 2)], [(30, 2), (30, 0)], [(30, 2), (20, 0)], [(10, 1), (20, 2), (30, 0)], [(0, 0)], [(5000, 0)], [(10, 5), (20, 0)]])
def test_steps_that_never_open_or_open_backwards_are_refused(desks, steps):
    with desks.app.app_context():
        number = db.session.scalar(select(Queue.id).where(Queue.slug == "products"))
        with pytest.raises(Invalid):
            queues.change_queue(desks.person("arno"), number, {"steps": steps})


def test_a_retired_skill_that_a_queue_asks_for_is_asked_for_until_somebody_says_no(any_app, client_of):
    """Saving the form dropped it: from then on people without it were offered the work."""
    arno = client_of(any_app, "arno")
    with any_app.app_context():
        orders, products = skill("orders"), skill("products")
        queue = db.session.scalar(select(Queue).where(Queue.slug == "orders"))
        number = queue.id
        with transaction() as session:
            session.get(Skill, orders).active = False
    page = arno.get(f"/admin/queues/{number}")
    assert f'name="skill_{orders}"' in page.text and "retired" in page.text
    sent = {"name": "Orders", "public": "yes", "active": "yes", "priority": 1, "target_seconds": 60, "ring_seconds": 30, "position": 0}

    def asked():
        with any_app.app_context():
            return {need.skill_id: (need.min_level, need.required) for need in db.session.get(Queue, number, populate_existing=True).needs}

    assert arno.post(f"/admin/queues/{number}", data={**sent, f"skill_{products}": "preferred-3"}).status_code == 303
    assert asked() == {orders: (2, True), products: (3, False)}, "a form that was opened before does not name it"
    assert arno.post(f"/admin/queues/{number}", data={**sent, f"skill_{orders}": "required-3"}).status_code == 303
    assert asked() == {orders: (3, True)}
    assert arno.post(f"/admin/queues/{number}", data={**sent, f"skill_{orders}": ""}).status_code == 303
    assert asked() == {}


def test_an_item_past_its_steps_is_put_once_and_not_at_each_look(stepped, clock, monkeypatch):
    """What the dispatcher holds between two looks and what it reads must say the same of one who has passed a step, or all of them are put anew each second."""
    stepped.sit("ines", chosen="break")
    ticket = stepped.ask()
    stepped.flow()
    clock.move(50)
    with stepped.app.app_context():
        routing.dispatch()
        put = []
        matcher = stepped.app.extensions["dispatcher"].matcher
        monkeypatch.setattr(matcher, "put_item", lambda item: put.append(item.id))
        routing.dispatch()
        assert put == [] and matcher.items[stepped.item(ticket).id].line.gate == 0
