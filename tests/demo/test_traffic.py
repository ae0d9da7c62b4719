"""DEMO_TRAFFIC=1: people who do not exist use what real people use, and step aside for real ones."""
import random
from datetime import datetime

import pytest
from sqlalchemy import select

from support import demo, demo_traffic, jobs, relay
from support.database import db
from support.demo_traffic import agents, crew, customers
from support.people import sign_ins
from support.people.person import Person
from support.routing.models import Offer
from support.settings import Settings, SettingsError
from support.tickets import Message, Ticket
from tests.worlds import make_schema, settings_for
from wsgi import create_app

RIGHT_NOW = "2026-11-24T10:00:00+00:00"  # a Tuesday morning, the doors are open


@pytest.fixture
def busy_shop(tmp_path, clock, monkeypatch):
    """The demo shop with traffic, on a Tuesday morning; the dice fall alike each time."""
    for module in (agents, customers):
        monkeypatch.setattr(module, "rng", random.Random(1))
    clock.move((datetime.fromisoformat(RIGHT_NOW) - clock.now()).total_seconds())
    app = create_app(settings_for(tmp_path, mode="demo", demo_traffic=True, demo_traffic_per_minute=60))
    with app.app_context():
        make_schema(db.engine)
        demo.build("full")
        while relay.run_once():
            pass
        yield app
        db.session.rollback()
        db.engine.dispose()


def live(app, clock, steps: int) -> None:
    """Let a few seconds pass, so many times."""
    for _step in range(steps):
        clock.move(4)
        while relay.run_once():
            pass
        jobs.run_due(app)
        demo_traffic.step()


def test_customers_arrive_are_answered_by_trained_agents_and_go_content(busy_shop, clock):
    live(busy_shop, clock, 45)
    asked = list(db.session.scalars(select(Ticket).where(Ticket.client_id.startswith("traffic_"))))
    assert len(asked) >= 8
    assert any(ticket.state == "resolved" for ticket in asked)
    for ticket in asked:
        assert ticket.order is None or ticket.order.person_id == ticket.customer_id
        said = list(db.session.scalars(select(Message.created_at).where(Message.conversation_id == ticket.conversation.id).order_by(Message.desk_seq)))
        assert said == sorted(said)
    assert db.session.scalar(select(Offer.id).where(Offer.state == "accepted").order_by(Offer.id.desc())) is not None


def test_an_agent_whom_somebody_plays_is_left_alone(app):
    with app.app_context():
        tomasz = db.session.scalar(select(Person).where(Person.name == "Tomasz Wolny"))
        assert tomasz.id in crew.simulated_ids()
        sign_ins.begin(tomasz, "somebody's browser")
        assert tomasz.id not in crew.simulated_ids()


def test_nobody_joins_a_line_that_is_long_already(app, monkeypatch):
    monkeypatch.setattr(customers, "MOST_WAITING", 0)
    with app.app_context():
        assert customers.arrive() is None


def test_traffic_is_refused_outside_a_demo(tmp_path):
    with pytest.raises(SettingsError, match="DEMO_TRAFFIC"):
        Settings.from_env({}, mode="production", demo_traffic=True, data_dir=tmp_path, base_url="https://help.example.org")
    app = create_app(settings_for(tmp_path, mode="demo"))
    assert "demo traffic" not in app.extensions["jobs"]
