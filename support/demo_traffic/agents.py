"""Simulated agents: they come, answer what rings, write as the talk says, hold, resolve, and sometimes let one go."""
import random
from datetime import timedelta

from sqlalchemy import select

from support.clock import now
from support.database import db
from support.demo_traffic import crew, script
from support.errors import SwitchboardError
from support.people.person import Person
from support.routing import accept, choose_presence, decline, heartbeat
from support.routing import presence as presences
from support.routing.models import AVAILABLE, LIVE, NOT_ANSWERING, OFFLINE, Offer
from support.tickets import Disposition, Ticket, hold, post, resolve

DECLINED = 0.04  # of the offers; a few more are missed
MISSED = 0.03
HOLD_SECONDS = (45, 120)

rng = random.Random()


def step() -> None:
    """Everybody who is played does the next thing."""
    people = crew.simulated()
    for person in people:
        try:
            _be_there(person)
            _answer_ring(person)
        except SwitchboardError:
            continue  # the offer was over or the work is gone; there is a next step
    by_id = {person.id: person for person in people}
    for played in script.played(Ticket.state.in_(("open", "pending", "on_hold")), Ticket.assignee_id.in_(by_id)):
        try:
            _work(by_id[played.ticket.assignee_id], played)
        except SwitchboardError:
            continue


def _be_there(person: Person) -> None:
    heartbeat(person)
    presence = presences.of(person.id)
    if presence is None or presence.chosen == OFFLINE or (presence.system == NOT_ANSWERING and rng.random() < 0.1):
        choose_presence(person, AVAILABLE)


def _answer_ring(person: Person) -> None:
    offer = db.session.scalar(select(Offer).where(Offer.agent_id == person.id, Offer.state == LIVE))
    if offer is None:
        return
    chance = random.Random(offer.id).random()  # one mind for each offer
    if chance < MISSED or now() - offer.offered_at < timedelta(seconds=2 + chance * 8):
        return
    if chance < MISSED + DECLINED:
        decline(person, offer.id, "busy")
    else:
        accept(person, offer.id)


def _work(person: Person, played: script.Played) -> None:
    """Say the next line; after the last one of the talk, resolve."""
    ticket, line = played.ticket, played.next_line()
    if line is None:
        if played.waited(5, 20):
            resolve(person, ticket.id, db.session.scalar(select(Disposition.id).where(Disposition.code == played.talk.outcome)))
        return
    if line.writer == "C" or not played.waited(*(HOLD_SECONDS if ticket.state == "on_hold" else (8, 45))):
        return
    client_id = f"says_{played.seed}_{played.said['A']}_{played.said['N']}"
    if line.writer == "N":
        post(person, ticket.id, played.words(line, person.name), client_id, kind="note")
        return
    then = "pending" if line.then == "pending" else "open" if ticket.state == "on_hold" else None
    post(person, ticket.id, played.words(line, person.name), client_id, then=then)
    if line.then == "on_hold":
        hold(person, ticket.id)
