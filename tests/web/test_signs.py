"""Signs of life of customers in a chat line: a socket, a script that fetches, a page without either; on both databases, one round."""
import pytest
from sqlalchemy import select

from support import contact
from support.clock import now
from support.database import db
from support.people.person import Person
from support.routing import leaving, sweep
from support.routing.models import WorkItem
from support.web import signs


@pytest.fixture
def ticket(any_app):
    with any_app.app_context():
        maja = db.session.get(Person, any_app.extensions["cast"]["maja"])
        found = contact.ask(maja, subject="Tent", body="Where is it?", topic="orders", channel="chat", client_id="signs-of-life-1").id
        sweep()
        return found


def round_of(app) -> bool:
    """One round; whether the chat's page is known to give signs of life."""
    signs.make_round(app, leaving.Watch())
    with app.app_context():
        return db.session.scalar(select(WorkItem.seen_at)) is not None


def test_pages_that_fetch_count_as_there_and_pages_that_do_not_are_not_missed(any_app, client_of, ticket):
    maja = client_of(any_app, "maja")
    maja.get(f"/questions/{ticket}")
    assert not round_of(any_app), "opened, and nothing is known of its script"
    for piece in ("status", "messages"):
        maja.get(f"/questions/{ticket}/{piece}")
        assert round_of(any_app)
        maja.get(f"/questions/{ticket}")
        assert not round_of(any_app), "opened anew, perhaps elsewhere"


def test_an_open_socket_counts_as_there(any_app, client_of, ticket, clock):
    tab = any_app.extensions["live"].io.test_client(any_app, flask_test_client=client_of(any_app, "maja"))
    assert tab.emit("join", {"screen": f"place:{ticket}"}, callback=True)["ok"]
    for _minute in range(10):
        assert round_of(any_app)
        clock.move(100)
        with any_app.app_context():
            assert leaving.gone(now()) == []
    tab.disconnect()
    clock.move(200)
    round_of(any_app)
    with any_app.app_context():
        assert len(leaving.gone(now())) == 1


def test_staff_who_look_are_no_sign_of_the_customer(any_app, client_of, ticket):
    client_of(any_app, "hanna").get(f"/tickets/{ticket}")
    assert not round_of(any_app)
