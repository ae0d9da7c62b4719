"""Simulated customers: they ask about their real orders, answer when they are answered, and judge."""
import random
import secrets

from flask import current_app
from sqlalchemy import func, select

from support.database import db
from support.demo_traffic import crew, script
from support.errors import SwitchboardError
from support.orders.days import today
from support.orders.demo_stories import story_of
from support.orders.model import Order
from support.people.person import Person
from support.quality.surveys import Survey, rate
from support.routing import queues
from support.routing.models import WAITING, WorkItem
from support.tickets import Ticket, open_ticket, post
from support.tickets.demo_slots import line_for
from support.tickets.demo_talks import Talk, client_id, talks

MOST_WAITING = 15  # nobody joins a line that nobody works on
ORDERS_LOOKED_AT = 60
SCORES = (5, 5, 5, 5, 4, 4, 3, 2)

rng = random.Random()


def step(seconds: int) -> None:
    """Perhaps somebody arrives; whoever was answered answers."""
    if rng.random() < current_app.config["SETTINGS"].demo_traffic_per_minute * seconds / 60:
        arrive()
    for played in script.played(Ticket.state.in_(("open", "pending", "resolved"))):
        _go_on(played)


def arrive() -> Ticket | None:
    """One customer asks something that fits one of the orders; None when too many wait already."""
    if db.session.scalar(select(func.count()).where(WorkItem.state == WAITING)) >= MOST_WAITING:
        return None
    talk = rng.choice(talks())
    customer, order = _somebody(talk)
    if customer is None:
        return None
    seed = secrets.token_hex(4)
    subject, first = rng.choice(talk.subjects), talk.lines[0].text
    words = [script.said(talk, text, seed, customer.name, "we", order) for text in (subject, first)]
    queue = queues.find_public(talk.topic)
    channel = "chat" if queue and queues.open_now(queue) and rng.random() < 0.7 else "form"
    try:
        return open_ticket(
            customer, subject=words[0], body=words[1], topic=talk.topic, channel=channel, client_id=client_id(talk, seed),
            language=talk.language, order=order,
        )
    except SwitchboardError:
        return None  # this one has asked too much today


def _somebody(talk: Talk) -> tuple[Person | None, Order | None]:
    """A customer whom the talk fits, with the order it is about."""
    people = select(Person).where(Person.role == "customer", Person.active, ~Person.email.in_(crew.PLAYED_BY_PEOPLE))
    if not talk.order:
        return db.session.scalar(people.order_by(func.random()).limit(1)), None
    query = select(Order).where(Order.person_id.in_(people.with_only_columns(Person.id))).options(*script.whole_order())
    for order in db.session.scalars(query.order_by(func.random()).limit(ORDERS_LOOKED_AT)):
        if story_of(order, today()) == talk.order and line_for(talk, order) is not None:
            return order.person, order
    return None, None


def _go_on(played: script.Played) -> None:
    """Answer after a while of thinking; the last word may be a judgement."""
    if not played.last_by_staff or not played.waited(6, 40):
        return
    customer, ticket = played.ticket.customer, played.ticket
    simulated = ticket.assignee_id in crew.simulated_ids()
    line = played.next_line() if simulated else played.next_of_customer()
    try:
        if line is not None and line.writer == "C" and ticket.state != "resolved":
            post(customer, ticket.id, played.words(line, "we"), f"said_{played.seed}_{played.said['C']}")
        elif ticket.state == "resolved" and int(played.seed, 16) % 2 and not _judged(ticket):
            rate(customer, ticket.id, rng.choice(SCORES))
    except SwitchboardError:
        pass  # an agent was faster, or the customer writes too much; there is a next step


def _judged(ticket: Ticket) -> bool:
    return db.session.scalar(select(Survey.id).where(Survey.ticket_id == ticket.id)) is not None
