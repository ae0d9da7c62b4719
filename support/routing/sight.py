"""What a process holds between two looks of its dispatcher: the matcher with everybody and everything in it.

Each look reads all that changes by the minute, in a few cheap statements: who is at a desk, with how much work, and what waits. So it is never older than
its look, and no event need be waited for. What differs from the last look goes into the matcher; the rest of its index stands. What changes by the day
(certificates, queues, hours) is kept in memory until an event tells of a change; what ends by time alone is counted to the instant. Each sweep, and whatever
failed, begins anew from the database. The reservation asks the database about all of it again: an old look costs one lost statement.
"""
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import current_app

from support import training
from support.routing import capacity, picture
from support.routing.fitness import Agent, Item
from support.routing.matcher import Matcher


class View:
    """A matcher, brought up to date by each look. One thread at a time."""

    def __init__(self):
        self.busy = threading.Lock()
        self.matcher: Matcher | None = None

    def look(self, at: datetime) -> tuple[dict[int, Item], dict[int, Agent]]:
        """Read what waits and who is there; returns both by id."""
        lines = picture.Lines(at)
        waiting = {item.id: item for item in picture.waiting_items(lines, at)}
        agents = {agent.id: agent for agent in picture.agents(at)}
        arriving = picture.arriving_work(lines, at)
        loads = {line.key: work for line, work in arriving.items()}
        matcher = self.matcher
        if matcher is None or matcher.limits != capacity.limits():
            matcher = self.matcher = Matcher(capacity.limits(), loads)
        elif matcher.loads != loads:
            matcher.learn(loads)
        for busy in arriving:  # also where nobody waits now: somebody is spared for who will come
            matcher.put_line(busy)
        _bring(matcher.items, waiting, matcher.put_item, matcher.remove_item)
        _bring(matcher.agents(), agents, matcher.put_agent, matcher.remove_agent)
        return waiting, agents

    def doubt(self) -> None:
        """Begin anew at the next look, whatever this process has not heard of."""
        self.matcher = None
        training.look_again()


def _bring(known: dict, fresh: dict, put, remove) -> None:
    """Make the known equal to the fresh, touching only what differs."""
    for number in [number for number in known if number not in fresh]:
        remove(number)
    for number, one in fresh.items():
        if known.get(number) != one:
            put(one)


def init_app(app) -> None:
    app.extensions["dispatcher"] = View()


@contextmanager
def sight() -> Iterator[View]:
    """The view of this process. What failed meanwhile may have left it half done, so the next look begins anew."""
    view = current_app.extensions["dispatcher"]
    with view.busy:
        try:
            yield view
        except BaseException:
            view.doubt()
            raise


def forget() -> None:
    """Begin anew, as each sweep does."""
    with sight() as view:
        view.doubt()
