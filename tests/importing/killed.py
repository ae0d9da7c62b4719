"""Imports by command in a process of their own, which can be killed."""
import os
import subprocess
import time

from sqlalchemy import select, text

from support.database import db
from support.importing import ImportRun
from tests.recovery.caller import until
from tests.servers import BIN, ROOT


def command(app, *words) -> subprocess.Popen:
    """`flask import …` in a process of its own."""
    settings = app.config["SETTINGS"]
    env = {"PATH": os.environ["PATH"], "MODE": "test", "DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url, "SECRET_KEY": "k" * 40, "ASYNC_MODE": "threading"}
    return subprocess.Popen([str(BIN / "flask"), "--app", "wsgi", "import", *map(str, words)], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def killed_behind(app, rows: int, *words) -> int:
    """Import until so many rows are stored, then kill it; returns how many were."""
    process, end = command(app, *words), time.monotonic() + 60
    while _position(app) < rows and time.monotonic() < end:
        time.sleep(0.02)
    process.kill()
    process.wait()
    until(lambda: _is_alone(app), "the database has noticed")
    reached = _position(app)
    assert reached >= rows, "it came nowhere"
    return reached


def _is_alone(app) -> bool:
    """PostgreSQL goes on with what a dead process asked of it, and may still commit that."""
    if not app.config["SETTINGS"].database_url.startswith("postgresql"):
        return True
    with app.app_context():
        others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'")
        return db.session.scalar(others) == 0


def _position(app) -> int:
    with app.app_context():
        return db.session.scalar(select(ImportRun.position).order_by(ImportRun.id.desc()).limit(1)) or 0
