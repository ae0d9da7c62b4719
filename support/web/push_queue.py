"""The queue in Redis by which a hint reaches the sockets of all processes.

It is python-socketio's, with what that lacks: it waits for Redis only so long, does not hold up whoever emits while Redis is away, listens again
within seconds of its return, and knows when it last heard its own voice.
"""
import time
from collections.abc import Iterator

import redis
import structlog
from socketio import RedisManager

log = structlog.get_logger(__name__)

PATIENCE = 2.0  # seconds for one command
QUIET = 3.0  # seconds in which nothing is said after Redis did not answer; a lost hint costs a delay, never a truth
SILENCE = 8.0  # seconds without a word, though we say something every BEAT: the connection is dead without saying so
BEAT = 2.0


class PushQueue(RedisManager):
    """`heard_at` is the `time.monotonic()` of the last message of this process that came back to it."""

    def __init__(self, url: str, channel: str):
        super().__init__(url, channel=channel)
        self.voice = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self.heard_at, self.quiet_until, self.lost = time.monotonic(), 0.0, 0

    def beat(self) -> None:
        """Say something that nobody acts upon but whoever listens to itself."""
        self._publish({"method": "beat", "host_id": self.host_id})

    def _publish(self, data) -> None:
        if time.monotonic() < self.quiet_until:
            self.lost += 1
            return
        try:
            self.voice.publish(self.channel, self.json.dumps(data))
        except redis.RedisError:
            self.lost += 1
            self.quiet_until = time.monotonic() + QUIET
            log.warning("redis does not answer; pages look by themselves meanwhile")

    def _listen(self) -> Iterator[bytes]:
        own = self.host_id.encode()
        while True:
            try:
                with redis.Redis.from_url(self.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE).pubsub(ignore_subscribe_messages=True) as subscription:
                    subscription.subscribe(self.channel)
                    since = time.monotonic()
                    while time.monotonic() - max(since, self.heard_at) < SILENCE:
                        message = subscription.get_message(timeout=1.0)
                        if message is None:
                            continue
                        if own in message["data"]:
                            self.heard_at = time.monotonic()
                        yield message["data"]
            except redis.RedisError:
                time.sleep(1.0)
