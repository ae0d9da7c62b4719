"""A slow listener, say a full hall for the router, holds up neither the screens nor the order of the log."""
import threading
import time

from support import relay, routing
from support.database import db
from support.people.person import Person
from support.routing import kinds
from support.web import background
from tests.recovery.caller import until

SLOW, PATIENCE = 3.0, 1.5  # seconds: one call of the listener; until a screen must have been told


def test_screens_hear_of_what_happens_while_a_listener_is_busy(any_app):
    busy, told = threading.Event(), []

    def take_long(event) -> None:
        busy.set()
        time.sleep(SLOW)

    relay.listen(any_app, "test.slow", [kinds.PRESENCE_CHANGED], take_long)
    any_app.extensions["relay"].push = lambda screen, version: told.append(time.monotonic()) if screen == "board" else None
    background.start(any_app, web=False, work=True)
    try:
        _choose(any_app, "available")
        until(lambda: busy.is_set() and told, "the listener is busy, and the board was told of what keeps it so")
        told.clear()
        _choose(any_app, "break")
        changed = time.monotonic()
        until(lambda: told, "the board is told")
        assert told[0] - changed < PATIENCE
    finally:
        background.stop(any_app)
        background.finish(any_app, 4 * SLOW)


def _choose(app, chosen: str) -> None:
    with app.app_context():
        routing.choose_presence(db.session.get(Person, app.extensions["cast"]["ines"]), chosen)
