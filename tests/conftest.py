"""What every test may ask for. Start with `app`, or `any_app` when storage, routing or live updates are tested."""
import gc
import io
from contextlib import contextmanager

import hypothesis
import pytest
import structlog
from sqlalchemy import event, select

from support import clock as product_clock
from support import jobs, kept, relay
from support.database import db
from support.events import Delivery
from support.people import sign_ins
from support.people.person import Person
from tests import services, worlds
from tests.desk import desk, live_desk  # noqa: F401  fixtures
from tests.imports import figures, imports, rejected  # noqa: F401  fixtures
from tests.pages import browser, new_page, playwright  # noqa: F401  fixtures
from tests.routing.desks import desks, standing_clock  # noqa: F401  fixtures
from tests.servers import live, live_default, live_grown  # noqa: F401  fixtures
from tests.worlds import SHIFT, World, settings_for

# How long a machine takes to make an example or to try it says nothing about the product.
hypothesis.settings.register_profile("tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        services.use_memory()
        services.open_folder()


def pytest_collection_finish(session):
    """As gunicorn's workers do: what was imported stays, and the collector need not walk over it in every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        services.close_folder()


def pytest_generate_tests(metafunc):
    """A test marked `both_stores`, or that asks for `any_app`, runs on both databases."""
    if "store" not in metafunc.fixturenames:
        return
    if "any_app" in metafunc.fixturenames or metafunc.definition.get_closest_marker("both_stores"):
        metafunc.parametrize("store", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def store(request) -> str:
    """`sqlite`; for tests on both stores also `postgresql`."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def world(store, tmp_path):
    """A database of this test with the cast in it: `.url`, `.cast`, `.store`."""
    copy = World(store, tmp_path)
    yield copy
    copy.drop()


@pytest.fixture
def settings(world, tmp_path, request):
    """Settings of this test; `@pytest.mark.parametrize("settings", [{"max_sockets": 2}], indirect=True)` changes some."""
    return settings_for(tmp_path, database_url=world.url, **getattr(request, "param", {}))


@pytest.fixture
def app(world, settings):
    """The application on its own database, with the cast, without background threads (see `settle`)."""
    application = worlds.application(settings)
    product_clock.move(SHIFT)
    application.extensions["cast"] = world.cast
    with application.app_context():
        assert db.engine.dialect.name == world.store
        relay.catch_up()  # from here on `settle` brings everything to the followers in memory
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def any_app(app):
    """Like `app`, but the test runs twice: on SQLite and on PostgreSQL."""
    return app


@pytest.fixture
def clock():
    """`clock.move(seconds)` moves the product's clock from where it stands; put right before and after the test, since tests of the demo move it elsewhere."""
    product_clock.move(SHIFT)
    yield MovedClock()
    product_clock.move(SHIFT)


class MovedClock:
    """Time of this process: ten o'clock of a working day, from which only the test moves it."""

    def __init__(self):
        self.by = SHIFT

    def move(self, seconds: float) -> None:
        self.by += seconds
        product_clock.move(self.by)

    def now(self):
        return product_clock.now()


@pytest.fixture
def client_of():
    """`client_of(app, "maja")`: a client signed in as one of the cast, `client_of(app)` one of nobody."""
    return _client_of


def _client_of(app, key=None):
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    if key is not None:
        client.set_cookie(cookie_name(app), token_of(app, key))
    return client


def token_of(app, key: str) -> str:
    """The token of a new sign-in of one of the cast, made as the product makes it, without a password."""
    with app.app_context():
        return sign_ins.begin(db.session.get(Person, app.extensions["cast"][key]), device="test")[1]


def cookie_name(app) -> str:
    return "__Host-switchboard" if app.config["SETTINGS"].secure else "switchboard"


@pytest.fixture
def person():
    """`person(app, "ines")`: one of the cast, to read from; detached, so load relations yourself."""

    def find(app, key: str) -> Person:
        with app.app_context():
            found = db.session.get(Person, app.extensions["cast"][key])
            db.session.expunge(found)
            return found

    return find


@pytest.fixture
def settle():
    """`settle(app)`: deliver all events and run all due work until nothing is left.

    A listener or a job that failed fails the test, unless `settle(app, failures=True)` says that it is meant to.
    """
    return _settle


def _settle(app, failures: bool = False) -> None:
    with app.app_context():
        for _round in range(500):
            if not relay.run_once() + relay.catch_up() + jobs.run_due(app):
                break
        else:
            raise AssertionError("after 500 rounds there is still work: a listener or a job makes work for itself")
        failed = [
            *db.session.execute(select(Delivery.listener, Delivery.error).where(Delivery.error.is_not(None), Delivery.state == "due")),
            *db.session.execute(select(jobs.Job.name, jobs.Job.error).where(jobs.Job.error.is_not(None))),
        ]
    assert failures or not failed, f"these failed while settling (see the log above): {[tuple(row) for row in failed]}"


@pytest.fixture
def count_statements():
    """`with count_statements(app) as count: …; count.total`, and `count.texts` to see which."""
    return _count_statements


class Count:
    """SQL statements that were sent, without BEGIN, COMMIT, SAVEPOINT and PRAGMA."""

    def __init__(self):
        self.texts: list[str] = []

    @property
    def total(self) -> int:
        return len(self.texts)


@contextmanager
def _count_statements(app):
    count = Count()

    def note(connection, cursor, statement, parameters, context, many):
        if not statement.lstrip().upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            count.texts.append(statement)

    with app.app_context():
        engines = list(db.engines.values())
        relay.catch_up()  # what is kept in memory is fresh, so that no count depends on how long ago it was looked at
    trusted, kept.TRUSTED_SECONDS = kept.TRUSTED_SECONDS, 3_600.0  # on a slow machine a page may take longer than what is kept is trusted
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
        kept.TRUSTED_SECONDS = trusted


@pytest.fixture
def log(app):
    """`log()`: all that the product has logged so far in this test, as it would stand in the file."""
    before, written = structlog.get_config(), io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    yield written.getvalue
    structlog.configure(**before)
