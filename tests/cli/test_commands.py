"""The commands a person runs: backup and restore while it works, settings, access, serving a database that does not fit."""
import shutil
import sqlite3

import click
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from support.cli import listings
from support.commands import Command
from support.database import db, transaction
from support.people.person import Person
from tests import worlds
from wsgi import create_app


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=words)


def rename(app, name):
    with app.app_context(), transaction() as session:
        session.scalar(select(Person).where(Person.email == "maja@mail.example")).name = name


def name_in(app) -> str:
    with app.app_context():
        return db.session.scalar(select(Person.name).where(Person.email == "maja@mail.example"))


def test_a_backup_made_while_it_runs_brings_everything_back(app, run, tmp_path):
    copy = tmp_path / "copy.db"
    assert run("database", "backup", str(copy)).exit_code == 0
    rename(app, "Somebody Else")
    done = run("database", "restore", str(copy), "--yes")
    assert done.exit_code == 0, done.output
    assert name_in(app) == "Maja Lindqvist"
    kept = tmp_path / "switchboard.db.before-restore"
    assert sqlite3.connect(kept).execute("SELECT count(*) FROM person WHERE name = 'Somebody Else'").fetchone() == (1,)


def test_a_backup_holds_what_was_committed_while_others_write(app, run, tmp_path):
    with app.app_context(), transaction() as session:
        session.scalar(select(Person).where(Person.email == "maja@mail.example")).name = "Not Yet"
        session.flush()
        assert app.test_cli_runner().invoke(args=("database", "backup", str(tmp_path / "copy.db"))).exit_code == 0
    found = sqlite3.connect(tmp_path / "copy.db").execute("SELECT name FROM person WHERE email = 'maja@mail.example'").fetchone()
    assert found == ("Maja Lindqvist",)


def test_a_backup_replaces_nothing(run, tmp_path):
    target = tmp_path / "there.db"
    target.write_text("mine")
    done = run("database", "backup", str(target))
    assert done.exit_code == 1
    assert "already there" in done.output
    assert target.read_text() == "mine"


def test_something_else_than_a_copy_is_not_restored(app, run, tmp_path):
    wrong = tmp_path / "letter.txt"
    wrong.write_text("Dear Maja")
    done = run("database", "restore", str(wrong), "--yes")
    assert done.exit_code == 1
    assert "not a copy" in done.output
    assert name_in(app) == "Maja Lindqvist"


@pytest.mark.parametrize("settings", [{
    "metrics_token": "Zq-metrics", "mail_url": "smtp://user:Zq-mail@host:587", "files_url": "s3://KEY:Zq-files@s3.example.org/bucket",
    "embed_origins": ("https://shop.example",), "embed_secret": "Zq-embed" * 5,
}], indirect=True)
def test_settings_are_listed_without_secrets(app, run):
    listed = run("settings").output
    assert "SHOP_NAME=Tarn & Thistle" in listed and f"BASE_URL={app.config['SETTINGS'].base_url}" in listed
    assert app.config["SETTINGS"].secret_key not in listed and "Zq-" not in listed


def test_access_names_every_route_and_screen_with_its_roles(app, run):
    listed = run("access").output
    for rule in app.url_map.iter_rules():
        assert rule.rule in listed
    assert "screen     board" in listed


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_database_that_does_not_fit_is_not_served(app, run, command):
    with app.app_context(), transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM alembic_version")
    done = run(command)
    assert done.exit_code == 1
    assert "database upgrade" in done.output
    assert app.test_client().get("/readyz").status_code == 503


def test_the_demo_is_refused_on_a_database_that_is_not_empty(app, run, tmp_path):
    with app.app_context(), transaction() as session:
        session.connection().exec_driver_sql("UPDATE person SET email = 'x' || id || '@else.example'")
    done = run("demo")
    assert done.exit_code == 1
    assert "not empty" in done.output


