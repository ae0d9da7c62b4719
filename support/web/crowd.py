"""The line before the pages: a process makes a few at once, the others wait for their turn, and whoever would wait too long is told when to come again.

Without it all pages of a rush are made at once and become slow together, until nobody waits for what is made. How long one may wait follows
"controlled delay" (Nichols and Jacobson, ACM Queue 2012) in the form it has for servers (Maurer, "Fail at Scale", ACM Queue 2015): a rush that ends is
waited out; once there has been a line for a while, only those are let in who waited briefly.

Turns go round between those who ask, so that whoever asks for much at once waits for himself. Sockets, files of the pages and the pages of `watching` have no line.
"""
import math
import random
import threading
import time
from collections import OrderedDict, deque

from flask import Flask, current_app, g, has_request_context, request
from prometheus_client import Counter

from support.errors import Crowded
from support.web.identity import cookie_name

WITHOUT_LINE = ("watching", "assets")  # blueprints that answer whatever happens
AT_ONCE = 3  # pages; they share one processor, and one after the other is sooner there than all together
STUCK = 2.0  # seconds after which a page is thought to wait for something else, such as a lock, and keeps no place any more
PLACES = 128  # that may wait; gunicorn.conf.py keeps a thread for each
RUSH = 5.0  # seconds of a line, after which patience is short
GAP = 1.0  # seconds without anybody in line, after which it is over
LONG, SHORT = 8.0, 0.8  # seconds that are waited
LOOK = 0.5  # seconds between two looks of those who wait at those who are inside
AGAIN = (2, 6)  # seconds after which one may come again; not all at the same time


class Turn(threading.Event):
    """Set when it comes, or is lost to somebody who asks for less. `began` is when its owner was let in."""

    is_lost, began = False, 0.0


class Line:
    """Who is let in, in turns between the names of those who ask."""

    def __init__(self, at_once: int = AT_ONCE, places: int = PLACES):
        self.free, self.places, self.waiting = at_once, places, 0
        self.inside: dict[Turn, None] = {}  # in the order in which they were let in
        self.turns: OrderedDict[str, deque[Turn]] = OrderedDict()
        self.since, self.ended = -math.inf, -math.inf  # when there began to be a line, and when it was empty last
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
            if not self.waiting and now - self.ended > GAP:
                self.since = now
            self.waiting += 1
            patience = LONG if now - self.since < RUSH else SHORT
            self.turns.setdefault(name, deque()).append(turn)
        while not turn.wait(min(LOOK, max(0.0, now + patience - time.monotonic()))):
            self._look_inside()
            if time.monotonic() >= now + patience:
                self._give_up(name, turn)
        if turn.is_lost:
            raise self._crowded("full")
        return turn

    def leave(self, turn: Turn) -> None:
        """Somebody is served: the next one's turn."""
        with self.lock:
            if turn in self.inside:
                self._out(turn)

    def _let_in(self, turn: Turn) -> Turn:
        turn.began = time.monotonic()
        self.inside[turn] = None
        return turn

    def _out(self, turn: Turn) -> None:
        del self.inside[turn]
        if not self.waiting:
            self.free += 1
            return
        name, turns = self.turns.popitem(last=False)
        following = turns.popleft()
        if turns:
            self.turns[name] = turns  # behind all others
        self._one_less()
        self._let_in(following).set()

    def _look_inside(self) -> None:
        """Whoever is inside for too long waits for something that the others need not wait for."""
        with self.lock:
            for turn in [one for one in self.inside if time.monotonic() - one.began > STUCK]:
                self._out(turn)

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
            self._one_less()
            raise self._crowded("late")

    def _one_less(self) -> None:
        self.waiting -= 1
        if not self.waiting:
            self.ended = time.monotonic()

    def _crowded(self, why: str) -> Crowded:
        self.refused.labels(why).inc()
        return Crowded(retry_after=random.randint(*AGAIN))


def init_app(app: Flask, settings) -> None:
    app.extensions["crowd"] = Line()
    app.after_request(_served)
    app.teardown_request(lambda _error: leave())


def enter() -> None:
    """Let this request in, or raise Crowded."""
    if request.blueprint not in WITHOUT_LINE:
        g.turn = current_app.extensions["crowd"].enter(request.cookies.get(cookie_name()) or request.headers.get("Authorization") or request.remote_addr or "")


def leave() -> None:
    """This request needs its place no more: it is answered, or waits for something slow that is not ours, such as the rest of an upload."""
    turn = g.pop("turn", None) if has_request_context() else None
    if turn is not None:
        current_app.extensions["crowd"].leave(turn)


def _served(response):
    leave()  # what is still sent bit by bit is sent at the pace of the reader
    return response
