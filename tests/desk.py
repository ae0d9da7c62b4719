"""A question on its way to a desk: what the tests of the desk have in common."""
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from support import calendars, orders, routing, tickets
from support.clock import now
from support.database import db, transaction
from support.people.person import Person
from support.routing.models import Offer, Queue, WorkItem
from tests.recovery.caller import until
from tests.worlds import SHIFT


class Desk:
    """The shop in its opening hours: customers ask, agents come, the router offers."""

    def __init__(self, app, settle, client_of):
        self.app, self._settle, self.client_of = app, settle, client_of

    def person(self, key: str) -> Person:
        return db.session.get(Person, self.app.extensions["cast"][key])

    def opens(self, clock) -> None:
        """Move the clock to where the queues stay open for an hour."""
        with self.app.app_context():
            hours, at = calendars.default_calendar().hours(), now()
            until = hours.open_until(at)
            if until is None or until - at < timedelta(hours=1):
                clock.move((hours.next_opening(until or at) + timedelta(minutes=30) - at).total_seconds())

    def rings_for(self, seconds: int) -> None:
        """How long offers ring from now on: for a browser on a busy machine half a minute may be over before its page stands there."""
        with self.app.app_context(), transaction() as session:
            session.execute(update(Queue).values(ring_seconds=seconds))

    def ask(self, key="maja", *, subject="Tent parcel has not moved", body="Where is my tent?", topic="orders", channel="chat", order=None, **more) -> int:
        """A customer's question; its ticket id."""
        with self.app.app_context():
            customer = self.person(key)
            found = orders.find(customer, order) if order else None
            more.setdefault("client_id", f"question-{now().timestamp()}".replace(".", "-"))
            return tickets.open_ticket(customer, subject=subject, body=body, topic=topic, channel=channel, order=found, **more).id

    def comes(self, key: str, chosen="available") -> None:
        with self.app.app_context():
            routing.choose_presence(self.person(key), chosen)

    def settle(self) -> None:
        self._settle(self.app)

    def offered_to(self, key: str) -> Offer | None:
        with self.app.app_context():
            return db.session.scalar(select(Offer).where(Offer.agent_id == self.person(key).id, Offer.state == "live"))

    def ringing(self, key: str = "ines", **question) -> tuple[int, int]:
        """A question that rings at an agent's desk: (ticket id, offer id)."""
        ticket_id = self.ask(**question)
        self.comes(key)
        self.settle()
        # A server that runs beside may be the one that makes the offer.
        return ticket_id, until(lambda: self.offered_to(key), f"it rings at the desk of {key}").id

    def taken(self, key: str = "ines", **question) -> int:
        """A question the agent has accepted; its ticket id."""
        ticket_id, offer_id = self.ringing(key, **question)
        with self.app.app_context():
            routing.accept(self.person(key), offer_id)
        self.settle()
        return ticket_id

    def customer_writes(self, ticket_id: int, body: str, key="maja", client_id="customer-words-1") -> None:
        with self.app.app_context():
            tickets.post(self.person(key), ticket_id, body, client_id)

    def ticket(self, ticket_id: int) -> tickets.Ticket:
        with self.app.app_context():
            return tickets.find(self.person("hanna"), ticket_id)

    def words(self, ticket_id: int, key="hanna") -> list[str]:
        """What a person may read in the conversation."""
        with self.app.app_context():
            person = self.person(key)
            return [message.body for message in tickets.newer(person, ticket_id)[1]]

    def disposition(self, name="Carrier delay") -> int:
        with self.app.app_context(), transaction() as session:
            code = tickets.Disposition(code=name.lower().replace(" ", "_"), name=name)
            session.add(code)
            session.flush()
            return code.id

    def work_item(self, ticket_id: int) -> WorkItem:
        with self.app.app_context():
            return db.session.scalar(select(WorkItem).where(WorkItem.ticket_id == ticket_id).order_by(WorkItem.id.desc()))


@pytest.fixture
def live_desk(live_default, settle, client_of, clock):
    """The desk of a real server, whose clock goes with the test's."""
    found = Desk(live_default.app, settle, client_of)
    found.opens(clock)
    found.rings_for(120)
    live_default.move_clock(clock.by - SHIFT)
    return found


@pytest.fixture
def desk(app, settle, client_of, clock):
    """The desk in opening hours, so that queues are open whenever the tests run."""
    found = Desk(app, settle, client_of)
    found.opens(clock)
    return found
