"""The program as it is, with a hand on its power switch: `gunicorn … "tests.recovery.dying:create_app()"`, `flask --app tests.recovery.dying work`.

A test writes into the file named by POWER_SWITCH where the current shall fail: `received PATH` as soon as a POST to that path arrives,
`committed PATH` when its answer is ready and nothing of it has left, `relay stands` for a relay that numbers nothing while the file says so.
"""
import os
import signal
from pathlib import Path

import wsgi
from support import relay

SWITCH = Path(os.environ["POWER_SWITCH"])


def create_app():
    """The whole product; nothing else is changed."""
    app = wsgi.create_app()
    app.wsgi_app = Switched(app.wsgi_app)
    whole = relay.number
    relay.number = lambda: 0 if _says("relay stands") else whole()
    return app


class Switched:
    """Dies at the named point of a request."""

    def __init__(self, wsgi_app):
        self.wsgi_app = wsgi_app

    def __call__(self, environ, start_response):
        place = environ["PATH_INFO"] if environ["REQUEST_METHOD"] == "POST" else ""
        _die_at(f"received {place}")
        answer = self.wsgi_app(environ, start_response)
        _die_at(f"committed {place}")
        return answer


def _die_at(point: str) -> None:
    """kill -9 for the whole group, master and workers; once, so that the next life can live."""
    if _says(point):
        SWITCH.unlink()
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _says(point: str) -> bool:
    try:
        return SWITCH.read_text() == point
    except FileNotFoundError:
        return False
