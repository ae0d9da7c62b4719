"""FLT-20: the schema is changed while people work (PostgreSQL). Nobody waits long for a lock, nobody sees an error, and a migration that fails leaves nothing."""
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import migrations
from support.database import db
from tests.recovery.caller import until
from tests.recovery.crowd import Crowd
from tests.recovery.flow import WITHOUT_LIMITS
from tests.recovery.test_stopping import all_is_delivered, nothing_was_lost_or_doubled
from tests.servers import grown_size

HELD = 15  # seconds in which somebody, say who makes a report, keeps the table from being changed
LONGEST = 10  # seconds a request may take meanwhile: 2 for the lock, the rest for a busy machine
GROWS = """
    op.add_column("message", sa.Column("mood", sa.String(20), server_default="calm", nullable=False))
    op.execute("UPDATE message SET mood = 'brisk' WHERE seq > 1")
    op.create_index("ix_message_mood", "message", ["mood"])
    op.create_table("mood", sa.Column("id", sa.Integer, primary_key=True), sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id")))
"""
FAILS = GROWS.replace("mood", "tone") + """
    op.execute("UPDATE message SET tone = NULL")
"""


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """`next_version("name", statements)`: one more migration, as a new version of the program brings it."""
    folder, known = tmp_path / "versions", migrations.configuration
    folder.mkdir()

    def configuration(engine=None):
        config = known(engine)
        config.set_main_option("version_locations", os.pathsep.join([str(Path(migrations.__file__).parent / "versions"), str(folder)]))
        return config

    monkeypatch.setattr(migrations, "configuration", configuration)

    def write(name: str, statements: str) -> None:
        (head,) = migrations.ScriptDirectory.from_config(configuration()).get_heads()
        (folder / f"{name}.py").write_text(
            f'import sqlalchemy as sa\nfrom alembic import op\n\nrevision, down_revision, branch_labels, depends_on = "{name}", "{head}", None, None\n\n\ndef upgrade():\n{statements}'
        )

    return write


@pytest.fixture
def server(tmp_path):
    with contextmanager(grown_size)(tmp_path, lambda server: server.env.update(WITHOUT_LIMITS)) as running:
        yield running


def schema(app) -> dict[str, set[str]]:
    with app.app_context():
        look = inspect(db.engine)
        return {table: {column["name"] for column in look.get_columns(table)} | {index["name"] for index in look.get_indexes(table)} for table in look.get_table_names()}


def hold_for_a_while(app, holds: threading.Event, lets_go: threading.Event) -> None:
    """Somebody reads the table in one long transaction: it cannot be changed before it ends."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM message"))
        holds.set()
        time.sleep(HELD)
        lets_go.set()


def test_FLT_20_the_schema_is_changed_under_load_and_nobody_notices(server, next_version):
    crowd = Crowd(server, writers=4, sockets=4)
    until(lambda: crowd.open == 4 and len(crowd.waits) > 20, "the crowd is at work")
    before, holds, lets_go = schema(server.app), threading.Event(), threading.Event()
    threading.Thread(target=hold_for_a_while, args=(server.app, holds, lets_go), daemon=True).start()
    assert holds.wait(30)
    next_version("grows", GROWS)
    with server.app.app_context():
        began = time.monotonic()
        migrations.upgrade(db.engine)
    took, after = time.monotonic() - began, schema(server.app)
    assert after["message"] - before["message"] == {"mood", "ix_message_mood"} and "mood" in after
    assert lets_go.is_set(), "it had to wait"
    next_version("fails", FAILS)
    with server.app.app_context(), pytest.raises(Exception, match="null value in column"):
        migrations.upgrade(db.engine)
    assert schema(server.app) == after, "nothing of it is left"
    seen = len(crowd.waits)
    until(lambda: len(crowd.waits) > seen + 20 and crowd.open == 4, "people go on")
    crowd.stop()
    print(f"changed after {took:.1f} s; {len(crowd.waits)} requests, longest {max(crowd.waits):.2f} s, tries that failed {crowd.failed}")
    assert crowd.failed == [] and crowd.moved == 0
    assert max(crowd.waits) < LONGEST, "nobody waits behind somebody who waits"
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 60)
