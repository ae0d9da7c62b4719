"""Between processes: “there is something new”, said through Redis so that nobody waits for the next look.

Only a wake-up: whoever misses it finds the same a second later in the database. One process needs none of it.
"""
import threading
import time

import redis
import structlog
from flask import Flask

log = structlog.get_logger(__name__)

CHANNEL = "switchboard:news"
QUIET = 3.0  # seconds


def init_app(app: Flask, settings) -> None:
    """Let every commit with events be announced, when a Redis is named in the settings."""
    if not settings.redis_url:
        return
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    app.extensions["bus"] = client
    app.extensions["relay"].announce = Voice(client)


class Voice:
    """Says that there is something new; after a failure it keeps quiet for a while, so that a Redis that stands still costs one request its patience and not all."""

    def __init__(self, client: redis.Redis):
        self.client, self.quiet_until = client, 0.0

    def __call__(self) -> None:
        if time.monotonic() < self.quiet_until:
            return
        try:
            self.client.publish(CHANNEL, b"1")
        except redis.RedisError:
            self.quiet_until = time.monotonic() + QUIET
            log.warning("redis does not answer; others hear of this a second later")


def loop(app: Flask, stopping: threading.Event) -> None:
    """Wake the loops of this process whenever another one commits; returns at once without Redis."""
    client = app.extensions.get("bus")
    while client is not None and not stopping.is_set():
        try:
            with client.pubsub(ignore_subscribe_messages=True) as subscription:
                subscription.subscribe(CHANNEL)
                while not stopping.is_set():
                    if subscription.get_message(timeout=1.0):
                        app.extensions["relay"].ring()
        except redis.RedisError:
            stopping.wait(1.0)
