"""An installation that nobody has set up yet."""
import uuid

import pytest

from support import first_run
from support.database import db
from tests import services, worlds
from tests.worlds import settings_for

FORM = {
    "administrator_name": "Edda Brandt", "email": "edda@kettle.example", "password": "four odd green boats", "shop_name": "Kettle & Leaf", "zone": "Europe/Vienna",
    "country": "AT", "language": "en", "currency": "EUR", "day_0": "09:00-17:00", "queue_name": "Questions", "queue_topic": "", "queue_skill": "Tea",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """An installation right after `flask database upgrade`."""
    url = ""
    if request.param == "postgresql":
        uri, name = services.postgresql(), f"empty_{uuid.uuid4().hex[:12]}"
        services.execute(uri, f"CREATE DATABASE {name}")
        url = services.sqlalchemy_url(uri, name)
    settings = settings_for(tmp_path, database_url=url or f"sqlite:///{tmp_path / 'empty.db'}")
    object.__setattr__(settings, "given", settings.given - {"shop_name"})
    app = worlds.application(settings)
    with app.app_context():
        worlds.make_schema(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()
    if url:
        services.execute(uri, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def form(app, **changes) -> dict:
    with app.app_context():
        return {**FORM, "code": first_run.code(), **changes}
