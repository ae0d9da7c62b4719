"""Databases with the cast in them: built once per process and store, then copied for each test."""
import shutil
import uuid
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from alembic.script import ScriptDirectory

import migrations
from support import clock, demo, relay
from support.database import Base, db
from support.settings import Settings
from tests import compiled, services
from wsgi import create_app

ADDRESS = "http://localhost"


def _shift() -> float:
    """Seconds from real time to ten o'clock of a plain working day ahead: no test may depend on when it runs."""
    zone = ZoneInfo("Europe/Berlin")
    real = datetime.now(zone)
    closed = holidays.country_holidays("DE")
    day = next(day for ahead in range(30) if (day := real.date() + timedelta(days=ahead)).weekday() in (1, 2, 3) and day not in closed)
    return datetime.combine(day, time(10), zone).timestamp() - real.timestamp()


SHIFT = _shift()
_built: dict[str, tuple[str, dict[str, int]]] = {}


def settings_for(folder: Path, **values) -> Settings:
    """Settings of a test: nothing from the environment, everything in the folder, the shop of the demo."""
    return Settings.from_env({}, **{
        "mode": "test", "data_dir": folder, "secret_key": "k" * 40, "base_url": ADDRESS, "async_mode": "threading",
        "shop_name": "Tarn & Thistle", "log_level": "WARNING", "mail_url": "folder:", **values,
    })


def application(settings: Settings):
    """The application as tests use it."""
    compiled.share_routes()
    app = create_app(settings)
    compiled.share(app)
    return app


class World:
    """One copy of the cast's database: `url`, `cast` (key to id) and `drop()` when the test is over."""

    def __init__(self, store: str, folder: Path):
        self.store, self.folder = store, folder
        self._template, self.cast = _template(store, folder)
        copy = _copy_sqlite if store == "sqlite" else _copy_postgresql
        self.url, self.drop = copy(self._template, folder)


def _copy_sqlite(template: str, folder: Path):
    path = folder / "switchboard.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}", lambda: None


def _copy_postgresql(template: str, folder: Path):
    uri, name = services.postgresql(), f"t_{uuid.uuid4().hex[:12]}"
    services.execute(uri, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return services.sqlalchemy_url(uri, name), lambda: services.execute(uri, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _template(store: str, folder: Path) -> tuple[str, dict[str, int]]:
    """The template of this process: a file for SQLite, a database's name for PostgreSQL. It must outlive the test, so it lies beside its folder."""
    if store not in _built:
        home = folder.parent / f"template-{store}-{uuid.uuid4().hex[:6]}"
        home.mkdir()
        if store == "sqlite":
            name = str(home / "template.db")
            url = f"sqlite:///{name}"
        else:
            uri, name = services.postgresql(), f"template_{uuid.uuid4().hex[:8]}"
            services.execute(uri, f"CREATE DATABASE {name}")
            url = services.sqlalchemy_url(uri, name)
        _built[store] = (name, build_cast(settings_for(home, database_url=url)))
    return _built[store]


def build_cast(settings: Settings) -> dict[str, int]:
    """Make the tables and the cast in an empty database; returns the ids of the people by key."""
    app = application(settings)
    clock.move(SHIFT)
    with app.app_context():
        make_schema(db.engine)
        world = demo.build("cast")
        cast = {key: person.id for key, person in world.people.items()}
        db.session.rollback()
        while relay.run_once():  # what happened before a test has its place in the log, and nobody waits for it
            pass
        if settings.on_sqlite:
            with db.engine.connect() as connection:  # the copy takes one file, so the log must be in it
                connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return cast


def make_schema(engine) -> None:
    """As in a real installation: by the migrations."""
    if ScriptDirectory.from_config(migrations.configuration()).get_heads():
        migrations.upgrade(engine)
        return
    Base.metadata.create_all(engine)  # only until the first migration is written
