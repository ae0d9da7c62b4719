"""The socket: carries hints, typing and signs of life, never a message and never a truth.

A page joins a screen such as `board` or `conversation:12`; the room that owns the screen has registered a guard,
which looks the thing up through the person, as the page does. A hint says “older than version n”, and the page
fetches what it may see. The client's part is static/js/live_socket.js.
"""
import random
import time
from collections.abc import Callable

import structlog
from flask import Flask, current_app, request
from flask_socketio import join_room, leave_room

from support.errors import SwitchboardError
from support.events import head
from support.web import viewing
from support.web.identity import client, hold, me, take_token
from support.web.security import LARGEST
from support.web.sockets import Bucket, Gate, Live, Socket

log = structlog.get_logger(__name__)

SPREAD = 3.0  # seconds over which the open pages of a grown worker are told to move, so that they do not come to the others at once
MOVING = 1.0  # seconds a page has to close its socket by itself after it was told to move
PAGES = 20  # open sockets of one sign-in in one process; a further page polls
TOGETHER = 3  # all sockets of one person may say so many times what one may


def init_app(app: Flask, settings) -> None:
    live = app.extensions["live"] = Live(app, settings)
    app.extensions["writing"] = {}  # conversations in which somebody writes to this process
    app.wsgi_app = live.gate = Gate(app.wsgi_app, settings.socket_places)
    app.extensions["relay"].push = lambda screen, version: live.io.emit("stale", {"screen": screen, "version": version}, to=screen)
    app.extensions["relay"].numbers = lambda screen, numbers: live.io.emit("numbers", {"screen": screen, **numbers}, to=screen)
    for name, handler in (("connect", _connect), ("disconnect", _disconnect), ("join", _join), ("leave", _leave), ("typing", _typing), ("alive", _alive)):
        live.io.on_event(name, handler)
    live.io.default_exception_handler = _broken


def screen(app: Flask, name: str, guard: Callable, typing: Callable | None = None, rows: tuple[Callable, object] | None = None) -> None:
    """Register a kind of screen. `guard(person, key)` raises unless the person may see it (key: what follows the colon).

    `typing(person, key)` names the screens that are told when somebody types here. A guard that asks the database names its `rows`
    too, a pair of `select_for(person)` and the column of the key: by it the rights of many sockets are looked at together.
    """
    live = app.extensions["live"]
    live.guards[name] = guard
    if typing is not None:
        live.typing[name] = typing
    if rows is not None:
        live.rows[name] = rows


def on_alive(app: Flask, function: Callable) -> None:
    """Call `function(person)` at each sign of life of a member of staff's open page."""
    app.extensions["live"].signs.append(function)


def dismiss(app: Flask, seconds: float = 0.0) -> None:
    """Take no more sockets, tell every open page to move, one after the other within so many seconds, and close those that stay. They come back with some jitter."""
    live = app.extensions["live"]
    live.gate.closed = True
    sids = list(live.sockets)
    random.shuffle(sids)
    for sid in sids:
        live.io.server.emit("move", to=sid, ignore_queue=True)  # the page is here, and the queue may be what is broken
        time.sleep(seconds / len(sids))
    time.sleep(MOVING)
    for connection in list(live.io.server.eio.sockets.values()):
        connection.close(wait=False)  # whoever does not read must not hold up the others


def _connect(auth=None):
    live, settings = current_app.extensions["live"], current_app.config["SETTINGS"]
    if not live.arrivals.take(client()):
        return False
    person = _caller(auth)
    if person.id is None or person.sign_in_id is None:
        return False
    open_now = list(live.sockets.values())
    if sum(socket.sign_in_id == person.sign_in_id for socket in open_now) >= PAGES:
        return False
    most = settings.socket_events_per_second
    together = next((socket.together for socket in open_now if socket.person_id == person.id), None) or Bucket(TOGETHER * most, TOGETHER * most)
    live.sockets[request.sid] = Socket(person.sign_in_id, person.id, person.is_staff, viewing.name_of(person), Bucket(most, most), together)
    return True


def _caller(auth):
    """Who opens a socket: a page of ours by its cookie, the chat on the shop's own site by its bearer token."""
    token = auth.get("token") if isinstance(auth, dict) else None
    return take_token(token) if isinstance(token, str) and token else me()


def _disconnect(reason=None):
    socket = current_app.extensions["live"].sockets.pop(request.sid, None)
    for name in socket.screens if socket else ():
        not_shown(socket, name)


def _socket() -> Socket | None:
    """This socket, unless it says too much; then it is closed."""
    live = current_app.extensions["live"]
    socket = live.sockets.get(request.sid)
    if socket is not None and socket.may_speak():
        hold(socket.sign_in_id)
        return socket
    live.io.server.disconnect(request.sid)
    return None


def _named(data) -> tuple[str, str, str] | None:
    name = data.get("screen") if isinstance(data, dict) else None
    if not isinstance(name, str) or len(name) > 80:
        return None
    kind, _, key = name.partition(":")
    if key and not (key.isascii() and key.isdigit() and int(key) <= LARGEST):
        return None
    return name, kind, key


def is_allowed(name: str, person) -> bool:
    """Whether this person may see this screen: its guard decides, as the page does."""
    kind, _, key = name.partition(":")
    guard = current_app.extensions["live"].guards.get(kind)
    if guard is None:
        return False
    try:
        guard(person, key)
    except (SwitchboardError, ValueError):
        return False
    return True


def _join(data=None):
    socket, named = _socket(), _named(data)
    if socket is None or named is None or len(socket.screens) >= 50 or not is_allowed(named[0], me()):
        return {"ok": False}
    join_room(named[0])
    socket.screens.add(named[0])
    if conversation_id := viewing.shows(named[0], socket.is_staff):
        viewing.joined(me(), conversation_id)
    return {"ok": True, "version": head()}


def _leave(data=None):
    socket, named = _socket(), _named(data)
    if socket is not None and named is not None and named[0] in socket.screens:
        leave_room(named[0])
        socket.screens.discard(named[0])
        not_shown(socket, named[0])


def not_shown(socket: Socket, name: str) -> None:
    """One tab shows a screen no more; another one of the same person may."""
    conversation_id = viewing.shows(name, socket.is_staff)
    if conversation_id and not viewing.is_open(list(current_app.extensions["live"].sockets.values()), socket.person_id, conversation_id):
        viewing.left(socket.person_id, conversation_id)


def _typing(data=None):
    live, socket, named = current_app.extensions["live"], _socket(), _named(data)
    if socket is None or named is None or named[0] not in socket.screens or named[1] not in live.typing:
        return
    person = me()
    if person.id is None:
        return
    for target in live.typing[named[1]](person, named[2]):
        live.io.emit("typing", {"screen": target, "name": _shown_name(person)}, to=target, skip_sid=request.sid)
    viewing.writes(person, named[2])


def _shown_name(person) -> str:
    return getattr(person, "first_name", "")


def _alive(data=None):
    socket = _socket()
    person = me()
    if socket is not None and person.is_staff:
        for function in current_app.extensions["live"].signs:
            function(person)


def _broken(error):
    log.exception("socket event failed")
    return {"ok": False}
