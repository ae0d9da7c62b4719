"""The demo world: every room registers its part, the command `demo` and the tests build it in order.

`build("cast")` makes the few people, queues, orders and answers that all tests know by name; `build("full")` a
believable shop with weeks of history. The seed is fixed: the same day gives the same world.
"""
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, current_app

from support.clock import now
from support.database import transaction
from support.events import record_past
from support.settings import Settings


@dataclass
class World:
    """What the parts hand to each other, by key."""

    settings: Settings
    now: datetime
    scale: str
    rng: random.Random = field(default_factory=lambda: random.Random(20261124))
    people: dict = field(default_factory=dict)
    skills: dict = field(default_factory=dict)
    calendars: dict = field(default_factory=dict)
    queues: dict = field(default_factory=dict)
    products: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    moments: list = field(default_factory=list)
    articles: dict = field(default_factory=dict)
    dispositions: dict = field(default_factory=dict)
    tickets: list = field(default_factory=list)
    history: list = field(default_factory=list)

    @property
    def full(self) -> bool:
        return self.scale == "full"


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["demo"] = []


def part(app: Flask, order: int, function: Callable[[World], None]) -> None:
    """Register one room's part; lower orders run first."""
    app.extensions["demo"].append((order, function))


def build(scale: str = "full") -> World:
    """Fill an empty database in one transaction and return what was made."""
    world = World(current_app.config["SETTINGS"], now(), scale)
    with transaction() as session:
        for _order, function in sorted(current_app.extensions["demo"], key=lambda entry: entry[0]):
            function(world)
            session.flush()
        record_past(world.history)
    return world
