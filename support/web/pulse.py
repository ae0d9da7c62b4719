"""Whether this process hears: it listens to what it says itself through Redis, and asks the database, all the time.

A process that is deaf for too long says so at `/readyz`, sends its open pages to others and takes no more sockets, until it hears again. That somebody
asks at the moment of the check is no proof: the connection that is asked is another one than that which hears.
"""
import threading
import time

import structlog
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from support.database import connect_args
from support.web import live
from support.web.push_queue import BEAT

log = structlog.get_logger(__name__)

DEAF = {"redis": 15.0, "database": 10.0}  # seconds after which a part that does not answer counts as gone
LOOK = 1.0
EARLY = 1.5  # seconds before the bound, so that who asks at the bound hears of it


class Pulse:
    """What is known about the parts this process needs. Times are of `time.monotonic()`."""

    def __init__(self, app: Flask, settings):
        self.app = app
        self.queue = app.extensions["live"].queue
        self.beating = False
        self.database_at = time.monotonic()
        self.shed = False

    def start(self) -> None:
        """From here on the times mean something."""
        self.database_at = time.monotonic()
        if self.queue is not None:
            self.queue.heard_at = time.monotonic()
        self.beating = True

    def deaf(self) -> list[str]:
        """The parts that have not answered for too long; empty as long as nobody looks."""
        if not self.beating:
            return []
        silent = {"database": time.monotonic() - self.database_at}
        if self.queue is not None:
            silent["redis"] = time.monotonic() - self.queue.heard_at
        return sorted(part for part, seconds in silent.items() if seconds > DEAF[part] - EARLY)


def init_app(app: Flask, settings) -> None:
    app.extensions["pulse"] = Pulse(app, settings)


def loop_redis(app: Flask, stopping: threading.Event) -> None:
    """Say something through the queue again and again; returns at once without Redis."""
    queue, server = app.extensions["pulse"].queue, app.extensions["live"].io.server
    if queue is None:
        return
    if not server.manager_initialized:  # else it begins to listen with the first socket
        server.manager_initialized = True
        queue.initialize()
    while not stopping.wait(BEAT):
        queue.beat()


def loop_database(app: Flask, stopping: threading.Event) -> None:
    """Ask the database again and again, by a connection of its own: that the pool is empty does not mean that the database is gone."""
    pulse, settings = app.extensions["pulse"], app.config["SETTINGS"]
    engine = create_engine(settings.database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=connect_args(settings))
    while not stopping.is_set():
        try:
            with engine.connect() as connection:
                while True:
                    connection.execute(text("SELECT 1"))
                    pulse.database_at = time.monotonic()
                    if stopping.wait(BEAT):
                        return
        except SQLAlchemyError:
            stopping.wait(LOOK)


def loop_watch(app: Flask, stopping: threading.Event) -> None:
    """Shed the open pages while this process is deaf, and take pages again when it hears."""
    pulse, gate = app.extensions["pulse"], app.extensions["live"].gate
    pulse.start()
    while not stopping.wait(LOOK):
        deaf = pulse.deaf()
        if deaf and not pulse.shed:
            log.error("deaf; pages are told to move", parts=deaf, sockets=len(app.extensions["live"].sockets))
            pulse.shed = True
            live.dismiss(app, live.SPREAD)
        elif pulse.shed and not deaf:
            log.warning("hears again")
            pulse.shed = gate.closed = stopping.is_set()
