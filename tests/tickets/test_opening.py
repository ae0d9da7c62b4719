"""A question becomes one ticket, however often its form arrives."""
from sqlalchemy import func, select

from support import people, tickets
from support.database import db
from support.events import Event
from tests.people.at_once import at_once


def test_of_six_copies_of_a_form_at_once_one_becomes_a_ticket(any_app):
    def send():
        maja = people.by_email("maja@mail.example")
        asked = {"subject": "Where is my tent?", "body": "It has not moved.", "topic": "orders", "channel": "form", "client_id": "the-same-form"}
        return tickets.open_ticket(maja, **asked).id

    made = at_once(any_app, *[send] * 6)
    assert len(set(made)) == 1 and made[0] is not None
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(tickets.Ticket).where(tickets.Ticket.client_id == "the-same-form")) == 1
        assert db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == "ticket.opened", Event.ticket_id == made[0])) == 1
