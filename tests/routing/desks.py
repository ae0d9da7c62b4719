"""What the tests of the router say in short: somebody asks, people sit down, events flow, who was offered what.

They run on both databases, with a clock that stands still until the test moves it: a slow machine changes nothing. The shop is open round
the clock in them unless a test says otherwise.
"""
import uuid
from datetime import datetime

import pytest
from sqlalchemy import select

from support import clock, jobs, relay, routing
from support.calendars import Calendar
from support.database import db, transaction
from support.people.person import Person
from support.routing.models import LIVE, Offer, WorkItem
from support.tickets import open_ticket
from support.tickets.models import Disposition, Ticket

ALWAYS = {str(day): [["00:00", "00:00"]] for day in range(7)}


class Desks:
    """One application; everything runs in a context of its own, as a request would."""

    def __init__(self, app):
        self.app = app
        self.cast = app.extensions["cast"]

    def person(self, key: str) -> Person:
        return db.session.get(Person, self.cast[key])

    def key(self, person_id: int | None) -> str | None:
        return next((key for key, cast_id in self.cast.items() if cast_id == person_id), None)

    def ask(self, key: str = "maja", topic: str = "orders", channel: str = "chat", language: str = "en") -> int:
        """A customer asks; returns the ticket's id."""
        with self.app.app_context():
            ticket = open_ticket(
                self.person(key), subject="Where is my tent", body="It has not moved since Saturday.", topic=topic, channel=channel,
                client_id=uuid.uuid4().hex, language=language,
            )
            return ticket.id

    def sit(self, *keys: str, chosen: str = "available") -> None:
        with self.app.app_context():
            for key in keys:
                routing.choose_presence(self.person(key), chosen)
        self.flow()

    def flow(self) -> None:
        """Deliver all events and run the timed work that is due."""
        with self.app.app_context():
            for _round in range(200):
                if not relay.run_once() + jobs.run_due(self.app):
                    return
        raise AssertionError("the router keeps itself busy")

    def sweep(self) -> None:
        with self.app.app_context():
            routing.sweep()
        self.flow()

    def offer(self, ticket_id: int) -> tuple[int, str] | None:
        """The live offer of a ticket: (id, who)."""
        with self.app.app_context():
            query = select(Offer).join(WorkItem, WorkItem.id == Offer.work_item_id).where(WorkItem.ticket_id == ticket_id, Offer.state == LIVE)
            offer = db.session.scalar(query)
            return offer and (offer.id, self.key(offer.agent_id))

    def rings_at(self, ticket_id: int) -> str | None:
        offer = self.offer(ticket_id)
        return offer and offer[1]

    def history(self, ticket_id: int) -> list[tuple[str, str]]:
        """[(who, what became of it)] of all offers of a ticket."""
        with self.app.app_context():
            query = select(Offer).join(WorkItem, WorkItem.id == Offer.work_item_id).where(WorkItem.ticket_id == ticket_id).order_by(Offer.id)
            return [(self.key(offer.agent_id), offer.state) for offer in db.session.scalars(query)]

    def item(self, ticket_id: int) -> WorkItem:
        with self.app.app_context():
            item = db.session.scalar(select(WorkItem).where(WorkItem.ticket_id == ticket_id).order_by(WorkItem.id.desc()).limit(1))
            db.session.expunge(item)
            return item

    def ticket(self, ticket_id: int) -> Ticket:
        with self.app.app_context():
            ticket = db.session.get(Ticket, ticket_id)
            db.session.expunge(ticket)
            return ticket

    def accept(self, ticket_id: int) -> str:
        """Whoever it rings at accepts; returns who."""
        offer_id, key = self.offer(ticket_id)
        with self.app.app_context():
            routing.accept(self.person(key), offer_id)
        self.flow()
        return key

    def decline(self, ticket_id: int) -> str:
        offer_id, key = self.offer(ticket_id)
        with self.app.app_context():
            routing.decline(self.person(key), offer_id, "busy")
        self.flow()
        return key

    def disposition(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(Disposition.id).where(Disposition.active).limit(1))

    def shown(self, key: str) -> str:
        with self.app.app_context():
            return next(row.shown for row in routing.board().agents if row.person_id == self.cast[key])


@pytest.fixture
def standing_clock(monkeypatch):
    """`support.clock` sees one instant; `clock.move(seconds)` of the test still moves it."""
    instant = datetime.now(clock.UTC)

    class Standing(datetime):
        @classmethod
        def now(cls, tz=None):
            return instant

    monkeypatch.setattr(clock, "datetime", Standing)


@pytest.fixture
def desks(any_app, standing_clock):
    return open_round_the_clock(any_app)


def open_round_the_clock(app) -> Desks:
    with app.app_context(), transaction() as session:
        for calendar in session.query(Calendar):
            calendar.week, calendar.country, calendar.closed_days = ALWAYS, "", {}
    return Desks(app)
