"""The line before the pages: a process makes a few at once, the others wait for their turn, and whoever would wait too long is told when to come again.

Without it all pages of a rush are made at once and become slow together, until nobody waits for what is made. How long one may wait follows
"controlled delay" (Nichols and Jacobson, ACM Queue 2012) in the form it has for servers (Maurer, "Fail at Scale", ACM Queue 2015): a rush that ends is
waited out; once there has been a line for a while, only those are let in who waited briefly.

Turns go round between those who ask, so that whoever asks for much at once waits for himself: people we know by their token, all others by their address,
since anybody can invent tokens. Sockets, files of the pages and the pages of `watching` have no line.
"""
import hashlib
import math
import random
import threading
import time
from collections import OrderedDict, deque

from flask import Flask, current_app, g, has_request_context, request
from prometheus_client import Counter

from support.errors import Crowded
from support.web.identity import client, cookie_name

WITHOUT_LINE = ("watching", "assets", "face", "logo", "icons", "offline")  # blueprints of what is small, and the same for everybody
AT_ONCE = 3  # pages; they share one processor, and one after the other is sooner there than all together
STUCK = 2.0  # seconds after which a page is thought to wait for something else, such as a lock, and keeps no place any more
MOST_STUCK = 9  # of these; it may be the processor after all
LOOK = 0.5  # seconds between two looks of those who wait at those who are inside
QUICK = 0.4  # seconds; a line in which nobody waits longer is none
RUSH = 5.0  # seconds of a line, after which patience is short
GAP = 2.0  # seconds without a line, after which a rush is over
LONG, SHORT = 8.0, 0.8  # seconds that are waited
AGAIN = (2, 6)  # seconds after which one may come again; not all at the same time
MOST_KNOWN = 5000  # tokens


class Turn(threading.Event):
    """Set when it comes, or is lost to somebody who asks for less. `began` is when its owner was let in."""

    is_lost, began = False, 0.0


class Line:
    """Who is let in, in turns between the names of those who ask."""

    def __init__(self, places: int, at_once: int = AT_ONCE):
        self.free, self.places, self.waiting = at_once, places, 0
        self.inside: set[Turn] = set()
        self.stuck: set[Turn] = set()
        self.turns: OrderedDict[str, deque[Turn]] = OrderedDict()
        self.since, self.seen = math.inf, -math.inf  # when there began to be a line, and when there was one last
        self.lock = threading.Lock()
        self.refused = Counter("switchboard_crowded", "Requests that were sent away because too many waited (full), or for too long (late)", ["why"], registry=None)

    def enter(self, name: str) -> Turn:
        """Wait for a turn, to be given back by `leave`. Raises Crowded instead of waiting for too long."""
        turn = Turn()
        with self.lock:
            if self.free and not self.waiting:
                self.free -= 1
                return self._let_in(turn)
            if self.waiting >= self.places:
                self._make_room(name)
            now = time.monotonic()
            if now - self.seen > GAP:
                self.since = math.inf
            self.waiting += 1
            patience = LONG if now - self.since < RUSH else SHORT
            self.turns.setdefault(name, deque()).append(turn)
        self._look_inside()
        while not turn.wait(min(LOOK, max(0.0, now + patience - time.monotonic()))):
            self._look_inside()
            waited = time.monotonic() - now
            if waited > QUICK:
                self.seen = now + waited
                self.since = min(self.since, self.seen)
            if waited >= patience:
                self._give_up(name, turn)
        if turn.is_lost:
            raise self._crowded("full")
        return turn

    def leave(self, turn: Turn) -> None:
        """Somebody is served: the next one's turn."""
        with self.lock:
            if turn in self.stuck:
                self.stuck.remove(turn)
            else:
                self._out(turn)

    def _let_in(self, turn: Turn) -> Turn:
        turn.began = time.monotonic()
        self.inside.add(turn)
        return turn

    def _out(self, turn: Turn) -> None:
        self.inside.remove(turn)
        if not self.waiting:
            self.free += 1
            return
        name, turns = self.turns.popitem(last=False)
        following = turns.popleft()
        if turns:
            self.turns[name] = turns  # behind all others
        self.waiting -= 1
        self._let_in(following).set()

    def _look_inside(self) -> None:
        """Whoever is inside for too long waits for something that the others need not wait for."""
        with self.lock:
            for turn in [one for one in self.inside if time.monotonic() - one.began > STUCK]:
                if len(self.stuck) < MOST_STUCK:
                    self._out(turn)
                    self.stuck.add(turn)

    def _make_room(self, name: str) -> None:
        """Of whoever has the most in line the last has to go; that may be the one who comes."""
        longest = max(self.turns, key=lambda one: len(self.turns[one]))
        if len(self.turns[longest]) <= len(self.turns.get(name, ())) + 1:
            raise self._crowded("full")
        lost = self.turns[longest].pop()
        self.waiting -= 1
        lost.is_lost = True
        lost.set()

    def _give_up(self, name: str, turn: Turn) -> None:
        with self.lock:
            if turn.is_set():
                return  # at the last moment
            self.turns[name].remove(turn)
            if not self.turns[name]:
                del self.turns[name]
            self.waiting -= 1
            raise self._crowded("late")

    def _crowded(self, why: str) -> Crowded:
        self.refused.labels(why).inc()
        return Crowded(retry_after=random.randint(*AGAIN))


class Known:
    """Tokens whose owners we have met, as digests; the latest of them."""

    def __init__(self):
        self.digests: OrderedDict[bytes, None] = OrderedDict()
        self.lock = threading.Lock()

    def add(self, token: str) -> None:
        digest = _digest(token)
        with self.lock:
            self.digests[digest] = None
            self.digests.move_to_end(digest)
            if len(self.digests) > MOST_KNOWN:
                self.digests.popitem(last=False)

    def __contains__(self, token: str) -> bool:
        return _digest(token) in self.digests


def init_app(app: Flask, settings) -> None:
    app.extensions["crowd"], app.extensions["known"] = Line(settings.waiting_places), Known()
    app.after_request(_served)
    app.teardown_request(lambda _error: leave())


def enter() -> None:
    """Let this request in, or raise Crowded; nothing happens where there is no line, or for whoever is inside."""
    if request.blueprint not in WITHOUT_LINE:
        wait()


def wait() -> None:
    """The same wherever it is: for what turns out to be a page all the same, such as a refusal."""
    if "turn" not in g:
        token = _token()
        try:
            g.turn = current_app.extensions["crowd"].enter(token if token and token in current_app.extensions["known"] else client())
        except Crowded:
            g.pop("started", None)  # it is counted, and not logged
            raise


def leave() -> None:
    """This request needs its place no more: it is answered, or waits for something slow that is not ours, such as the rest of an upload."""
    turn = g.get("turn") if has_request_context() else None
    if turn is not None:
        g.turn = None
        current_app.extensions["crowd"].leave(turn)


def _token() -> str:
    return request.cookies.get(cookie_name()) or request.headers.get("Authorization", "")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _served(response):
    if g.get("sign_in") is not None and (token := _token()):
        current_app.extensions["known"].add(token)
    leave()  # what is still sent bit by bit is sent at the pace of the reader
    return response
