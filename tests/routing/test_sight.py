"""What the dispatcher holds between two looks: the same as a first look would see, to the instant, whatever it has not heard of."""
import random
from datetime import timedelta

from sqlalchemy import select, text

from support import routing, training
from support.clock import now
from support.database import db, session_beside, transaction
from support.routing import capacity, picture
from support.routing.matcher import Matcher
from support.routing.models import Presence
from support.training.models import Certificate, Skill


def certificate(key: str, slug: str, desks) -> Certificate:
    query = select(Certificate).join(Skill, Skill.id == Certificate.skill_id).where(Certificate.person_id == desks.cast[key], Skill.slug == slug)
    return db.session.scalar(query.order_by(Certificate.id.desc()))


def ends(desks, key: str, slug: str, seconds: float) -> None:
    """The certificate ends so many seconds from now, which nobody is told."""
    with desks.app.app_context(), transaction():
        certificate(key, slug, desks).valid_until = now() + timedelta(seconds=seconds)


def unheard(desks, statement: str, **values) -> None:
    """A change by another door: no event, and nothing that this process could notice."""
    with desks.app.app_context(), session_beside() as session:
        session.execute(text(statement), values)
        session.commit()


def proposals(matcher: Matcher, at) -> set[tuple[int, int]]:
    return {(found.item_id, found.agent_id) for found in matcher.propose(at.timestamp())}


def first_look(at) -> Matcher:
    """A matcher that knows nothing yet and is given everything."""
    lines = picture.Lines(at)
    arriving = picture.arriving_work(lines, at)
    matcher = Matcher(capacity.limits(), {line.key: work for line, work in arriving.items()})
    for busy in arriving:
        matcher.put_line(busy)
    for item in picture.waiting_items(lines, at):
        matcher.put_item(item)
    for agent in picture.agents(at, db.session.scalars(select(Presence.person_id))):
        matcher.put_agent(agent)
    return matcher


def test_what_is_held_between_two_looks_proposes_what_a_first_look_would(desks, clock):
    """Forty-five random steps; after each, the held one and a new one are asked for everything they would do."""
    rng, keys = random.Random(7), ["ines", "tomasz", "jonas", "lena", "priya", "samuel"]
    desks.sit(*keys[:3])
    tickets = []
    with desks.app.app_context():
        view = desks.app.extensions["dispatcher"]
    for step in range(45):
        act = rng.choice(["ask", "ask", "sit", "leave", "lapse", "answer", "wait"])
        if act == "ask":
            tickets.append(desks.ask(("maja", "odile", "gero")[step % 3], rng.choice(["orders", "returns", "payments"]), rng.choice(["chat", "form"]), rng.choice(["en", "de"])))
            with desks.app.app_context():
                routing.reconcile(tickets[-1])
        elif act in ("sit", "leave"):
            with desks.app.app_context():
                routing.choose_presence(desks.person(rng.choice(keys)), "available" if act == "sit" else "break")
        elif act == "lapse":
            key = rng.choice(["ines", "tomasz"])
            ends(desks, key, "orders", rng.choice([0, 30, 90_000]))
        elif act == "answer":
            desks.flow()
            ringing = next((ticket for ticket in tickets if desks.offer(ticket)), None)
            if ringing:
                rng.choice([desks.accept, desks.decline])(ringing)
        else:
            clock.move(rng.choice([5, 31]))
        with desks.app.app_context():
            at = now()
            view.look(at)
            assert proposals(view.matcher, at) == proposals(first_look(at), at), act
            db.session.rollback()


def test_a_certificate_that_ends_by_the_clock_is_counted_to_the_instant_without_a_word(desks, clock):
    desks.sit("ines", "tomasz")
    ends(desks, "ines", "orders", 60)
    with desks.app.app_context():
        skill = certificate("ines", "orders", desks).skill_id
        seen = []
        for seconds in (59.999, 0.001, -0.001):  # just before, at it, and the clock put back
            clock.move(seconds)
            held, over = training.everybody(now())
            seen.append((skill in held[desks.cast["ines"]], skill in over.get(desks.cast["ines"], ())))
        assert seen == [(True, False), (False, True), (True, False)]
    clock.move(0.001)
    desks.sit("ines", "tomasz")
    ticket = desks.ask()
    desks.flow()
    assert desks.rings_at(ticket) == "tomasz"


def test_what_nobody_was_told_of_costs_one_lost_guess_and_is_right_at_the_sweep(desks):
    desks.sit("ines", "tomasz")
    with desks.app.app_context():
        skill = certificate("ines", "orders", desks).skill_id
        training.everybody(now())  # as a look before has read them
    unheard(desks, "DELETE FROM certificate WHERE person_id = :person AND skill_id = :skill", person=desks.cast["ines"], skill=skill)
    ticket = desks.ask()
    desks.sweep()
    assert desks.history(ticket) == [("tomasz", "live")]


def test_who_sits_down_unheard_is_seen_by_the_next_look(desks):
    desks.sit("ines", chosen="break")
    ticket = desks.ask()
    desks.flow()
    assert desks.offer(ticket) is None
    unheard(desks, "UPDATE presence SET system = 'idle', chosen = 'available' WHERE person_id = :person", person=desks.cast["ines"])
    desks.sweep()
    assert desks.rings_at(ticket) == "ines"
