"""The open sockets of this process: what is known of each, how many there may be, how much one may say and how much may wait for it."""
import socket as network
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from flask_socketio import SocketIO
from prometheus_client import Counter

from support.web.push_queue import PushQueue

FRAME = 16_384  # bytes; the client sends names of screens only
BACKLOG = 1_000  # packets of some hundred bytes that may wait for one client; who is further behind is cut off and comes back

FORGET_BEYOND = 10_000  # addresses remembered at once; those whose bucket is full again are forgotten


class Bucket:
    """How much somebody may still say: so many a second, as many at once."""

    def __init__(self, per_second: float, at_once: float):
        self.per_second, self.at_once, self.left, self.filled = per_second, at_once, at_once, time.monotonic()

    def take(self) -> bool:
        """Whether one more is allowed; it counts either way."""
        instant = time.monotonic()
        self.left = min(self.at_once, self.left + (instant - self.filled) * self.per_second) - 1
        self.filled = instant
        return self.left >= 0

    def is_full(self) -> bool:
        """Whether nothing that was said still counts."""
        return self.left + (time.monotonic() - self.filled) * self.per_second >= self.at_once


@dataclass
class Socket:
    """One open socket: who it belongs to, what it shows, how much it may still say, alone and with the person's others."""

    sign_in_id: int
    person_id: int
    is_staff: bool
    name: str  # by which colleagues see that it is open, see `viewing`
    alone: Bucket
    together: Bucket
    screens: set[str] = field(default_factory=set)

    def may_speak(self) -> bool:
        """Whether it may say one more thing now."""
        return self.alone.take() & self.together.take()


class Arrivals:
    """How often an address opens sockets in this process."""

    def __init__(self, per_minute: int):
        self.per_minute, self.buckets = per_minute, {}

    def take(self, address: str) -> bool:
        """Whether one more may be opened from there; it counts either way."""
        if len(self.buckets) > FORGET_BEYOND:
            self.buckets = {known: bucket for known, bucket in self.buckets.items() if not bucket.is_full()}
        bucket = self.buckets.setdefault(address, Bucket(self.per_minute / 60, self.per_minute))
        return bucket.take()


class Backlog:
    """What waits to be written to one client: a queue that takes no more once it is full, so that nobody's sleep costs memory."""

    def __init__(self, queue):
        self.queue, self.is_full = queue, False

    def put(self, packet, *args, **kwargs) -> None:
        """Add a packet, or the end (None); what finds no room is lost, and the connection with it (see `patrol`)."""
        if packet is not None and self.queue.qsize() >= BACKLOG:
            self.is_full = True
        else:
            self.queue.put(packet, *args, **kwargs)

    def __getattr__(self, name: str):
        return getattr(self.queue, name)


class Live:
    """The sockets of this process and the screens the rooms have registered."""

    def __init__(self, app: Flask, settings):
        self.queue = PushQueue(settings.redis_url, "switchboard:push") if settings.redis_url else None
        self.io = SocketIO(
            app, async_mode=settings.async_mode, client_manager=self.queue,
            cors_allowed_origins=_own_origin(settings.base_url), transports=["websocket"], manage_session=False, max_http_buffer_size=FRAME, async_handlers=False, ping_interval=20, ping_timeout=15,
            logger=False, engineio_logger=False,
        )
        engine = self.io.server.eio
        make_queue = engine.create_queue
        engine.create_queue = lambda *args, **kwargs: Backlog(make_queue(*args, **kwargs))
        self.sockets: dict[str, Socket] = {}
        self.arrivals = Arrivals(settings.sockets_per_minute)
        self.nameless: dict[str, float] = {}  # connections nobody has named yet, and when they were first seen
        self.guards: dict[str, Callable] = {}
        self.rows: dict[str, tuple[Callable, object]] = {}
        self.typing: dict[str, Callable] = {}
        self.signs: list[Callable] = []


def _own_origin(base_url: str) -> Callable[[str, dict], bool]:
    """Only our own pages open a socket: those under BASE_URL, which a proxy may hide from us, or under the host that was asked."""
    return lambda origin, environ: origin in (base_url, f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST')}")


class Gate:
    """Keeps sockets from eating every thread: beyond the setting MAX_SOCKETS a page polls instead. `closed` when this process cannot serve any."""

    def __init__(self, wsgi_app, most: int):
        self.wsgi_app, self.most, self.open, self.closed = wsgi_app, most, 0, False
        self.refused = Counter("switchboard_socket_refusals", "Sockets that were refused: all places taken (full), or this process ends or is deaf (closed)", ["why"], registry=None)

    def __call__(self, environ, start_response):
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self.wsgi_app(environ, start_response)
        if self.closed or self.open >= self.most:
            self.refused.labels("closed" if self.closed else "full").inc()
            start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "5" if self.closed else "30")])
            return [b"This process takes no more sockets; try again." if self.closed else b"All sockets are in use; the page polls."]
        self.open += 1
        try:
            return self.wsgi_app(environ, start_response)
        finally:
            self.open -= 1


def cut(live: Live, eio_sid: str) -> None:
    """End a connection without a word: whoever waits to write to somebody who does not read is woken, and its thread is free."""
    connection, environ = live.io.server.eio.sockets.get(eio_sid), live.io.server.environ.get(eio_sid)
    wire = (environ or {}).get("gunicorn.socket") or (environ or {}).get("werkzeug.socket")
    try:
        if wire is not None:
            wire.shutdown(network.SHUT_RDWR)
    except OSError:
        pass  # it had gone by itself
    if connection is not None:
        connection.close(wait=False, abort=True)
