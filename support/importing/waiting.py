"""Runs started from a page: whichever process looks first does them. Their lease in the row keeps two from doing the same."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from flask import Flask
from sqlalchemy import select

from support.database import db
from support.errors import SwitchboardError
from support.importing.running import Leave, run
from support.importing.runs import RUNNING, WAITING, ImportRun

log = structlog.get_logger(__name__)


def run_waiting(is_ending: Callable[[], bool] = lambda: False) -> int:
    """Do every run that waits, or whose process has died, one after the other; returns how many. Inside an application context.

    Once `is_ending()`, the run at work is given back behind its next batch.
    """
    done = 0

    def leave_if_ending(_run: ImportRun) -> None:
        if is_ending():
            raise Leave

    while not is_ending() and (run_id := _next()) is not None:
        try:
            run(run_id, leave_if_ending)
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
                run_waiting(stopping.is_set)
        except Exception:
            log.exception("imports pause")
            stopping.wait(5)
