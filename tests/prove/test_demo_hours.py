"""The demo shop can be built at any hour, also when the doors have been closed for days."""
from datetime import UTC, datetime, timedelta

import pytest

from support import clock, demo
from support.database import db
from tests.worlds import make_schema, settings_for
from wsgi import create_app


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
