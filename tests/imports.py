"""Imports by command in tests, and what came of them."""
import csv
import json

import pytest
from sqlalchemy import func, select

from support.database import Base, db
from support.importing import ImportRun, importer_for
from support.orders import Order


@pytest.fixture
def imports():
    """`imports(app, "orders", path, "--dry-run")`: the command as a person runs it; fails the test unless `fails=True`."""

    def run(app, *words, fails: bool = False):
        done = app.test_cli_runner().invoke(args=["import", *map(str, words)])
        assert (done.exit_code != 0) == fails, done.output
        with app.app_context():
            unnamed = {noun for run in db.session.scalars(select(ImportRun)) for noun in run.things if noun not in importer_for(run.kind).things}
        assert unnamed == set(), "people have no words for these"
        return done.output

    return run


@pytest.fixture
def figures():
    """`figures(app, "--source", "x")`: what `figures orders` says, by the beginning of the part's title, then by name."""

    def ask(app, *words) -> dict:
        done = app.test_cli_runner().invoke(args=["figures", "orders", "--json", *words])
        assert done.exit_code == 0, done.output
        return {part["part"].split(":")[0].split(" at ")[0]: {f["name"]: f["value"] for f in part["figures"]} for part in json.loads(done.stdout)}

    return ask


@pytest.fixture
def rejected():
    """The rejects of the last run: line to reason."""

    def read(app) -> dict[int, str]:
        run = last_run(app)
        with app.app_context():
            if not run.rejects_path.exists():
                return {}
            with open(run.rejects_path, newline="", encoding="utf8") as file:
                return {int(row["line"]): row["reason"] for row in csv.DictReader(file)}

    return read


def last_run(app) -> ImportRun:
    with app.app_context():
        found = db.session.scalar(select(ImportRun).order_by(ImportRun.id.desc()).limit(1))
        db.session.expunge(found)
        return found


def order_of(app, number: str) -> Order:
    """An order with its lines, to look at."""
    with app.app_context():
        found = db.session.scalar(select(Order).where(Order.number == number))
        assert found is not None, f"there is no order {number}"
        for line in found.lines:
            _loaded = line.product
        _loaded = found.person, [parcel.contents for parcel in found.parcels]
        db.session.expunge_all()
        return found


def everything(app) -> dict[str, int]:
    """How many rows each table has, without the history of imports itself."""
    with app.app_context():
        tables = [table for table in Base.metadata.sorted_tables if table.name not in ("import_run", "import_mapping")]
        return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}
