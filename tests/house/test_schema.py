"""Migrations and models say the same, on both databases."""
import json

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select, text

import migrations
from support.database import Base, db
from support.importing.reading import Layout
from support.importing.runs import ImportRun

pytestmark = pytest.mark.both_stores


@pytest.fixture
def engine(app):
    """The application's database, emptied and then made by the migrations alone."""
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        migrations.upgrade(db.engine)
        yield db.engine


def test_every_model_has_its_migration(engine, store):
    assert engine.dialect.name == store
    assert ScriptDirectory.from_config(migrations.configuration()).get_heads(), "there is no migration yet"
    assert migrations.differences(engine) == []


def rows(engine) -> dict[str, list[tuple]]:
    with engine.connect() as connection:
        return {table.name: [tuple(row) for row in connection.execute(table.select())] for table in Base.metadata.sorted_tables}


def test_the_rows_that_the_program_counts_on_are_there_from_the_start(engine):
    from_models = create_engine("sqlite://")
    Base.metadata.create_all(from_models)
    assert rows(engine) == rows(from_models)


def test_upgrading_twice_changes_nothing(engine):
    assert migrations.is_current(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)


def test_a_forgotten_column_is_seen(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_over (id INTEGER PRIMARY KEY)"))
    found = migrations.differences(engine)
    assert [change[0] for change in found] == ["remove_table"]


def test_tables_of_full_text_search_are_left_alone(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE article_fts (id INTEGER PRIMARY KEY)"))
    assert migrations.differences(engine) == []


def test_an_import_that_began_before_its_layout_had_that_name_can_go_on(engine):
    old = {"kind": "csv", "encoding": "utf-8", "separator": ";", "header": ["order_number"]}
    columns = "kind, source, file_name, path, sha256, size, rows, mapping, dry, state, position, created, changed, unchanged, rejected, left_out, rejects_bytes, stop_asked, taken_from"
    values = "'orders', 'old', 'a.csv', 'a.csv', '', 1, 1, '', false, 'draft', 0, 0, 0, 0, 0, 0, 0, false, 0"
    command.downgrade(migrations.configuration(engine), "20261126_ticket_origin")
    with engine.begin() as connection:
        given = {"old": json.dumps(old), "things": "{}", "at": "2026-11-26 10:00:00"}
        connection.execute(text(f"INSERT INTO import_run ({columns}, form, things, made_at) VALUES ({values}, :old, :things, :at)"), given)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        run = connection.execute(select(ImportRun.__table__.c.layout)).scalar()
    assert Layout.from_json(run) == Layout("csv", "utf-8", ";", ("order_number",))
