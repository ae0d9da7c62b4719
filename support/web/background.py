"""The threads of a process (greenlets under gevent): which loops run where.

One process does everything. With Redis the web workers keep only their own memory and sockets fresh, and
`flask work` relays and does the timed work.
"""
import threading
import time

import structlog
from flask import Flask

from support import bus, importing, jobs, relay
from support.web import figures, live, patrol, pulse, slow_bodies

log = structlog.get_logger(__name__)


def also(app: Flask, loop) -> None:
    """Let every process that serves people run `loop(app, stopping)` too; called in the `init_app` of a room."""
    app.extensions.setdefault("loops", []).append(loop)


def start(app: Flask, *, web: bool = True, work: bool | None = None) -> None:
    """Start the loops: `web` for a process that serves people, `work` for one that relays (default: if it is the only one)."""
    settings = app.config["SETTINGS"]
    work = not settings.redis_url if work is None else work
    stopping = app.extensions["relay"].stopping
    app.extensions["figures"].role = "web" if web else "work"
    for loop in (bus.loop, figures.loop):
        _thread(loop, app, stopping)
    if web:
        _thread(relay.loop_everywhere, app)
        for loop in (patrol.loop, pulse.loop_redis, pulse.loop_database, pulse.loop_watch, slow_bodies.loop):
            _thread(loop, app, stopping)
        for loop in app.extensions.get("loops", ()):
            _thread(loop, app, stopping)
    if work:
        begun = [_thread(loop, app) for loop in (relay.loop, relay.loop_deliveries)]
        begun += [_thread(jobs.loop, app, stopping), _thread(jobs.loop, app, stopping, True), _thread(importing.loop, app, stopping)]
        app.extensions["working"] = begun


def stop(app: Flask) -> None:
    """Ask the loops to end, take no more sockets and tell open pages to move; returns when all of them know."""
    app.extensions["relay"].stopping.set()
    app.extensions["relay"].ring()
    live.dismiss(app, live.SPREAD if app.config["SETTINGS"].redis_url else 0)


def finish(app: Flask, seconds: float) -> None:
    """Wait, after `stop`, for the loops that do work: each ends what it has begun and gives back what it has not. Whatever takes longer is taken up by another process when its lease is over."""
    end = time.monotonic() + seconds
    for thread in app.extensions.get("working", ()):
        thread.join(max(0.0, end - time.monotonic()))
        if thread.is_alive():
            log.warning("loop did not end in time", loop=thread.name)


def _thread(target, *args) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, daemon=True, name=target.__module__ + "." + target.__name__)
    thread.start()
    return thread
