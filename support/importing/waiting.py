"""Runs started from a page: whichever process looks first does them. Their lease in the row keeps two from doing the same."""

from __future__ import annotations

import threading

import structlog
from flask import Flask
from sqlalchemy import select

from support.database import db
from support.errors import SwitchboardError
from support.importing.running import run
from support.importing.runs import RUNNING, WAITING, ImportRun

log = structlog.get_logger(__name__)


def run_waiting() -> int:
    """Do every run that waits, or whose process has died, one after the other; returns how many. Inside an application context."""
    done = 0
    while (run_id := _next()) is not None:
        try:
            run(run_id)
        except SwitchboardError:
            return done  # another process was faster
        done += 1
    return done


def _next() -> int | None:
    open_runs = list(db.session.scalars(select(ImportRun).where(ImportRun.state.in_((WAITING, RUNNING))).order_by(ImportRun.id)))
    free = next((found.id for found in open_runs if not found.is_held), None)
    db.session.rollback()
    return free


def loop(app: Flask, stopping: threading.Event) -> None:
    """Look every second for a run that waits, until the application stops."""
    while not stopping.wait(1):
        try:
            with app.app_context():
                run_waiting()
        except Exception:
            log.exception("imports pause")
            stopping.wait(5)
