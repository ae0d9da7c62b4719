"""What is kept in memory is never older than it may be, in one process and in several."""
from contextlib import ExitStack

import pytest

from support import kept, relay, routing
from support.database import db, transaction
from support.events import head
from support.people.person import Person
from support.routing.models import Queue
from wsgi import create_app


def names(app) -> set[str]:
    with app.app_context():
        return {queue.name for queue in routing.queues.active()}


def add(app, name: str) -> None:
    with app.app_context():
        routing.queues.add_queue(db.session.get(Person, app.extensions["cast"]["arno"]), {"name": name})


@pytest.fixture
def other(any_app, settings):
    """Another process on the same database."""
    application = create_app(settings)
    yield application
    with application.app_context():
        db.engine.dispose()


def test_a_process_sees_its_own_change_at_once_also_one_without_an_event(any_app):
    names(any_app)
    add(any_app, "Repairs")
    assert "Repairs" in names(any_app)
    with any_app.app_context(), transaction() as session:
        session.add(Queue(slug="loans", name="Loans"))
    assert "Loans" in names(any_app)


def test_whoever_has_read_the_head_of_the_log_sees_nothing_older(any_app, other, monkeypatch):
    monkeypatch.setattr(kept, "TRUSTED_SECONDS", 600.0)
    names(other)
    add(any_app, "Repairs")
    assert "Repairs" not in names(other), "else this proves nothing"
    with any_app.app_context():
        relay.run_once()
    with other.app_context():
        head()
        assert "Repairs" in {queue.name for queue in routing.queues.active()}


def test_another_process_sees_it_after_its_events_or_after_a_second(any_app, other, monkeypatch):
    with other.app_context():
        relay.catch_up()
    names(other)
    add(any_app, "Repairs")
    with any_app.app_context():
        relay.run_once()
    with other.app_context():
        relay.catch_up()
    assert "Repairs" in names(other)
    add(any_app, "Loans")
    monkeypatch.setattr(kept, "TRUSTED_SECONDS", 0.0)
    assert "Loans" in names(other)


def test_inside_a_transaction_it_comes_from_the_database(any_app, other, monkeypatch):
    monkeypatch.setattr(kept, "TRUSTED_SECONDS", 600.0)
    names(other)
    add(any_app, "Repairs")
    with other.app_context(), transaction():
        assert "Repairs" in {queue.name for queue in routing.queues.active()}


def test_it_is_read_also_while_every_connection_is_in_use(any_app, monkeypatch):
    """As many requests as there are connections hold one each and wait for what one of them reads."""
    monkeypatch.setattr(kept, "TRUSTED_SECONDS", 0.0)
    with any_app.app_context(), ExitStack() as held:
        pool = db.engine.pool
        for _connection in range(pool.size() + pool._max_overflow):
            held.enter_context(db.engine.connect())
        assert "Orders" in {queue.name for queue in routing.queues.active()}
