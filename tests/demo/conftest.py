"""The full demo world, built once for all tests of this folder, which only read it."""
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from support import clock, demo
from support.database import db
from tests import services
from tests.worlds import make_schema, settings_for
from wsgi import create_app

MOMENT = "2026-11-24T10:00:00+00:00"  # the same moment gives the same world


class Shop:
    """The application, what was built, and how many statements it took."""

    def __init__(self, app, world, statements: int):
        self.app, self.world, self.statements = app, world, statements


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The demo shop of this moment on SQLite, inside its application context."""
    yield from _built(settings_for(tmp_path_factory.mktemp("shop"), mode="demo"))


@pytest.fixture(scope="module")
def shop_on_postgresql(tmp_path_factory):
    uri = services.postgresql()
    services.execute(uri, "DROP DATABASE IF EXISTS demo_shop WITH (FORCE)")
    services.execute(uri, "CREATE DATABASE demo_shop")
    yield from _built(settings_for(tmp_path_factory.mktemp("shop"), mode="demo", database_url=services.sqlalchemy_url(uri, "demo_shop")))
    services.execute(uri, "DROP DATABASE IF EXISTS demo_shop WITH (FORCE)")


def _built(settings):
    clock.move((datetime.fromisoformat(MOMENT) - datetime.now(UTC)).total_seconds())
    app = create_app(settings)
    texts = []
    with app.app_context():
        make_schema(db.engine)
        event.listen(db.engine, "before_cursor_execute", lambda conn, cursor, text, *rest: texts.append(text))
        world = demo.build("full")
        yield Shop(app, world, len(texts))
        db.session.rollback()
        db.engine.dispose()
    clock.move(0)
