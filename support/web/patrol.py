"""The rounds that are made every few seconds through the open sockets of this process: who must leave, which screen is somebody's no more.

A sign-out, another role and a disabled account end the sign-in (`support.people`), so their sockets are closed in the next round. One statement
tells whose sign-ins stand; then one for each kind of screen and hundred sign-ins, made of the select that the page's own look-up starts from.
"""
import time
from collections import defaultdict

import structlog
from flask import Flask
from sqlalchemy import literal, union_all

from support.database import db
from support.people import sign_ins
from support.web import viewing
from support.web.live import is_allowed, not_shown
from support.web.sockets import Live, cut

log = structlog.get_logger(__name__)

NAMELESS = 10  # seconds a connection may stay open without saying whose it is
TOGETHER = 100  # sign-ins whose screens one statement looks at


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
        _look_at_screens(live, _holders(live))
        viewing.renew(app, list(live.sockets.values()))


def _holders(live: Live) -> dict:
    """Who holds the sign-ins of the open sockets now; sockets of those that have ended are closed."""
    held = {sid: socket.sign_in_id for sid, socket in list(live.sockets.items())}
    holders = sign_ins.holders(set(held.values()))
    for sid, sign_in_id in held.items():
        if sign_in_id not in holders:
            live.io.emit("signed_out", to=sid)
            live.io.server.disconnect(sid)
    return holders


def _close_nameless(live: Live) -> None:
    """A connection that never joins would keep a place from somebody for ever."""
    at, server = time.monotonic(), live.io.server
    open_now = [eio_sid for eio_sid in list(server.eio.sockets) if server.manager.sid_from_eio_sid(eio_sid, "/") is None]
    live.nameless = {eio_sid: live.nameless.get(eio_sid, at) for eio_sid in open_now}
    for eio_sid, since in live.nameless.items():
        if at - since > NAMELESS:
            cut(live, eio_sid)


def _close_unread(live: Live) -> None:
    """Whoever does not read has missed hints by now: a page that wakes up comes back and asks for everything."""
    for eio_sid, connection in list(live.io.server.eio.sockets.items()):
        if connection.queue.is_full:
            log.info("a socket that does not read is cut off")
            cut(live, eio_sid)


def _look_at_screens(live: Live, holders: dict) -> None:
    """Whoever may not see a screen any more leaves it, and his page is told to look."""
    shown = [(sid, socket, name) for sid, socket in list(live.sockets.items()) if socket.sign_in_id in holders for name in list(socket.screens)]
    by_kind = defaultdict(lambda: defaultdict(set))
    for _sid, socket, name in shown:
        kind, _, key = name.partition(":")
        by_kind[kind][socket.sign_in_id].add(key)
    still = {kind: set(_still(live, kind, keys, holders)) for kind, keys in by_kind.items()}
    for sid, socket, name in shown:
        kind, _, key = name.partition(":")
        if (socket.sign_in_id, key) not in still[kind]:
            live.io.server.leave_room(sid, name)
            socket.screens.discard(name)
            not_shown(socket, name)
            live.io.server.emit("gone", {"screen": name}, to=sid, ignore_queue=True)


def _still(live: Live, kind: str, keys: dict[int, set[str]], holders: dict):
    """Which pairs of sign-in and key the guard of this kind of screen still lets through."""
    if kind not in live.rows:
        yield from ((sign_in_id, key) for sign_in_id, some in keys.items() for key in some if is_allowed(f"{kind}:{key}", holders[sign_in_id]))
        return
    select_for, column = live.rows[kind]
    ids = sorted(keys)
    for some in (ids[start:start + TOGETHER] for start in range(0, len(ids), TOGETHER)):
        parts = [
            select_for(holders[sign_in_id]).with_only_columns(literal(sign_in_id), column).where(column.in_([int(key) for key in keys[sign_in_id]]))
            for sign_in_id in some
        ]
        yield from ((sign_in_id, str(key)) for sign_in_id, key in db.session.execute(union_all(*parts)))
