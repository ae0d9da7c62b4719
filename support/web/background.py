"""The threads of a process (greenlets under gevent): which loops run where.

One process does everything. With Redis the web workers keep only their own memory and sockets fresh, and
`flask work` relays and does the timed work.
"""
import threading

from flask import Flask

from support import bus, importing, jobs, relay
from support.web import live


def also(app: Flask, loop) -> None:
    """Let every process that serves people run `loop(app, stopping)` too; called in the `init_app` of a room."""
    app.extensions.setdefault("loops", []).append(loop)


def start(app: Flask, *, web: bool = True, work: bool | None = None) -> None:
    """Start the loops: `web` for a process that serves people, `work` for one that relays (default: if it is the only one)."""
    settings = app.config["SETTINGS"]
    work = not settings.redis_url if work is None else work
    stopping = app.extensions["relay"].stopping
    _thread(bus.loop, app, stopping)
    if web:
        _thread(relay.loop_everywhere, app)
        _thread(live.loop, app, stopping)
        for loop in app.extensions.get("loops", ()):
            _thread(loop, app, stopping)
    if work:
        _thread(relay.loop, app)
        _thread(relay.loop_deliveries, app)
        _thread(jobs.loop, app, stopping)
        _thread(jobs.loop, app, stopping, True)
        _thread(importing.loop, app, stopping)


def stop(app: Flask) -> None:
    """Ask the loops to end and open pages to move."""
    app.extensions["relay"].stopping.set()
    app.extensions["relay"].ring()
    live.dismiss(app)


def _thread(target, *args) -> None:
    threading.Thread(target=target, args=args, daemon=True, name=target.__module__ + "." + target.__name__).start()