NEEDS_NONE = {"settings": (), "access": ()}
USES_IT = {
    "serve": (), "work": (), "demo": (), "setup-code": (), "administrator": ("--name", "Sam", "--email", "sam@shop.example"), "database upgrade": (), "database revision": ("x",),
    "database backup": ("{folder}/copy.db",), "database restore": ("{folder}/whole.db", "--yes"), "backup": ("{folder}/whole",), "restore": ("{folder}", "--yes"), "figures orders": (), "import": ("orders", "{folder}/orders.csv", "--source", "old_shop"),
    "mappings": ("orders",), "classify train": (), "classify show": (), "classify ask": ("where is it",), "whatif": ("--day", "yesterday"), "export articles": ("{folder}/all.jsonl",),
}
NOWHERE = {"postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/nothing", "sqlite": "sqlite:///{folder}"}
ONLY_SQLITE = ("database backup", "database restore")


def leaves(group: click.Group, before: str = "") -> dict[str, click.Command]:
    found = {f"{before}{name}": command for name, command in group.commands.items()}
    return {way: leaf for name, command in found.items() for way, leaf in (leaves(command, f"{name} ") if isinstance(command, click.Group) else {name: command}).items()}


def test_all_commands_of_the_product_are_among_those_tried_here(app):
    ours = leaves(app.cli)
    assert set(ours) == {*NEEDS_NONE, *USES_IT}
    assert {name for name, command in ours.items() if not isinstance(command, Command)} == set()


@pytest.fixture
def given(world, tmp_path):
    """Arguments with which a command would have something to do."""
    (tmp_path / "orders.csv").write_text("order_number,quantity,title,unit_price,placed_at\n1,1,Lamp,3.5,2020-01-02\n")
    shutil.copyfile(tmp_path / "switchboard.db", tmp_path / "whole.db")
    return lambda words: [word.format(folder=tmp_path) for word in words]


@pytest.mark.parametrize("kind", NOWHERE)
@pytest.mark.parametrize("command", USES_IT)
def test_a_database_that_is_not_there_is_told_in_a_sentence(tmp_path, given, command, kind):
    nowhere = create_app(worlds.settings_for(tmp_path, database_url=NOWHERE[kind].format(folder=tmp_path)))
    done = nowhere.test_cli_runner().invoke(args=[*command.split(), *given(USES_IT[command])])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit), done.exception
    wanted = "This is for SQLite" if kind == "postgresql" and command in ONLY_SQLITE else "The backup was not made: " if command == "database backup" else "The database cannot be used: "
    assert done.output.startswith(f"Error: {wanted}")
    if wanted.startswith("The database"):
        assert ("connection failed" in done.output) == (kind == "postgresql") and done.output.endswith("name another one: DATA_DIR, DATABASE_URL.\n")


@pytest.mark.parametrize("command", sorted(set(USES_IT) - {"database upgrade", "database revision", "database backup", "database restore", "restore"}))
def test_an_empty_database_is_told_to_be_upgraded(tmp_path, given, command):
    empty = create_app(worlds.settings_for(tmp_path, database_url=f"sqlite:///{tmp_path}/empty.db"))
    done = empty.test_cli_runner().invoke(args=[*command.split(), *given(USES_IT[command])])
    assert done.exit_code == 1 and done.output == "Error: The database does not fit this version. Run: flask --app wsgi database upgrade\n"


@pytest.mark.parametrize("command", ["figures orders", "import"])
def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path, given, command):
    (tmp_path / "note.db").write_text("No database. " * 100)
    broken = create_app(worlds.settings_for(tmp_path, database_url=f"sqlite:///{tmp_path}/note.db", shop_languages=("de", "en")))
    done = broken.test_cli_runner().invoke(args=[*command.split(), *given(USES_IT[command])])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit), done.exception
    assert done.output.startswith("Error: Die Datenbank lässt sich nicht benutzen: file is not a database.") and done.output.count("\n") == 1


def test_a_wrong_statement_is_no_database_that_cannot_be_used(app, run, monkeypatch):
    monkeypatch.setattr(listings, "fields", lambda _settings: db.session.execute(text("SELECT nothing FROM person")))
    assert isinstance(run("settings").exception, OperationalError)
