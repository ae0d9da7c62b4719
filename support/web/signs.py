"""Signs of life of customers who wait in a chat line: sockets that show their place, and pages that fetch. No request writes anything for it: what was
heard is kept in memory for a moment, and one round of each process that serves people keeps all of it (`support.routing.leaving`)."""
import time

import structlog
from flask import Flask, current_app

from support.clock import now
from support.database import db
from support.routing import leaving
from support.web import background

log = structlog.get_logger(__name__)

ROUND = 3.0  # seconds
PLACE, CONVERSATION = "place:", "conversation:"


def init_app(app: Flask, settings) -> None:
    app.extensions["signs"] = {}
    background.also(app, loop)


def fetched(ticket_id: int) -> None:
    """A script of the customer's page fetched a piece of it."""
    current_app.extensions["signs"][ticket_id] = True


def opened(ticket_id: int) -> None:
    """The customer opened the page: whether it can give signs of life, it shows by giving one."""
    current_app.extensions["signs"][ticket_id] = False


def loop(app: Flask, stopping) -> None:
    """Make rounds until the application stops."""
    watch = leaving.Watch()
    while not stopping.wait(ROUND):
        try:
            make_round(app, watch)
        except Exception:
            watch.broken()
            log.exception("signs of life could not be kept")


def make_round(app: Flask, watch: leaving.Watch) -> None:
    """Keep what was heard; then, if nothing kept this process from hearing for the grace time, let go who is gone."""
    signs = app.extensions["signs"]
    told = {ticket_id: signs.pop(ticket_id) for ticket_id in list(signs)}
    shown = [name for socket in list(app.extensions["live"].sockets.values()) if not socket.is_staff for name in list(socket.screens)]
    told |= {int(name.removeprefix(PLACE)): True for name in shown if name.startswith(PLACE)}
    with app.app_context():
        leaving.heard(told, {int(name.removeprefix(CONVERSATION)) for name in shown if name.startswith(CONVERSATION)})
        at = now()
        if watch.steady_seconds(at, time.monotonic()) >= app.config["SETTINGS"].grace_seconds:
            leaving.let_go(at)
        db.session.rollback()
