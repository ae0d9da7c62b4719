"""The shop of the access matrix: the cast, with objects of maja's that carry words found nowhere else.

Built once per process into one SQLite file; every role gets a copy, and the copy is put back after each change.
"""
import hashlib
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from support import clock
from support.database import db
from tests.access.furnishing import Furnishing
from tests.worlds import SHIFT, World, settings_for
from wsgi import create_app

_built: dict[str, "Shop"] = {}


@dataclass(frozen=True)
class Shop:
    """The finished file, the ids of the cast, and the things that rows of the matrix name."""

    file: Path
    finished: float
    cast: dict[str, int]
    things: dict[str, object]

    def copy_to(self, folder: Path) -> str:
        """Lay the database and the files people sent into a data folder; the address of that database."""
        shutil.copyfile(self.file, folder / "switchboard.db")
        shutil.copytree(self.file.parent / "files", folder / "files")
        return f"sqlite:///{folder / 'switchboard.db'}"


class Visit:
    """One role in its own copy of the shop: `request`, and `digest` of everything that is stored."""

    def __init__(self, shop: Shop, role: str, folder: Path):
        self.role, self.shop, self.path = role, shop, folder / "switchboard.db"
        shop.copy_to(folder)
        self._reader = sqlite3.connect(self.path)
        self.app = create_app(settings_for(folder, database_url=f"sqlite:///{self.path}", embed_origins=("https://shop.example",), embed_secret="e" * 40))
        self.app.extensions["cast"] = shop.cast
        self.token = shop.things["tokens"].get(role)
        self._mark, self._start = self._version(), self.digest()

    def client(self):
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        if self.token:
            client.set_cookie("switchboard", self.token)
        return client

    def begin(self) -> None:
        """A cell of the matrix begins: at the instant the shop was finished, so offers still ring, and slowed by no cell before."""
        clock.move(SHIFT - (time.time() - self.shop.finished))
        self.app.extensions["limits"]["limiter"].storage.reset()

    def changed(self) -> set[str]:
        """The tables that are not as they were when the cell began; the time a sign-in was last seen does not count."""
        if self._version() == self._mark:
            return set()  # nobody has committed anything
        now_ = self.digest()
        return {name for name in now_.keys() | self._start.keys() if now_.get(name) != self._start.get(name)}

    def restore(self) -> None:
        """Put everything stored back to how the shop was."""
        if self._version() == self._mark:
            return
        self._reader.close()
        with self.app.app_context():
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.shop.file, self.path)
        self._reader = sqlite3.connect(self.path)
        self._mark = self._version()

    def digest(self) -> dict[str, str]:
        """A fingerprint of each table."""
        names = [name for (name,) in self._reader.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: _fingerprint(self._reader, name) for name in names}

    def close(self) -> None:
        self._reader.close()
        clock.move(SHIFT)
        with self.app.app_context():
            db.engine.dispose()

    def _version(self) -> int:
        """Changes whenever anybody else has committed."""
        return self._reader.execute("PRAGMA data_version").fetchone()[0]


def _fingerprint(connection, table: str) -> str:
    columns = [f'"{row[1]}"' for row in connection.execute(f'PRAGMA table_info("{table}")') if (table, row[1]) != ("sign_in", "seen_at")]
    rows = connection.execute(f'SELECT {", ".join(columns)} FROM "{table}"')
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


def shop(folder: Path) -> Shop:
    """The shop of this process."""
    if "shop" not in _built:
        home = folder.parent / f"shop-{folder.name}"
        home.mkdir()
        _built["shop"] = _build(home)
    return _built["shop"]


def _build(home: Path) -> Shop:
    world = World("sqlite", home)
    app = create_app(settings_for(home, database_url=world.url))
    clock.move(SHIFT)
    with app.app_context():
        things = Furnishing(app, world.cast).furnish()
        db.session.rollback()
        with db.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return Shop(home / "switchboard.db", time.time(), world.cast, things)
