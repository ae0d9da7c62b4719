"""The rounds that are made every few seconds through the open sockets of this process: who must leave, which screen is somebody's no more.

A sign-out, another role and a disabled account end the sign-in (`support.people`), so their sockets are closed in the next round. Screens
are looked at again in turn by the guard that let the socket in, as many in a round as cost little.
"""
import time
from itertools import islice

import structlog
from flask import Flask

from support.people import sign_ins
from support.web import viewing
from support.web.identity import hold
from support.web.live import Live, is_allowed, not_shown

log = structlog.get_logger(__name__)

NAMELESS = 10  # seconds a connection may stay open without saying whose it is
UNREAD = 2000  # packets that may wait for one client; a hint is about 100 bytes, so this stays far below a megabyte
SCREENS = 40  # looked at again in one round


def loop(app: Flask, stopping) -> None:
    """Make the rounds until the application stops."""
    while not stopping.wait(max(0.5, app.config["SETTINGS"].rights_seconds - 2)):
        try:
            make_round(app)
        except Exception:
            log.exception("rights of open sockets could not be checked")


def make_round(app: Flask) -> None:
    """Close the sockets whose sign-in has ended, that never said whose they are, or that do not read; take screens from those that may not see them."""
    live = app.extensions["live"]
    _close_nameless(live)
    _close_unread(live)
    if not live.sockets:
        return
    with app.app_context():
        _close_ended(live)
        _look_at_screens(live)
        viewing.renew(app, list(live.sockets.values()))


def _close_ended(live: Live) -> None:
    held = {sid: socket.sign_in_id for sid, socket in list(live.sockets.items())}
    standing = sign_ins.standing(set(held.values()))
    for sid, sign_in_id in held.items():
        if sign_in_id not in standing:
            live.io.emit("signed_out", to=sid)
            live.io.server.disconnect(sid)


def _close_nameless(live: Live) -> None:
    """A connection that never joins would keep a place from somebody for ever."""
    at, server = time.monotonic(), live.io.server
    open_now = [eio_sid for eio_sid in list(server.eio.sockets) if server.manager.sid_from_eio_sid(eio_sid, "/") is None]
    live.nameless = {eio_sid: live.nameless.get(eio_sid, at) for eio_sid in open_now}
    for eio_sid, since in live.nameless.items():
        connection = server.eio.sockets.get(eio_sid)
        if at - since > NAMELESS and connection is not None:
            connection.close(wait=False)  # whoever does not read must not hold up the others


def _close_unread(live: Live) -> None:
    """Whoever does not read costs memory here, a bounded one."""
    for connection in list(live.io.server.eio.sockets.values()):
        if connection.queue.qsize() > UNREAD:
            log.info("socket does not read and is closed")
            connection.close(wait=False, abort=True)


def _look_at_screens(live: Live) -> None:
    """Those that were looked at longest ago; whoever may not see one any more leaves it, and his page is told to look."""
    all_screens = [(socket.looked.get(name, 0.0), sid, name) for sid, socket in list(live.sockets.items()) for name in list(socket.screens)]
    for _since, sid, name in islice(sorted(all_screens), SCREENS):
        socket = live.sockets.get(sid)
        if socket is None:
            continue
        socket.looked[name] = time.monotonic()
        hold(socket.sign_in_id)
        if not is_allowed(name):
            live.io.server.leave_room(sid, name)
            socket.screens.discard(name)
            not_shown(socket, name)
            live.io.server.emit("gone", {"screen": name}, to=sid, ignore_queue=True)
