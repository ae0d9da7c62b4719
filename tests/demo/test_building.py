"""When and where the demo shop can be built: at any hour, and only in an empty database."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from support import clock, demo
from support.database import db
from support.people.person import Person
from tests.worlds import make_schema, settings_for
from wsgi import create_app


def test_the_command_refuses_a_database_that_is_not_empty(tmp_path):
    app = create_app(settings_for(tmp_path, mode="demo"))
    with app.app_context():
        make_schema(db.engine)
        db.session.add(Person(role="customer", name="Somebody Real", email="somebody@example.org"))
        db.session.commit()
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code != 0 and "not empty" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 1
        db.engine.dispose()


@pytest.mark.parametrize("moment", ["2026-11-29T02:30", "2026-12-27T22:10"], ids=["sunday night", "after christmas"])
def test_it_can_be_built_at_any_hour(tmp_path, moment):
    clock.move((datetime.fromisoformat(moment).replace(tzinfo=UTC) - datetime.now(UTC)) / timedelta(seconds=1))
    app = create_app(settings_for(tmp_path, mode="demo"))
    try:
        with app.app_context():
            make_schema(db.engine)
            world = demo.build("full")
            states_seen = {one.ticket.state for one in world.tickets}
            db.session.rollback()
            db.engine.dispose()
    finally:
        clock.move(0)
    assert states_seen >= {"new", "open", "pending", "on_hold", "closed"}
