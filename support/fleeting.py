"""What is true for some seconds only and shared by all processes: who looks at something, who is writing.

In Redis when there are several processes, in memory when there is one. Every note has an end of its own, so whatever dies
leaves nothing behind. Nothing here is a truth anybody depends on: while Redis does not answer nobody is seen, and notes that are
renewed come back by themselves.
"""
import json
import time
from threading import Lock

import redis
import structlog
from flask import Flask, current_app

from support import clock

log = structlog.get_logger(__name__)

PLACES = 10_000  # in memory; beyond it what has ended is thrown away
REST = 3.0  # seconds in which a Redis that did not answer is not asked again: no page waits for it twice
KEPT = 300  # seconds after which Redis drops a place that nobody renews


def init_app(app: Flask, settings) -> None:
    """Choose the storage; `bus` must be there."""
    client = app.extensions.get("bus")
    app.extensions["fleeting"] = Memory() if client is None else Shared(client)


def note(place: str, who: str, value: list, seconds: float) -> None:
    """`who` is at this place for so many seconds; noting it again renews it. `value` is a list of plain values that readers get."""
    current_app.extensions["fleeting"].note(place, who, json.dumps(value), _at() + seconds)


def renew(notes: list[tuple[str, str, list]], seconds: float) -> None:
    """Note many at once: triples of place, who and value."""
    if notes:
        until = _at() + seconds
        current_app.extensions["fleeting"].note_all([(place, who, json.dumps(value), until) for place, who, value in notes])


def forget(place: str, who: str) -> None:
    """`who` has left before the time."""
    current_app.extensions["fleeting"].forget(place, who)


def at(place: str) -> dict[str, list]:
    """Who is there now, with the values."""
    return {who: json.loads(value) for who, value in current_app.extensions["fleeting"].at(place, _at()).items()}


def _at() -> float:
    return clock.now().timestamp()


class Memory:
    """The storage of the one process."""

    def __init__(self):
        self.places: dict[str, dict[str, tuple[float, str]]] = {}
        self.lock = Lock()

    def note(self, place: str, who: str, value: str, until: float) -> None:
        self.note_all([(place, who, value, until)])

    def note_all(self, notes: list[tuple[str, str, str, float]]) -> None:
        with self.lock:
            if len(self.places) >= PLACES:
                self._tidy(_at())
            for place, who, value, until in notes:
                self.places.setdefault(place, {})[who] = (until, value)

    def forget(self, place: str, who: str) -> None:
        with self.lock:
            if self.places.get(place, {}).pop(who, None) and not self.places[place]:
                del self.places[place]

    def at(self, place: str, instant: float) -> dict[str, str]:
        with self.lock:
            return {who: value for who, (until, value) in self.places.get(place, {}).items() if until > instant}

    def _tidy(self, instant: float) -> None:
        self.places = {
            place: left for place, people in self.places.items() if (left := {who: row for who, row in people.items() if row[0] > instant})
        }


class Shared:
    """The storage in Redis: for each place a sorted set of who is there by the end of it, and a hash of the values."""

    def __init__(self, client: redis.Redis):
        self.client, self.rests_until = client, 0.0

    def note(self, place: str, who: str, value: str, until: float) -> None:
        self.note_all([(place, who, value, until)])

    def note_all(self, notes: list[tuple[str, str, str, float]]) -> None:
        def put(pipe) -> None:
            for place, who, value, until in notes:
                ends, values = _keys(place)
                pipe.zadd(ends, {who: until}).hset(values, who, value).expire(ends, KEPT).expire(values, KEPT)

        self._ask(put)

    def forget(self, place: str, who: str) -> None:
        ends, values = _keys(place)
        self._ask(lambda pipe: pipe.zrem(ends, who).hdel(values, who))

    def at(self, place: str, instant: float) -> dict[str, str]:
        ends, values = _keys(place)
        present, known = self._ask(lambda pipe: pipe.zrangebyscore(ends, f"({instant}", "+inf").hgetall(values)) or ([], {})
        return {who.decode(): known[who].decode() for who in present if who in known}

    def _ask(self, commands):
        if time.monotonic() < self.rests_until:
            return None
        try:
            pipe = self.client.pipeline(transaction=False)
            commands(pipe)
            return pipe.execute()
        except redis.RedisError:
            self.rests_until = time.monotonic() + REST
            log.warning("redis does not answer; nobody is seen at work for now")
            return None


def _keys(place: str) -> tuple[str, str]:
    return f"switchboard:ends:{place}", f"switchboard:values:{place}"
