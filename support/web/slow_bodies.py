"""Requests whose body comes slowly, or ends before its time: they hold no connection to the database meanwhile, are cut off after a while, and change nothing.

gunicorn gives what has come of a body whose sender is gone, and Werkzeug takes that for the whole: half a message would be stored, under the name by
which the sender asks for it again.

A front server such as nginx takes a request in before it passes it on; this is for the web process that anybody can reach. The heads of requests are
gunicorn's: a gevent worker gives them `keepalive` seconds.
"""
import io
import socket as network
import time
from collections.abc import Callable

import structlog
from flask import Flask, has_app_context
from werkzeug.exceptions import ClientDisconnected

from support.database import end_reading
from support.web import crowd

SMALL = 65_536  # bytes; what is not larger is taken in before anything else is done
PATIENCE = 20.0  # seconds that may be waited for a body
SLOWEST = 16_000  # bytes a second; a larger body has so much more time
LOOK = 1.0  # seconds between two looks at the bodies that are waited for

log = structlog.get_logger(__name__)


def init_app(app: Flask, settings) -> None:
    app.extensions["arriving"] = arriving = Arriving(app.wsgi_app, settings.request_megabytes * 1024 * 1024)
    app.wsgi_app = arriving


def loop(app: Flask, stopping) -> None:
    """Cut off what comes too slowly, until the application stops."""
    while not stopping.wait(LOOK):
        app.extensions["arriving"].cut_late()


class Arriving:
    """All bodies of this process that have not come to their end."""

    def __init__(self, wsgi_app, unknown: int):
        self.wsgi_app, self.unknown, self.bodies = wsgi_app, unknown, set()  # `unknown`: bytes of a body that does not say its length

    def __call__(self, environ, start_response):
        length = _length(environ)
        if length == 0:
            return self.wsgi_app(environ, start_response)
        body = Body(environ["wsgi.input"], environ.get("gunicorn.socket"), length, PATIENCE + (length or self.unknown) / SLOWEST)
        self.bodies.add(body)
        try:
            if length is not None and length <= SMALL:
                environ["wsgi.input"] = io.BytesIO(body.read(length))
                self.bodies.discard(body)
            else:
                body.before_waiting, environ["wsgi.input"] = _let_go, body
            return self.wsgi_app(environ, start_response)
        except ClientDisconnected as refusal:  # of a small one; what is read by a page is answered there
            return refusal(environ, start_response)
        finally:
            self.bodies.discard(body)

    def cut_late(self) -> None:
        for body in list(self.bodies):
            if body.waited() > body.patience:
                log.info("a request that came too slowly is cut off")
                body.cut()


class Body:
    """`wsgi.input` that knows how long it has been waited for."""

    def __init__(self, source, wire, length: int | None, patience: float):
        self.source, self.wire, self.missing, self.patience = source, wire, length, patience
        self.before_waiting: Callable[[], None] | None = None
        self.spent, self.since = 0.0, None

    def waited(self) -> float:
        """Seconds, with those of a read that still goes on."""
        since = self.since
        return self.spent + (0.0 if since is None else time.monotonic() - since)

    def cut(self) -> None:
        """End the connection: whoever waits for the rest is woken and hears that it is gone."""
        try:
            if self.wire is not None:
                self.wire.shutdown(network.SHUT_RDWR)
        except OSError:
            pass  # it had gone by itself

    def read(self, size: int = -1) -> bytes:
        return self._wait(self.source.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._wait(self.source.readline, size)

    def __iter__(self):
        return iter(self.readline, b"")

    def _wait(self, read, size: int) -> bytes:
        """What comes next. Raises ClientDisconnected where something was to come and the sender is gone."""
        if self.before_waiting is not None:
            self.before_waiting()
        self.since = time.monotonic()
        try:
            come = read(size)
        finally:
            self.spent, self.since = self.waited(), None
        if self.missing is not None:
            self.missing -= len(come)
            whole = bool(come) if read == self.source.readline else 0 <= size <= len(come)
            if self.missing and not whole:
                raise ClientDisconnected()
        return come


def _length(environ) -> int | None:
    """Of the body in bytes; None when it comes in pieces and does not say."""
    if environ.get("wsgi.input_terminated") and environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    told = environ.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdigit() else 0


def _let_go() -> None:
    """Who asks is known by now; neither the connection that was asked with nor the place among the pages is needed while the body comes."""
    if has_app_context():
        end_reading()
        crowd.leave()
