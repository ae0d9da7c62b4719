"""The figures of all processes at one door: each keeps its own and lays them into Redis every few seconds, whoever is asked at `/metrics` gives all of them.

So one address suffices for any number of web workers and `flask work`, on one machine or several; the label `process` tells them apart.
What a process that has ended laid there is forgotten after half a minute.
"""
import json
import os
import socket
import threading
import time
import zlib

import redis
import structlog
from flask import Flask
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

log = structlog.get_logger(__name__)

KEY = "switchboard:figures:"
LOOK = 1.0
PAUSE = 5.0  # seconds between two lays
KEPT = 30  # seconds


class Figures:
    """A registry whose samples carry the name of their process; `collect()` gives those of all processes, as Prometheus' text format wants them."""

    def __init__(self, client: redis.Redis | None):
        self.registry, self.client = CollectorRegistry(), client
        self.role, self.lag = "web", 0.0

    @property
    def process(self) -> str:
        return f"{self.role}:{socket.gethostname()}:{os.getpid()}"

    def collect(self):
        families: dict[str, Metric] = {}
        for process, found in {**self._of_others(), self.process: self._own()}.items():
            for name, about, kind, samples in found:
                family = families.setdefault(name, Metric(name, about, kind))
                for sample, labels, value in samples:
                    family.add_sample(sample, {**labels, "process": process}, value)
        return families.values()

    def lay(self) -> None:
        """Put the figures of this process where the others find them; does nothing without Redis."""
        if self.client is not None:
            self.client.set(KEY + self.process, zlib.compress(json.dumps(self._own()).encode(), 1), ex=KEPT)

    def forget(self) -> None:
        """This process ends."""
        if self.client is not None:
            self.client.delete(KEY + self.process)

    def _own(self) -> list:
        families = self.registry.collect()
        return [(one.name, one.documentation, one.type, [(sample.name, sample.labels, sample.value) for sample in one.samples if not sample.name.endswith("_created")]) for one in families]

    def _of_others(self) -> dict[str, list]:
        if self.client is None:
            return {}
        try:
            keys = list(self.client.scan_iter(f"{KEY}*", count=1000))
            laid = zip(keys, self.client.mget(keys), strict=True) if keys else ()
        except redis.RedisError:
            return {}  # each door then shows its own
        return {key.decode().removeprefix(KEY): json.loads(zlib.decompress(text)) for key, text in laid if text}


def loop(app: Flask, stopping: threading.Event) -> None:
    """Lay the figures until the application stops, and note by how much each look came late: so long others held up this process."""
    figures, laid, began = app.extensions["figures"], 0.0, time.monotonic()
    while not stopping.wait(LOOK):
        figures.lag = max(0.0, time.monotonic() - began - LOOK)
        if time.monotonic() - laid > PAUSE:
            _quietly(figures.lay)
            laid = time.monotonic()
        began = time.monotonic()
    _quietly(figures.forget)


def _quietly(act) -> None:
    try:
        act()
    except redis.RedisError:
        log.info("figures are not shared; redis does not answer")
