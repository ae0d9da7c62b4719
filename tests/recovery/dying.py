"""The program as it is, with a hand on its power switch: `gunicorn … "tests.recovery.dying:create_app()"`, `flask --app tests.recovery.dying work`.

A test writes into the file named by POWER_SWITCH where the current shall fail: `received PATH` as soon as a POST to that path arrives,
`committed PATH` when its answer is ready and nothing of it has left, `relay stands` for a relay that numbers nothing while the file says so;
it makes a file `stood` beside it, so that the test knows that no earlier round is still under way.
BROKEN builds mistakes that the proofs must find: `early` answers before it stores, `forgetful` does not know a name again,
`ahead` and `ids` are in broken.py. SLOW makes that share of the messages wait for their commit.
"""
import io
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

import wsgi
from support import relay
from support.tickets import words
from tests.recovery import broken

SWITCH = Path(os.environ["POWER_SWITCH"])
BROKEN = os.environ.get("BROKEN", "")
LATER = 1.0  # seconds after its answer, when a build that answers early stores


def create_app():
    """The whole product; nothing else is changed."""
    if BROKEN == "forgetful":
        words.client_id = lambda value: f"{value}-{secrets.token_hex(4)}"
    app = wsgi.create_app()
    broken.slow_commits(float(os.environ.get("SLOW", 0)))
    if BROKEN == "ahead":
        broken.emits_before_commit(app)
    elif BROKEN == "ids":
        broken.follows_ids()
    app.wsgi_app = Switched(app.wsgi_app)
    whole = relay.number
    relay.number = lambda: _stands() if _says("relay stands") else whole()
    return app


def _stands() -> int:
    SWITCH.with_name("stood").touch()
    return 0


class Switched:
    """Dies at the named point of a request."""

    def __init__(self, wsgi_app):
        self.wsgi_app = wsgi_app

    def __call__(self, environ, start_response):
        place = environ["PATH_INFO"] if environ["REQUEST_METHOD"] == "POST" else ""
        _die_at(f"received {place}")
        early = BROKEN == "early" and place.endswith("/messages")
        answer = (self._promise if early else self.wsgi_app)(environ, start_response)
        _die_at(f"committed {place}")
        return answer

    def _promise(self, environ, start_response):
        """Say that it is stored, and store it a little later."""
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        again = {key: value for key, value in environ.items() if isinstance(value, str)}
        again |= {"wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http"}
        threading.Timer(LATER, lambda: list(self.wsgi_app(again, lambda status, headers, failure=None: None))).start()
        start_response("201 CREATED", [("Content-Type", "text/vnd.switchboard.message+html")])
        return [b'<div id="message-0" data-seq="0" data-client="0"></div>']


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
